r"""Move mails into folders, in commands of many mails, so that doing it again after a crash does no harm.

MOVE (RFC 6851) where offered; else COPY, then \Deleted, then UID EXPUNGE (RFC 4315).  Without that, mails
stay marked: a bare EXPUNGE would destroy what others have marked.  A mail gone from the source, or marked,
counts as filed.
"""

import imaplib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial

from watcher.errors import FolderError
from watcher.imap.faults import connection_fault, find_wait, folder_fault, is_broken, speaking, words_of
from watcher.imap.folders import Naming, ensure_folder, missing_folders
from watcher.imap.leftovers import find_copied
from watcher.imap.uids import compress, present_uids, split
from watcher.imap.wire import Wire


_LOOKS = 5  # at what is there, where mails vanish while they are filed
_DELETED, _SEEN = r"\Deleted", r"\Seen"


@dataclass(slots=True)
class Filing:
    """How mails of the selected folder are filed; `checked` folders hold no leftovers."""

    wire: Wire
    naming: Naming
    mark_read: bool
    checked: set[str] = field(default_factory=set)

    def move(self, uids: Collection[int], target: str) -> None:
        """File mails, making the folder where it is missing."""
        self._check_writable()
        folder = self.naming.of(target)
        if folder == self.wire.folder:
            raise FolderError(
                f"{self.wire.place}: folder {target}: it is the one being watched; name another"
            )
        for batch in split(sorted(set(uids))):
            self._file_those_there(batch, target, folder)

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
        # A copy may stand there already, from before a crash or a time-out.  After the first look this
        # session knows what it copied: where a COPY breaks, the session does.
        copied: set[int] = set()
        if folder not in self.checked and not missing_folders(self.wire, self.naming, [target]):
            copied = find_copied(self.wire, uids, folder)
        left = [uid for uid in uids if uid not in copied]
        if left:
            self._run("copy", left, target, folder)
        self.checked.add(folder)
        self._remove(uids)

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
            busy = find_wait(error) is not None
            if retry and not busy and self._is_missing(error, target):
                raise _MissingError(words_of(error)) from None
            way_out = "check the rights to it, or name another under folders"
            raise folder_fault(error, place, target, "mail cannot be filed", way_out) from None

    def _is_missing(self, error: BaseException, target: str) -> bool:
        # RFC 3501 section 7.1: [TRYCREATE]; not every server says so.
        return "[TRYCREATE]" in str(error).upper() or bool(missing_folders(self.wire, self.naming, [target]))

    def _remove(self, uids: Sequence[int]) -> None:
        found = compress(uids)
        with speaking(self.wire.place):
            self.wire.client.add_flags(found, [_DELETED], silent=True)
            if self.wire.has("UIDPLUS"):
                self.wire.client.uid_expunge(found)
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
