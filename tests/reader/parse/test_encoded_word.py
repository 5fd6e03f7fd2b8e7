"""Encoded words are decoded as mail programs write them, not only as RFC 2047 does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.encoded_word import decode_octets, decode_words


WORDS = [
    # Each case: what it shows, the header text, what it says.
    ("no word", "plain", "plain"),
    ("Q", "=?utf-8?q?caf=C3=A9?=", "café"),
    ("Q, blanks as underlines", "=?iso-8859-1?Q?a_b=E9?=", "a bé"),
    ("B", "=?utf-8?B?Y2Fmw6k=?=", "café"),
    ("B without padding", "=?utf-8?B?Y2Fmw6k?=", "café"),
    ("B with a blank inside", "=?utf-8?B?Y2Fm w6k=?=", "café"),
    ("text around", "Re: =?utf-8?q?=C3=A9?= !", "Re: é !"),
    ("no blank between neighbours is shown", "=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
    ("nor between two charsets", "=?utf-8?q?=C3=A9?= =?iso-8859-1?q?=E9?=", "éé"),
    ("a word and text keep their blank", "=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
    ("a letter split over two words", "=?utf-8?B?ww==?= =?utf-8?B?qQ==?=", "é"),
    ("a letter split over two Q words", "=?utf-8?q?caf=C3?= =?utf-8?q?=A9?=", "café"),
    ("no blanks around", "a=?utf-8?q?b?=c", "abc"),
    ("a blank inside Q", "=?utf-8?q?two words?=", "two words"),
    ("a question mark inside Q", "=?utf-8?q?why?not?=", "why?not"),
    ("a bad escape stays", "=?utf-8?q?50=ZZ?=", "50=ZZ"),
    ("an equals sign at the end", "=?utf-8?q?a=?=", "a"),
    ("an unknown charset", "=?x-nobody-knows?q?caf=C3=A9?=", "café"),
    ("a language, RFC 2231", "=?utf-8*en?q?a?=", "a"),
    ("never ended", "=?utf-8?q?abc", "=?utf-8?q?abc"),
    ("the next word begins before the end", "=?utf-8?q?abc =?utf-8?q?d?=", "=?utf-8?q?abc d"),
    ("empty", "=?utf-8?q??=", ""),
    ("Japanese", "=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=", "こん"),
]


@pytest.mark.parametrize(("text", "shown"), [case[1:] for case in WORDS], ids=[case[0] for case in WORDS])
def test_decode_words(text: str, shown: str) -> None:
    assert decode_words(text) == shown


def test_text_that_is_decoded_already_stays() -> None:
    assert decode_octets("déjà ☃") == "déjà ☃"


@given(st.text(max_size=300))
def test_any_text_is_taken(text: str) -> None:
    decode_words(text)
    decode_octets(text)


@given(st.lists(st.sampled_from(["=?", "?=", "utf-8", "?", "q", "b", "=", "x", " ", "w6k"]), max_size=40))
def test_any_heap_of_marks_is_taken(marks: list[str]) -> None:
    decode_words("".join(marks))
