"""Load a file of the user's own: rules, signs and dialects, each of which comes before all of ours."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from watcher.errors import RuleError
from watcher.reader.ruleset.claims import Claim
from watcher.reader.ruleset.dialects import Dialect
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.receivers import Receivers
from watcher.reader.ruleset.signs import Sign
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.rules.dialects import load_dialect_file
from watcher.rules.files import read_toml
from watcher.rules.phrases import load_user_rules
from watcher.rules.samples import Trial, shows_dialect, shows_sign, try_samples
from watcher.rules.signs import load_sign_file


_Row = TypeVar("_Row", Sign, Claim, Dialect)


@dataclass(frozen=True, slots=True)
class Own:
    """What one file holds, and how the samples of its signs and dialects fared."""

    path: Path
    rules: tuple[WordRow, ...]
    signs: tuple[Sign, ...]
    dialects: tuple[Dialect, ...]
    samples: tuple[Trial, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        """List the ids of all rows."""
        rules = (row.id for row in self.rules)
        signs = (row.id for row in self.signs)
        dialects = (row.id for row in self.dialects)
        return (*rules, *signs, *dialects)


def load_own(path: Path, taxonomy: Taxonomy, receivers: Receivers) -> Own:
    """Read one file; samples are run, and not yet judged."""
    rules = load_user_rules(path, taxonomy, receivers)
    content = read_toml(path)
    for family in ("sign", "dialect"):
        for entry in content.get(family, []):
            if not entry.get("matches"):
                name = f"{family} {entry.get('id', '(no id)')}"
                raise RuleError(f"{path.name}: {name}: 'matches' is empty; give one real text")
    signs = load_sign_file(path, taxonomy, whole=True)
    dialects = load_dialect_file(path, whole=True)
    return Own(
        path=path,
        rules=tuple(rules),
        signs=tuple(signs),
        dialects=tuple(dialects),
        samples=(
            *run_samples(content.get("sign", []), signs, shows_sign),
            *run_samples(content.get("dialect", []), dialects, shows_dialect),
        ),
    )


def run_samples(
    entries: list[dict[str, Any]], rows: Sequence[_Row], shows: Callable[[_Row, str], bool]
) -> Iterator[Trial]:
    """Run the samples of signs, claims or dialects, each given as written and as loaded."""
    for entry, row in zip(entries, rows, strict=True):
        yield from try_samples(
            row.id, entry.get("matches", ()), entry.get("rejects", ()), partial(shows, row)
        )


def check_own(own: Own) -> None:
    """Raise for the first sample of a sign or dialect that does not hold."""
    for trial in own.samples:
        if trial.fault:
            raise RuleError(f"{own.path.name}: {trial.rule}: {trial.sample!r} {trial.fault}")
