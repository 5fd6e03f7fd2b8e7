"""Tell what a pass would do, and change nothing anywhere.

Folders are opened by EXAMINE (RFC 3501 section 6.3.2), the store for reading alone.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from watcher.config.mailbox import Mailbox
from watcher.config.shape import Config
from watcher.decide.address import address_key
from watcher.decide.decision import Decision
from watcher.decide.history import History
from watcher.errors import ServerError
from watcher.events import moment
from watcher.imap.oauth2 import Tokens
from watcher.imap.session import Memory, Selected, Session
from watcher.lookups import Lookups
from watcher.reader.report_json import report_to_dict
from watcher.reader.ruleset import Rules
from watcher.service.groups import Known, known_of, new_groups
from watcher.service.pipeline import Past, Pipeline, Reading
from watcher.service.sweep import is_as_known, utc_now
from watcher.store import Store
from watcher.store.tallies import hour_of


def dry_run(config: Config, rules: Rules) -> Iterator[str]:
    """Give a line of JSON for each message that a pass would record; the first fault is raised at the end."""
    tokens = Tokens.beside(config.state)
    fault: ServerError | None = None
    with contextlib.ExitStack() as stack:
        store = None
        if Path(config.state).exists():
            store = stack.enter_context(Store.open(config.state, readonly=True))
        began = utc_now() if store is None else store.began()
        pipeline = Pipeline(config, rules, Lookups(config.authenticity.send_log), began=began)
        for mailbox in config.mailboxes:
            try:
                yield from _look(mailbox, pipeline, store, tokens)
            except ServerError as error:
                fault = fault or error
    if fault is not None:
        raise fault


def _look(mailbox: Mailbox, pipeline: Pipeline, store: Store | None, tokens: Tokens) -> Iterator[str]:
    known: dict[str, History] = {}  # what the messages so far would have led to

    def histories(addresses: Iterable[str]) -> Mapping[str, History]:
        wanted = set(addresses)
        recorded = {} if store is None else store.histories(wanted)
        return recorded | {key: known[key] for key in map(address_key, wanted) if key in known}

    counted: Counter[tuple[str, datetime]] = Counter()  # suppressions that they would have led to

    def tallies(
        named: Iterable[tuple[str, datetime]],
    ) -> Mapping[tuple[str, datetime], tuple[int, int]]:
        wanted = tuple(named)
        recorded = {} if store is None else store.tallies(wanted)
        found = {each: recorded.get(each, (0, 0)) for each in wanted}
        return {each: (now + counted[each], week) for each, (now, week) in found.items()}

    past = Past(histories, tallies)
    with Session.open(mailbox, memory=Memory(tokens=tokens)) as session:
        selected = session.select(readonly=True)
        for group in new_groups(session, mailbox, _known(mailbox, selected, store)):
            readings = [pipeline.read(mailbox, selected.uidvalidity, mail) for mail in group.mails]
            for reading, decision in pipeline.decide(mailbox, readings, past, utc_now()):
                known.update(decision.histories)
                hour = hour_of(reading.received)
                counted.update((name, hour) for name in decision.counted)
                yield _line(mailbox, reading, decision)


def _known(mailbox: Mailbox, selected: Selected, store: Store | None) -> Known:
    progress = None if store is None else store.progress(mailbox.name, mailbox.folder)
    if store is None or progress is None or not is_as_known(progress, selected):
        return Known(0)
    return known_of(store, mailbox, selected, progress[1])


def _line(mailbox: Mailbox, reading: Reading, decision: Decision) -> str:
    line: dict[str, Any] = dict(report_to_dict(reading.report, reading.source))
    line["would"] = {
        "folder": mailbox.folders.target(decision.filing),
        "events": [event.type for event in decision.events],
        "suppression": [
            {
                "address": change.address,
                "state": change.state,
                "reason": change.reason,
                "since": moment(change.since),
                "until": None if change.until is None else moment(change.until),
            }
            for change in decision.suppressions
        ],
    }
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
