"""Every failure that docs/imap.md names is shown by a test; those that no other file shows are shown here."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.crash.mails import failure
from tests.imap.mailbox import mail, mailbox_at
from tests.reader.rulebook import RULES
from tests.servers.fixtures import Account
from tests.servers.proxy import Proxy
from tests.servers.scripted_imap import GOODBYE, ScriptedImap, prelude
from tests.service.house import House, wait_until
from tests.service.test_daemon import HARD, SOFT, running, types
from tests.soak.drain import write_config
from watcher.config import load_config
from watcher.errors import FolderError
from watcher.imap.session import Session
from watcher.service import worker
from watcher.service.backoff import Backoff
from watcher.service.crew import Crew
from watcher.store import Store


ROOT = Path(__file__).parents[2]


def marked(path: Path) -> set[int]:
    """Give the numbers that the tests of a file carry."""
    found: set[int] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.failure":
            found.update(ast.literal_eval(argument) for argument in node.args)
    return found


def test_every_failure_of_the_page_is_shown_by_a_test() -> None:
    page = (ROOT / "docs/imap.md").read_text()
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)]
    assert numbers == list(range(1, len(numbers) + 1))
    shown = set[int]().union(*(marked(path) for path in (ROOT / "tests").rglob("test_*.py")))
    assert shown == set(numbers)


class Deaf(Proxy):
    """Lets no word of new mail through."""

    def _veiled(self, line: bytes) -> bytes:
        return b"" if re.fullmatch(rb"\* \d+ (EXISTS|RECENT)\r\n", line) else super()._veiled(line)


@pytest.mark.failure(7)
def test_server_that_tells_of_nothing_is_looked_at_by_the_schedule(house: House) -> None:
    with Deaf(house.account.server.imap_port) as proxy:
        house.mailbox = {"port": proxy.port, "poll": "1s"}
        with running(house) as daemon:
            wait_until(daemon.idle)
            house.account.append(HARD)
            wait_until(lambda: "bounce.hard" in types(house))


@pytest.mark.failure(9)
def test_step_that_takes_too_long_is_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "DEADLINE", 0.3)
    with ScriptedImap(prelude() + "C: NOOP\nHANG") as server:
        path = write_config(tmp_path, server.port, "bounces", "secret", "http://127.0.0.1:1/")
        config = load_config(path)
        with Store.open(config.state) as store:
            crew = Crew(config, store, RULES)
            (at_work,) = crew._workers
            at_work.start()
            wait_until(lambda: "NOOP" in server.commands)

            def is_cut() -> bool:
                at_work.check()
                return at_work.problem is not None

            wait_until(is_cut, 10)
            assert at_work.cuts >= 1
            assert "it is tried again" in str(at_work.problem)
            crew.stop()


@pytest.mark.failure(27)
def test_mail_that_breaks_the_connection_is_set_aside_and_holds_back_no_other(
    dovecot_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = dovecot_house
    monkeypatch.setattr(worker, "Backoff", lambda: Backoff(first=0.05, longest=0.1))
    mails = [
        failure(f"user{number}@example.com", "550 5.1.1 user unknown", number=number) for number in range(9)
    ]
    mails[4] = mails[4].replace(b"What is new", b"Poison")
    house.account.append(*mails)
    with Proxy(house.account.server.imap_port, cut_after=lambda line: b"Poison" in line) as proxy:
        house.mailbox = {"port": proxy.port}
        with running(house) as daemon:
            wait_until(daemon.idle)
        assert house.counts() == {"Bounces/Hard": 8, "Review": 1}
        assert types(house).count("bounce.hard") == 8
        assert proxy.cuts <= 8


@pytest.mark.failure(30)
def test_mail_is_asked_for_in_one_form_alone(account: Account) -> None:
    account.append(mail("one"), mail("large", 40_000))
    with Proxy(account.server.imap_port) as proxy:
        with Session.open(mailbox_at(proxy.port, username=account.user, max_size=20_000)) as session:
            session.select()
            (batch,) = session.new_uids(0)
            session.fetch(batch)
        asked = [
            line.partition(b" FETCH ")[2].split(b" ", 1)[1] for line in proxy.commands if b" FETCH " in line
        ]
    assert set(asked) == {b"(RFC822.SIZE INTERNALDATE)", b"(BODY.PEEK[])", b"(BODY.PEEK[]<0.20000>)"}


@pytest.mark.failure(39)
def test_flag_that_is_taken_and_not_kept() -> None:
    script = (
        prelude("IDLE")
        + "C: UID SEARCH UID 1 UNDELETED\nS: * SEARCH 1\nS: {tag} OK done\n"
        + 'C: STATUS "Delays" *\nS: * STATUS "Delays" (UIDNEXT 9 UIDVALIDITY 3)\nS: {tag} OK done\n'
        + 'C: UID COPY 1 "Delays"\nS: {tag} OK copied\n'
        + "C: UID STORE 1 +FLAGS.SILENT *\nS: {tag} OK done\n"
        + "C: UID SEARCH UID 1 UNDELETED\nS: * SEARCH 1\nS: {tag} OK done\n"
    )
    with ScriptedImap(script + GOODBYE) as server, Session.open(mailbox_at(server.port)) as session:
        session.select()
        with pytest.raises(
            FolderError, match="folder INBOX: the server removes no mail, nor marks it"
        ) as told:
            session.move([1], "Delays")
        assert not told.value.retry


@pytest.mark.failure(40)
def test_folder_that_takes_no_mail_holds_up_no_other_for_a_moment(dovecot_house: House) -> None:
    house = dovecot_house
    house.mailbox = {"folders": {"bounce.hard": "../Hard"}, "poll": "1h"}
    house.account.append(HARD)
    with running(house) as daemon:
        (at_work,) = daemon._crew._workers
        wait_until(lambda: "cannot be" in (at_work.problem or ""))
        house.account.append(SOFT)
        wait_until(lambda: "bounce.soft" in types(house), 20)
        wait_until(lambda: house.counts() == {"INBOX": 1, "Bounces/Soft": 1}, 20)
        assert "bounce.hard" in types(house)
        assert "cannot be" in (at_work.problem or "")


@pytest.mark.failure(44)
def test_library_is_one_that_bears_the_newest_python() -> None:
    """Imaplib's `file` cannot be set from Python 3.14 on; IMAPClient before 4.1 sets it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert "imapclient>=4.1,<5" in project["dependencies"]
    private = [path.name for path in (ROOT / "watcher").rglob("*.py") if "client._imap" in path.read_text()]
    assert private == ["wire.py"]
