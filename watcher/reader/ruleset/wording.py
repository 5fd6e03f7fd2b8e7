"""Bring text and phrases into the one form in which they are compared: words and clause marks.

Case, typographic apostrophes, dashes, brackets and quotes do not count; a comma, full stop and their kin are
words of their own, so that no phrase reaches over them.
"""

import re
from functools import lru_cache
from itertools import pairwise

from watcher.reader.parse.text import fold


MAX_TEXT = 8_000  # characters of one clue that are looked at: replies are short, bodies may be long
# What rows write for the recipient's address, its domain, and any IP address.
PLACES = {"{address}": "recipientaddress", "{domain}": "recipientdomain", "{ip}": "ipaddress"}
_PLACE_WORDS = frozenset(PLACES.values())
_WRITTEN_APART = dict.fromkeys(map(ord, "'`-"))
_DROPPED = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_OTHER = re.compile(r"(?<![^\s<>\"'(\[:;,])[^\s<>@\"'(\[:;,]{1,64}@[\w.-]{0,250}\w")
_IP_WORD = f" {PLACES['{ip}']} "
# Each search for addresses of hosts begins at a mark that few texts have, and then at a digit: a pattern that
# begins with what must not stand before it is tried at each letter, and costs more than all else here.
_HAS_IPV4 = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d")
_IPV4 = re.compile(r"\d(?<![\d.]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\d.]*\d)")
_HAS_IPV6 = re.compile(r":[0-9a-f]{1,4}:")
_IPV6 = re.compile(r"[0-9a-f](?<![\w:].)[0-9a-f]{0,3}:(?:[0-9a-f]{1,4}:){1,6}[0-9a-f:]{0,40}")
_TOKEN = re.compile(r"[^\W_]+|[,.;!?、。]")
# For plain ASCII, translating one letter into one is nine times as fast as finding each word.
_MARKS = ",.;!?"
_PLAIN = {code: code if chr(code).isalnum() or chr(code) in _MARKS + "-" else " " for code in range(128)} | {
    ord(mark): None for mark in "'`"
}
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


@lru_cache(maxsize=128)  # a stage asks for what the one before it did; half of all calls, a tenth of the time
def canonical(text: str, address: str | None = None) -> str:
    """Return the words of a text with one space before, between and after them.

    The recipient's address, its domain, and IP addresses become a word each, so that a phrase may name them.
    """
    text = text[:MAX_TEXT]
    return words_of(text.lower() if text.isascii() and not address else fold(text), address)


def words_of(folded: str, address: str | None = None) -> str:
    """Return the words of a text that is folded already; of plain ASCII, lower case is enough."""
    if address:
        folded = _name_places(folded, fold(address[:320]))
    if _HAS_IPV4.search(folded):
        folded = _IPV4.sub(_IP_WORD, folded)
    if _HAS_IPV6.search(folded):
        folded = _IPV6.sub(_IP_WORD, folded)
    if folded.isascii():
        return f" {' '.join(_split_plain(folded))} "
    tokens = _TOKEN.findall(folded.translate(_DROPPED).replace("e-mail", "email"))
    return f" {' '.join(tokens)} "


def _split_plain(folded: str) -> list[str]:
    text = folded.translate(_PLAIN)
    if "-" in text:
        text = text.replace("e-mail", "email").replace("-", " ")
    for mark in _MARKS:
        if mark in text:
            text = text.replace(mark, f" {mark} ")
    return text.split()


@lru_cache(maxsize=32)
def word_set(words: str) -> frozenset[str]:
    """Return each word of a canonical text once; every set of phrases asks for it."""
    return frozenset(words.split())


def canonical_phrase(phrase: str) -> str:
    """Return the words of a rule's phrase, `{address}`, `{domain}` and `{ip}` named as in texts."""
    if "{" in phrase:
        for place, word in PLACES.items():
            phrase = phrase.replace(place, f" {word} ")
    return words_of(fold(phrase)).strip()


def _name_places(folded: str, address: str) -> str:
    """Name the recipient's address, its domain where that stands alone, and every other address."""
    named = folded.replace(address, f" {PLACES['{address}']} ")
    if "@" in named:
        named = _OTHER.sub(" otheraddress ", named)
    domain = address.rpartition("@")[2]
    if len(domain) < 4 or domain not in named:
        return named
    return re.sub(rf"(?<![\w.@-]){re.escape(domain)}(?![\w-]|\.\w)", f" {PLACES['{domain}']} ", named)


def is_unspaced(phrase: str) -> bool:
    """Say whether a phrase is in a script without spaces (Thai, Japanese, Chinese), or in Korean."""
    return _UNSPACED.search(phrase) is not None


def locate(text: str, phrase: str) -> tuple[int, int] | None:
    """Find where in the mail's own text a canonical phrase stands; None where folding moved it too far."""
    text = text[:MAX_TEXT]
    span = _locate_plain(text, phrase)
    if span is not None:
        return span
    pattern = _pattern_of(phrase)
    found = pattern.search(text) if pattern else None
    return found.span() if found else None


def _locate_plain(text: str, phrase: str) -> tuple[int, int] | None:
    """Find the first place of a phrase that stands in plain ASCII as it is, but for its case.

    Nearly all do, and to compile a pattern for a phrase takes more time than to read a whole mail.
    """
    if not text.isascii() or not phrase.replace(" ", "").isalnum():
        return None
    first = phrase.partition(" ")[0]
    low = text.lower()
    at = low.find(first)
    end = at + len(phrase)
    if at < 0 or not low.startswith(phrase, at) or low[end : end + 1].isalnum() or low[at - 1 : at].isalnum():
        return None
    # An earlier one may be written apart: `e-mail`, `user's`.
    before = low[: at + len(first)].translate(_WRITTEN_APART)
    return (at, end) if before.find(first) + len(first) == len(before) else None


@lru_cache(maxsize=4096)  # of the thousands of phrases, few are met again and again
def _pattern_of(phrase: str) -> re.Pattern[str] | None:
    words = phrase.split()
    while words and words[0] in _PLACE_WORDS:
        words = words[1:]
    while words and words[-1] in _PLACE_WORDS:
        words = words[:-1]
    if not words:
        return None
    pattern = _word_pattern(words[0])
    for before, word in pairwise(words):
        least = int(before[-1].isalnum() and word[0].isalnum())
        pattern += rf"[\W_]{{{least},9}}{_word_pattern(word)}"
    if not is_unspaced(phrase):
        pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
    return re.compile(pattern, re.IGNORECASE)


def _word_pattern(word: str) -> str:
    return r"\S{1,60}?" if word in _PLACE_WORDS else r"['’‘`´-]?".join(map(re.escape, word))
