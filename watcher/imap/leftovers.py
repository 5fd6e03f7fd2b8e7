"""Find mails that a COPY has put into their folder already, when it was cut off before they were removed.

Only for servers without MOVE.  Before a COPY the UIDNEXT of its folder is written down, so what has arrived
there since is looked through, and nothing else.  A copy keeps size and INTERNALDATE (RFC 3501 section 6.4.7);
where both agree, the whole header decides.  Each copy stands for one mail, so that equal mails are all filed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, MutableMapping
from typing import Any

from watcher.imap.faults import speaking
from watcher.imap.uids import NAMED, split
from watcher.imap.wire import Wire


LOOK_BACK = 1_000  # mails of the folder that are looked at

Mark = tuple[int, int]  # UIDVALIDITY and UIDNEXT of a folder before a COPY into it; 0 where it tells neither
Marks = MutableMapping[str, Mark]  # by the config's name of the folder; what a COPY left unconfirmed

_SIZE, _DATE, _HEADER = b"RFC822.SIZE", b"INTERNALDATE", b"BODY[HEADER]"

Look = tuple[Any, Any]  # size and date


def find_copied(wire: Wire, uids: Collection[int], folder: str, mark: Mark) -> set[int]:
    """Tell which mails of the selected folder have come to stand in another one since the mark."""
    source = wire.folder
    with speaking(wire.place):
        looks = _looks(wire, uids)
        copies = _copies(wire, folder, set(looks.values()), mark)
        wire.client.select_folder(source)
        headers = _headers(wire, [uid for uid, look in looks.items() if copies[look]])
    copied = set()
    for uid, header in headers.items():
        if header in copies[looks[uid]]:
            copies[looks[uid]].remove(header)
            copied.add(uid)
    return copied


def _copies(wire: Wire, folder: str, wanted: Collection[Look], mark: Mark) -> defaultdict[Look, list[bytes]]:
    """Open the folder and give the headers of its mails since the mark that look like a wanted one."""
    copies: defaultdict[Look, list[bytes]] = defaultdict(list)
    said = wire.client.select_folder(folder, readonly=True)
    exists = said.get(b"EXISTS", 0)
    if exists:
        if mark[1] and said.get(b"UIDVALIDITY") == mark[0]:
            recent = [uid for uid in wire.search(f"UID {mark[1]}:*") if uid >= mark[1]][:LOOK_BACK]
        else:
            recent = wire.search(f"{max(1, exists - LOOK_BACK + 1)}:*")
        looks = _looks(wire, recent)
        alike = {uid: look for uid, look in looks.items() if look in wanted}
        for uid, header in _headers(wire, alike).items():
            copies[alike[uid]].append(header)
    return copies


def _looks(wire: Wire, uids: Collection[int]) -> dict[int, Look]:
    return {uid: (answer.get(_SIZE), answer.get(_DATE)) for uid, answer in _fetch(wire, uids, _SIZE, _DATE)}


def _headers(wire: Wire, uids: Collection[int]) -> dict[int, bytes]:
    answers = _fetch(wire, uids, b"BODY.PEEK[HEADER]")
    return {uid: answer[_HEADER] for uid, answer in answers if answer.get(_HEADER) is not None}


def _fetch(wire: Wire, uids: Collection[int], *items: bytes) -> Iterator[tuple[int, dict[bytes, Any]]]:
    for batch in split(sorted(uids), NAMED):
        yield from wire.client.fetch(batch, items).items()
