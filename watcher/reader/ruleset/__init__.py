"""The rows that the reader goes by, as frozen values: `Rules` is handed to every stage."""

from dataclasses import dataclass, field

from watcher.reader.ruleset.claims import Claims
from watcher.reader.ruleset.codes import Codes
from watcher.reader.ruleset.concepts import Concepts
from watcher.reader.ruleset.confidence import Confidence
from watcher.reader.ruleset.dialects import Dialects
from watcher.reader.ruleset.mending import Mending
from watcher.reader.ruleset.nears import Nears
from watcher.reader.ruleset.phrases import Phrases
from watcher.reader.ruleset.profiles import Profiles
from watcher.reader.ruleset.readings import Readings
from watcher.reader.ruleset.receivers import Receivers
from watcher.reader.ruleset.signs import Signs
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.reader.ruleset.tongues import Tongues


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: what was judged by some is remembered
class Rules:
    """All rows in force, ours and the user's."""

    taxonomy: Taxonomy
    codes: Codes
    phrases: Phrases
    receivers: Receivers
    confidence: Confidence
    readings: Readings = field(default_factory=Readings)
    nears: Nears = field(default_factory=Nears)
    own_nears: Nears = field(default_factory=Nears)  # the user's
    mending: Mending = field(default_factory=Mending)  # of words that lost letters
    refusals: Nears = field(default_factory=Nears)  # of a post by a list manager
    tongues: Tongues = field(default_factory=Tongues)  # of those refusals
    profiles: Profiles = field(default_factory=Profiles)
    signs: Signs = field(default_factory=Signs)
    concepts: Concepts = field(default_factory=Concepts)  # of answers; those of claims are with the claims
    claims: Claims = field(default_factory=Claims)
    dialects: Dialects = field(default_factory=Dialects)
