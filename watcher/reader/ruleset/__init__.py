"""The rows that the reader goes by, as frozen values: `Rules` is handed to every stage."""

from dataclasses import dataclass, field
from typing import Any

from watcher.reader.ruleset.codes import Codes
from watcher.reader.ruleset.phrases import Phrases
from watcher.reader.ruleset.profiles import Profiles
from watcher.reader.ruleset.receivers import Receivers
from watcher.reader.ruleset.taxonomy import Taxonomy


@dataclass(frozen=True, slots=True)
class Rules:
    """All rows in force, ours and the user's."""

    taxonomy: Taxonomy
    codes: Codes
    phrases: Phrases
    receivers: Receivers
    profiles: Profiles = field(default_factory=Profiles)
    signs: Any = None
    dialects: Any = None
