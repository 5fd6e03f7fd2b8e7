"""Find where in a mail's own text the words of a canonical phrase stand, so that they can be quoted."""

import re
from functools import lru_cache
from itertools import pairwise

from watcher.reader.ruleset.wording import MAX_TEXT, PLACES, is_unspaced


MAX_GAP = 9  # characters that may stand between two words
_PLACE_WORDS = frozenset(PLACES.values())
_CITED = frozenset({PLACES["{file}"], PLACES["{title}"]})  # which may be several words
_JOINT = "['’‘`´-]?"  # may stand within a word
_JOINTS = frozenset(_JOINT[1:-2])
_HAS_JOINT = re.compile(rf"{_JOINT[:-1]}(?<=[^\W_].)(?=[^\W_])")


def locate(text: str, phrase: str) -> tuple[int, int] | None:
    """Find where in the mail's own text a canonical phrase stands; None where folding moved it too far."""
    text = text[:MAX_TEXT]
    words = _strip_places(phrase.split())
    span = _walk_text(text, words)
    # In plain ASCII, words without a mark between any two are found by walking or not at all.
    if span is not None or (
        text.isascii() and all(map(str.isalnum, words)) and _PLACE_WORDS.isdisjoint(words)
    ):
        return span
    # To compile a pattern with a mark between any two letters takes milliseconds, so only where one may be.
    if text.isascii() and phrase.isascii() and not _HAS_JOINT.search(text):
        pattern, text = _pattern_of(phrase, is_plain=True), text.lower()
    else:
        pattern = _pattern_of(phrase, is_plain=False)
    found = pattern.search(text) if pattern else None
    return found.span() if found else None


def _strip_places(words: list[str]) -> list[str]:
    """Take the names of places off both ends: any word may stand for them."""
    while words and words[0] in _PLACE_WORDS:
        words = words[1:]
    while words and words[-1] in _PLACE_WORDS:
        words = words[:-1]
    return words


def _walk_text(text: str, words: list[str]) -> tuple[int, int] | None:
    """Find words in a text letter by letter, as the pattern of them would.

    To compile a pattern for a phrase takes more time than to read a whole mail.  Words that need one are left
    to it: names of places amid them, marks at either end, scripts without spaces.
    """
    low = text.lower()
    if len(low) != len(text) or not words or not (words[0].isalnum() and words[-1].isalnum()):
        return None
    if not _PLACE_WORDS.isdisjoint(words) or (not low.isascii() and any(map(is_unspaced, words))):
        return None
    first = words[0][0]
    follows = _JOINTS.union(words[0][1:2] or ("", *low))  # what may stand behind it
    at = low.find(first)
    while at >= 0:
        if low[at + 1 : at + 2] in follows and (not at or not low[at - 1].isalnum()):
            end = _walk_words(low, at, words)
            if end and not low[end : end + 1].isalnum():
                return at, end
        at = low.find(first, at + 1)
    return None


def _walk_words(low: str, at: int, words: list[str]) -> int:
    """Return where words that begin at a place end, or 0 where they do not stand there."""
    marks = ""
    for number, word in enumerate(words):
        if not word.isalnum():
            marks += word
            continue
        start = at
        while number and at - start <= MAX_GAP and not low[at : at + 1].isalnum() and at < len(low):
            at += 1
        if number and not (0 < at - start <= MAX_GAP and (not marks or _are_in_order(marks, low[start:at]))):
            return 0
        marks = ""
        at = at + len(word) if low.startswith(word, at) else _walk_word(low, at, word)
        if not at:
            return 0
    return at


def _walk_word(low: str, at: int, word: str) -> int:
    """Do the same for one word that is written apart: `e-mail`, `user's`."""
    for place, letter in enumerate(word):
        if place and low[at : at + 1] in _JOINTS:
            at += 1
        if not low.startswith(letter, at):
            return 0
        at += 1
    return at


def _are_in_order(marks: str, gap: str) -> bool:
    rest = iter(gap)
    return all(mark in rest for mark in marks)


@lru_cache(maxsize=4096)  # of the thousands of phrases, few are met again and again
def _pattern_of(phrase: str, *, is_plain: bool) -> re.Pattern[str] | None:
    """Return a pattern of a phrase; a plain one is for small letters without marks between any two."""
    words = _strip_places(phrase.split())
    if not words:
        return None
    joint = "" if is_plain else _JOINT
    pattern = _word_pattern(words[0], joint)
    for before, word in pairwise(words):
        least = int(before[-1].isalnum() and word[0].isalnum())
        pattern += rf"[\W_]{{{least},{MAX_GAP}}}{_word_pattern(word, joint)}"
    if not is_unspaced(phrase):
        pattern = rf"(?<![^\W_]){pattern}(?![^\W_])"
    return re.compile(pattern, re.NOFLAG if is_plain else re.IGNORECASE)


def _word_pattern(word: str, joint: str) -> str:
    if word in _CITED:
        return r"\S.{0,200}?"
    return r"\S{1,60}?" if word in _PLACE_WORDS else joint.join(map(re.escape, word))
