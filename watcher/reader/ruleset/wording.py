"""Bring text and phrases into the one form in which they are compared: words and clause marks.

Case, typographic apostrophes, dashes, brackets and quotes do not count; a comma, full stop and their kin are
words of their own, so that no phrase reaches over them.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise

from watcher.reader.parse.text import fold


MAX_ADDRESS = 320  # characters of an address that are looked for
MAX_TEXT = 8_000  # characters of one clue that are looked at: replies are short, bodies may be long
# What rows write for the recipient's address, its domain, and any IP address.
PLACES = {"{address}": "recipientaddress", "{domain}": "recipientdomain", "{ip}": "ipaddress"}
_PLACE_WORDS = frozenset(PLACES.values())
_JOINT = "['’‘`´-]?"  # may stand within a word
_JOINTS = frozenset(_JOINT[1:-2])
_HAS_JOINT = re.compile(rf"{_JOINT[:-1]}(?<=[^\W_].)(?=[^\W_])")
MAX_LINE = 200  # characters of a text whose words are remembered
MAX_GAP = 9  # characters that may stand between two words
MAX_DIGITS = 4  # of one group in an address of a host
_DROPPED = dict.fromkeys(map(ord, "'’‘`´ʼ"))
_OTHER = re.compile(r"(?<![^\s<>\"'(\[:;,])[^\s<>@\"'(\[:;,]{1,64}@[\w.-]{0,250}\w")
_BEFORE_DOMAIN = frozenset("_.@-")
_DOMAIN_GOES_ON = re.compile(r"[\w-]|\.\w")
_IP_WORD = f" {PLACES['{ip}']} "
_HEX = frozenset("0123456789abcdef")
# Each search for addresses of hosts begins at a mark that few texts have, and then at a digit: a pattern that
# begins with what must not stand before it is tried at each letter, and costs more than all else here.
_HAS_IPV4 = re.compile(r"\.\d{1,3}\.\d{1,3}\.\d")
_IPV4 = re.compile(r"\d(?<![\d.]\d)\d{0,2}(?:\.\d{1,3}){3}(?![\d.]*\d)")
_HAS_IPV6 = re.compile(r":[0-9a-f]{1,4}:")
_IPV6 = re.compile(r"[0-9a-f](?<![\w:].)[0-9a-f]{0,3}:(?:[0-9a-f]{1,4}:){1,6}[0-9a-f:]{0,40}")
_TOKEN = re.compile(r"[^\W_]+|[,.;!?、。]")
# For plain ASCII, translating one letter into one is nine times as fast as finding each word.
_MARKS = ",.;!?"
_MARKS_APART = tuple((mark, f" {mark} ") for mark in _MARKS)
_PLAIN = bytes(code if chr(code).isalnum() or chr(code) in _MARKS + "-" else 0x20 for code in range(128))
_PLAIN += bytes(128)
_UNWRITTEN = b"'`"
# A clause ends at a full stop before a blank; that of a host's name, a file's or a code's ends none.
_CLAUSE_END = re.compile(r"[.;!?]+(?=\s|$)|[。！？；]|\.{3}")
_LINK = re.compile(r"(?:https?://|www\.)\S{1,300}")
_NAME = re.compile(r"(?<![\w.@-])(?:[a-z0-9_-]{1,63}\.){1,9}[a-z][a-z0-9-]{0,62}")
# Where letters of a script without spaces meet others, as in "未通过SPF验证".
_SCRIPTS_MEET = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])"
)
_HANGUL = re.compile(r"[\uac00-\ud7a3]")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def canonical(text: str, address: str | None = None) -> str:
    """Return the words of a text with one space before, between and after them.

    The recipient's address, its domain, and IP addresses become a word each, so that a phrase may name them.
    """
    if address:
        return words_of(fold(text[:MAX_TEXT]), fold(address[:MAX_ADDRESS]))
    return _words_again(text) if len(text) <= MAX_LINE else _words_of_body(text[:MAX_TEXT])


def _words(text: str) -> str:
    return words_of(text.lower() if text.isascii() else fold(text))


def canonical_body(text: str) -> str:
    """Return the same as `canonical`, but no word, address or clause mark reaches over a line end."""
    text = text[:MAX_TEXT]
    if text.isascii():  # nothing in it reaches over one anyway
        return _words_of_body(text)
    lines = text.split("\n")
    if max(map(len, lines)) > MAX_LINE:
        return _words_of_body(text)
    return f" {' '.join(filter(None, map(_words_of_line, lines)))} "


def _strip_words(line: str) -> str:
    return _words(line).strip()


# Mails share their labels and subjects, and many lines; of a body each stage asks in turn.
_words_again = lru_cache(maxsize=8_192)(_words)
_words_of_line = lru_cache(maxsize=8_192)(_strip_words)
_words_of_body = lru_cache(maxsize=64)(_words)


def words_of(folded: str, address: str | None = None) -> str:
    """Return the words of a text and with an address folded already; of plain ASCII, lower case is enough."""
    if address:
        folded = _name_places(folded, address)
    if "." in folded and _HAS_IPV4.search(folded):
        folded = _name_hosts(folded, _HAS_IPV4, _IPV4, str.isdecimal)
    if ":" in folded and _HAS_IPV6.search(folded):
        folded = _name_hosts(folded, _HAS_IPV6, _IPV6, _HEX.__contains__)
    if folded.isascii():
        return f" {' '.join(_split_plain(folded))} "
    tokens = _TOKEN.findall(folded.translate(_DROPPED).replace("e-mail", "email"))
    return f" {' '.join(tokens)} "


def _name_hosts(
    folded: str, mark: re.Pattern[str], whole: re.Pattern[str], is_digit: Callable[[str], bool]
) -> str:
    """Name each IP address, found by a mark behind its first digits: the whole is not tried at each digit."""
    pieces: list[str] = []
    done = 0
    for found in mark.finditer(folded):
        start = found.start()
        if start < done:
            continue
        first = max(start - MAX_DIGITS, done)
        while start > first and is_digit(folded[start - 1]):
            start -= 1
        host = whole.match(folded, start)
        if host:
            pieces += (folded[done:start], _IP_WORD)
            done = host.end()
    return "".join((*pieces, folded[done:])) if pieces else folded


def _split_plain(folded: str) -> list[str]:
    text = folded.encode().translate(_PLAIN, _UNWRITTEN).decode()
    if "-" in text:
        text = text.replace("e-mail", "email").replace("-", " ")
    for mark, apart in _MARKS_APART:
        if mark in text:
            text = text.replace(mark, apart)
    return text.split()


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
    return _name_domain(named, domain) if len(domain) >= 4 and domain in named else named


def _name_domain(folded: str, domain: str) -> str:
    """Name a domain where it stands alone: no part of a longer one, nor of an address."""
    pieces: list[str] = []
    done, at = 0, folded.find(domain)
    while at >= 0:
        before, end = folded[at - 1 : at], at + len(domain)
        if before.isalnum() or before in _BEFORE_DOMAIN or _DOMAIN_GOES_ON.match(folded, end):
            at = folded.find(domain, at + 1)
            continue
        pieces += (folded[done:at], PLACES["{domain}"])
        done, at = end, folded.find(domain, end)
    pieces.append(folded[done:])
    return " ".join(pieces)


def clauses_of(folded: str, address: str | None = None) -> tuple[tuple[str, ...], ...]:
    """Return the words of each clause of a folded text; links and names of hosts are a word each."""
    if "://" in folded or "www." in folded:
        folded = _LINK.sub(" weblink ", folded)
    if address:
        folded = _name_places(folded, fold(address[:320]))
    if "@" in folded:
        folded = _OTHER.sub(" otheraddress ", folded)
    if "." in folded:
        folded = _NAME.sub(" somehost ", folded)
    if not folded.isascii():
        folded = part_scripts(folded)
    said = (words_of(clause).replace(" . ", " ") for clause in _CLAUSE_END.split(folded))
    return tuple(tuple(clause.split()) for clause in said if clause.strip())


def part_scripts(folded: str) -> str:
    """Set a blank where letters of a script without spaces meet others."""
    return _SCRIPTS_MEET.sub(" ", folded)


def is_unspaced(phrase: str) -> bool:
    """Say whether a phrase is in a script without spaces (Thai, Japanese, Chinese), or in Korean."""
    return _UNSPACED.search(phrase) is not None


def is_loose(phrase: str) -> bool:
    """Say whether a phrase may stand within a word: Thai, Japanese, Chinese; Korean takes endings."""
    return is_unspaced(phrase) or _HANGUL.search(phrase) is not None


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
    at = low.find(words[0][0])
    while at >= 0:
        if not at or not low[at - 1].isalnum():
            end = _walk_words(low, at, words)
            if end and not low[end : end + 1].isalnum():
                return at, end
        at = low.find(words[0][0], at + 1)
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
        if number and not (0 < at - start <= MAX_GAP and _are_in_order(marks, low[start:at])):
            return 0
        marks = ""
        at = _walk_word(low, at, word)
        if not at:
            return 0
    return at


def _walk_word(low: str, at: int, word: str) -> int:
    """Do the same for one word, which may be written apart: `e-mail`, `user's`."""
    if low.startswith(word, at):
        return at + len(word)
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
    return r"\S{1,60}?" if word in _PLACE_WORDS else joint.join(map(re.escape, word))
