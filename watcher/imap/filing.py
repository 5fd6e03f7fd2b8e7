r"""Move mails into folders, in commands of many mails, so that doing it again after a crash does no harm.

MOVE (RFC 6851) where offered; else COPY, then \Deleted, then UID EXPUNGE (RFC 4315).  Without that, mails
stay marked: a bare EXPUNGE would destroy what others have marked.  A mail gone from the source, or marked,
counts as filed.
"""

import imaplib
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from watcher.errors import ConnectError, FolderError
from watcher.imap.faults import (
    connection_fault,
    find_wait,
    folder_fault,
    is_broken,
    later,
    speaking,
    words_of,
)
from watcher.imap.folders import Naming, ensure_folder, find_mark, missing_folders
from watcher.imap.leftovers import Marks, find_copied
from watcher.imap.uids import BATCH, compress, present_uids, split
from watcher.imap.wire import Wire


COPIES = 200  # mails a COPY; what one left behind when it was cut off has to be looked for
QUICK = 5.0  # seconds a command may take for the next to be larger; after 60 of silence we give up
FEWEST = 25
_LOOKS = 5  # at what is there, where mails vanish while they are filed
_OF_THE_FOLDER = ("[OVERQUOTA]", "[INUSE]")  # a refusal that other folders do not share
_DELETED, _SEEN = r"\Deleted", r"\Seen"


@dataclass(slots=True)
class Filing:
    """How mails of the selected folder are filed; `marks` outlive the session, and best the process."""

    wire: Wire
    naming: Naming
    mark_read: bool
    marks: Marks = field(default_factory=dict)
    at_once: int = 200  # mails a MOVE

    def move(self, uids: Collection[int], target: str) -> None:
        """File mails, making the folder where it is missing."""
        self._check_writable()
        folder = self.naming.of(target)
        if folder == self.wire.folder:
            raise FolderError(
                f"{self.wire.place}: folder {target}: it is the one being watched; name another"
            )
        pending = sorted(set(uids))
        while pending:
            batch = next(split(pending, self.at_once if self.wire.has("MOVE") else COPIES))
            pending = pending[len(batch) :]
            began = time.monotonic()
            self._file_those_there(batch, target, folder)
            self._took(len(batch), time.monotonic() - began)

    def _took(self, count: int, seconds: float) -> None:
        """Learn how long it took to file so many mails, in which time a server may say nothing."""
        if seconds >= QUICK:
            self.at_once = max(FEWEST, min(self.at_once, count) // 2)
        elif count >= self.at_once:
            self.at_once = min(BATCH, self.at_once * 2)

    def delete(self, uids: Collection[int]) -> None:
        """Remove mails."""
        self._check_writable()
        for batch in split(sorted(set(uids))):
            there = sorted(present_uids(self.wire, batch))
            if there:
                self._remove(there)

    def _check_writable(self) -> None:
        # QUIRK: some servers answer OK to a MOVE out of a folder that was opened by EXAMINE.
        if self.wire.readonly:
            raise FolderError(f"{self.wire.place}: folder {self.wire.folder}: it was opened to be read only")

    def _file_those_there(self, uids: Collection[int], target: str, folder: str) -> None:
        for looks in range(1, _LOOKS + 1):
            there = sorted(present_uids(self.wire, uids))
            try:
                if there:
                    self._file(there, target, folder)
            except _GoneError:
                if looks == _LOOKS:
                    raise
            else:
                return

    def _file(self, uids: list[int], target: str, folder: str) -> None:
        unread = self._mark_read(uids) if self.mark_read else []
        try:
            if self.wire.has("MOVE"):
                self._run("move", uids, target, folder)
            else:
                self._copy(uids, target, folder)
        except FolderError:
            if unread:
                with speaking(self.wire.place):
                    self.wire.client.remove_flags(compress(unread), [_SEEN], silent=True)
            raise
        self.wire.tidy()

    def _copy(self, uids: list[int], target: str, folder: str) -> None:
        copied = self._copied_before(uids, target, folder)
        left = [uid for uid in uids if uid not in copied]
        if left:
            if target not in self.marks:
                self.marks[target] = find_mark(self.wire, folder)
            self.wire.tidy()
            self._run("copy", left, target, folder)
            confirmed = self.wire.copied()
            if confirmed is not None:  # what it passed over has vanished, or is there next time
                uids = sorted(copied.union(filter(confirmed, left)))
        self._remove(uids)
        self.marks.pop(target, None)

    def _copied_before(self, uids: list[int], target: str, folder: str) -> set[int]:
        """Tell what a COPY put into the folder before a crash or a time-out hid its answer."""
        mark = self.marks.get(target)
        if mark is None or missing_folders(self.wire, self.naming, [target]):
            return set()
        return find_copied(self.wire, uids, folder, mark)

    def _run(self, command: str, uids: Sequence[int], target: str, folder: str) -> None:
        """Give a command that names a folder; where that is missing, make it and give it once more."""
        send = partial(getattr(self.wire.client, command), compress(uids), folder)
        try:
            self._send(send, target)
        except _MissingError:
            ensure_folder(self.wire, self.naming, target)
            self._send(send, target, retry=False)

    def _send(self, send: Callable[[], object], target: str, *, retry: bool = True) -> None:
        place = self.wire.place
        try:
            send()
        except OSError as error:
            raise connection_fault(error, place) from None
        except imaplib.IMAP4.error as error:
            if is_broken(error):
                raise connection_fault(error, place) from None
            if "[EXPUNGEISSUED]" in str(error).upper():  # RFC 5530: another client was quicker
                text = f"{place}: folder {target}: mails vanish while they are filed; it is tried again"
                raise _GoneError(text, retry=True) from None
            wait = find_wait(error)
            busy = wait is not None
            if busy and not any(word in str(error).upper() for word in _OF_THE_FOLDER):
                text = f"{place}: refused: {words_of(error)}; {later(error)}"
                raise ConnectError(text, retry_after=wait) from None
            if retry and not busy and self._is_missing(error, target):
                raise _MissingError(words_of(error)) from None
            way_out = "check the rights to it, or name another under folders"
            raise folder_fault(error, place, target, "mail cannot be filed", way_out) from None

    def _is_missing(self, error: BaseException, target: str) -> bool:
        # RFC 3501 section 7.1: [TRYCREATE]; not every server says so.
        return "[TRYCREATE]" in str(error).upper() or bool(missing_folders(self.wire, self.naming, [target]))

    def _remove(self, uids: Sequence[int]) -> None:
        if not uids:
            return
        found = compress(uids)
        with speaking(self.wire.place):
            self.wire.client.add_flags(found, [_DELETED], silent=True)
            if self.wire.has("UIDPLUS"):
                self.wire.client.uid_expunge(found)
        if present_uids(self.wire, uids):
            # RFC 3501 section 7.1, PERMANENTFLAGS: a server may take a flag and not keep it.
            raise FolderError(
                f"{self.wire.place}: folder {self.wire.folder}: the server removes no mail, nor marks it as"
                " deleted; check the rights to it"
            )
        self.wire.tidy()

    def _mark_read(self, uids: Sequence[int]) -> list[int]:
        """Mark what nobody has read, just before it is filed, and tell which mails that are."""
        with speaking(self.wire.place):
            unread = self.wire.search(f"UID {','.join(compress(uids))} UNSEEN")
            if unread:
                self.wire.client.add_flags(compress(unread), [_SEEN], silent=True)
        return unread


class _GoneError(FolderError):
    """Of the mails to be filed, some were gone when the command came."""


class _MissingError(Exception):
    """The folder to file into is not there."""
