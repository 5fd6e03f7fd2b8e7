"""Policy profiles: other people's tables of what is hard and what is soft; they change the class alone.

A profile looks up the enhanced code written without its dots (5.2.1 as 521), then the reply code, then what
the codes say at large.  `default` has no table: there the taxonomy decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.model import BounceClass, CodeClass


@dataclass(frozen=True, slots=True)
class Profile:
    """One table: classes by number, and by code class for every other."""

    name: str
    title: str = ""  # whose table it is
    numbers: Mapping[str, BounceClass] = field(default_factory=dict)
    code_classes: Mapping[CodeClass, BounceClass] = field(default_factory=dict)

    def find_class(
        self, status: str | None, reply_code: int | None, code_class: CodeClass
    ) -> BounceClass | None:
        """Look the class up; None where this profile leaves it to the taxonomy."""
        if status and not status.endswith(".0.0"):
            compact = status.replace(".", "")
            if compact in self.numbers:
                return self.numbers[compact]
        elif reply_code is not None and str(reply_code) in self.numbers:
            return self.numbers[str(reply_code)]
        return self.code_classes.get(code_class)


@dataclass(frozen=True, slots=True)
class Profiles:
    """Every profile by its name."""

    rows: Mapping[str, Profile] = field(default_factory=dict)

    def __contains__(self, name: object) -> bool:
        """Say whether there is such a profile."""
        return name in self.rows

    def find(self, name: str) -> Profile | None:
        """Return the profile of a name; without one the taxonomy decides."""
        return self.rows.get(name)

    def names(self) -> tuple[str, ...]:
        """List the names that `--profile` takes."""
        return tuple(self.rows)
