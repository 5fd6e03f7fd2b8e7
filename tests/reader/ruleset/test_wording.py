"""The form in which texts and phrases are compared, and the way back to the mail's own words."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.text import fold
from watcher.reader.ruleset.entries import canonical_entry
from watcher.reader.ruleset.locating import _HAS_JOINT, _pattern_of, _walk_text, locate
from watcher.reader.ruleset.wording import (
    PLAIN_LETTERS,
    UNSPACED_LETTERS,
    _name_domain,
    canonical,
    canonical_body,
    canonical_phrase,
    is_unspaced,
    part_scripts,
    words_of,
)


CASES = [
    # Each case: what it shows, the text, then its words.
    ("case and space", " User \t\r\n UNKNOWN", " user unknown "),
    ("a clause mark is a word", "over, quota.", " over , quota . "),
    ("brackets, quotes and dashes are none", '<"user">-unknown: (x)_y', " user unknown x y "),
    ("apostrophes of every kind", "doesn't doesn’t", " doesnt doesnt "),
    ("e-mail is email", "E-Mail", " email "),
    ("full width", "Ｆｕｌｌ", " full "),
    ("an IP address", "[192.0.2.1] and 2001:db8::1", " ipaddress and ipaddress "),
    ("an enhanced code is none", "5.1.1", " 5 . 1 . 1 "),
    ("five numbers are none", "1.2.3.4.5", " 1 . 2 . 3 . 4 . 5 "),
    ("nothing", "", "  "),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_canonical(text: str, words: str) -> None:
    assert canonical(text) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<User@Example.com>: no", " recipientaddress no "),
        ("no example.com here", " no recipientdomain here "),
        ("no mx.example.com here", " no mx . example . com here "),
        ("no example.com.test here", " no example . com . test here "),
        ("<other@example.com>: no", " otheraddress no "),
        ("sender other@example.org.", " sender otheraddress . "),
    ],
)
def test_the_recipient_and_its_domain_are_named(text: str, words: str) -> None:
    assert canonical(text, "user@example.com") == words


def test_a_domain_of_few_letters_is_left() -> None:
    assert canonical("a.b is not here", "user@a.b") == " a . b is not here "


def test_a_phrase_names_the_same_places() -> None:
    assert (
        canonical_phrase("{address} at {domain}: {ip} blocked")
        == "recipientaddress at recipientdomain ipaddress blocked"
    )


def test_scripts_without_spaces_are_told_apart() -> None:
    assert [is_unspaced(each) for each in ("full", "満杯", "ไม่พบ", "스팸", "ящик")] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("text", "phrase", "found"),
    [
        ("550 User  Unknown.", "user unknown", "User  Unknown"),
        ("550 unknownuser unknown user", "unknown user", "unknown user"),
        ("bad E-Mail, over", "email , over", "E-Mail, over"),
        ("it doesn’t exist", "it doesnt exist", "it doesn’t exist"),
        ("host [192.0.2.1] blocked", "host ipaddress blocked", "host [192.0.2.1] blocked"),
        ("example.com does not exist", "recipientdomain does not exist", "does not exist"),
        ("no user@example.com", "no recipientaddress", "no"),
        ("これは満杯です", "満杯", "満杯"),
        ("us-er unknown: user unknown", "user unknown", "us-er unknown"),
        ("users, user unknown", "user unknown", "user unknown"),
        ("user\nunknown, user unknown", "user unknown", "user\nunknown"),
    ],
)
def test_locate_finds_the_mails_own_words(text: str, phrase: str, found: str) -> None:
    span = locate(text, phrase)
    assert span is not None
    assert text[slice(*span)] == found


@given(
    st.lists(st.sampled_from(["user", "users", "us-er", "USER", "unknown", "un'known", " ", "\n", "-", "x"])),
    st.sampled_from(["user", "user unknown", "unknown user", "x user unknown"]),
)
def test_a_phrase_is_found_alike_with_and_without_a_pattern(pieces: list[str], phrase: str) -> None:
    plain, foreign = "".join(pieces), "".join([*pieces, " é"])  # only plain ASCII goes without
    assert locate(plain, phrase) == locate(foreign, phrase)


def test_locate_owns_to_what_it_cannot_find() -> None:
    assert locate("ｆｕｌｌ", "full") is None
    assert locate("user@example.com", "recipientaddress") is None


@given(st.text(max_size=300), st.one_of(st.none(), st.text(max_size=40)))
def test_canonical_takes_any_text(text: str, address: str | None) -> None:
    words = canonical(text, address)
    assert words[0] == words[-1] == " "
    assert locate(text, words.strip()) is None or words.strip()


LETTERS = st.sampled_from(["user", "email", "full", "e", ".", ",", " ", "  ", "'", "-", "_", "\n", "USER"])
PHRASE = st.lists(st.sampled_from(["user", "email", "full", "e", ".", ","]), min_size=1, max_size=4)


@given(st.lists(LETTERS, max_size=20).map("".join), PHRASE)
def test_walking_a_text_finds_what_the_pattern_of_a_phrase_finds(text: str, words: list[str]) -> None:
    pattern = _pattern_of(" ".join(words), is_plain=False)
    found = pattern.search(text) if pattern else None
    walked = _walk_text(text, words)
    assert walked == (found.span() if found else None) or not (words[0] + words[-1]).isalnum()
    assert locate(text, " ".join(words)) == (found.span() if found else None)


@given(st.lists(st.sampled_from(["a.example", "x", ".", "@", "-", " ", "ü", "_"]), max_size=12).map("".join))
def test_a_domain_is_named_where_it_stands_alone(text: str) -> None:
    named = re.sub(r"(?<![\w.@-])a\.example(?![\w-]|\.\w)", " recipientdomain ", text)
    assert _name_domain(text, "a.example") == named


BODY = st.lists(
    st.sampled_from(
        ["E-mail", "e-", "mail", "10.0.0.1", "::1:2", "ß", "Σ", "é", "\n", " ", ".", "'", "x" * 90]
    )
)


@given(BODY.map("".join))
def test_a_body_has_the_words_of_its_lines(text: str) -> None:
    assert canonical_body(text) == canonical(text)


@given(st.lists(LETTERS, max_size=20).map("".join), PHRASE)
def test_a_plain_pattern_finds_the_same_where_no_mark_stands_within_a_word(
    text: str, words: list[str]
) -> None:
    full, plain = (_pattern_of(" ".join(words), is_plain=is_plain) for is_plain in (False, True))
    assert full is not None
    assert plain is not None
    found, quick = full.search(text), plain.search(text.lower())
    assert _HAS_JOINT.search(text) or (found and found.span()) == (quick and quick.span())


SPACED, UNSPACED = (
    [letter for letter in map(chr, range(0xD7A4)) if re.fullmatch(f"[{letters}]", letter)]
    for letters in (PLAIN_LETTERS, UNSPACED_LETTERS)
)


def test_plain_letters_are_canonical_as_they_are() -> None:
    assert [letter for letter in (*SPACED, *UNSPACED) if words_of(fold(letter)) != f" {letter} "] == []
    assert [letter for letter in SPACED if is_unspaced(letter)] == []
    assert [letter for letter in UNSPACED if not is_unspaced(letter)] == []


@given(
    st.lists(st.text(st.sampled_from([*SPACED, *UNSPACED]), min_size=1, max_size=4), min_size=1, max_size=4)
)
def test_plain_phrases_are_canonical_as_they_are(words: list[str]) -> None:
    phrase = " ".join(words)
    folded = fold(phrase)
    assert canonical_phrase(phrase) == words_of(folded).strip()
    assert canonical_entry(phrase) == words_of(part_scripts(folded)).strip()
