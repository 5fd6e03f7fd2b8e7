"""Keep in the store which COPYs are not confirmed, so that a crash cannot make them twice."""

from collections.abc import Iterator, MutableMapping

from watcher.config.mailbox import Mailbox
from watcher.store import Store


class CopyMarks(MutableMapping[str, tuple[int, int]]):
    """Target folder to its UIDVALIDITY and UIDNEXT before the COPY, for one watched folder."""

    def __init__(self, store: Store, mailbox: Mailbox) -> None:
        self._store = store
        self._place = (mailbox.name, mailbox.folder)
        self._marks: dict[str, tuple[int, int]] | None = None  # read when first asked for

    def __getitem__(self, target: str) -> tuple[int, int]:
        """Give a mark."""
        return self._known()[target]

    def __setitem__(self, target: str, mark: tuple[int, int]) -> None:
        """Remember a mark, before the COPY begins."""
        self._store.mark_copy(*self._place, target, mark)
        self._known()[target] = mark

    def __delitem__(self, target: str) -> None:
        """Forget a mark."""
        known = self._known()
        if target not in known:
            raise KeyError(target)
        self._store.mark_copy(*self._place, target, None)
        del known[target]

    def __iter__(self) -> Iterator[str]:
        """Give the targets."""
        return iter(self._known())

    def __len__(self) -> int:
        """Count them."""
        return len(self._known())

    def _known(self) -> dict[str, tuple[int, int]]:
        if self._marks is None:
            self._marks = self._store.copy_marks(*self._place)
        return self._marks
