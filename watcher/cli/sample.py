"""Say how sure the newest reports of a mailbox are to be about mail of ours, as the config would see them."""

import time
from collections import Counter
from collections.abc import Iterator

from watcher.authenticity import Sent
from watcher.config.mailbox import Mailbox
from watcher.config.shape import Config
from watcher.config.trust import names_in
from watcher.errors import LookupFailedError
from watcher.imap.session import Selected, Session
from watcher.lookups import Lookups
from watcher.lookups.send_log import open_send_log
from watcher.model import Kind, Level
from watcher.reader.ruleset import Rules
from watcher.service.pipeline import Pipeline


NEWEST = 50  # messages
LONGEST = 10.0  # seconds
_SET_DOMAINS = "set authenticity.domains to the domains you send from"
_NO_REPORTS = frozenset({Kind.ORDINARY, Kind.NOTICE, Kind.UNREADABLE})


def levels(
    session: Session, selected: Selected, mailbox: Mailbox, config: Config, rules: Rules
) -> Iterator[str]:
    """Read the newest messages, without a mark left on any, and count their levels."""
    pipeline = Pipeline(config, rules, Lookups(config.authenticity.send_log))
    end = time.monotonic() + LONGEST
    after = max(0, (selected.uidnext or 1) - 1 - 4 * NEWEST)
    newest = [uid for batch in session.new_uids(after) for uid in batch][-NEWEST:]
    read, found = 0, Counter[Level]()
    for mails in session.fetch_bounded(newest) if newest else ():
        for mail in mails:
            report = pipeline.read(mailbox, selected.uidvalidity, mail).report
            read += 1
            if report.kind not in _NO_REPORTS:
                found[report.authenticity.level] += 1
        if time.monotonic() > end:
            break
    if read:
        told = ", ".join(f"{found[level]} {level}" for level in Level if found[level])
        unproven = found[Level.UNVERIFIED] > found.total() / 2 and not config.authenticity.domains
        hint = "; name the domains you send from in authenticity.domains" if unproven else ""
        yield f"of the {read} newest messages {found.total()} are reports{f': {told}' if told else ''}{hint}"


def trust(config: Config) -> Iterator[str]:
    """Say which mode holds, and try the send log."""
    what = {
        "enforce": "reports that are neither verified nor strong wait for a person",
        "score": "plausible reports count, with caution; return_path.keys would prove them",
        "off": "every report is believed, forged ones too",
    }[config.trust_mode]
    if (unknown := config.domainless) and len(unknown) == len(config.mailboxes):
        what = f"no domain of yours is known, so bounces suppress nothing; {_SET_DOMAINS}"
        unknown = ()
    yield f"mode {config.trust_mode}: {what}"
    for name in unknown:
        yield f"mailbox {name}: its username names no domain, so its bounces suppress nothing; {_SET_DOMAINS}"
    if config.authenticity.send_log is not None:
        try:
            open_send_log(config.authenticity.send_log)(
                Sent("check@example.invalid", "<check@example.invalid>", "check")
            )
        except LookupFailedError as error:
            raise LookupFailedError(f"send_log: {error}; mend authenticity.send_log") from None
        yield "the send log answers"
        if {"id", "recipient"} <= names_in(config.authenticity.send_log.query):
            yield "its query names :id and :recipient, of which one is always NULL: join them by OR alone"
