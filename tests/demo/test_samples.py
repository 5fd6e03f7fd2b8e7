"""The demo's mail: what it holds, that each is read as what it is, and that no variation is the same mail."""

import re
import tomllib
from collections import Counter
from datetime import UTC, datetime, timedelta
from importlib import resources

import pytest

from tests.reader.rulebook import RULES
from watcher.demo.samples import Sample, load_samples, make_mails, mix, person, vary
from watcher.model import Kind
from watcher.reader import analyse
from watcher.reader.ruleset import Rules


SAMPLES = load_samples()
NAMES = [sample.name for sample in SAMPLES]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FOLDER = resources.files("watcher.demo") / "mail"

# RFC 2606 and RFC 5737; nothing in the samples may name a real person's mailbox or a real machine.
EXAMPLE = re.compile(r"(?i)@(?:[\w-]+\.)*(?:example\.(?:com|net|org)|test)$")
ADDRESS = re.compile(r"[\w.+=-]+@[\w.-]+[\w]")
PUBLIC_IP = re.compile(r"\b(?!192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|127\.)(?:\d{1,3}\.){3}\d{1,3}\b")
NOT_AN_IP = {"8.17.1.9", "15.20.8137"}  # Sendmail's version


@pytest.fixture(scope="module")
def rules() -> Rules:
    return RULES


def test_the_index_names_every_mail_once() -> None:
    files = {
        f"{folder.name}/{file.name}"
        for folder in FOLDER.iterdir()
        if folder.is_dir()
        for file in folder.iterdir()
    }
    assert sorted(NAMES) == sorted(files)


def test_every_kind_but_the_unreadable_is_there() -> None:
    assert {sample.kind for sample in SAMPLES} == set(Kind) - {Kind.UNREADABLE}


def test_the_index_says_where_each_mail_is_from() -> None:
    rows = tomllib.loads((FOLDER / "index.toml").read_text())["mail"]
    assert {row["origin"] for row in rows} == {"recorded", "composed"}
    recorded = {row["system"] for row in rows if row["origin"] == "recorded"}
    assert recorded >= {"postfix", "exim", "sendmail", "opensmtpd", "dovecot", "vacation"}


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_sample_is_read_as_what_it_is(sample: Sample, rules: Rules) -> None:
    assert analyse(sample.raw, rules).kind == sample.kind


@pytest.mark.parametrize("sample", SAMPLES, ids=NAMES)
def test_a_sample_names_nobody_real(sample: Sample) -> None:
    text = sample.raw.decode()
    for address in ADDRESS.findall(text):
        assert EXAMPLE.search(address), address
    assert set(PUBLIC_IP.findall(text)) <= NOT_AN_IP


def test_no_two_mails_are_the_same() -> None:
    mails = [mail.raw for mail in make_mails(3 * len(SAMPLES), NOW)]
    assert len(set(mails)) == 3 * len(SAMPLES)


def test_mails_come_in_one_after_the_other_until_now() -> None:
    times = [mail.received for mail in make_mails(50, NOW)]
    assert times == sorted(times)
    assert times[-1] == NOW
    assert times[0] > NOW - timedelta(days=15)


def test_line_ends_are_those_of_the_wire() -> None:
    (mail,) = make_mails(1, NOW)
    assert mail.raw.count(b"\n") == mail.raw.count(b"\r\n") > 0


def test_a_variation_is_about_somebody_else_at_the_same_place(rules: Rules) -> None:
    sample = next(sample for sample in SAMPLES if sample.name == "bounce/postfix-unknown-user.eml")
    report = analyse(vary(sample, 1), rules)
    address = report.recipients[0].address
    assert address is not None
    assert address.endswith("@example.com")
    assert address != sample.about
    assert report.return_path is not None
    assert report.return_path.recipient == address
    assert sample.about.encode() not in vary(sample, 1)


def test_a_small_mailbox_shows_many_kinds() -> None:
    first = mix(SAMPLES)[: len(SAMPLES) // 2]
    assert len(Counter(sample.kind for sample in first)) >= 9


def test_people_have_names_of_their_own() -> None:
    names = [person(number) for number in range(5000)]
    assert len(set(names)) == 5000
