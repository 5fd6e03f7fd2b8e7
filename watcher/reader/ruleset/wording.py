"""Bring text and phrases into the one form in which they are compared: words and clause marks.

Case, typographic apostrophes, dashes, brackets and quotes do not count; a comma, full stop and their kin are
words of their own, so that no phrase reaches over them.
"""

import re
from functools import lru_cache

from watcher.reader.parse.text import fold
from watcher.reader.ruleset.hosts import name_addresses, name_hosts


MAX_ADDRESS = 320  # characters of an address that are looked for
MAX_TEXT = 8_000  # characters of one clue that are looked at: replies are short, bodies may be long
# What rows write for the recipient's address, its domain, any IP address, and what a reply only cites.
PLACES = {
    "{address}": "recipientaddress",
    "{domain}": "recipientdomain",
    "{ip}": "ipaddress",
    "{file}": "somefile",
    "{title}": "sometitle",
}
OTHER_ADDRESS = "otheraddress"  # what stands for any other address
SOME_HOST = "somehost"  # what stands for a host's name
MAX_LINE = 200  # characters of a text whose words are remembered
_DROPPED = "'’‘`´ʼ"
_OTHER = re.compile(r"(?<![^\s<>\"'(\[:;,])[^\s<>@\"'(\[:;,]{1,64}@[\w.-]{0,250}\w")
_BEFORE_DOMAIN = frozenset("_.@-")
_DOMAIN_GOES_ON = re.compile(r"[\w-]|\.\w")
_IP_WORD = f" {PLACES['{ip}']} "
# The vowel signs of Devanagari are no letters to Python, but part of a word.
_TOKEN = re.compile(r"(?:[^\W_]|[\u0900-\u0903\u093a-\u094f\u0955-\u0957\u0962\u0963])+|[,.;!?、。।؛؟]")
# For plain ASCII, translating one letter into one is nine times as fast as finding each word.
_MARKS = ",.;!?"
_MARKS_APART = tuple((mark, f" {mark} ") for mark in _MARKS)
_PLAIN = bytes(code if chr(code).isalnum() or chr(code) in _MARKS + "-" else 0x20 for code in range(128))
_PLAIN += bytes(128)
_UNWRITTEN = b"'`"
# Letters that are canonical as they are, of scripts with spaces and without; there are others.
PLAIN_LETTERS = "a-z0-9à-öø-ÿąćčďđęěğıłńňőřśşšţťůűźżžșțάέή-ρσ-ώа-ѐђ-џґא-תءئبةت-غفق-وي"
UNSPACED_LETTERS = "ぁ-ゖァ-ヺー一-鿿가-힣"
_PLAIN_PHRASE = re.compile(
    rf"[{PLAIN_LETTERS}{UNSPACED_LETTERS}]+(?: [{PLAIN_LETTERS}{UNSPACED_LETTERS}]+)*+"
)
# A clause ends at a full stop before a blank; that of a host's name, a file's or a code's ends none.
_CLAUSE_END = re.compile(r"[.;!?](?:(?<!\d\.\d\d.)[.;!?]*(?=\s|$)|(?<=\.)\.\.)")
_UNSPACED_END = re.compile(rf"[。！？；।؛؟]|{_CLAUSE_END.pattern}")
_FRAME = "recipient address rejected: "  # so Postfix begins, whatever is the matter
# With which a server signs what it said: `no such user (mx1.example.com)`.
_SIGNED = re.compile(r"\((?:[\w-]{1,60}\.){1,6}[a-z]{2,20}\)[\s.]{0,3}$")
DATE = "somedate"  # what stands for a date with its year, which is one word however it is written
_DATE = re.compile(r"(?<![\w.])(?:\d{4}([./-])\d{1,2}\1\d{1,2}|\d{1,2}([./-])\d{1,2}\2\d{4})(?!\w)")
LINK = re.compile(r"(?i:https?://|www\.)\S{1,300}")
# Where letters of a script without spaces meet others, as in "未通过SPF验证".
_SCRIPTS_MEET = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3])"
)
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
        folded = name_places(folded, address)
    if "." in folded or ":" in folded:
        folded = name_addresses(folded, _IP_WORD)
    if folded.isascii():
        return f" {' '.join(_split_plain(folded))} "
    for mark in _DROPPED:
        folded = folded.replace(mark, "")
    tokens = _TOKEN.findall(folded.replace("e-mail", "email"))
    return f" {' '.join(tokens)} "


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
    if _PLAIN_PHRASE.fullmatch(phrase):
        return phrase
    if "{" in phrase:
        for place, word in PLACES.items():
            phrase = phrase.replace(place, f" {word} ")
    return words_of(fold(phrase)).strip()


def name_places(folded: str, address: str) -> str:
    """Name the recipient's address, its domain where that stands alone, and every other address."""
    named = folded.replace(address, f" {PLACES['{address}']} ")
    if "@" in named:
        named = _OTHER.sub(f" {OTHER_ADDRESS} ", named)
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
    _, framed, said = folded.partition(_FRAME)
    if framed:  # what is said of the recipient may be no refusal, and is read without that word, too
        folded = f"{folded} . recipient address {said}"
    if folded.rstrip(" .").endswith(")"):
        folded = _SIGNED.sub("", folded)
    if has_link(folded):
        folded = LINK.sub(" weblink ", folded)
    if address:
        folded = name_places(folded, fold(address[:MAX_ADDRESS]))
    if "@" in folded:
        folded = _OTHER.sub(f" {OTHER_ADDRESS} ", folded)
    folded = name_hosts(folded, f" {SOME_HOST} ")
    if "20" in folded:
        folded = _DATE.sub(f" {DATE} ", folded)
    end = _CLAUSE_END
    if not folded.isascii():
        folded, end = part_scripts(folded), _UNSPACED_END
    clauses = (words_of(clause).replace(" . ", " ") for clause in end.split(folded))
    return tuple(tuple(clause.split()) for clause in clauses if clause.strip())


def has_link(folded: str) -> bool:
    """Say cheaply whether a text may hold a link."""
    return "://" in folded or "www." in folded


def part_scripts(folded: str) -> str:
    """Set a blank where letters of a script without spaces meet others."""
    return _SCRIPTS_MEET.sub(" ", folded) if is_unspaced(folded) else folded


def is_unspaced(phrase: str) -> bool:
    """Say whether a phrase may stand within a word: Thai, Japanese, Chinese; Korean takes endings."""
    return not phrase.isascii() and _UNSPACED.search(phrase) is not None
