"""Find the UIDs of new mail, and write sets of UIDs the way commands take them.

QUIRK: imaplib refuses an answer line of more than 1,000,000 octets, some 90,000 UIDs, so a large folder is
searched in windows of so many mails, however far their UIDs lie apart.  QUIRK: `n:*` gives the last mail also
where its UID is below n (RFC 3501 section 6.4.8), so what is found is compared with n once more.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from itertools import pairwise

from watcher.imap.faults import speaking
from watcher.imap.wire import Wire


WINDOW = 20_000  # UIDs a search may answer with; more would take memory, and 90,000 are refused
BATCH = 1_000  # UIDs a command may name
NAMED = 200  # where each is named alone, since the library looks for each in the answer
LONGEST = 4_000  # octets of a set of UIDs; RFC 2683 section 3.2.1.5: servers should take lines of 8,000
_Window = tuple[int, int | None]  # the first UID and the last; None: whatever comes behind
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def new_uids(
    wire: Wire, after: int, exists: int, since: date | None, *, newest_first: bool = False
) -> Iterator[list[int]]:
    """Give the UIDs above `after` in batches, each ascending; `exists`: how many mails were last heard of."""
    with speaking(wire.place):
        wire.client.noop()  # servers search what they last told us of, not what arrived since
        ends = _window_ends(wire, exists)
    windows = list(_windows(after, ends))
    yield from _newest_first(wire, windows, since) if newest_first else _oldest_first(wire, windows, since)


def _oldest_first(wire: Wire, windows: Sequence[_Window], since: date | None) -> Iterator[list[int]]:
    newest = 0
    for window in windows:
        fresh = [uid for uid in _find(wire, window, since) if uid > newest]
        yield from _split_many(fresh)
        newest = max([newest, *fresh[-1:]])


def _newest_first(wire: Wire, windows: Sequence[_Window], since: date | None) -> Iterator[list[int]]:
    """Begin with the last window; what comes meanwhile is newer than all that is left."""
    newest = max(first for first, _ in windows) - 1
    for window in reversed(windows):
        fresh = _find(wire, window, since)
        newest = max([newest, *fresh[-1:]])
        for batch in reversed(list(split(fresh))):
            while wire.has_announced() and (late := _find(wire, (newest + 1, None), since)):
                newest = late[-1]
                yield from reversed(list(split(late)))
            yield batch


def _find(wire: Wire, window: _Window, since: date | None) -> list[int]:
    """Search a window; the last, which has no end, tells what was announced until now."""
    first, last = window
    with speaking(wire.place):
        # What was only marked as deleted, for want of UID EXPUNGE, has been filed.
        found = wire.search(f"UID {first}:{last or '*'} UNDELETED{_since(since)}", for_news=last is None)
    return [uid for uid in found if uid >= first]


def _window_ends(wire: Wire, exists: int) -> list[int]:
    """Give the UID of every so many-th mail of the folder."""
    places = list(range(WINDOW, exists, WINDOW))
    ends: list[int] = []
    for first in range(0, len(places), BATCH):
        ends += wire.uids_at(places[first : first + BATCH])
    return sorted(ends)


def _windows(after: int, ends: Sequence[int]) -> Iterator[_Window]:
    start = after + 1
    for end in ends:
        if end >= start:
            yield start, end
            start = end + 1
    yield start, None


def _since(day: date | None) -> str:
    return f" SINCE {day.day}-{_MONTHS[day.month - 1]}-{day.year}" if day else ""


def present_uids(wire: Wire, uids: Collection[int]) -> set[int]:
    """Tell which mails are still in the selected folder."""
    found: set[int] = set()
    for batch in split(sorted(uids)):
        with speaking(wire.place):
            found.update(wire.search(f"UID {','.join(compress(batch))} UNDELETED"))
    return found & set(uids)


def split(uids: Sequence[int], most: int | None = None) -> Iterator[list[int]]:
    """Cut into batches that one command may name, of at most `most`."""
    most = min(BATCH, most or BATCH)
    start = 0
    while start < len(uids):
        part = beginning(uids[start : start + most], most)
        yield part
        start += len(part)


def _split_many(uids: Sequence[int]) -> Iterator[list[int]]:
    """Cut into batches, smaller ones at the end: while the last is recorded, nothing is left to be read."""
    if len(uids) <= BATCH:
        yield from split(uids)
        return
    end = len(uids) - BATCH
    half = end + BATCH // 2
    yield from split(uids[:end])
    yield from split(uids[end:half])
    yield from split(uids[half:], BATCH // 4)


def beginning(uids: Sequence[int], most: int) -> list[int]:
    """Give the first of ascending UIDs, as many as one command may name and no more than `most`."""
    octets, last, runs_on = 0, -1, False
    for place, uid in enumerate(uids[:most]):
        if uid != last + 1 or not runs_on:
            runs_on = uid == last + 1  # a run takes two numbers, however long it is
            octets += len(str(uid)) + 1
            if octets > LONGEST:
                return list(uids[:place])
        last = uid
    return list(uids[:most])


def compress(uids: Sequence[int]) -> list[str]:
    """Write ascending UIDs as a set: runs as `first:last`."""
    if not uids:
        return []
    breaks = [index for index, (one, other) in enumerate(pairwise(uids), 1) if other != one + 1]
    runs = pairwise([0, *breaks, len(uids)])
    return [_run(uids[start], uids[end - 1]) for start, end in runs]


def _run(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}:{last}"
