"""Spell words in ASCII, as servers do that send nothing else: `boite aux lettres`, `postfach ueberfuellt`.

SMTP replies are ASCII unless SMTPUTF8 was asked for (RFC 6531 section 3.7.4), so servers drop accents, write
two letters for one, or write Cyrillic or Greek in Latin letters.  Greek in its own letters, but without its
accents, is what capitals and hurried people write.  A row is written once, in its own letters.
"""

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from typing import Final

from watcher.reader.ruleset.wording import is_unspaced


MIN_WORD: Final = 5  # letters; a shorter word without its accents may be one of another language
MIN_WORDS: Final = 7  # letters of several words together
_LATIN: Final = (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
# Each letter without its accents.
_SINGLE: Final = {
    **{code: unicodedata.normalize("NFD", chr(code))[0] for code in _LATIN},
    **str.maketrans(
        {"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ß": "ss"}
    ),
}
# German, Swedish, Danish and Norwegian usage.
_DOUBLE: Final = _SINGLE | str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
# No one way is followed by all: these two are the most common (after BGN/PCGN, and after the scholars').
_PLAIN: Final = {
    **_SINGLE,
    **str.maketrans("абвгдезиклмнопрстуфыэіґё", "abvgdeziklmnoprstufyeige", "ьъ"),
    ord("ж"): "zh",
    ord("ч"): "ch",
    ord("ш"): "sh",
    ord("ї"): "yi",
    ord("є"): "ye",
}
_ENGLISH: Final = _PLAIN | str.maketrans({"й": "y", "х": "kh", "ц": "ts", "щ": "shch", "ю": "yu", "я": "ya"})
_SCHOLARLY: Final = _PLAIN | str.maketrans({"й": "j", "х": "h", "ц": "c", "щ": "sch", "ю": "ju", "я": "ja"})

# After ISO 843, and after the sound or the look of the letters, as people write it.
_GREEK: Final = str.maketrans(
    {
        **dict(zip("αβγδεζικλμνοπρστφ", "avgdeziklmnoprstf", strict=True)),
        "θ": "th",
        "ξ": "x",
        "ψ": "ps",
    }
)
_GREEK_TABLES: Final = (
    _GREEK | str.maketrans({"η": "i", "υ": "y", "χ": "ch", "ω": "o"}),
    _GREEK | str.maketrans({"η": "i", "υ": "y", "χ": "x", "ω": "o"}),
    _GREEK | str.maketrans({"η": "h", "υ": "y", "χ": "x", "ω": "w"}),
    _GREEK | str.maketrans({"η": "i", "υ": "i", "χ": "h", "ω": "o"}),
)
_GREEK_BARE: Final = str.maketrans("άέήίόύώϊϋΐΰ", "αεηιουωιυιυ")
_GREEK_PAIRS: Final = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"))


_OTHER_SCRIPT: Final = re.compile("[\u0370-\u03ff]|([\u0400-\u04ff])")


def ascii_spellings(words: str) -> tuple[str, ...]:
    """Return the ways to write canonical words in ASCII; none for what is in it, or too short, or loose.

    Of Greek words that without accents come first.
    """
    if words.isascii() or is_unspaced(words):
        return ()
    script = _OTHER_SCRIPT.search(words)
    if script and not script[1]:
        return _greek_spellings(words)
    tables = (_ENGLISH, _SCHOLARLY) if script else (_DOUBLE, _SINGLE)
    found = dict.fromkeys([words.translate(table) for table in tables])
    return tuple([spelling for spelling in found if spelling.isascii() and _is_telling(spelling)])


def _greek_spellings(words: str) -> tuple[str, ...]:
    plain = words.translate(_GREEK_BARE)
    if not _is_telling(plain):
        return ()
    found = dict.fromkeys((plain,)) if plain != words else {}
    for pair, spelled in _GREEK_PAIRS:
        plain = plain.replace(pair, spelled)
    found |= dict.fromkeys(plain.translate(table) for table in _GREEK_TABLES)
    return tuple(found)


def with_spellings(phrases: tuple[str, ...]) -> tuple[str, ...]:
    """Return phrases with their spellings in ASCII behind them, each once."""
    spelled = (spelling for phrase in phrases for spelling in ascii_spellings(phrase))
    return tuple(dict.fromkeys((*phrases, *spelled)))


def _is_telling(words: str) -> bool:
    blanks = words.count(" ")
    return len(words) - blanks - words.count("*") - words.count("~") >= (MIN_WORDS if blanks else MIN_WORD)


def spell_entries(entries: Mapping[str, int], *, shared: bool = False) -> dict[str, int]:
    """Return listed entries and their spellings with their bits.

    A spelling that is a word of its own, listed for something else, is left to that; where words are `shared`
    it counts for both.
    """
    words = sorted((entry, bits) for entry, bits in entries.items() if _is_word(entry))
    found = dict(entries) if shared else {}
    for entry, bits in entries.items():
        for spelling in ascii_spellings(entry):
            if shared or not _is_word(spelling) or not _says_else(spelling, bits, words):
                found[spelling] = found.get(spelling, 0) | bits
    return found if shared else {**found, **entries}


def _is_word(entry: str) -> bool:
    return entry.isascii() and " " not in entry


def _says_else(spelling: str, bits: int, words: list[tuple[str, int]]) -> bool:
    """Say whether a word in ASCII, or what begins so, is listed for less than it would be spelled for."""
    stem = spelling.rstrip("*")
    at = bisect_left(words, (stem, 0))
    while at < len(words) and words[at][0].startswith(stem):
        word, known = words[at]
        if word == stem and spelling.endswith("*"):
            return True  # its own language lists it as a whole word, not as a beginning
        is_itself = word == stem and not known & ~bits  # written out by hand in one of its lists
        if (word == stem or spelling.endswith("*")) and bits & ~known and not is_itself:
            return True
        at += 1
    return False
