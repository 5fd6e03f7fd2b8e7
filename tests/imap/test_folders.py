"""Folders by the config's names, on servers that name them otherwise."""

from collections.abc import Iterator

import pytest

from tests.imap.mailbox import mail, mailbox_at, mailbox_of
from tests.servers.dovecot import Dovecot, find_dovecot
from tests.servers.fixtures import Account, skip_without
from tests.servers.scripted_imap import GOODBYE, ScriptedImap, prelude
from watcher.errors import ConnectError, FolderError
from watcher.imap.folders import Naming
from watcher.imap.session import Session


NAMES = [
    # Each case: what it shows, prefix, delimiter, name in the config, name on the server.
    ("as it is", "", "/", "Bounces/Hard", "Bounces/Hard"),
    ("dots and a prefix", "INBOX.", ".", "Bounces/Hard", "INBOX.Bounces.Hard"),
    ("the inbox", "INBOX.", ".", "inbox", "INBOX"),
    ("below the inbox", "INBOX.", ".", "INBOX/Hard", "INBOX.Hard"),
    ("below the inbox, no prefix", "", "/", "Inbox/Hard", "INBOX/Hard"),
    ("backslash between levels", "", "\\", "Bounces/Hard", "Bounces\\Hard"),
    ("one level only", "", None, "Bounces", "Bounces"),
]


@pytest.mark.parametrize(
    ("prefix", "delimiter", "name", "expected"), [case[1:] for case in NAMES], ids=[case[0] for case in NAMES]
)
@pytest.mark.failure(41)
def test_name_of_a_folder(prefix: str, delimiter: str | None, name: str, expected: str) -> None:
    assert Naming("imap.test:993", prefix, delimiter).of(name) == expected


@pytest.mark.parametrize(
    ("delimiter", "name", "text"),
    [(".", "v1.2/Hard", "keeps '.' for levels; write '/'"), (None, "Bounces/Hard", "one level only")],
)
def test_name_that_a_server_cannot_have(delimiter: str | None, name: str, text: str) -> None:
    with pytest.raises(FolderError, match=f"^imap.test:993: folder {name}: this server .*{text}"):
        Naming("imap.test:993", "", delimiter).of(name)


@pytest.fixture(scope="module")
def dotted() -> Iterator[Dovecot]:
    """Start a Dovecot that names folders as Courier does."""
    skip_without("dovecot", find_dovecot() is not None)
    with Dovecot(separator=".", prefix="INBOX.") as server:
        yield server


NEW = ["Bounces/Hard", "Auto-replies", "Börse & Co/Geprüft"]


@pytest.mark.failure(43)
def test_folders_are_made_once_with_all_levels(account: Account) -> None:
    with Session.open(mailbox_of(account)) as session:
        assert session.missing_folders([*NEW, "INBOX"]) == NEW
        for name in NEW + NEW:
            session.ensure_folder(name)
        assert session.missing_folders([*NEW, "INBOX"]) == []
    assert set(NEW) <= set(account.mails())


@pytest.mark.failure(41)
def test_folders_behind_a_prefix(dotted: Dovecot) -> None:
    with Session.open(mailbox_at(dotted.imap_port, username="prefixed")) as session:
        session.ensure_folder("Bounces/Hard")
        assert session.missing_folders(["Bounces/Hard", "Bounces/Soft"]) == ["Bounces/Soft"]
        session.select()
    dotted.append("prefixed", [mail("one")])
    with Session.open(mailbox_at(dotted.imap_port, username="prefixed")) as session:
        session.select()
        session.move([1], "Bounces/Soft")
    mails = dotted.mails("prefixed")
    assert mails["INBOX.Bounces.Soft"] == [mail("one")]
    assert mails["INBOX.Bounces.Hard"] == []


def test_new_folders_are_subscribed(dovecot_account: Account) -> None:
    with Session.open(mailbox_of(dovecot_account)) as session:
        session.ensure_folder("Bounces/Hard")
    with dovecot_account.server.client(dovecot_account.user) as other:
        assert "Bounces/Hard" in [name for _, _, name in other.list_sub_folders()]


def test_folder_that_is_not_there(account: Account) -> None:
    with Session.open(mailbox_of(account, folder="Returned")) as session:
        with pytest.raises(
            FolderError, match=r"folder Returned: cannot be opened: .*; check folder"
        ) as refusal:
            session.select()
        assert not refusal.value.retry


def test_another_folder_can_be_watched(account: Account) -> None:
    account.append(mail("one"), folder="Returned/Mail")
    with Session.open(mailbox_of(account, folder="Returned/Mail")) as session:
        assert session.select().exists == 1


def test_folder_opened_to_be_read_only_is_not_changed(account: Account) -> None:
    account.append(mail("one"))
    with Session.open(mailbox_of(account)) as session:
        session.select(readonly=True)
        (batch,) = session.new_uids(0)
        session.fetch(batch)
        for change in (lambda: session.move(batch, "Bounces/Hard"), lambda: session.delete(batch)):
            with pytest.raises(FolderError, match="folder INBOX: it was opened to be read only"):
                change()
    assert account.mails()["INBOX"] == [mail("one")]
    assert account.flags() == [set()]


