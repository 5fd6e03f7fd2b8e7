"""Mails come whole, unmarked, and one at fault never holds back the others."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.imap.mailbox import mail, mailbox_at, mailbox_of
from tests.servers.fixtures import Account
from tests.servers.scripted_imap import GOODBYE, ScriptedImap, prelude
from watcher.errors import ConnectError
from watcher.imap import fetch
from watcher.imap.session import Patience, Session


@pytest.mark.failure(29)
def test_mails_come_whole_in_order_and_stay_unread(account: Account) -> None:
    mails = [mail("one"), b"\r\n", mail("eight bit: \xe4").replace(b"text", b"\xff"), mail("four", 20_000)]
    account.append(*mails)
    with Session.open(mailbox_of(account)) as session:
        session.select()
        (batch,) = session.new_uids(0)
        found = session.fetch(reversed(batch))
    assert [one.uid for one in found] == batch
    assert [one.raw for one in found] == mails
    assert [one.size for one in found] == [len(one) for one in mails]
    assert not any(one.truncated or one.error for one in found)
    assert account.flags() == [set()] * 4


def test_time_of_arrival_is_utc(dovecot_account: Account) -> None:
    east = dt.timezone(dt.timedelta(hours=5, minutes=30))
    with dovecot_account.server.client(dovecot_account.user) as other:
        other.append("INBOX", mail("one"), msg_time=dt.datetime(2024, 3, 9, 2, 30, tzinfo=east))
    with Session.open(mailbox_of(dovecot_account)) as session:
        session.select()
        (one,) = session.fetch([1])
    assert one.internal_date == dt.datetime(2024, 3, 8, 21, tzinfo=dt.UTC)
    assert one.internal_date.tzinfo is dt.UTC


@pytest.mark.failure(28)
def test_large_mail_is_read_in_part(account: Account) -> None:
    large = mail("large", 50_000)
    account.append(mail("small"), large, mail("exact").ljust(9_998, b".") + b"\r\n")
    with Session.open(mailbox_of(account, max_size=10_000)) as session:
        session.select()
        (batch,) = session.new_uids(0)
        small, cut, exact = session.fetch(batch)
    assert (cut.raw, cut.size, cut.truncated) == (large[:10_000], len(large), True)
    assert (small.raw, small.truncated) == (mail("small"), False)
    assert (len(exact.raw or b""), exact.truncated) == (10_000, False)


@pytest.mark.failure(28)
def test_groups_are_bounded_in_octets(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "GROUP_OCTETS", 10_000)
    account.append(*(mail(str(number), 4_000) for number in range(5)), mail("large", 30_000))
    with Session.open(mailbox_of(account)) as session:
        session.select()
        (batch,) = session.new_uids(0)
        groups = list(session.fetch_bounded(batch))
    assert [len(group) for group in groups] == [2, 2, 1, 1]
    assert [one.uid for group in groups for one in group] == batch


def test_vanished_mails_are_absent(account: Account) -> None:
    account.append(mail("one"), mail("two"))
    with Session.open(mailbox_of(account)) as session:
        session.select()
        (batch,) = session.new_uids(0)
        found = session.fetch([*batch, batch[-1] + 1, batch[-1] + 1_000])
        assert [one.uid for one in found] == batch
        assert session.fetch([]) == []


@pytest.mark.failure(25)
def test_mails_that_another_program_removes_meanwhile(account: Account) -> None:
    account.append(mail("one"), mail("two"))
    with Session.open(mailbox_of(account)) as session:
        session.select()
        (batch,) = session.new_uids(0)
        with account.server.client(account.user) as other:
            other.select_folder("INBOX")
            other.delete_messages(batch[:1])
            other.uid_expunge(batch[:1])
        found = session.fetch(batch)
        assert [one.uid for one in found if one.raw is not None] == batch[1:]
        assert [one.uid for one in session.fetch(batch)] == batch[1:]


SIZES = """\
    C: UID FETCH * (RFC822.SIZE INTERNALDATE)
    S: * 1 FETCH (UID 1 RFC822.SIZE 5 INTERNALDATE "09-Mar-2024 02:30:00 +0000")
    S: * 2 FETCH (UID 2 RFC822.SIZE 5 INTERNALDATE "09-Mar-2024 02:30:00 +0000")
    S: * 3 FETCH (UID 3 RFC822.SIZE 5 INTERNALDATE "nonsense")
    S: {tag} OK done
