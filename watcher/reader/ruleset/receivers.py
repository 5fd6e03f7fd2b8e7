"""The big receivers, how they are recognised, and what their codes mean against the registry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from watcher.reader.ruleset.codes import CodeRow


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
            or any(map(text.__contains__, self.words))
        )


@dataclass(frozen=True, slots=True)
class Receivers:
    """Every receiver that rows speak of."""

    rows: tuple[Receiver, ...] = ()
    _any: Receiver = field(init=False, repr=False)  # what gives away any of them; most refusals are of none

    def __post_init__(self) -> None:
        """Join what gives each of them away."""
        joined = Receiver(
            "",
            hosts=tuple(host for row in self.rows for host in row.hosts),
            domains=tuple(domain for row in self.rows for domain in row.domains),
            words=tuple(word for row in self.rows for word in row.words),
        )
        object.__setattr__(self, "_any", joined)

    def find(self, host: str, domain: str, text: str) -> tuple[Receiver, ...]:
        """Return those that the facts of one refusal point to."""
        if not self._any.is_known_by(host, domain, text):
            return ()
        return tuple(row for row in self.rows if row.is_known_by(host, domain, text))

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
