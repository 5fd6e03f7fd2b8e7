"""Read mails without marking them, however large or odd they are.

Only UID, RFC822.SIZE, INTERNALDATE and BODY.PEEK[] are asked for: answers on structure and envelope are
where servers and parsers fail.  Where there are many mails, small ones are read by one command.  For all
others sizes come first, so that mails are asked for in groups that fit in memory, and of one that is too
large only the beginning.  A group that fails is halved until the faulty mail is alone.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from watcher.errors import BrokenError, ConnectError
from watcher.imap.at_once import LEAST, read_at_once
from watcher.imap.faults import (
    LIBRARY,
    UNREADABLE,
    connection_fault,
    find_wait,
    is_broken,
    later,
    speaking,
    words_of,
)
from watcher.imap.fetched import Fetched, is_stand_in
from watcher.imap.pace import Pace
from watcher.imap.uids import NAMED, beginning, present_uids, split
from watcher.imap.wire import Wire


GROUP_OCTETS = 16_000_000  # asked for at once
_SIZE, _DATE = "RFC822.SIZE", "INTERNALDATE"
_EVERY_MAIL = 3  # so many mails refused, and none given: the fault is the server's


Answer = Mapping[bytes, Any]


@dataclass(slots=True)
class _Answers:
    """What the server said of each mail, and of which ones it said nothing but that it cannot."""

    by_uid: dict[int, Answer] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)
    halved: bool = False  # it refused the whole of them at once


def fetch_bounded(
    wire: Wire,
    uids: Collection[int],
    max_size: int,
    pace: Pace | None = None,
    *,
    newest_first: bool = False,
) -> Iterator[list[Fetched]]:
    """Read mails in groups of bounded number and size, each ascending; those that vanished are absent."""
    pace = pace or Pace()
    pending = [uid for uid in sorted(set(uids)) if not pace.is_suspect(uid)]
    while pending:
        batch = beginning(pending[-pace.size :] if newest_first else pending, pace.size)
        pending = [uid for uid in pending if uid < batch[0] or uid > batch[-1]]
        if len(batch) < LEAST:
            yield from _read_batch(wire, batch, max_size, pace)
        else:
            yield from _read_many(wire, batch, max_size, pace)
    for uid in filter(pace.is_suspect, sorted(set(uids))):
        if pace.has_given_up(uid):
            yield [_given_up(uid)]
        else:
            yield from _read_batch(wire, [uid], pace.part_of(uid, max_size), pace)


def _read_many(wire: Wire, batch: Sequence[int], max_size: int, pace: Pace) -> Iterator[list[Fetched]]:
    """Read what is small by one command, and the rest with care."""
    try:
        found = read_at_once(wire, batch, min(max_size, GROUP_OCTETS // len(batch)))
    except BrokenError:
        pace.broke(batch)
        raise
    if found:
        yield found
    left = sorted(set(batch) - {mail.uid for mail in found})
    pace.came_whole(len(found), len(batch))
    if left:
        yield from _read_batch(wire, left, max_size, pace)
    else:
        pace.worked(batch)


def _given_up(uid: int) -> Fetched:
    fault = "the connection breaks whenever it is read"
    return Fetched(uid, None, datetime.now(UTC), 0, truncated=True, error=fault)


def _read_batch(wire: Wire, batch: Sequence[int], max_size: int, pace: Pace) -> Iterator[list[Fetched]]:
    under_way = batch
    try:
        sizes = _ask(wire, batch, [_SIZE, _DATE])
        # A mail whose size cannot be told may be of any size.
        known = {uid: _size_of(answer, max_size) for uid, answer in sizes.by_uid.items() if _is_there(answer)}
        known |= dict.fromkeys(sizes.faults, max_size + 1)
        balked = sizes.halved and not sizes.faults
        for under_way in _groups(known, max_size):
            mails, refused = _read_group(wire, under_way, known, sizes, max_size)
            balked = balked or refused
            yield mails
    except BrokenError:
        pace.broke(under_way)
        raise
    if balked:
        pace.balked(batch)
    else:
        pace.worked(batch)


def _is_there(answer: Answer) -> bool:
    # Without the size it is news of some other mail, whose number in the folder is this one's UID.
    return _SIZE.encode() in answer


def _size_of(answer: Answer, otherwise: int) -> int:
    size = answer.get(_SIZE.encode())
    return size if isinstance(size, int) else otherwise


def _groups(sizes: Mapping[int, int], max_size: int) -> Iterator[list[int]]:
    """Cut into groups of bounded size, in order; mails that are read in part stand in groups of their own."""
    group: list[int] = []
    octets = 0
    for uid, size in sorted(sizes.items()):
        share = min(size, max_size)
        unlike = bool(group) and (size > max_size) != (sizes[group[0]] > max_size)
        if group and (unlike or octets + share > GROUP_OCTETS):
            yield group
            group, octets = [], 0
        group.append(uid)
        octets += share
    if group:
        yield group


def _read_group(
    wire: Wire, group: Sequence[int], sizes: Mapping[int, int], first: _Answers, max_size: int
) -> tuple[list[Fetched], bool]:
    """Read mails, and tell whether the server refused them together and gave each of them alone."""
    cut = sizes[group[0]] > max_size
    body = f"BODY.PEEK[]<0.{max_size}>" if cut else "BODY.PEEK[]"
    answers = _ask(wire, group, [body])
    without = [uid for uid in group if _body_of(answers.by_uid.get(uid, {})) is None]
    if without:
        answers.by_uid |= _ask_again(wire, without, body, answers)
    read = []
    for uid in group:
        answer = answers.by_uid.get(uid)
        if answer is None and uid not in answers.faults:
            continue  # vanished
        raw = _body_of(answer or {})
        date = _date_of(first.by_uid.get(uid, {}))
        error = None if raw is not None else answers.faults.get(uid, "the server gives no body")
        whole = raw is None or (not cut and len(raw) <= max_size)
        size = first.by_uid.get(uid, {}).get(_SIZE.encode())
        read.append(
            Fetched(
                uid=uid,
                raw=None if raw is None else raw[:max_size],
                internal_date=date,
                size=size if isinstance(size, int) else len(raw or b""),
                truncated=not whole,
                error=error,
            )
        )
    return read, answers.halved and not answers.faults


def _ask_again(wire: Wire, uids: Sequence[int], body: str, answers: _Answers) -> dict[int, Answer]:
    """Tell mails that vanished from those that the server cannot give."""
    if any(_is_stand_in(answers.by_uid.get(uid, {})) for uid in uids):
        with speaking(wire.place):
            wire.client.noop()  # only then does Courier know what it said
    there = present_uids(wire, uids)
    for uid in uids:
        answers.by_uid.pop(uid, None)
        if uid not in there:
            answers.faults.pop(uid, None)
    silent = [uid for uid in uids if uid in there and uid not in answers.faults]
    again = _ask(wire, silent, [body])
    answers.faults |= again.faults
    return {uid: again.by_uid.get(uid, {}) for uid in silent if uid not in again.faults}


def _ask(wire: Wire, uids: Sequence[int], items: Sequence[str]) -> _Answers:
    answers = _Answers()
    pending = list(split(uids, NAMED))[::-1]
    while pending:
        part = pending.pop()
        try:
            answers.by_uid.update(wire.client.fetch(part, items))
        except LIBRARY as error:
            wire.tidy()
            fault = _fault_of_mail(wire, error)
            if len(part) == 1:
                answers.faults[part[0]] = fault
            else:
                answers.halved = True
                middle = len(part) // 2
                pending += [part[middle:], part[:middle]]
    wire.tidy()
    if len(uids) >= _EVERY_MAIL and len(answers.faults) == len(uids):
        some = next(iter(answers.faults.values()))
        raise ConnectError(f"{wire.place}: the server gives no mail: {some}; it is tried again")
    return answers


def _fault_of_mail(wire: Wire, error: BaseException) -> str:
    """Say what is wrong with a mail; what is wrong with the server is raised."""
    if is_broken(error):
        raise connection_fault(error, wire.place) from None
    wait = find_wait(error)
    if wait is not None:
        raise ConnectError(
            f"{wire.place}: refused: {words_of(error)}; {later(error)}", retry_after=wait
        ) from None
    # The text of a parser's error may hold mail.
    return "the server's answer cannot be read" if isinstance(error, UNREADABLE) else words_of(error)


def _body_of(answer: Answer) -> bytes | None:
    body = answer.get(b"BODY[]", answer.get(b"BODY[]<0>"))
    return body if isinstance(body, bytes) and not _is_stand_in(answer) else None


def _is_stand_in(answer: Answer) -> bool:
    body = answer.get(b"BODY[]")
    return isinstance(body, bytes) and is_stand_in(body)


def _date_of(answer: Answer) -> datetime:
    date = answer.get(_DATE.encode())
    return date.astimezone(UTC) if isinstance(date, datetime) and date.tzinfo else datetime.now(UTC)
