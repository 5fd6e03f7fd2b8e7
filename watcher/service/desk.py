"""Read the mails of one sweep: in place, or by processes while the next are fetched, where there are many."""

from collections.abc import Sequence
from contextlib import ExitStack, closing
from types import TracebackType
from typing import Self

from watcher.config.mailbox import Mailbox
from watcher.imap.session import Fetched
from watcher.service import arena, garbage, readers
from watcher.service.pipeline import Pipeline, Reading, source_of
from watcher.service.readers import Readers, cores
from watcher.service.reading import Mail, Read
from watcher.store import Store


WORTH = 2_000  # mails of a sweep, as expected, for processes to be worth their start
AHEAD = 3  # batches that are being read while the next is fetched


class Task:
    """Mails that are to be read, or being read."""

    def __init__(self, mails: Sequence[Fetched], pending: readers.Pending | None) -> None:
        self.mails = mails
        self.pending = pending


class Desk:
    """Where one sweep has its mails read; to be closed."""

    def __init__(self, pipeline: Pipeline, store: Store, mailbox: Mailbox, uidvalidity: int) -> None:
        self._pipeline = pipeline
        self._store = store
        self._mailbox = mailbox
        self._uidvalidity = uidvalidity
        self._readers: Readers | None = None
        self._held = ExitStack()  # what a backlog needs, to be given back

    def __enter__(self) -> Self:
        """Give the desk itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the processes."""
        self._held.close()

    @property
    def ahead(self) -> int:
        """How many batches may be under way before the first is asked for."""
        return 0 if self._readers is None else AHEAD

    def begin(self, mails: Sequence[Fetched], left: int) -> Task:
        """Have mails read; `left` tells how many more are expected in this sweep."""
        if self._readers is None and left >= WORTH and cores() > 1:
            arena.share()  # before there are threads to have their own
            count = min(cores(), readers.MOST)
            self._readers = self._held.enter_context(
                closing(Readers(self._pipeline.reader(self._mailbox), count))
            )
            self._held.enter_context(garbage.seldom())
            self._held.enter_context(self._store.much_to_write())
        if self._readers is None:
            return Task(mails, None)
        return Task(mails, self._readers.begin(list(map(self._mail, mails))))

    def _mail(self, mail: Fetched) -> Mail | None:
        if mail.raw is None:
            return None
        source = source_of(self._mailbox, self._uidvalidity, mail.uid)
        return Mail(mail.raw, mail.internal_date, mail.size, mail.truncated, source)

    def finish(self, task: Task) -> list[Reading]:
        """Give what was read, waiting for it where it is under way."""
        found: list[Read | None] = [None] * len(task.mails)
        if self._readers is not None and task.pending is not None:
            found = self._readers.finish(task.pending)
        return [
            self._pipeline.read(self._mailbox, self._uidvalidity, mail, report)
            for mail, report in zip(task.mails, found, strict=True)
        ]
