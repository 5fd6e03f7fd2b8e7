"""Tell the language of a few words by the lists that hold them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Tongues:
    """The words of each language, canonical."""

    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def find(self, said: str) -> str | None:
        """Return the language most of whose words stand in a text; None where none does."""
        held = {
            language: sum(len(word) for word in words if word in said)
            for language, words in self.words.items()
        }
        best = max(held, key=lambda language: held[language], default=None)
        return best if best is not None and held[best] else None
