"""What is known about the mail systems that write reports, and about how prose names a recipient.

A `Dialect` names the system (`format`) by signs that only it shows.  The rows of `Prose` hold for all of
them: words that begin the returned original, label an address or a reason, or stand beside a failed address.
"""

import re
from dataclasses import dataclass, field

from watcher.reader.ruleset.phrase_set import PhraseSet


@dataclass(frozen=True, slots=True)
class Trait:
    """One field (of the header or of the delivery status) and words its value holds; no words: any value."""

    name: str
    phrases: PhraseSet = field(default_factory=PhraseSet)


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
    recipient: tuple[
        re.Pattern[str], ...
    ] = ()  # whole lines of prose; groups `address`, `original`, `reason`


@dataclass(frozen=True, slots=True)
class Prose:
    """Words that any system may use, all in canonical form."""

    separators: PhraseSet = field(default_factory=PhraseSet)  # begin the returned original
    failures: PhraseSet = field(default_factory=PhraseSet)  # stand beside an address that failed
    delays: PhraseSet = field(default_factory=PhraseSet)  # say that the mail is still being tried
    final: PhraseSet = field(default_factory=PhraseSet)  # say that it is not, whatever else the report says
    bystanders: tuple[str, ...] = ()  # a line with these names somebody to ask, or the sender
    recipient_labels: frozenset[str] = frozenset()  # `Recipient: x`
    sender_labels: frozenset[str] = frozenset()  # `From: x`
    header_labels: frozenset[str] = frozenset()  # recipient labels that a quoted header has too: `To: x`
    beside_labels: frozenset[str] = frozenset()  # the fields that stand beside it there: `Subject: x`
    reason_labels: frozenset[str] = frozenset()  # `Reason: x`


@dataclass(frozen=True, slots=True)
class Dialects:
    """Every dialect, by rank, and the words that they share; what the rows look at, by place."""

    rows: tuple[Dialect, ...] = ()
    prose: Prose = field(default_factory=Prose)
    fields: dict[str, list[tuple[int, Trait]]] = field(init=False, default_factory=dict, repr=False)
    headers: dict[str, list[tuple[int, Trait]]] = field(init=False, default_factory=dict, repr=False)
    body: dict[str, int] = field(init=False, default_factory=dict, repr=False)
    subject: dict[str, int] = field(init=False, default_factory=dict, repr=False)
    _phrases: dict[str, PhraseSet] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        """Index the rows by what they look at."""
        for number, row in enumerate(self.rows):
            for trait in row.fields:
                self.fields.setdefault(trait.name, []).append((number, trait))
            for trait in row.headers:
                self.headers.setdefault(trait.name, []).append((number, trait))
            for phrase in row.body:
                self.body.setdefault(phrase, number)
            for phrase in row.subject:
                self.subject.setdefault(phrase, number)
        self._phrases.update(body=PhraseSet(self.body), subject=PhraseSet(self.subject))

    def find_words(self, place: str, text: str) -> tuple[int, str] | None:
        """Return the first row whose words stand in a canonical body or subject, and the words."""
        owners = self.body if place == "body" else self.subject
        return min(((owners[phrase], phrase) for phrase in self._phrases[place].find_all(text)), default=None)
