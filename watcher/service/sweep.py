"""Serve one mailbox once: file what is left over, then fetch, record, file, until nothing is new.

Every step rests on the store's rows, so that a stop between any two of them loses nothing: what is fetched
and not recorded is fetched again, what is recorded and not filed is filed at the start of the next sweep.
"""

import logging
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from watcher.config.mailbox import Mailbox
from watcher.errors import ServerError, WatcherError
from watcher.imap.session import Selected, Session
from watcher.service.backlog import Backlog, expected
from watcher.service.desk import Desk, Task
from watcher.service.errands import Errands
from watcher.service.filer import Filer
from watcher.service.groups import Group, known_of, new_groups
from watcher.service.pipeline import Past, Reading, set_aside
from watcher.service.tools import Tools
from watcher.store.records import MessageRecord, WantedMove


log = logging.getLogger(__name__)

TOGETHER = 1_000  # mails of a backlog that are filed into one folder together


def utc_now() -> datetime:
    """Give the wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Batch:
    """Mails that are being read, and how far the folder is read with them."""

    task: Task
    last_uid: int


class Sweep:
    """One mailbox, and how to serve it; `stopping` is asked before each batch."""

    def __init__(
        self, mailbox: Mailbox, tools: Tools, *, stopping: Callable[[], bool] = lambda: False
    ) -> None:
        self._mailbox = mailbox
        self._store = tools.store
        self._pipeline = tools.pipeline
        self._histories = partial(tools.store.histories, domains=tools.pipeline.counts_domains)
        self._results = tools.results
        self._wake = tools.wake
        self._stopping = stopping

    def run(self, session: Session) -> None:
        """Serve the mailbox until nothing is new; ServerError or StoreError where that cannot be."""
        filer = Filer(self._mailbox, self._store, self._stopping)
        try:
            self._run(session, filer)
        finally:
            filer.collect()
            filer.mark(utc_now())
        filer.check()

    def _run(self, session: Session, filer: Filer) -> None:
        selected = session.select()
        after = self._start(selected)
        self._write_results()
        filer.want(selected)
        filer.carry_out(session, filer.hand_out())
        mailbox = self._mailbox
        backlog = Backlog(mailbox, self._store, expected(selected, after), utc_now())
        groups = new_groups(session, mailbox, known_of(self._store, mailbox, selected, after))
        with (
            Desk(self._pipeline, self._store, mailbox, selected.uidvalidity) as desk,
            closing(self._read_ahead(session, groups, desk, backlog, filer)) as batches,
        ):
            for batch in batches:
                if self._stopping():
                    return
                self._record(desk.finish(batch.task), selected, batch.last_uid, filer)
                backlog.read(len(batch.task.mails), utc_now())
                self._write_results()
                self._wake()
                if batch.task.mails:
                    filer.want(selected, [mail.uid for mail in batch.task.mails])
        backlog.end(utc_now())

    def _read_ahead(
        self, session: Session, groups: Iterator[Group], desk: Desk, backlog: Backlog, filer: Filer
    ) -> Generator["_Batch"]:
        """Give the batches in their order; what was asked of the filer until then is carried out.

        Of a backlog, others are read while one is recorded, and what is recorded is filed and the next
        fetched: all at the same time.
        """
        waiting: deque[_Batch] = deque()
        fetched, more = 0, True
        fault: ServerError | None = None
        with Errands() as errands:
            while more or waiting or (filer.is_asked and fault is None):
                batch = waiting.popleft() if waiting and (len(waiting) > desk.ahead or not more) else None
                takes = more and (batch is None or desk.ahead > 0)
                is_near_end = not more and len(waiting) < 2
                moves = filer.hand_out(TOGETHER if desk.ahead > 0 and not is_near_end else 1)
                errand = (
                    errands.start(
                        partial(_errand, session, filer, moves, groups if takes else ()),
                        aside=desk.ahead > 0 and batch is not None,
                    )
                    if fault is None
                    else None
                )
                if batch is not None:
                    yield batch
                if errand is None:
                    continue
                try:
                    group = errand.result()
                except ServerError as error:
                    # What was fetched before is recorded, so that each try comes further than the last.
                    fault, more = error, False
                    continue
                finally:
                    filer.collect()
                if group is not None:
                    fetched += len(group.mails)
                    task = desk.begin(group.mails, backlog.total - fetched)
                    waiting.append(_Batch(task, group.last_uid))
                elif takes:
                    more = False
        if fault is not None:
            raise fault

    def _start(self, selected: Selected) -> int:
        """Give the UID to go on from; a folder that is not the one we knew is read from its start."""
        mailbox = self._mailbox
        known = self._store.progress(mailbox.name, mailbox.folder)
        if known is None or (is_as_known(known, selected) and not self._has_later(selected)):
            return 0 if known is None else known[1]
        with self._store.transaction():
            lost = self._store.abandon_moves(mailbox.name, mailbox.folder)
            self._commit((), selected, 0)
        log.warning(
            "folder_renumbered mailbox=%s uidvalidity=%d before=%d unfiled=%d",
            mailbox.name, selected.uidvalidity, known[0], lost,
        )  # fmt: skip
        return 0

    def _has_later(self, selected: Selected) -> bool:
        """Tell whether mails are recorded, newest first, whose UIDs the folder has yet to give."""
        place = (self._mailbox.name, self._mailbox.folder, selected.uidvalidity)
        return selected.uidnext is not None and bool(self._store.unfiled_uids(*place, selected.uidnext - 1))

    def _record(self, readings: Sequence[Reading], selected: Selected, last_uid: int, filer: Filer) -> None:
        try:
            self._commit(readings, selected, last_uid, filer)
        except WatcherError:
            raise
        except Exception:
            log.exception("batch_refused mailbox=%s messages=%d", self._mailbox.name, len(readings))
            self._record_one_by_one(readings, selected)
            self._commit((), selected, last_uid)

    def _record_one_by_one(self, readings: Sequence[Reading], selected: Selected) -> None:
        """Find the mail that no row can be made of, and set it aside; the others are recorded as ever."""
        known = self._store.progress(self._mailbox.name, self._mailbox.folder)
        so_far = known[1] if known is not None and known[0] == selected.uidvalidity else 0
        for reading in readings:
            try:
                self._commit([reading], selected, so_far)
            except WatcherError:
                raise
            except Exception as error:  # noqa: BLE001 - one mail must not stop all others
                self._commit([set_aside(reading, error)], selected, so_far)

    def _commit(
        self, readings: Sequence[Reading], selected: Selected, last_uid: int, filer: Filer | None = None
    ) -> None:
        """Decide and write, in one transaction; with it, what of earlier batches is filed."""
        mailbox, now = self._mailbox, utc_now()
        # What is decided rests on the histories, so nobody may change them in between.
        with self._store.transaction():
            if filer is not None:
                filer.mark(now)
            past = Past(self._histories, self._store.tallies, self._store.said)
            decided = self._pipeline.decide(mailbox, readings, past, now)
            records = [self._pipeline.record(mailbox, reading, made, now) for reading, made in decided]
            self._store.record_batch(
                records,
                (mailbox.name, mailbox.folder, selected.uidvalidity, last_uid),
                now,
                results=self._results is not None,
            )
        if filer is not None:
            filer.marked()
        if log.isEnabledFor(logging.INFO):
            for entry in records:
                _log(entry)

    def _write_results(self) -> None:
        if self._results is not None:
            self._results.append_pending()


def _errand(
    session: Session, filer: Filer, moves: Sequence[WantedMove], groups: Iterable[Group]
) -> Group | None:
    """File what is recorded, then fetch one group more; None where there is none."""
    filer.carry_out(session, moves)
    return next(iter(groups), None)


def is_as_known(known: tuple[int, int], selected: Selected) -> bool:
    """Tell whether the UIDs of a folder still name what they named; `known` are UIDVALIDITY and last UID.

    RFC 3501 section 2.3.1.1: UIDNEXT never falls while UIDVALIDITY stays.  QUIRK: it does where an admin puts
    back an older copy of a mailbox; mail that came since then gets UIDs that we have read before.
    """
    uidvalidity, last_uid = known
    return uidvalidity == selected.uidvalidity and not 0 < (selected.uidnext or 0) <= last_uid


def _log(entry: MessageRecord) -> None:
    rules: Iterable[str] = (e.rule for r in entry.report.recipients[:1] for e in r.evidence[:1])
    log.info(
        "message_recorded mailbox=%s uidvalidity=%d uid=%d kind=%s recipients=%d rule=%s",
        entry.key.mailbox,
        entry.key.uidvalidity,
        entry.key.uid,
        entry.report.kind,
        len(entry.report.recipients),
        next(iter(rules), "-"),
    )
