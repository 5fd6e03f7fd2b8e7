"""New mail is noticed within moments, a dead connection too, and a stop at once."""

import hashlib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import trustme

from tests.imap.mailbox import mail, mailbox_at, mailbox_of
from tests.servers.dovecot import Dovecot
from tests.servers.fixtures import Account
from tests.servers.scripted_imap import GOODBYE, ScriptedImap, prelude
from watcher.errors import ConnectError
from watcher.imap import waiting
from watcher.imap.session import Patience, Session


@contextmanager
def lasting(least: float, most: float) -> Iterator[None]:
    start = time.monotonic()
    yield
    assert least <= time.monotonic() - start < most


def later(seconds: float, action: object) -> threading.Timer:
    timer = threading.Timer(seconds, action)  # type: ignore[arg-type]
    timer.start()
    return timer


@pytest.mark.parametrize("idle", [True, False], ids=["IDLE", "polling"])
def test_nothing_new(account: Account, idle: bool) -> None:
    with Session.open(mailbox_of(account, idle=idle)) as session:
        session.select()
        list(session.new_uids(0))
        with lasting(0.3, 3):
            assert not session.wait(0.3, threading.Event())
        assert list(session.new_uids(0)) == []


def test_mail_that_arrives_is_noticed(account: Account) -> None:
    with Session.open(mailbox_of(account)) as session:
        session.select()
        list(session.new_uids(0))
        timer = later(0.3, lambda: account.append(mail("one")))
        with lasting(0.3, 10):
            assert session.wait(30, threading.Event())
        timer.join()
        assert len(list(session.new_uids(0))) == 1
        assert not session.wait(0.2, threading.Event())


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
def test_mail_is_noticed_behind_tls(dovecot: Dovecot, tls: str) -> None:
    port = dovecot.imaps_port if tls == "implicit" else dovecot.imap_port
    user = f"idle-{tls}"
    mailbox = mailbox_at(port, host="localhost", tls=tls, ca_file=str(dovecot.ca_file), username=user)
    with Session.open(mailbox) as session:
        session.select()
        list(session.new_uids(0))
        timer = later(0.3, lambda: dovecot.append(user, [mail("one")]))
        with lasting(0.3, 10):
            assert session.wait(30, threading.Event())
        timer.join()


def test_mail_is_noticed_at_the_end_of_a_wait_without_idle(account: Account) -> None:
    with Session.open(mailbox_of(account, idle=False)) as session:
        session.select()
        list(session.new_uids(0))
        account.append(mail("one"))
        assert session.wait(0.2, threading.Event())


def test_mail_between_the_search_and_the_wait_is_noticed_at_once(account: Account) -> None:
    with Session.open(mailbox_of(account)) as session:
        session.select()
        list(session.new_uids(0))
        account.append(mail("one"))
        with lasting(0, 5):
            assert session.wait(30, threading.Event())


@pytest.mark.parametrize("idle", [True, False], ids=["IDLE", "polling"])
@pytest.mark.failure(8)
def test_stop_ends_the_wait(account: Account, monkeypatch: pytest.MonkeyPatch, idle: bool) -> None:
    monkeypatch.setattr(waiting, "SLICE", 0.2)
    stop = threading.Event()
    with Session.open(mailbox_of(account, idle=idle)) as session:
        session.select()
        list(session.new_uids(0))
        timer = later(0.3, stop.set)
        with lasting(0.2, 3):
            assert not session.wait(60, stop)
        timer.join()
        assert session.select().exists == 0


@pytest.mark.failure(1, 8)
def test_slices_and_renewal_are_short_enough() -> None:
    assert waiting.SLICE < 0.5
    assert waiting.RENEWAL < 600


@pytest.mark.failure(1)
def test_idle_is_renewed(dovecot_account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "RENEWAL", 0.2)
    with Session.open(mailbox_of(dovecot_account)) as session:
        session.select()
        list(session.new_uids(0))
        timer = later(0.9, lambda: dovecot_account.append(mail("one")))
        assert session.wait(30, threading.Event())
        timer.join()


def test_server_that_goes_away_is_noticed(dovecot_account: Account) -> None:
    with Dovecot() as server, Session.open(mailbox_at(server.imap_port)) as session:
        session.select()
        list(session.new_uids(0))
        timer = later(0.3, server.stop)
        with lasting(0.2, 10), pytest.raises(ConnectError, match="it is tried again"):
            session.wait(60, threading.Event())
        timer.join()


NOOP = "C: NOOP\nS: {tag} OK done\n"
IDLING = "C: IDLE\nS: + idling\n"
DONE = "D: DONE\nS: {tag} OK done\n"

