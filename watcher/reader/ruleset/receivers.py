"""The big receivers, how they are recognised, and what their codes mean against the registry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from watcher.reader.ruleset.codes import CodeRow
from watcher.reader.ruleset.phrase_set import Finder


@dataclass(frozen=True, slots=True)
class Receiver:
    """One mail provider: host names, addresses' domains and words that give it away, and its codes."""

    name: str
    hosts: tuple[str, ...] = ()  # endings of the refusing server's name
    domains: tuple[str, ...] = ()  # of the recipient's address
    words: tuple[str, ...] = ()  # found in its replies, folded
    codes: Mapping[str, CodeRow] = field(default_factory=dict)  # by "5.4.1" or "550"

    def is_known_by(self, host: str, domain: str, text: str) -> bool:
        """Say whether the refusing server, the address or the reply is this receiver's."""
        return (
            domain in self.domains
            or (bool(host) and f".{host}".endswith(self.hosts))
            or any(word in text for word in self.words)
        )


@dataclass(frozen=True, slots=True)
class Receivers:
    """Every receiver that rows speak of."""

    rows: tuple[Receiver, ...] = ()
    # What gives away any of them; most refusals are of none.
    _hosts: tuple[str, ...] = field(init=False, repr=False)
    _domains: frozenset[str] = field(init=False, repr=False)
    _words: Finder = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Join what gives each of them away."""
        object.__setattr__(self, "_hosts", tuple(host for row in self.rows for host in row.hosts))
        object.__setattr__(self, "_domains", frozenset(domain for row in self.rows for domain in row.domains))
        object.__setattr__(self, "_words", Finder(word for row in self.rows for word in row.words))

    def find(self, host: str, domain: str, text: str) -> tuple[Receiver, ...]:
        """Return those that the facts of one refusal point to."""
        known = domain in self._domains or (bool(host) and f".{host}".endswith(self._hosts))
        if not known and not self._words.is_in(text):
            return ()
        return tuple(row for row in self.rows if row.is_known_by(host, domain, text))

    def know(self, domain: str) -> bool:
        """Say whether an address's domain may tell of a receiver, as its own or by a word in it."""
        return domain in self._domains or self._words.is_in(domain)

    def are_named_in(self, text: str) -> bool:
        """Say whether a word that gives a receiver away stands in a folded text."""
        return self._words.is_in(text)

    def find_sole(self, code: str) -> CodeRow | None:
        """Return the row on a code that one receiver alone gives: whoever writes it means the same."""
        found = [row.codes[code] for row in self.rows if code in row.codes]
        return found[0] if len(found) == 1 else None

    def names(self) -> frozenset[str]:
        """List the names that a rule's `receiver` may take."""
        return frozenset(row.name for row in self.rows)

    def __iter__(self) -> Iterator[CodeRow]:
        """Yield every receiver's rows on codes."""
        for receiver in self.rows:
            yield from receiver.codes.values()
