"""What the stages of the reader hand to each other."""

from typing import NamedTuple

from watcher.model import Action, BounceClass, CodeClass, Evidence, Kind, Original


LIST_RULE = "list.refusal"  # the evidence that a list manager refuses a post


class Clue(NamedTuple):
    """One text that speaks about a recipient, and where it stands: `diagnostic-code`, `body`."""

    text: str
    where: str


class Finding(NamedTuple):
    """What extraction found out about one recipient; the input of classification.

    `status` follows the contract: the diagnostic's enhanced code where the Status field is absent, x.0.0 or
    of another class than the reply; else the field's.  `clues` hold every text about this recipient, the
    refusing server's own words first.
    """

    address: str | None
    original_address: str | None = None
    action: Action | None = None
    status: str | None = None
    reply_code: int | None = None
    diagnostic: str | None = None
    remote_mta: str | None = None
    command: str | None = None
    clues: tuple[Clue, ...] = ()


class Extract(NamedTuple):
    """What extraction found in a whole message."""

    format: str | None = None  # the dialect, "postfix"
    reporting_mta: str | None = None
    findings: tuple[Finding, ...] = ()
    original: Original | None = None
    evidence: tuple[Evidence, ...] = ()
    notes: tuple[str, ...] = ()
    is_anybodys: bool = False  # the report comes from an address like anybody's
    language: str | None = None  # where extraction was told by words of one
    shares_reply: bool = False  # each of several recipients is given what was said of one


class Recognition(NamedTuple):
    """What kind of mail a message is, and which sign said so."""

    kind: Kind
    reason: str | None = None
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    language: str | None = None
    is_anybodys: bool = False  # no mail system shows that it wrote the report


class Verdict(NamedTuple):
    """Why a recipient failed, and what follows."""

    reason: str
    bounce_class: BounceClass | None  # None for a delayed recipient
    code_class: CodeClass
    fault: str
    advice: str
    confidence: float
    evidence: tuple[Evidence, ...]
