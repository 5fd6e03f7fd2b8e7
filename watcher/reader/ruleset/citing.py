"""Find in a folded text what it only cites, and put a word in its place: files, paths, titles in quotes.

"Attachment account-deleted.pdf is not permitted" deletes no account, and a message with the subject "Your
mailbox has been closed" closes no mailbox.  Quotes stand around a server's words as often as around a title,
so what they hold is a title only beside a word that says so, or where it ends as the name of a file does.
"""

import re
from collections.abc import Sequence
from typing import Final

from watcher.reader.ruleset.hosts import Host
from watcher.reader.ruleset.phrase_set import Finder
from watcher.reader.ruleset.wording import PLACES, is_unspaced


MAX_NAME: Final = 120  # letters
MAX_TITLE: Final = 300  # characters
WORDS_BESIDE: Final = 3
LETTERS_BESIDE: Final = 8  # of a word in a script without spaces
REACH: Final = 60  # characters in which these are looked for
CLOSING: Final = {
    mark: re.compile(closing)
    for mark, closing in {
        '"': '"', "'": r"'(?!\w)", "«": "»", "»": "«", "‹": "›", "「": "」", "『": "』",
    }.items()
}  # fmt: skip
_QUOTES: Final = re.compile(rf"[{''.join(CLOSING)}]")
_CLAUSE_MARK: Final = re.compile(r"[.;!?,。、，；！？](?=\s|$|[^\x00-\x7f])")
# Of two names at least: `/var/mail/unknown`; a single one may stand for "or".
_PATH: Final = re.compile(r"/(?<![^\s\"'(<|=]/)(?:[\w.+-]{1,64}/){1,16}[\w.+-]{0,64}")
_WORD: Final = re.compile(r"\w+")
_ADDRESS: Final = re.compile(r"<?[^\s@]{1,64}@\S+")
_FILE: Final = f" {PLACES['{file}']} "
_TITLE: Final = f" {PLACES['{title}']} "


class Citing:
    """Knows how the names of files end, and the words that call what stands in quotes beside them a title."""

    __slots__ = ("_file", "_given", "_is_file", "_titles", "_titles_behind")

    def __init__(self, endings: Sequence[str], titles: Sequence[str], titles_behind: Sequence[str]) -> None:
        """Take endings, and words that stand before a title, and behind one: phrases between blanks."""
        self._given = (endings, titles, titles_behind)
        ending = rf"\.(?:{'|'.join(each.strip() for each in endings)})(?![\w@-]|\.\w)" if endings else "(?!)"
        name = re.compile(rf"(?<![\w@/:.-])[\w.-]{{1,{MAX_NAME}}}{ending}")
        self._file = Host(re.compile(ending), name, _strip_name, MAX_NAME)
        self._is_file = re.compile(rf"{ending}\s?\Z")
        self._titles = _finder(titles)
        self._titles_behind = _finder(titles_behind)

    def __reduce__(self) -> tuple[type["Citing"], tuple[Sequence[str], ...]]:
        """Travel to another process as the lists alone."""
        return Citing, self._given

    def name(self, folded: str) -> str:
        """Put a word in the place of each file's name and each title."""
        if _QUOTES.search(folded):
            folded = self._name_titles(folded)
        if "/" in folded:
            folded = _PATH.sub(" somepath ", folded)
        return self._file.name(folded, _FILE) if "." in folded else folded

    def _name_titles(self, folded: str) -> str:
        pieces: list[str] = []
        done = at = 0
        while (opened := _QUOTES.search(folded, at)) is not None:
            start = opened.start()
            end = _find_end(folded, start)
            at = end or start + 1
            word = self._word_for(folded, start, end) if end else ""
            if word:
                pieces += (folded[done:start], word)
                done = end
        return "".join((*pieces, folded[done:])) if pieces else folded

    def _word_for(self, folded: str, start: int, end: int) -> str:
        if self._is_file.search(folded, start, end - 1):
            return _FILE
        if _ADDRESS.fullmatch(folded, start + 1, end - 1):
            return ""
        before = _CLAUSE_MARK.split(folded[max(0, start - REACH) : start])[-1]
        words = [word[-LETTERS_BESIDE:] if not word.isascii() else word for word in _WORD.findall(before)]
        if self._titles.is_in(f" {' '.join(words[-WORDS_BESIDE:])} "):
            return _TITLE
        after = _WORD.findall(folded[end : end + REACH])[:WORDS_BESIDE]
        return _TITLE if self._titles_behind.is_in(f" {' '.join(after)} ") else ""


def _finder(phrases: Sequence[str]) -> Finder:
    return Finder([phrase.strip() if is_unspaced(phrase) else phrase for phrase in phrases])


def _strip_name(text: str) -> str:
    end = len(text)
    while end and (text[end - 1].isalnum() or text[end - 1] in "._-"):
        end -= 1
    return text[:end]


def _find_end(folded: str, start: int) -> int:
    """Return the place behind the mark that closes what a mark opens, or 0 where it opens nothing."""
    mark = folded[start]
    if mark == "'" and (folded[start - 1 : start].isalnum() or not folded[start + 1 : start + 2].isalnum()):
        return 0  # an apostrophe
    closed = CLOSING[mark].search(folded, start + 1, start + MAX_TITLE)
    return closed.end() if closed else 0
