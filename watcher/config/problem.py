"""One fault of a config file: its line, its key and what to write instead."""

from dataclasses import dataclass


KeyPath = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A fault; `text` is `what is wrong; what to write instead`."""

    line: int
    path: KeyPath
    text: str

    def render(self, file: str) -> str:
        """Give the whole line as the contract has it."""
        place = f"{file}:{self.line}: "
        return f"{place}{key_path(self.path)}: {self.text}" if self.path else f"{place}{self.text}"


def key_path(path: KeyPath) -> str:
    """Write a path as a person reads it: `mailboxes[0].folders.delay`."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def shown(value: object, longest: int = 60) -> str:
    """Give a wrong value as it may stand in an error: short, on one line, no password of a URL in it."""
    text = "".join(c if c.isprintable() else "�" for c in str(value))
    scheme, separator, rest = text.partition("://")
    if separator and "@" in rest:
        text = f"{scheme}://…@{rest.rpartition('@')[2]}"
    return f"'{text[:longest]}…'" if len(text) > longest else f"'{text}'"
