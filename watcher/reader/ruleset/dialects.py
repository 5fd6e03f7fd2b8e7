"""What is known about the mail systems that write reports, and about how prose names a recipient.

A `Dialect` names the system (`format`) by signs that only it shows.  The rows of `Prose` hold for all of
them: words that begin the returned original, label an address or a reason, or stand beside a failed address.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from watcher.reader.ruleset.phrase_set import PhraseSet
from watcher.reader.ruleset.signs import Signs
from watcher.reader.ruleset.wording import MAX_LINE, canonical


@dataclass(frozen=True, slots=True)
class Trait:
    """One field (of the header or of the delivery status) and words its value holds; no words: any value."""

    name: str
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """One mail system's way of writing reports."""

    id: str
    format: str
    rank: int = 50  # of several that fit, the lowest speaks
    fields: tuple[Trait, ...] = ()  # of the delivery status
    headers: tuple[Trait, ...] = ()
    subject: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    # Whole lines of prose; groups `address`, `original`, `reason`.
    recipient: tuple[re.Pattern[str], ...] = ()
    domain: str = ""  # of recipients that its lines name without one
    replies_in_prose: bool = False  # its delivery-status fields never hold the server's reply
    shares_reply: bool = False  # gives every recipient of a message the reply that one of them got


@dataclass(frozen=True, slots=True)
class Prose:
    """Words that any system may use, all in canonical form."""

    separators: PhraseSet = field(default_factory=PhraseSet)  # begin the returned original
    failures: PhraseSet = field(default_factory=PhraseSet)  # stand beside an address that failed
    delays: PhraseSet = field(default_factory=PhraseSet)  # say that the mail is still being tried
    final: PhraseSet = field(default_factory=PhraseSet)  # say that it is not, whatever else the report says
    suggestions: PhraseSet = field(default_factory=PhraseSet)  # announce addresses like the failed one
    passed_on: PhraseSet = field(default_factory=PhraseSet)  # with which a list manager passes bounces on
    strangers: tuple[str, ...] = ()  # behind a name without a domain, say that the host has no such user
    causes: tuple[str, ...] = ()  # each between blanks, as it stands; behind them a sentence says why
    # Each with the blank before it; a line with these names somebody to ask, or the sender.
    bystanders: tuple[str, ...] = ()
    sender_marks: tuple[str, ...] = ()  # behind an address, say that its owner sent the mail
    recipient_labels: frozenset[str] = frozenset()  # `Recipient: x`
    original_labels: frozenset[str] = frozenset()  # `Original address: x`, beside another recipient label
    sender_labels: frozenset[str] = frozenset()  # `From: x`
    header_labels: frozenset[str] = frozenset()  # recipient labels that a quoted header has too: `To: x`
    beside_labels: frozenset[str] = frozenset()  # the fields that stand beside it there: `Subject: x`
    reason_labels: frozenset[str] = frozenset()  # `Reason: x`
    possible_causes: PhraseSet = field(default_factory=PhraseSet)  # announce what the cause may be
    signs: Signs = field(default_factory=Signs)  # what tells of a failure in whatever words

    def tells_failure(self, text: str) -> bool:
        """Say whether a text that names an address tells that it failed, or waits."""
        return self.failures.is_in(canonical(text)) or bool(self.signs.find_fate(text))


class PlaceIndex:
    """What all rows look for at one place (a field, the body): which row owns a phrase, the first by rank."""

    __slots__ = ("_owners", "_phrases", "any_value", "name")

    def __init__(self, name: str, owners: dict[str, int], any_value: int | None = None) -> None:
        self.name = name
        self._owners = owners
        self._phrases = PhraseSet(owners)
        self.any_value = any_value  # the row to which the field's mere presence is enough

    @property
    def looks_for_words(self) -> bool:
        """Whether the words of a value count at all."""
        return bool(self._owners)

    def find_raw(self, text: str) -> tuple[int, str] | None:
        """Do the same for a text as it came."""
        return _find_again(self, text) if len(text) <= MAX_LINE else self._find_raw(text)

    def _find_raw(self, text: str) -> tuple[int, str] | None:
        return self.find(canonical(text)) if self._owners and self._phrases.may_hold(text) else None

    def find(self, text: str) -> tuple[int, str] | None:
        """Return the first row whose words stand in a canonical text, and the words."""
        found = self._phrases.find_all(text) if self._owners else ()
        return min([(self._owners[phrase], phrase) for phrase in found]) if found else None


@lru_cache(maxsize=2_048)  # one system's mails have the same sender and reporting host
def _find_again(index: PlaceIndex, text: str) -> tuple[int, str] | None:
    return index._find_raw(text)  # noqa: SLF001 - its other half


@dataclass(frozen=True, slots=True)
class Dialects:
    """Every dialect, by rank, and the words that they share; what the rows look at, by place."""

    rows: tuple[Dialect, ...] = ()
    prose: Prose = field(default_factory=Prose)
    # Of the field names in lower case.
    fields: dict[str, PlaceIndex] = field(init=False, default_factory=dict, repr=False)
    headers: dict[str, PlaceIndex] = field(init=False, default_factory=dict, repr=False)
    words: dict[str, PlaceIndex] = field(init=False, default_factory=dict, repr=False)  # body, subject

    def __post_init__(self) -> None:
        """Index the rows by what they look at."""
        self.fields.update(_index_traits([row.fields for row in self.rows]))
        self.headers.update(_index_traits([row.headers for row in self.rows]))
        self.words["body"] = PlaceIndex("body", _first_owners([row.body for row in self.rows]))
        self.words["subject"] = PlaceIndex("subject", _first_owners([row.subject for row in self.rows]))


def _first_owners(phrases: list[tuple[str, ...]]) -> dict[str, int]:
    owners: dict[str, int] = {}
    for number, row in enumerate(phrases):
        for phrase in row:
            owners.setdefault(phrase, number)
    return owners


def _index_traits(traits: list[tuple[Trait, ...]]) -> dict[str, PlaceIndex]:
    spelled: dict[str, str] = {}
    owners: dict[str, dict[str, int]] = {}
    bare: dict[str, int] = {}
    for number, row in enumerate(traits):
        for trait in row:
            key = trait.name.lower()
            spelled.setdefault(key, trait.name)
            owned = owners.setdefault(key, {})
            for phrase in trait.phrases:
                owned.setdefault(phrase, number)
            if not trait.phrases:
                bare.setdefault(key, number)
    return {key: PlaceIndex(spelled[key], owned, bare.get(key)) for key, owned in owners.items()}
