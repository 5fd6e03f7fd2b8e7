"""Many small mails come by one command, the same as with care; whatever is odd is left to care."""

import datetime as dt

import pytest

from tests.imap.mailbox import mail, mailbox_at, mailbox_of
from tests.imap.test_fetch import playing
from tests.servers.fixtures import Account
from tests.servers.proxy import Proxy
from watcher.errors import ConnectError
from watcher.imap import fetch
from watcher.imap.pace import FIRST, MOST, Pace
from watcher.imap.session import Session
from watcher.imap.uids import LONGEST, beginning, compress, split


MAILS = [
    *(mail(f"number {number}", 100 * number) for number in range(25)),
    b"\r\n",
    mail("eight bit: \xe4").replace(b"text", b"\xff)\r\n* 3 FETCH (UID 9 BODY[] {3}\r\nabc)"),
    mail("large", 40_000),
    mail("exact").ljust(9_998, b".") + b"\r\n",
]


def test_mails_are_the_same_as_with_care(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    account.append(*MAILS)
    with (
        Proxy(account.server.imap_port) as proxy,
        Session.open(mailbox_at(proxy.port, username=account.user, max_size=10_000)) as session,
    ):
        session.select()
        (batch,) = session.new_uids(0)
        found = {one.uid: one for one in session.fetch(batch)}
        asked = [line.partition(b" FETCH ")[2] for line in proxy.commands if b" FETCH " in line]
        monkeypatch.setattr(fetch, "LEAST", 10**6)
        assert found == {one.uid: one for one in session.fetch(batch)}
    assert [found[uid].raw for uid in batch] == [raw[:10_000] for raw in MAILS]
    assert asked[0].endswith(b" (UID RFC822.SIZE INTERNALDATE BODY.PEEK[]<0.10000>)")
    assert not any(
        b":" in line.split()[0] for line in asked[1:]
    )  # the two that were cut, and no run of others
    assert account.flags() == [set()] * len(MAILS)


def test_mails_that_vanished_are_absent(account: Account) -> None:
    account.append(*MAILS[:24])
    with Session.open(mailbox_of(account)) as session:
        session.select()
        (batch,) = session.new_uids(0)
        with account.server.client(account.user) as other:
            other.select_folder("INBOX")
            other.delete_messages(batch[3:5])
            other.uid_expunge(batch[3:5])
        session.fetch(batch)  # some servers give what they have still open
        assert [one.uid for one in session.fetch(batch)] == [*batch[:3], *batch[5:]]


ASKED = "C: UID FETCH 1:3 (UID RFC822.SIZE INTERNALDATE BODY.PEEK[[]]<0.1000000>)\n"
CARE = """\
    C: UID FETCH 2 (RFC822.SIZE INTERNALDATE)
    S: * 2 FETCH (UID 2 RFC822.SIZE 5 INTERNALDATE "09-Mar-2024 02:30:00 +0000")
    S: {tag} OK done
    C: UID FETCH 2 (BODY.PEEK[[]])
    S: * 2 FETCH (UID 2 BODY[] {5}
    S- mail2
    S: )
    S: {tag} OK done
"""
DATE = 'INTERNALDATE " 9-Mar-2024 08:00:00 +0530"'


def told(uid: int, before: str, behind: str = "", name: str = "BODY[]<0>") -> str:
    return f"S: * {uid} FETCH ({before} {name} {{5}}\nS- mail{uid}\nS: {behind})\n"


GOOD = [
    # Each case: what it shows, the answer about the second mail.
    ("in our order", told(2, f"UID 2 RFC822.SIZE 5 {DATE}")),
    ("the body first", told(2, "FLAG 1", f" RFC822.SIZE 5 {DATE} UID 2")),
    ("in lower case", told(2, f"uid 2 rfc822.size 5 {DATE}", name="body[]<0>")),
    ("not in part", told(2, f"UID 2 RFC822.SIZE 5 {DATE}", name="BODY[]")),
]
ODD = [
    ("nothing", ""),
    ("no date", told(2, "UID 2 RFC822.SIZE 5")),
    ("a day that never was", told(2, 'UID 2 RFC822.SIZE 5 INTERNALDATE "31-Feb-2024 02:30:00 +0000"')),
    ("no size", told(2, f"UID 2 {DATE}")),
    ("no UID", told(2, f"RFC822.SIZE 5 {DATE}")),
    ("the UID of another", told(2, f"UID 7 RFC822.SIZE 5 {DATE}")),
    ("flags, whose words others choose", told(2, f"FLAGS (UID 2) RFC822.SIZE 5 {DATE}")),
    ("another part", told(2, f"UID 2 RFC822.SIZE 5 {DATE}", name="BODY[TEXT]<0>")),
    ("no body", f"S: * 2 FETCH (UID 2 RFC822.SIZE 5 {DATE} BODY[]<0> NIL)\n"),
]


@pytest.mark.parametrize("second", [case[1] for case in GOOD], ids=[case[0] for case in GOOD])
def test_answer_that_is_understood(second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LEAST", 3)
    monkeypatch.setattr(fetch, "GROUP_OCTETS", 3_000_000)
    answers = [told(number, f"UID {number} RFC822.SIZE 5 {DATE}") for number in (3, 1)]
    with playing(ASKED, answers[0], second, answers[1], "S: {tag} OK done\n") as session:
        found = session.fetch([1, 2, 3])
    assert [(one.uid, one.raw, one.size) for one in found] == [(n, b"mail%d" % n, 5) for n in (1, 2, 3)]
    assert {one.internal_date for one in found} == {dt.datetime(2024, 3, 9, 2, 30, tzinfo=dt.UTC)}


@pytest.mark.parametrize("second", [case[1] for case in ODD], ids=[case[0] for case in ODD])
def test_answer_that_is_odd_is_asked_for_with_care(second: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LEAST", 3)
    monkeypatch.setattr(fetch, "GROUP_OCTETS", 3_000_000)
    answers = [told(number, f"UID {number} RFC822.SIZE 5 {DATE}") for number in (1, 3)]
    with playing(ASKED, answers[0], second, answers[1], "S: {tag} OK done\n", CARE) as session:
        found = session.fetch([1, 2, 3])
    assert sorted((one.uid, one.raw) for one in found) == [(n, b"mail%d" % n) for n in (1, 2, 3)]


def test_refusal_is_asked_about_with_care(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "LEAST", 3)
    monkeypatch.setattr(fetch, "GROUP_OCTETS", 3_000_000)
    no = "S: {tag} BAD Request is throttled. Suggested Backoff Time: 1500 milliseconds\n"
    with playing(ASKED, no, "C: UID FETCH 1,2,3 (RFC822.SIZE INTERNALDATE)\n", no) as session:
        with pytest.raises(ConnectError, match="refused: Request is throttled") as refusal:
            session.fetch([1, 2, 3])
        assert refusal.value.retry_after == 1.5


def test_groups_grow_while_all_goes_well_and_shrink_where_mails_are_large() -> None:
    pace = Pace()
    for _ in range(3):
        pace.worked([1])
    assert (FIRST, pace.size) == (200, MOST)
    pace.came_whole(950, 1_000)
    assert pace.size == MOST
    pace.came_whole(500, 1_000)
    assert pace.size == MOST // 2
    pace.worked([1])
    assert pace.size == MOST // 2
    for _ in range(9):
        pace.came_whole(0, 100)
    assert pace.size == FIRST


def test_no_command_is_too_long() -> None:
    uids = [7 * number + 1_000_000_000 for number in range(3_000)]
    parts = list(split(uids))
    assert [uid for part in parts for uid in part] == uids
    assert all(len(",".join(compress(part))) <= LONGEST for part in parts)
    assert len(beginning(range(5_000_000_000 - 4_294_967_296, 4_000_000_000), 1_000)) == 1_000
    pairs = [number * 3 + extra + 10_000 for number in range(2_000) for extra in (0, 1)]
    assert all(len(",".join(compress(part))) <= LONGEST for part in split(pairs))
    assert list(split([1, 2, 3], 2)) == [[1, 2], [3]]
