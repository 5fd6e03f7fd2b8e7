"""The texts that speak about one recipient, each in the forms in which it is looked at."""

from collections.abc import Iterable

from watcher.reader.findings import Clue
from watcher.reader.parse.misread import read_octets
from watcher.reader.parse.reply_lines import join_lines
from watcher.reader.parse.text import fold
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.mending import Mended
from watcher.reader.ruleset.phrases import Phrases, WordRow
from watcher.reader.ruleset.wording import (
    MAX_ADDRESS,
    MAX_TEXT,
    clauses_of,
    has_link,
    name_places,
    words_of,
)


MAX_TEXTS = 12
# Where the server's own words may stand second; every other place is the report's around them.
SERVERS_OWN = ("diagnostic-code", "transcript")


class Text:
    """One clue; its forms are made when they are first asked for, as most words around a reply never are."""

    __slots__ = (
        "_address",
        "_clauses",
        "_folded",
        "_joined",
        "_lost_words",
        "_mended",
        "_named",
        "_rows",
        "_rules",
        "_told",
        "_words",
        "is_around",
        "listed",
        "number",
        "raw",
        "where",
    )

    def __init__(self, raw: str, where: str, number: int, address: str | None, rules: Rules) -> None:
        self.raw = raw
        self.where = where
        self.number = number
        self.listed: dict[str, str] | None = None  # kept by who asks which clauses list what may be
        self.is_around = number > 0 and where not in SERVERS_OWN
        self._address = address  # folded
        self._rules = rules
        self._joined: str | None = None
        self._folded: str | None = None
        self._lost_words: bool | None = None
        self._mended: Mended | None = None
        self._told: str | None = None
        self._named: str | None = None
        self._words: str | None = None
        self._clauses: tuple[tuple[str, ...], ...] | None = None
        self._rows: list[WordRow] | None = None

    @property
    def joined(self) -> str:
        """The text, its octets read, without the codes that begin further lines of a reply; mostly itself."""
        if self._joined is None:
            said = read_octets(self.raw[:MAX_TEXT])
            self._joined = join_lines(said) if "-" in said else said
        return self._joined

    @property
    def mended(self) -> str:
        """The same with the letters that a server lost; nearly always itself."""
        return self._look().text

    def _look(self) -> Mended:
        if self._mended is None:
            self._mended = self._rules.mending.look(self.joined[:MAX_TEXT])
        return self._mended

    @property
    def lost_words(self) -> bool:
        """Whether letters were lost, and what they were might take back what the text says."""
        if self._lost_words is None:
            again = self.mended != self.joined[:MAX_TEXT] and self._rules.readings.takes_back(self.words)
            self._lost_words = again or not self._look().is_sure
        return self._lost_words

    @property
    def folded(self) -> str:
        """The same without case, its blanks single."""
        if self._folded is None:
            self._folded = fold(self.mended)
        return self._folded

    @property
    def told(self) -> str:
        """That without what it only cites."""
        if self._told is None:
            self._told = self._rules.readings.citing.name(self.folded)
        return self._told

    @property
    def named(self) -> str:
        """That with the recipient's address, its domain and other addresses named."""
        if self._named is None:
            self._named = name_places(self.told, self._address) if self._address else self.told
        return self._named

    @property
    def words(self) -> str:
        """Its words and clause marks, each between blanks."""
        if self._words is None:
            self._words = words_of(self.named)
        return self._words

    def says_beside_links(self, phrase: str) -> bool:
        """Say whether a phrase stands in its words, and not in a link alone: `https://…/errors/user-unknown`."""
        if not has_link(self.folded):
            return True
        return any(phrase in f" {' '.join(clause)} " for clause in self.clauses())

    def clauses(self) -> tuple[tuple[str, ...], ...]:
        """Return the words of each clause."""
        if self._clauses is None:
            linked = has_link(self.folded)
            self._clauses = clauses_of(self.told, self._address) if linked else clauses_of(self.named)
        return self._clauses

    def rows(self, phrases: Phrases) -> list[WordRow]:
        """Return the rows that it holds; asked with the same phrases always."""
        if self._rows is None:
            self._rows = phrases.find(self.words, self.folded)
        return self._rows


def read_texts(
    clues: Iterable[Clue], diagnostic: str | None, address: str | None, rules: Rules
) -> tuple[Text, ...]:
    """Return each clue once, the refusing server's own words first."""
    told: dict[str, str] = {}
    for text, where in clues:
        if text not in told and text.strip():
            told[text] = where
    if diagnostic and diagnostic not in told:
        told = {diagnostic: "diagnostic-code", **told}
    folded = fold(address[:MAX_ADDRESS]) if address else None
    rows = list(told.items())[:MAX_TEXTS]
    return tuple([Text(text, where, number, folded, rules) for number, (text, where) in enumerate(rows)])
