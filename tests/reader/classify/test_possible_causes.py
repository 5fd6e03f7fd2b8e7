"""What a report says the cause may be is not what it was: in any language and layout, nothing is named.

Openings, headings and causes are those that providers' templates have for their readers.
"""

import tomllib
from pathlib import Path

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader import analyse
from watcher.reader.code_reading import read_code
from watcher.reader.ruleset.listing import Listing


ADDRESS = "anna.berg@kunden.example"
HEAD = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.kunden.example>
To: bounces@shop.example
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: text/{form}; charset=utf-8
Content-Transfer-Encoding: 8bit

"""
TOLD = tomllib.loads((Path(__file__).parent / "possible_causes.toml").read_text("utf-8"))
UNNAMED = {"undetermined", "undetermined_temporary"}
LAYOUTS = {
    "bullets": "{opening} {address}\n\n{heading}\n - {lines}\n",
    "paragraphs": "{opening}\n{address}\n\n{heading}\n\n{paragraphs}\n",
    "one line": "{opening} {address}. {heading} {sentences}\n",
    "html": "<p>{opening} {address}</p><p>{heading}</p><ul><li>{items}</li></ul>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", TOLD)
def test_possible_causes_name_none(language: str, layout: str) -> None:
    told = TOLD[language]
    causes = told["causes"]
    body = LAYOUTS[layout].format(
        opening=told["opening"],
        address=ADDRESS,
        heading=told["heading"],
        lines="\n - ".join(causes),
        paragraphs="\n\n".join(causes),
        sentences=" ".join(causes),
        items="</li><li>".join(causes),
    )
    head = HEAD.format(form="html" if layout == "html" else "plain")
    report = analyse((head + body).encode(), RULES)
    assert report.kind is Kind.BOUNCE
    assert [each.address for each in report.recipients] == [ADDRESS]
    assert report.recipients[0].reason in UNNAMED


def test_the_reply_of_a_server_behind_the_list_names_the_cause() -> None:
    body = f"Your message could not be delivered to {ADDRESS}\n\nPossible reasons: The mailbox is full.\n"
    body += "The server is down.\n\nThe server said: 550 5.1.1 user unknown\n"
    report = analyse((HEAD.format(form="plain") + body).encode(), RULES)
    assert [each.reason for each in report.recipients] == ["mailbox_not_found"]


ANSWERS = {
    "en": "Remote server replied: No such user here",
    "de": "Antwort des Servers: Benutzer unbekannt",
    "fr": "Réponse du serveur : utilisateur inconnu",
    "ru": "Ответ сервера: пользователь не найден",
    "pl": "Odpowiedź serwera: użytkownik nieznany",
}


@pytest.mark.parametrize("language", ANSWERS)
def test_so_does_its_reply_in_words(language: str) -> None:
    told = TOLD[language]
    cause = told["causes"][2].rstrip(".")
    body = f"{told['opening']} {ADDRESS}\n\n{told['heading']}\n- {cause}\n\n{ANSWERS[language]}\n"
    report = analyse((HEAD.format(form="plain") + body).encode(), RULES)
    assert [each.reason for each in report.recipients] == ["mailbox_not_found"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("No such user\nPossible reasons: the mailbox is full, or the user moved.", "mailbox_not_found"),
        ("No such user\nPossible reasons: a typing error", "mailbox_not_found"),
        ("Mailbox full or user unknown\nPossible reasons: unclear", "undetermined_permanent"),
        (
            "Possible reasons: mailbox full. Ask the owner if the server said: user unknown",
            "undetermined_permanent",
        ),
    ],
)
def test_what_stands_before_a_list_is_none_of_it(said: str, reason: str) -> None:
    body = f"<{ADDRESS}>: host mx.kunden.example said: 550 5.1.1\n {said}\n"
    report = analyse((HEAD.format(form="plain") + body).encode(), RULES)
    assert [each.reason for each in report.recipients] == [reason]


def test_a_long_list_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ends = Listing.ends
    monkeypatch.setattr(Listing, "ends", lambda self, *given: asked.append(given[0]) or ends(self, *given))
    said = "The server said: user unknown. Possible causes: the mailbox is full. " * 60
    read_code(f"550 5.1.1 {said}", RULES)
    assert 0 < len(asked) <= 2 * 120