"""
BODIES = "C: UID FETCH 1,2,3 (BODY.PEEK[[]])\n"
THERE = "C: UID SEARCH UID {named} UNDELETED\nS: * SEARCH {found}\nS: {tag} OK done\n"


def body(uid: int, text: str = "mail%d") -> str:
    text = text.replace("%d", str(uid))
    return f"S: * {uid} FETCH (UID {uid} BODY[] {{{len(text)}}}\nS- {text}\nS: )\n"


def there(named: str, found: str) -> str:
    return THERE.replace("{named}", named).replace("{found}", found)


@contextmanager
def playing(*script: str, **changes: Any) -> Iterator[Session]:
    """Open a session with a server that plays a script after SELECT."""
    lines = "".join(line.strip() + "\n" for part in script for line in part.splitlines())
    with (
        ScriptedImap(prelude() + lines + GOODBYE) as server,
        Session.open(mailbox_at(server.port, **changes)) as session,
    ):
        session.select()
        yield session


def raws(session: Session) -> list[bytes | str | None]:
    return [one.error or one.raw for one in session.fetch([1, 2, 3])]


@pytest.mark.failure(25)
def test_unsolicited_news_of_other_mails_is_not_taken_for_an_answer() -> None:
    news = "S: * 3 FETCH (FLAGS (\\Seen))\nS: * 9 FETCH (UID 77 FLAGS ())\nS: * 4 EXISTS\n"
    with playing(SIZES, BODIES, body(2), news, body(3), body(1), news, "S: {tag} OK done\n") as session:
        assert raws(session) == [b"mail1", b"mail2", b"mail3"]


@pytest.mark.failure(25)
def test_flags_of_a_vanished_mails_number_are_no_mail() -> None:
    """News without a UID counts by number in the folder, which here is the UID of a mail that is gone."""
    sizes = SIZES.replace('(UID 3 RFC822.SIZE 5 INTERNALDATE "nonsense")', "(FLAGS (\\Seen))")
    bodies = BODIES.replace("1,2,3", "1,2")
    with playing(sizes, bodies, body(1), body(2), "S: {tag} OK done\n") as session:
        assert raws(session) == [b"mail1", b"mail2"]


def test_date_that_cannot_be_read_is_now() -> None:
    before = dt.datetime.now(dt.UTC)
    with playing(SIZES, BODIES, body(1), body(2), body(3), "S: {tag} OK done\n") as session:
        first, _, third = session.fetch([1, 2, 3])
    assert first.internal_date == dt.datetime(2024, 3, 9, 2, 30, tzinfo=dt.UTC)
    assert before <= third.internal_date <= dt.datetime.now(dt.UTC)


@pytest.mark.failure(25)
def test_mail_without_a_body_is_asked_for_again() -> None:
    nil = "S: * 2 FETCH (UID 2 BODY[] NIL)\n"
    again = "C: UID FETCH 2 (BODY.PEEK[[]])\n"
    ok = "S: {tag} OK done\n"
    with playing(SIZES, BODIES, body(1), nil, body(3), ok, there("2", "2"), again, body(2), ok) as session:
        assert raws(session) == [b"mail1", b"mail2", b"mail3"]
    with playing(SIZES, BODIES, body(1), nil, body(3), ok, there("2", "2"), again, nil, ok) as session:
        assert raws(session) == [b"mail1", "the server gives no body", b"mail3"]
    with playing(SIZES, BODIES, body(1), nil, body(3), ok, there("2", ""), "") as session:
        assert raws(session) == [b"mail1", b"mail3"]


@pytest.mark.failure(25)
def test_refusal_in_the_middle_of_a_fetch_is_one_mails_fault() -> None:
    """The server gives the first mail, refuses the second and with it the command."""
    no = "S: {tag} NO [SERVERUNHAPPY] mail file is damaged\n"
    ok = "S: {tag} OK done\n"
    script = (
        *(SIZES, BODIES, body(1), no),
        *("C: UID FETCH 1 (BODY.PEEK[[]])\n", body(1), ok),
        *("C: UID FETCH 2,3 (BODY.PEEK[[]])\n", no),
        *("C: UID FETCH 2 (BODY.PEEK[[]])\n", no),
        *("C: UID FETCH 3 (BODY.PEEK[[]])\n", body(3), ok),
        there("2", "2"),
    )
    with playing(*script) as session:
        assert raws(session) == [b"mail1", "[SERVERUNHAPPY] mail file is damaged", b"mail3"]


@pytest.mark.failure(26)
def test_answer_that_cannot_be_read_is_one_mails_fault_and_told_without_its_text() -> None:
    odd = "S: * 2 FETCH (UID 2 BODY[] (secret words\n"
    ok = "S: {tag} OK done\n"
    script = (
        *(SIZES, BODIES, body(1), odd, ok),
        *("C: UID FETCH 1 (BODY.PEEK[[]])\n", body(1), ok),
        *("C: UID FETCH 2,3 (BODY.PEEK[[]])\n", odd, body(3), ok),
        *("C: UID FETCH 2 (BODY.PEEK[[]])\n", odd, ok),
        *("C: UID FETCH 3 (BODY.PEEK[[]])\n", body(3), ok),
        there("2", "2"),
    )
    with playing(*script) as session:
        assert raws(session) == [b"mail1", "the server's answer cannot be read", b"mail3"]


def test_mail_whose_size_is_refused_is_read_in_part() -> None:
    no, ok = "S: {tag} NO damaged\n", "S: {tag} OK done\n"
    sizes = SIZES.splitlines(keepends=True)
    script = (
        *(sizes[0], no),
        *(sizes[0], sizes[1], ok),
        *(sizes[0], no),
        *(sizes[0], no),
        *(sizes[0], sizes[3], ok),
        *("C: UID FETCH 1 (BODY.PEEK[[]])\n", body(1), ok),
        "C: UID FETCH 2 (BODY.PEEK[[]]<0.25000000>)\n",
        *("S: * 2 FETCH (UID 2 BODY[]<0> {5}\nS: mail2)\n", ok),
        *("C: UID FETCH 3 (BODY.PEEK[[]])\n", body(3), ok),
    )
    with playing(*script) as session:
        found = session.fetch([1, 2, 3])
    assert [one.raw for one in found] == [b"mail1", b"mail2", b"mail3"]


def test_server_that_refuses_every_mail_is_at_fault_itself() -> None:
    no = "S: {tag} NO storage is away\n"
    with (
        playing(SIZES, *[("C: UID FETCH * (BODY.PEEK[[]])\n" + no)] * 5) as session,
        pytest.raises(ConnectError, match="gives no mail: storage is away; it is tried again"),
    ):
        session.fetch([1, 2, 3])


def test_throttled_server_is_left_alone_for_as_long_as_it_says() -> None:
    no = "S: {tag} BAD Request is throttled. Suggested Backoff Time: 1500 milliseconds\n"
    with playing(SIZES, BODIES, no) as session:
        with pytest.raises(ConnectError, match="refused: Request is throttled") as refusal:
            session.fetch([1, 2, 3])
        assert refusal.value.retry_after == 1.5


def test_server_that_sends_more_than_it_was_asked_for() -> None:
    ok = "S: {tag} OK done\n"
    sizes, bodies = SIZES.replace("SIZE 5", "SIZE 3"), "C: UID FETCH * (BODY.PEEK[[]])\n"
    long = body(1, "x" * 10_007)
    with playing(sizes, bodies, long, body(2), body(3), ok, max_size=10_000) as session:
        first, second, _ = session.fetch([1, 2, 3])
    assert (first.raw, first.truncated) == (b"x" * 10_000, True)
    assert (second.raw, second.truncated) == (b"mail2", False)


BREAKS = [
    # Each case: what it shows, what the server does, what the error says.
    ("goodbye", "S: * BYE shutting down\n", "shutting down"),
    (
        "hung up in the middle of a mail",
        "S: * 1 FETCH (UID 1 BODY[] {500}\nS: half of it",
        "broke off|hung up",
    ),
    ("no answer", "HANG\n", "no answer in time"),
]


@pytest.mark.parametrize(("does", "text"), [case[1:] for case in BREAKS], ids=[case[0] for case in BREAKS])
@pytest.mark.failure(9, 11)
def test_connection_that_breaks(does: str, text: str) -> None:
    script = prelude() + SIZES.replace("    ", "") + BODIES + does
    with ScriptedImap(script) as server:
        with Session.open(mailbox_at(server.port), Patience(5, 0.5)) as session:
            session.select()
            with pytest.raises(ConnectError, match=text) as refusal:
                session.fetch([1, 2, 3])
        assert "half" not in str(refusal.value)
        assert str(refusal.value).startswith("127.0.0.1:")
