"""Mails end up in one folder, once, whatever the server can do and wherever we were stopped."""

import datetime as dt
import re
from collections.abc import Callable

import pytest

from tests.imap.mailbox import mail, mailbox_at, mailbox_of
from tests.servers.fixtures import Account
from tests.servers.proxy import Proxy
from tests.servers.scripted_imap import GOODBYE, ScriptedImap, prelude
from watcher.errors import ConnectError, FolderError
from watcher.imap import filing, uids
from watcher.imap.session import Memory, Session


# What a server lacks, and whether mails stay in the source, marked as deleted.
ABILITIES = {
    "MOVE": ((), False),
    "COPY": ((b"MOVE",), False),
    "COPY without UIDPLUS": ((b"MOVE", b"UIDPLUS"), True),
}


@pytest.fixture(params=ABILITIES.values(), ids=ABILITIES.keys())
def ability(request: pytest.FixtureRequest) -> tuple[tuple[bytes, ...], bool]:
    found: tuple[tuple[bytes, ...], bool] = request.param
    return found


Ability = tuple[tuple[bytes, ...], bool]


@pytest.mark.failure(34, 36)
def test_mails_are_moved_once_however_often_it_is_asked(account: Account, ability: Ability) -> None:
    hidden, stays = ability
    mails = [mail(str(number)) for number in range(6)]
    account.append(*mails)
    with Proxy(account.server.imap_port, hidden=hidden) as proxy:
        mailbox = mailbox_at(proxy.port, username=account.user)
        for _ in range(2):
            with Session.open(mailbox) as session:
                assert not set(hidden) & {word.encode() for word in session.capabilities}
                first = session.select().uidnext - 6
                for _ in range(2):
                    session.move([first, first + 1, first + 2, first + 4], "Bounces/Hard")
                    session.move([first + 3, 4_000], "Delays")
                assert session.present(range(first, first + 6)) == {first + 5}
    found = account.mails()
    assert found["Bounces/Hard"] == [mails[0], mails[1], mails[2], mails[4]]
    assert found["Delays"] == [mails[3]]
    assert found["INBOX"] == [mails[5]]
    assert account.flags() == ([{b"\\Deleted"}] * 5 if stays else []) + [set()]
    assert account.flags("Bounces/Hard") == [set()] * 4


@pytest.mark.failure(35)
def test_others_marked_mail_is_never_expunged(account: Account, ability: Ability) -> None:
    hidden, _ = ability
    account.append(mail("ours"), mail("marked by another"))
    with account.server.client(account.user) as other:
        other.select_folder("INBOX")
        ours, marked = other.search()
        other.delete_messages([marked])
    with Proxy(account.server.imap_port, hidden=hidden) as proxy:
        with Session.open(mailbox_at(proxy.port, username=account.user)) as session:
            session.select()
            session.move([ours], "Delays")
            session.delete([ours])
        assert not [line for line in proxy.commands if re.fullmatch(rb"\w+ (EXPUNGE|CLOSE)", line)]
    assert {b"\\Deleted"} in account.flags()


def test_mails_are_deleted(account: Account, ability: Ability) -> None:
    hidden, stays = ability
    account.append(mail("one"), mail("two"))
    with (
        Proxy(account.server.imap_port, hidden=hidden) as proxy,
        Session.open(mailbox_at(proxy.port, username=account.user)) as session,
    ):
        session.select()
        (batch,) = session.new_uids(0)
        session.delete(batch[:1])
        session.delete(batch[:1])
        assert session.present(batch) == {batch[1]}
    assert account.mails() == {"INBOX": [mail("two")]}
    assert len(account.flags()) == (2 if stays else 1)


@pytest.mark.failure(33, 38)
def test_commands_are_of_bounded_length(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uids, "BATCH", 4)
    account.append(*(mail(str(number)) for number in range(20)))
    with Proxy(account.server.imap_port) as proxy:
        with Session.open(mailbox_at(proxy.port, username=account.user)) as session:
            first = session.select().uidnext - 20
            session.move([first + number for number in range(20) if number not in (2, 10)], "Delays")
        named = [line for line in proxy.commands if b" MOVE " in line or b" COPY " in line]
        moves = [line.split()[3] for line in named if b"Delays" in line]
    assert len(account.mails()["Delays"]) == 18
    assert b"%d:%d,%d:%d" % (first, first + 1, first + 3, first + 4) in moves
    assert b"%d:%d" % (first + 11, first + 14) in moves or len(moves) >= 5


