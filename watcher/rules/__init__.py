"""Read, check and compile the rule files into one frozen `Rules`: ours, and those that the user names."""

from collections.abc import Sequence
from pathlib import Path

from watcher.errors import RuleError
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.phrases import Phrases
from watcher.rules.codes import load_codes
from watcher.rules.dialects import DIALECTS, load_dialects
from watcher.rules.files import CLASSIFY
from watcher.rules.phrases import load_phrases, load_readings, load_user_rules
from watcher.rules.profiles import load_profiles
from watcher.rules.receivers import load_receivers
from watcher.rules.samples import check_samples
from watcher.rules.signs import SIGNS, load_signs
from watcher.rules.taxonomy import load_taxonomy


__all__ = ["load_rules"]


def load_rules(extra: Sequence[Path] = ()) -> Rules:
    """Return every rule in force; `extra` are files of the user's own, whose samples are run at once."""
    taxonomy = load_taxonomy(CLASSIFY / "taxonomy.csv")
    receivers, receiver_rows = load_receivers(CLASSIFY / "receivers", taxonomy)
    rows = [*load_phrases(CLASSIFY / "phrases", taxonomy), *receiver_rows]
    known = {row.id for row in rows}
    for path in extra:
        own = load_user_rules(Path(path), taxonomy, receivers)
        for row in own:
            if row.id in known:
                raise RuleError(f"{Path(path).name}: rule {row.id}: this id is taken; give it another")
            known.add(row.id)
        check_samples(Path(path).name, own)
        rows = [*own, *rows]
    return Rules(
        taxonomy=taxonomy,
        codes=load_codes(CLASSIFY / "codes", taxonomy),
        phrases=Phrases.build(rows, **load_readings(CLASSIFY / "readings.toml")),
        receivers=receivers,
        profiles=load_profiles(CLASSIFY / "profiles.toml"),
        signs=load_signs(SIGNS, taxonomy),
        dialects=load_dialects(DIALECTS),
    )