NEWS = [
    # Each case: what it shows, the script.
    ("in the same segment as idling", IDLING + "S: * 4 EXISTS\n"),
    ("before idling", "C: IDLE\nS: * 4 EXISTS\nS: + idling\n"),
    ("split over two segments", IDLING + "...\nS- * 4 EXI\n...\nS- STS\n...\nS: \n"),
    ("after other news", IDLING + "...\nS: * OK still here\nS: * 2 EXPUNGE\n...\nS: * 3 EXISTS\n"),
    ("after a literal", IDLING + "S: * 1 FETCH (X {11}\nS: * 9 EXISTS!)\n...\nS: * 4 EXISTS\n"),
    ("with the end of the wait", IDLING + "D: DONE\nS: * 4 EXISTS\nS: {tag} OK done\n"),
]


@pytest.mark.parametrize("idle", [True, False], ids=["IDLE", "polling"])
def test_count_told_again_is_no_news(idle: bool) -> None:
    again = "C: NOOP\nS: * 3 EXISTS\nS: {tag} OK done\n"
    searched = f"{again}C: UID SEARCH *\nS: {{tag}} OK done\n{again}"
    waited = f"{IDLING}S: * 3 EXISTS\n{DONE}" if idle else ""
    with (
        ScriptedImap(prelude() + searched + waited + GOODBYE) as server,
        Session.open(mailbox_at(server.port, idle=idle)) as session,
    ):
        session.select()
        list(session.new_uids(3))
        assert not session.wait(0.3, threading.Event())


def test_count_after_a_removal_is_news() -> None:
    """One mail went, another came: the number is the same."""
    searched = f"{NOOP}C: UID SEARCH *\nS: {{tag}} OK done\n"
    news = "C: NOOP\nS: * 1 EXPUNGE\nS: * 3 EXISTS\nS: {tag} OK done\n"
    with (
        ScriptedImap(prelude() + searched + news + GOODBYE) as server,
        Session.open(mailbox_at(server.port)) as session,
    ):
        session.select()
        list(session.new_uids(3))
        assert session.wait(5, threading.Event())


def secure_context() -> tuple[ssl.SSLContext, str]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate = trustme.CA().issue_cert("localhost")
    certificate.configure_cert(context)
    raw = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
    return context, hashlib.sha256(raw).hexdigest()


@pytest.mark.parametrize("secure", [False, True], ids=["plain", "TLS"])
@pytest.mark.parametrize("script", [case[1] for case in NEWS], ids=[case[0] for case in NEWS])
@pytest.mark.failure(4, 5)
def test_news_however_it_is_cut(script: str, secure: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "SLICE", 0.5)
    searched = f"{NOOP}C: UID SEARCH *\nS: {{tag}} OK done\n{NOOP}"
    context, pin = secure_context() if secure else (None, None)
    end = GOODBYE if "DONE" in script else DONE + GOODBYE
    with ScriptedImap(prelude() + searched + script + end, context=context) as server:
        mailbox = mailbox_at(server.port, tls="implicit" if secure else "none", pin=pin)
        with Session.open(mailbox) as session:
            session.select()
            assert list(session.new_uids(3)) == []
            with lasting(0, 3):
                assert session.wait(2, threading.Event())


ENDS = [
    # Each case: what it shows, the script, what the error says.
    ("hung up", IDLING, "the server hung up"),
    ("hung up in the middle of a line", IDLING + "S- * 4 EXI", "broke off"),
    ("goodbye", IDLING + "S: * BYE idle for too long\n", "idle for too long"),
    ("refusal", "C: IDLE\nS: {tag} NO [LIMIT] not now\n" + GOODBYE, r"refused: \[LIMIT\] not now"),
    ("no answer to the end of the wait", IDLING + "HANG\n", "no answer in time"),
]


@pytest.mark.parametrize(("script", "text"), [case[1:] for case in ENDS], ids=[case[0] for case in ENDS])
@pytest.mark.failure(3, 6)
def test_wait_that_breaks(script: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("watcher.imap.wire.FAREWELL", 0.5)
    searched = f"{NOOP}C: UID SEARCH *\nS: {{tag}} OK done\n{NOOP}"
    with (
        ScriptedImap(prelude() + searched + script) as server,
        Session.open(mailbox_at(server.port), Patience(5, 5)) as session,
    ):
        session.select()
        list(session.new_uids(3))
        used = time.process_time()
        with lasting(0, 4), pytest.raises(ConnectError, match=text):
            session.wait(1, threading.Event())
        assert time.process_time() - used < 0.5


def test_session_can_be_closed_twice(account: Account) -> None:
    session = Session.open(mailbox_of(account))
    session.close()
    session.close()
