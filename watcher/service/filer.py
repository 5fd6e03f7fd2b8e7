"""Carry out the moves that records ask for, and remember which are done until that is written down.

That is done in the transaction of the next batch, or at the end: a mail that is gone from the folder counts
as filed, so a stop before that loses nothing.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import groupby

from watcher.config.mailbox import Mailbox
from watcher.errors import FilingError, FolderError
from watcher.imap.session import Selected, Session
from watcher.store import Store
from watcher.store.records import WantedMove


_MOVES_AT_ONCE = 1_000
LONGEST = 10  # rounds that a move waits for others to the same folder


class Filer:
    """What one sweep knows of the folders that it files into, and of what is to go there.

    `carry_out` may run in another thread than the rest, with nothing else of this under way but `want`.
    """

    def __init__(self, mailbox: Mailbox, store: Store, stopping: Callable[[], bool]) -> None:
        self._mailbox = mailbox
        self._store = store
        self._stopping = stopping
        self._there: set[str] = set()
        self._targets: dict[tuple[str, str], str] = {}  # by what a move asks for
        self._faults: dict[str, FolderError] = {}  # left alone until the next sweep
        self._wanted: list[WantedMove] = []  # recorded, and not yet handed out
        self._rounds = 0
        self._filed: list[int] = []  # by what is, or was, being carried out
        self._done: list[int] = []  # filed, and not yet marked as such

    def want(self, selected: Selected, uids: Collection[int] | None = None) -> None:
        """Ask for the moves of mails that are recorded; None: of all."""
        first, last = (min(uids), max(uids)) if uids else (1, None)
        mailbox = self._mailbox
        self._wanted += self._store.wanted_moves(
            mailbox.name, mailbox.folder, selected.uidvalidity, first, last
        )

    def hand_out(self, least: int = 1) -> list[WantedMove]:
        """Give what was asked for, to be carried out; each move is given once.

        Of a folder to which fewer than `least` are to go, they wait for others: each command costs the server
        a look at the whole folder.
        """
        found, waiting = self._wanted, []
        self._rounds += 1
        if least > 1 and self._rounds % LONGEST:
            targets = [self._target(move) for move in found]
            many = {target for target, count in Counter(targets).items() if count >= least}
            waiting = [move for move, target in zip(found, targets, strict=True) if target not in many]
            found = [move for move, target in zip(found, targets, strict=True) if target in many]
        self._wanted = waiting
        return found

    @property
    def is_asked(self) -> bool:
        """Tell whether there is something to hand out."""
        return bool(self._wanted)

    def carry_out(self, session: Session, moves: Sequence[WantedMove]) -> None:
        """Move mails; a folder that cannot be used holds up no other."""
        for target, group in groupby(sorted(moves, key=self._target), key=self._target):
            if target in self._faults:
                continue
            try:
                self._move(session, list(group), target)
            except FolderError as error:
                self._faults[target] = error

    def collect(self) -> None:
        """Take over what was carried out, once nothing is being carried out."""
        self._done += self._filed
        self._filed.clear()

    def mark(self, now: datetime) -> None:
        """Write down what is done; where that is rolled back, it is done again by the next call."""
        if self._done:
            self._store.mark_moved(self._done, now)

    def marked(self) -> None:
        """Forget what is written down for good."""
        self._done.clear()

    def check(self) -> None:
        """Raise FilingError where a folder could not be used."""
        for fault in self._faults.values():
            raise FilingError(str(fault), retry=fault.retry, retry_after=fault.retry_after)

    def _target(self, move: WantedMove) -> str:
        """Give the folder by the config as it is now: it may have been mended since."""
        asked = (move.filing, move.target)
        target = self._targets.get(asked)
        if target is None:
            target = (self._mailbox.folders.target(move.filing) if move.filing else move.target) or ""
            self._targets[asked] = target
        return target

    def _move(self, session: Session, moves: Sequence[WantedMove], target: str) -> None:
        if target not in {"", "delete"} and target not in self._there:
            if session.missing_folders([target]):
                session.ensure_folder(target)
            self._there.add(target)
        for first in range(0, len(moves), _MOVES_AT_ONCE):
            if self._stopping():
                return
            some = moves[first : first + _MOVES_AT_ONCE]
            uids = [move.key.uid for move in some]
            if target == "delete":
                session.delete(uids)
            elif target:
                session.move(uids, target)
            self._filed += [move.id for move in some]