def test_uidvalidity_is_told_and_lasts(account: Account) -> None:
    with Session.open(mailbox_of(account)) as session:
        first = session.select().uidvalidity
    with Session.open(mailbox_of(account)) as session:
        assert session.select().uidvalidity == first > 0


LISTED = 'S: * LIST (\\HasNoChildren) "/" INBOX\nS: {tag} OK done\n'


def signed_in(caps: str) -> str:
    return prelude(caps).split('C: LIST ""')[0]


@pytest.mark.failure(42)
def test_namespace_without_a_folder_of_the_users_own() -> None:
    script = signed_in("NAMESPACE") + (
        'C: NAMESPACE\nS: * NAMESPACE NIL NIL NIL\nS: {tag} OK done\nC: LIST "" ""\n'
        'S: * LIST (\\Noselect) "." ""\nS: {tag} OK done\n'
    )
    script += 'C: LIST "" "A.B"\n' + LISTED + GOODBYE
    with ScriptedImap(script) as server, Session.open(mailbox_at(server.port)) as session:
        assert session.missing_folders(["A/B"]) == ["A/B"]


def test_server_that_makes_one_level_at_a_time() -> None:
    script = prelude("").split("C: SELECT")[0] + (
        'C: LIST "" "A/B"\nS: {tag} OK none\n'
        'C: CREATE "A/B"\nS: {tag} NO no such parent\n'
        'C: CREATE "A"\nS: {tag} OK made\n'
        'C: CREATE "A/B"\nS: {tag} OK made\n'
        'C: SUBSCRIBE "A/B"\nS: {tag} NO not here\n'
    )
    with ScriptedImap(script + GOODBYE) as server, Session.open(mailbox_at(server.port)) as session:
        session.ensure_folder("A/B")


@pytest.mark.parametrize(
    ("words", "retry", "way_out"),
    [("[CANNOT] no inferiors", False, "make it by hand"), ("[OVERQUOTA] full", True, "it is tried again")],
)
def test_folder_that_cannot_be_made(words: str, retry: bool, way_out: str) -> None:
    script = prelude("").split("C: SELECT")[0] + (
        'C: LIST "" "A"\nS: {tag} OK none\nC: CREATE "A"\nS: {tag} NO WORDS\n'
        'C: CREATE "A"\nS: {tag} NO WORDS\nC: LIST "" "A"\nS: {tag} OK none\n'
    ).replace("WORDS", words)
    with ScriptedImap(script + GOODBYE) as server, Session.open(mailbox_at(server.port)) as session:
        with pytest.raises(FolderError, match=f"folder A: cannot be made: .*; {way_out}") as refusal:
            session.ensure_folder("A")
        assert refusal.value.retry is retry


@pytest.mark.failure(40)
def test_folder_that_the_server_lets_nobody_change() -> None:
    script = prelude().replace("[READ-WRITE] open", "[READ-ONLY] open") + GOODBYE
    with (
        ScriptedImap(script) as server,
        Session.open(mailbox_at(server.port)) as session,
        pytest.raises(FolderError, match=r"folder INBOX: cannot be opened: .*not writable; ") as refusal,
    ):
        session.select()
    assert not refusal.value.retry


def test_folder_without_lasting_uids() -> None:
    script = prelude().replace("S: * OK [UIDVALIDITY 7] ok\n", "")
    with (
        ScriptedImap(script + GOODBYE) as server,
        Session.open(mailbox_at(server.port)) as session,
        pytest.raises(FolderError, match="gives no UIDVALIDITY"),
    ):
        session.select()


def test_server_that_keeps_uidnext_to_itself() -> None:
    script = prelude().replace("S: * OK [UIDNEXT 4] ok\n", "") + 'C: STATUS "INBOX" *\n'
    told = 'S: * STATUS "INBOX" (UIDNEXT 9 UIDVALIDITY 7)\nS: {tag} OK done\n'
    for answer, expected in ((told, 9), ("S: {tag} NO not while it is open\n", None)):
        with (
            ScriptedImap(script + answer + GOODBYE) as server,
            Session.open(mailbox_at(server.port)) as session,
        ):
            assert session.select().uidnext == expected


def test_connection_that_breaks_while_a_folder_is_made() -> None:
    script = prelude("").split("C: SELECT")[0] + 'C: LIST "" "A"\nS: {tag} OK none\nC: CREATE "A"\n'
    with (
        ScriptedImap(script) as server,
        Session.open(mailbox_at(server.port)) as session,
        pytest.raises(ConnectError, match="the server hung up; it is tried again"),
    ):
        session.ensure_folder("A")


def test_goodbye_is_a_broken_connection() -> None:
    script = prelude() + "C: LIST *\nS: * BYE [UNAVAILABLE] shutting down"
    with ScriptedImap(script) as server, Session.open(mailbox_at(server.port)) as session:
        session.select()
        with pytest.raises(ConnectError, match=r"shutting down; .*it is tried again"):
            session.missing_folders(["A"])