def test_commands_grow_while_they_are_quick(
    dovecot_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = dovecot_account
    account.append(*(mail(str(number)) for number in range(88)))
    with Proxy(account.server.imap_port) as proxy:
        with Session.open(mailbox_at(proxy.port, username=account.user)) as session:
            session.select()
            (batch,) = session.new_uids(0)
            session._filing.at_once = 4
            session.move(batch[:28], "Delays")
            monkeypatch.setattr(filing, "QUICK", 0.0)
            monkeypatch.setattr(filing, "FEWEST", 3)
            session.move(batch[28:], "Delays")
        named = [line.split()[3] for line in proxy.commands if b" MOVE " in line]
    sizes = [1 + int(last) - int(first) for first, _, last in (run.partition(b":") for run in named)]
    assert sizes == [4, 4, 8, 16, 32, 16, 8, 4]  # at the first, the folder is not there
    assert len(account.mails()["Delays"]) == 88


@pytest.mark.parametrize("mark_read", [True, False])
def test_only_filed_mail_is_marked_as_read(account: Account, ability: Ability, mark_read: bool) -> None:
    hidden, _ = ability
    account.append(mail("filed"), mail("kept"))
    with Proxy(account.server.imap_port, hidden=hidden) as proxy:
        mailbox = mailbox_at(proxy.port, username=account.user, mark_read=mark_read)
        with Session.open(mailbox) as session:
            session.select()
            (batch,) = session.new_uids(0)
            session.fetch(batch)
            session.move(batch[:1], "Delays")
    assert account.flags("Delays") == [{b"\\Seen"} if mark_read else set()]
    assert account.flags()[-1] == set()


def test_mail_that_could_not_be_filed_is_not_left_marked(dovecot_account: Account, ability: Ability) -> None:
    """What people have read stays read."""
    account, (hidden, _) = dovecot_account, ability
    account.append(mail("unread"), mail("read"))
    with account.server.client(account.user) as other:
        other.select_folder("INBOX")
        batch = other.search()
        other.add_flags(batch[1:], [b"\\Seen"])
    with Proxy(account.server.imap_port, hidden=hidden) as proxy:
        mailbox = mailbox_at(proxy.port, username=account.user, mark_read=True)
        with Session.open(mailbox) as session:
            session.select()
            with pytest.raises(FolderError):
                session.move(batch, "x" * 2_000)
    assert account.mails()["INBOX"] == [mail("unread"), mail("read")]
    assert account.flags() == [set(), {b"\\Seen"}]


def test_mail_is_not_filed_into_the_folder_being_watched(account: Account) -> None:
    account.append(mail("one"))
    with Session.open(mailbox_of(account)) as session:
        session.select()
        with pytest.raises(FolderError, match="folder inbox: it is the one being watched; name another"):
            session.move([1, 101], "inbox")
    assert account.mails() == {"INBOX": [mail("one")]}


def answers(*words: bytes) -> Callable[[bytes], bool]:
    """Tell the answer to a command, once."""
    seen: list[bytes] = []

    def is_answer(line: bytes) -> bool:
        found = not seen and any(re.match(rb"\w+ OK.*" + word, line, re.IGNORECASE) for word in words)
        if found:
            seen.append(line)
        return found

    return is_answer


CUTS = [
    # Each case: what it shows, what the server lacks, the answer that never reaches us.
    ("after MOVE", (), rb"move"),
    ("after COPY", (b"MOVE",), rb"copy"),
    ("after STORE", (b"MOVE",), rb"store"),
    ("after UID EXPUNGE", (b"MOVE",), rb"expunge"),
    ("after COPY, no UIDPLUS", (b"MOVE", b"UIDPLUS"), rb"copy"),
    ("after STORE, no UIDPLUS", (b"MOVE", b"UIDPLUS"), rb"store"),
]


@pytest.mark.parametrize(("hidden", "word"), [case[1:] for case in CUTS], ids=[case[0] for case in CUTS])
@pytest.mark.failure(37)
def test_connection_lost_before_the_answer(
    dovecot_account: Account, hidden: tuple[bytes, ...], word: bytes
) -> None:
    """Equal mails, too, are all there afterwards, once each."""
    account = dovecot_account
    mails = [mail("one"), mail("two"), mail("two"), mail("three")]
    with account.server.client(account.user) as other:
        other.create_folder("Delays")
        other.append("Delays", mail("two"), msg_time=dt.datetime(2024, 3, 9, tzinfo=dt.UTC))
    account.append(*mails)
    with Proxy(account.server.imap_port, hidden=hidden, cut_after=answers(word)) as proxy:
        mailbox, memory = mailbox_at(proxy.port, username=account.user), Memory()
        with Session.open(mailbox, memory=memory) as session:
            session.select()
            with pytest.raises(ConnectError, match="the server hung up"):
                session.move([1, 2, 3], "Delays")
        assert proxy.cuts == 1
        with Session.open(mailbox, memory=memory) as session:
            session.select()
            session.move([1, 2, 3], "Delays")
            session.move([4], "Delays")
            assert session.present([1, 2, 3, 4]) == set()
    assert sorted(account.mails()["Delays"]) == sorted([*mails, mail("two")])
    assert account.mails()["INBOX"] == []


SEARCHED = "C: UID SEARCH UID 1 UNDELETED\nS: * SEARCH 1\nS: {tag} OK done\n"


@pytest.mark.failure(36)
def test_missing_folder_is_made_though_the_server_does_not_say_so() -> None:
    script = (
        prelude()
        + SEARCHED
        + (
            'C: UID MOVE 1 "Delays"\nS: {tag} NO no such mailbox\n'
            'C: LIST "" "Delays"\nS: {tag} OK none\n'
            'C: LIST "" "Delays"\nS: {tag} OK none\n'
            'C: CREATE "Delays"\nS: {tag} OK made\nC: SUBSCRIBE "Delays"\nS: {tag} OK done\n'
            'C: UID MOVE 1 "Delays"\nS: * 1 EXPUNGE\nS: {tag} OK moved\n'
        )
    )
    with ScriptedImap(script + GOODBYE) as server, Session.open(mailbox_at(server.port)) as session:
        session.select()
        session.move([1], "Delays")


def test_mails_that_vanish_while_they_are_filed_are_left_out() -> None:
    script = (
        prelude()
        + "C: UID SEARCH UID 1:2 UNDELETED\nS: * SEARCH 1 2\nS: {tag} OK done\n"
        + 'C: UID MOVE 1:2 "Delays"\nS: {tag} NO [EXPUNGEISSUED] some are no longer there\n'
        + "C: UID SEARCH UID 1:2 UNDELETED\nS: * SEARCH 2\nS: {tag} OK done\n"
        + 'C: UID MOVE 2 "Delays"\nS: * 1 EXPUNGE\nS: {tag} OK moved\n'
    )
    with ScriptedImap(script + GOODBYE) as server, Session.open(mailbox_at(server.port)) as session:
        session.select()
        session.move([1, 2], "Delays")


REFUSALS = [
    # Each case: the server's words, whether waiting helps, the way out.
    ("[OVERQUOTA] mailbox is full", True, "it is tried again"),
    ("[INUSE] locked", True, "it is tried again"),
    ("[NOPERM] not allowed", False, "check the rights to it"),
]


@pytest.mark.parametrize(("words", "retry", "way_out"), REFUSALS, ids=[case[0] for case in REFUSALS])
@pytest.mark.failure(40)
def test_folder_that_takes_no_mail(words: str, retry: bool, way_out: str) -> None:
    listed = 'C: LIST "" "Delays"\nS: * LIST () "/" Delays\nS: {tag} OK done\n'
    script = prelude() + SEARCHED + f'C: UID MOVE 1 "Delays"\nS: {{tag}} NO {words}\n'
    with (
        ScriptedImap(script + ("" if retry else listed) + GOODBYE) as server,
        Session.open(mailbox_at(server.port)) as session,
    ):
        session.select()
        with pytest.raises(FolderError, match="folder Delays: mail cannot be filed: ") as refusal:
            session.move([1], "Delays")
    assert words in str(refusal.value)
    assert f"; {way_out}" in str(refusal.value)
    assert refusal.value.retry is retry
