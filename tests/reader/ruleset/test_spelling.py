"""Rows are written in their own letters, and found where a server has dropped the accents."""

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.code_reading import read_code
from watcher.reader.ruleset.spelling import ascii_spellings


@pytest.mark.parametrize(
    ("words", "spelled"),
    [
        ("boîte aux lettres", ("boite aux lettres",)),
        ("überfüllt*", ("ueberfuellt*", "uberfullt*")),
        ("brukerstøtte", ("brukerstoette", "brukerstotte")),
        ("kapatılmış*", ("kapatilmis*",)),
        ("такого пользователя нет", ("takogo polzovatelya net", "takogo polzovatelja net")),
        (
            "άγνωστοσ χρήστησ",  # as it is folded
            (
                "αγνωστοσ χρηστησ",
                "agnostos christis",
                "agnostos xristis",
                "agnwstos xrhsths",
                "agnostos hristis",
            ),
        ),
        ("ιός", ()),  # too short for what it may be elsewhere
        ("đầy", ()),  # "day" is another word
        ("mailbox full", ()),
        ("收件人不存在", ()),
    ],
)
def test_spellings(words: str, spelled: tuple[str, ...]) -> None:
    assert ascii_spellings(words) == spelled


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 Ce compte a ete ferme par son titulaire", "mailbox_disabled"),
        ("552 Das Postfach ist ueberfuellt", "mailbox_full"),
        ("554 5.7.1 Vash IP v chernom spiske", "ip_blocked"),
        ("550 Kullanici bulunamadi", "mailbox_not_found"),
        ("550 ΑΓΝΩΣΤΟΣ ΧΡΗΣΤΗΣ", "mailbox_not_found"),
        ("552 Το γραμματοκιβωτιο ειναι γεματο", "mailbox_full"),
        ("550 O logariasmos exei apenergopoiithei", "mailbox_disabled"),
        ("550 la casilla del destinatario esta llena", "mailbox_full"),
    ],
)
def test_replies_without_accents(reply: str, reason: str) -> None:
    assert read_code(reply, RULES).told.verdict.reason == reason
