"""Which mails count as new, and how sets of UIDs are written."""

import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.imap.mailbox import mail, mailbox_at, mailbox_of
from tests.servers.fixtures import Account
from tests.servers.scripted_imap import GOODBYE, ScriptedImap, prelude
from watcher.errors import ConnectError
from watcher.imap import uids
from watcher.imap.session import Session
from watcher.imap.uids import compress


COMPRESS = [
    # Each case: what it shows, UIDs, the set.
    ("none", [], ""),
    ("one", [5], "5"),
    ("a run", [1, 2, 3, 4], "1:4"),
    ("runs and single ones", [1, 2, 4, 6, 7, 8, 4_294_967_295], "1:2,4,6:8,4294967295"),
]


@pytest.mark.parametrize(
    ("found", "text"), [case[1:] for case in COMPRESS], ids=[case[0] for case in COMPRESS]
)
@pytest.mark.failure(33, 38)
def test_compress(found: list[int], text: str) -> None:
    assert ",".join(compress(found)) == text


@given(st.sets(st.integers(1, 300)))
def test_compress_names_each_uid_and_no_other(wanted: set[int]) -> None:
    named: list[int] = []
    for run in compress(sorted(wanted)):
        first, _, last = run.partition(":")
        named += range(int(first), int(last or first) + 1)
    assert named == sorted(wanted)


def test_all_mail_is_new_at_first_and_none_after_the_last(account: Account) -> None:
    account.append(*(mail(str(number)) for number in range(5)))
    with Session.open(mailbox_of(account)) as session:
        selected = session.select()
        assert selected.exists == 5
        (batch,) = session.new_uids(0)
        assert len(batch) == 5
        assert selected.uidnext == batch[-1] + 1
        assert list(session.new_uids(batch[2])) == [batch[3:]]
        assert list(session.new_uids(batch[-1])) == []


def test_mail_that_arrives_after_the_folder_was_opened_is_found(account: Account) -> None:
    with Session.open(mailbox_of(account)) as session:
        selected = session.select()
        account.append(mail("late"))
        assert list(session.new_uids(0)) == [[selected.uidnext]]


def test_mail_marked_as_deleted_is_not_new(account: Account) -> None:
    account.append(mail("one"), mail("two"))
    with account.server.client(account.user) as other:
        other.select_folder("INBOX")
        one, two = other.search()
        other.delete_messages([one])
    with Session.open(mailbox_of(account)) as session:
        session.select()
        assert list(session.new_uids(0)) == [[two]]
        assert session.present([one, two, two + 1]) == {two}


def test_older_mail_can_be_left_out(dovecot_account: Account) -> None:
    with dovecot_account.server.client(dovecot_account.user) as other:
        for year in (2020, 2024):
            other.append("INBOX", mail(str(year)), msg_time=dt.datetime(year, 3, 9, 12, tzinfo=dt.UTC))
    with Session.open(mailbox_of(dovecot_account)) as session:
        session.select()
        assert list(session.new_uids(0, since=dt.date(2024, 3, 9))) == [[2]]
        assert list(session.new_uids(0, since=dt.date(2024, 3, 11))) == []


@pytest.mark.failure(32)
def test_large_folder_is_searched_in_windows(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uids, "WINDOW", 7)
    monkeypatch.setattr(uids, "BATCH", 3)
    account.append(*(mail(str(number)) for number in range(30)))
    with Session.open(mailbox_of(account)) as session:
        session.select()
        batches = list(session.new_uids(0))
        whole = list(itertools.chain.from_iterable(batches))
        assert len(whole) == 30
        assert whole == sorted(set(whole))
        assert max(map(len, batches)) == 3
        assert list(itertools.chain.from_iterable(session.new_uids(whole[9]))) == whole[10:]


@pytest.mark.failure(32)
def test_window_of_a_search_fits_what_the_library_reads() -> None:
    assert uids.WINDOW * len(" 4294967295") < 1_000_000


def search(*answer: str) -> str:
    asked = "C: NOOP\nS: {tag} OK done\n"
    return asked + "\n".join(["C: UID SEARCH UID 4:[*] UNDELETED", *(f"S: {line}" for line in answer)]) + "\n"


ANSWERS = [
    # Each case: what it shows, the lines of the answer, the UIDs that are new after 3.
    ("the last mail, though its UID is lower", ["* SEARCH 3"], []),
    ("nothing at all", [], []),
    ("a space at the end", ["* SEARCH 4 5 "], [[4, 5]]),
    ("several lines, in disorder", ["* SEARCH 9 4", "* SEARCH 4 7"], [[4, 7, 9]]),
    ("news in between", ["* 4 EXISTS", "* SEARCH 4", "* 2 FETCH (FLAGS ())"], [[4]]),
    ("a modification sequence", ["* SEARCH 4 (MODSEQ 917162500)"], [[4]]),
]


@pytest.mark.parametrize(("lines", "new"), [case[1:] for case in ANSWERS], ids=[case[0] for case in ANSWERS])
@pytest.mark.failure(24, 31)
def test_answer_to_a_search(lines: list[str], new: list[list[int]]) -> None:
    script = prelude() + search(*lines, "{tag} OK done") + GOODBYE
    with ScriptedImap(script) as server, Session.open(mailbox_at(server.port)) as session:
        session.select()
        assert list(session.new_uids(3)) == new


def test_refused_search_is_tried_again() -> None:
    script = prelude() + search("{tag} NO [INUSE] being compacted") + GOODBYE
    with ScriptedImap(script) as server, Session.open(mailbox_at(server.port)) as session:
        session.select()
        with pytest.raises(ConnectError, match=r"refused: \[INUSE\] being compacted; ") as refusal:
            list(session.new_uids(3))
        assert refusal.value.retry_after == 30


@pytest.mark.failure(32)
def test_line_too_long_for_the_library_ends_the_session() -> None:
    script = prelude() + search("* SEARCH" + " 4294967295" * 100_000, "{tag} OK done") + "HANG"
    with ScriptedImap(script) as server, Session.open(mailbox_at(server.port)) as session:
        session.select()
        with pytest.raises(ConnectError, match="cannot be read") as refusal:
            list(session.new_uids(3))
        assert len(str(refusal.value)) < 400
