"""The rows of `taxonomy.csv`: what each reason is, means for an address, and asks of the sender."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from watcher.model import BounceClass, Kind


@dataclass(frozen=True, slots=True)
class Reason:
    """One row: a reason, the class of its permanent and of its temporary form, and what follows."""

    name: str
    kind: Kind
    bounce_class: BounceClass | None
    class_if_temporary: BounceClass | None
    fault: str
    advice: str
    advice_if_temporary: str
    escalation: str
    escalation_if_temporary: str
    history: str
    definition: str
    outbound: tuple[tuple[str, str], ...] = ()  # the nearest names in other services' webhooks

    def class_for(self, *, temporary: bool) -> BounceClass | None:
        """Say what this reason means for the address, refused for good or for now."""
        return self.class_if_temporary if temporary else self.bounce_class

    def advice_for(self, *, temporary: bool) -> str:
        """Say what the sender should do; the temporary form has its own word where it differs."""
        return (self.advice_if_temporary or self.advice) if temporary else self.advice


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Every reason by its name."""

    rows: Mapping[str, Reason]

    def __getitem__(self, name: str) -> Reason:
        """Return the row of a reason."""
        return self.rows[name]

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a reason."""
        return name in self.rows

    def __iter__(self) -> Iterator[Reason]:
        """Yield the rows in the order of the file."""
        return iter(self.rows.values())

    def __len__(self) -> int:
        """Count the reasons."""
        return len(self.rows)
