"""Words that lost their letters on a server that knows ASCII alone get them back."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.rulebook import RULES
from watcher.model import BounceClass
from watcher.reader.code_reading import read_code


MENDING = RULES.mending

CASES = [
    # Each case: what it shows, the text, then with its letters.
    ("amid a word", "usu?rio desconhecido", "usuário desconhecido"),
    ("in a capital word", "Bo?te pleine", "boîte pleine"),
    ("a mark for each octet", "bo??te pleine", "boîte pleine"),
    ("as a reader of broken UTF-8 has it", "bo\ufffdte pleine", "boîte pleine"),
    ("first, and last", "n'a pas ?t? trouv?", "n'a pas été trouvé"),
    ("behind a listed beginning", "empf?ngeradressaten", "empfängeradressaten"),
    ("behind a short one", "gel?schteste", None),
    ("a question", "user unknown?", None),
    ("a word that nobody lists", "xq?zk pleine", None),
    ("nothing but marks", "?????? ??? ??", None),
    ("a text with letters of its own", "bo?te pleine, désolé", None),
    ("a link", "see http://example.com/a?b=c&d?e", None),
]


@pytest.mark.parametrize(("text", "mended"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_mend(text: str, mended: str | None) -> None:
    assert MENDING.look(text).text == (mended or text)


SURE = [
    # Each case: what it shows, the text, whether nothing else can have been said.
    ("no letter lost", "user unknown", True),
    ("a question without lost letters", "user unknown? no", True),
    ("a link", "user unknown, see http://example.com/a?b=c", True),
    ("each word is one alone", "n'a pas ?t? trouv?e", True),
    ("a word left", "anv?ndaren ?r inte ok?nd", False),
    ("a word that nobody lists", "unknown xq?zk", False),
    ("a short word", "kontot stopped p? helger", False),
    ("two words are seen so", "konto f?r", False),
    ("a letter behind a beginning", "d?sactiv?es?", False),
    ("a question, or a second octet", "compte supprim??", False),
    ("a question, or a letter", "the user does exist?", False),
]


@pytest.mark.parametrize(("text", "sure"), [c[1:] for c in SURE], ids=[c[0] for c in SURE])
def test_look_says_whether_it_is_sure(text: str, *, sure: bool) -> None:
    assert MENDING.look(text).is_sure is sure


READ = [
    ("550 bo?te aux lettres pleine", "mailbox_full"),
    ("550 usu?rio desconhecido", "mailbox_not_found"),
    ("550 l'adresse n'a pas ?t? trouv?e", "mailbox_not_found"),
    ("550 Postfach ?berf?llt", "mailbox_full"),
    ("550 u?ytkownik nie istnieje", "mailbox_not_found"),
    ("550 Kullan?c? bulunamad?", "mailbox_not_found"),
    ("550 adresse de l'exp?diteur refus?e", "sender_blocked"),
]


@pytest.mark.parametrize(("reply", "reason"), READ)
def test_a_reply_is_read_and_quoted_as_it_came(reply: str, reason: str) -> None:
    verdict = read_code(reply, RULES).told.verdict
    assert verdict.reason == reason
    assert verdict.evidence[0].matched in reply


def test_what_it_only_supposes_stays_so() -> None:
    verdict = read_code("550 compte peut-?tre supprim?", RULES).told.verdict
    assert verdict.bounce_class is not BounceClass.HARD


@given(st.text(alphabet="a?boîte \ufffd.", max_size=200))
def test_any_text_is_taken(text: str) -> None:
    assert MENDING.look(text).text is not None


def test_it_travels_to_another_process() -> None:
    assert pickle.loads(pickle.dumps(MENDING)).look("bo?te").text == "boîte"
