"""What a server says when waiting helps: known by its words, waited for as it asks, told in words."""

from typing import Any

import pytest

from tests.imap.mailbox import mailbox_at
from tests.servers.scripted_imap import ScriptedImap, prelude
from watcher.errors import ConnectError
from watcher.imap.busy import Busy, find_backoff, find_busy, rows
from watcher.imap.session import Session


SAMPLES = [(row.id, row, sample) for row in rows() for sample in row.samples]


@pytest.mark.parametrize(("row", "sample"), [case[1:] for case in SAMPLES], ids=[c[0] for c in SAMPLES])
@pytest.mark.failure(17, 18)
def test_each_row_wins_its_samples(row: Busy, sample: str) -> None:
    assert find_busy(sample) == row
    assert find_backoff(sample) == (92.415 if "92415" in sample else row.wait)


def test_rows_have_ids_of_their_own() -> None:
    assert len({row.id for row in rows()}) == len(rows())


@pytest.mark.parametrize(
    "said",
    [
        "[AUTHENTICATIONFAILED] Authentication failed.",
        "[TRYCREATE] Mailbox doesn't exist: Bounces/Hard",
        "[NOPERM] Permission denied",
        "the unavailable folder is in use within limits",
    ],
)
def test_other_refusals_are_not_waited_for(said: str) -> None:
    assert find_backoff(said) is None


def test_no_server_makes_us_wait_for_ever() -> None:
    assert find_backoff("Request is throttled. Suggested Backoff Time: 999999999 milliseconds") == 3600


WORDS = [
    # Each case: what it shows, how SEARCH is answered, seconds to wait, what is told.
    (
        "Exchange, by NO",
        "S: {tag} NO Request is throttled. Suggested Backoff Time: 1500 milliseconds",
        1.5,
        "Exchange is throttling this mailbox",
    ),
    (
        "Exchange, by BAD and BYE",
        "S: {tag} BAD Request is throttled. Suggested Backoff Time: 1500 milliseconds\nS: * BYE gone",
        1.5,
        "Exchange is throttling this mailbox",
    ),
    (
        "Exchange, by BYE alone",
        "S: * BYE Request is throttled. Suggested Backoff Time: 1500 milliseconds",
        1.5,
        "Exchange is throttling this mailbox",
    ),
    (
        "Gmail, of the day",
        "S: {tag} NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
        1800,
        "bandwidth of the day is used up at Gmail",
    ),
    ("RFC 5530", "S: {tag} NO [INUSE] Mailbox in use", 30, "another program holds the mailbox"),
    (
        "Exchange, without a mailbox behind the sign-in",
        "S: {tag} BAD User is authenticated but not connected.",
        None,
        "give the app FullAccess by Add-MailboxPermission",
    ),
]


@pytest.mark.parametrize(
    ("answer", "seconds", "told"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS]
)
@pytest.mark.failure(15, 17)
def test_refused_command_is_told_in_words(answer: str, seconds: Any, told: str) -> None:
    script = prelude() + "C: NOOP\nS: {tag} OK done\nC: UID SEARCH *\n" + answer
    with ScriptedImap(script) as server:
        session = Session.open(mailbox_at(server.port))
        session.select()
        with pytest.raises(ConnectError, match=f"{told}.*; it is tried again$") as fault:
            list(session.new_uids(0))
        session.close()
        server.surprises.clear()
    assert fault.value.retry_after == seconds
