"""The nouns: what a message is, whom it is about, what failed and why.

Frozen values, handed from floor to floor.  Their JSON form is `watcher.reader.report_json`.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What a message is."""

    BOUNCE = "bounce"  # someone's copy failed
    DELAY = "delay"  # still trying
    DELIVERY = "delivery"  # a delivered, relayed or expanded notice
    AUTO_REPLY = "auto_reply"
    CHALLENGE = "challenge"
    COMPLAINT = "complaint"  # ARF abuse, fraud, virus, other, and their kin
    FEEDBACK = "feedback"  # ARF not-spam, auth-failure, unknown types
    RECEIPT = "receipt"  # MDN
    REQUEST = "request"  # unsubscribe, subscribe
    NOTICE = "notice"  # virus, moderation, DMARC and TLS reports
    ORDINARY = "ordinary"
    UNREADABLE = "unreadable"  # empty, no header field at all, or the reader itself failed


class BounceClass(StrEnum):
    """What a failure means for the address."""

    HARD = "hard"  # this address will never receive
    SOFT = "soft"  # may work later
    BLOCK = "block"  # refused for the sender's or the message's sake
    UNDETERMINED = "undetermined"


class Action(StrEnum):
    """RFC 3464 section 2.3.3."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


class CodeClass(StrEnum):
    """What the codes alone say."""

    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    NONE = "none"


class Level(StrEnum):
    """How sure we are that a report is about our own mail to this recipient."""

    VERIFIED = "verified"
    STRONG = "strong"
    PLAUSIBLE = "plausible"
    UNVERIFIED = "unverified"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Which row decided (`rule`), on which words of the mail (`matched`), found where (`where`)."""

    rule: str
    matched: str
    where: str


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a report, with the verdict on it.

    `status`, `reply_code` and `diagnostic` are what the mail says; what was inferred is in `reason` and
    `bounce_class` alone.  `action` is always set for bounces and delays.  A delayed recipient has no class.
    """

    address: str | None
    original_address: str | None = None
    action: Action | None = None
    status: str | None = None  # enhanced code, "5.1.1"
    reply_code: int | None = None
    diagnostic: str | None = None
    remote_mta: str | None = None
    command: str | None = None  # the SMTP command that was refused: "RCPT"
    code_class: CodeClass = CodeClass.NONE
    bounce_class: BounceClass | None = None
    reason: str | None = None
    fault: str | None = None
    advice: str | None = None
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """The report itself as a mail.  `date` is UTC, RFC 3339; `size` is in octets."""

    fingerprint: str  # "sha256:…"
    message_id: str | None = None
    sender: str | None = None
    to: tuple[str, ...] = ()
    subject: str | None = None
    date: str | None = None
    size: int = 0


@dataclass(frozen=True, slots=True)
class Original:
    """The returned message, or as much of its headers as came back."""

    message_id: str | None = None
    sender: str | None = None
    to: tuple[str, ...] = ()
    subject: str | None = None
    date: str | None = None
    list_id: str | None = None
    feedback_id: str | None = None
    headers: tuple[tuple[str, str], ...] = ()  # the X- fields


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """The address that the report was sent to: the return-path of our mail."""

    address: str
    form: str  # plain, verp, srs, batv, token
    recipient: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Authenticity:
    """The level, and the checks that led to it as (name, outcome)."""

    level: Level = Level.UNVERIFIED
    checks: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """All that one message says."""

    kind: Kind
    message: MessageFacts
    reason: str | None = None  # for kinds other than bounce and delay
    advice: str | None = None
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    format: str | None = None  # the dialect: "postfix", "exim", "arf"
    language: str | None = None
    reporting_mta: str | None = None
    recipients: tuple[Recipient, ...] = ()
    original: Original | None = None
    return_path: ReturnPath | None = None
    authenticity: Authenticity = field(default_factory=Authenticity)
    notes: tuple[str, ...] = ()
