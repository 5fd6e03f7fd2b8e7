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
_DROPPED = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_OTHER = re.compile(r"(?<![^\s<>\"'(\[:;,])[^\s<>@\"'(\[:;,]{1,64}@[\w.-]{0,250}\w")
_IP_WORD = f" {PLACES['{ip}']} "
_IPV4 = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)")
_IPV6 = re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){2,7}[0-9a-f:]{0,40}")
_TOKEN = re.compile(r"[^\W_]+|[,.;!?、。]")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def canonical(text: str, address: str | None = None) -> str:
    """Return the words of a text with one space before, between and after them.

    The recipient's address, its domain, and IP addresses become a word each, so that a phrase may name them.
    """
    return words_of(fold(text[:MAX_TEXT]), address)


def words_of(folded: str, address: str | None = None) -> str:
    """Return the words of a text that is folded already."""
    if address:
        folded = _name_places(folded, fold(address[:320]))
    if folded.count(".") > 2:
        folded = _IPV4.sub(_IP_WORD, folded)
    if folded.count(":") > 1:
        folded = _IPV6.sub(_IP_WORD, folded)
    tokens = _TOKEN.findall(folded.translate(_DROPPED).replace("e-mail", "email"))
    return f" {' '.join(tokens)} "


def canonical_phrase(phrase: str) -> str:
    """Return the words of a rule's phrase, `{address}`, `{domain}` and `{ip}` named as in texts."""
    for place, word in PLACES.items():
        phrase = phrase.replace(place, f" {word} ")
    return canonical(phrase).strip()


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
    pattern = _pattern_of(phrase)
    found = pattern.search(text[:MAX_TEXT]) if pattern else None
    return found.span() if found else None


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
