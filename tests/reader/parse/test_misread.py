"""Letters that stand as octets, or as the letters of another charset, are given back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.misread import read_octets


WORDS = [
    "Empfänger unbekannt, das Postfach gibt es nicht",
    "Boîte désactivée pour inactivité",
    "Почтовый ящик переполнен",
    "宛先のメールアドレスは存在しません",
    "받는 사람의 메일 주소가 없습니다",
    "Schránka byla zrušena na žádost majitele",
]


def _in_numbers(words: str, charset: str = "utf-8") -> str:
    return "".join(f"\\{octet:o}" if octet > 127 else chr(octet) for octet in words.encode(charset))


@pytest.mark.parametrize("words", WORDS)
def test_octets_written_as_numbers_are_read(words: str) -> None:
    assert read_octets(f"550 {_in_numbers(words)}") == f"550 {words}"


@pytest.mark.parametrize(("charset", "words"), [("latin-1", WORDS[1]), ("gbk", "收件人不存在，请检查地址")])
def test_they_need_not_be_utf8(charset: str, words: str) -> None:
    assert read_octets(_in_numbers(words, charset)) == words


@pytest.mark.parametrize("words", WORDS)
def test_octets_taken_for_letters_are_read(words: str) -> None:
    assert read_octets(f"550 {words.encode().decode('latin-1')}") == f"550 {words}"


def test_the_letters_of_windows_are_octets_too() -> None:
    assert read_octets("PostfÃ¤cher â€“ voll") == "Postfächer – voll"


@pytest.mark.parametrize("cut", ["\\320", "\\320\\2", "\\343\\201"])
def test_a_reply_that_is_cut_within_a_letter_is_read(cut: str) -> None:
    assert read_octets(f"550 {_in_numbers(WORDS[2])}{cut}").startswith(f"550 {WORDS[2]}")


def test_so_is_one_that_is_cut_within_a_letter_taken_for_two() -> None:
    taken = f"550 {WORDS[0]} ÄÖÜ".encode().decode("latin-1")
    assert read_octets(taken[:-1]) == f"550 {WORDS[0]} ÄÖ"


@pytest.mark.parametrize(
    "text",
    [
        "550 5.1.1 user unknown",
        r"C:\mail\in, \\server\share, \d{3}",
        "Boîte désactivée",
        "“hello” – it’s créée",
        "Postfächer überfüllt",
        "ящик переполнен",
        "",
    ],
)
def test_other_text_stays(text: str) -> None:
    assert read_octets(text) == text


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    read_octets(text)
