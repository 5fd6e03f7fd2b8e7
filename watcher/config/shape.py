"""The shape of the config file: every key, its type and its default.

The contract's part on the config, key by key.  Frozen: a running watcher swaps the whole value, never a part.
Texts are checked by the kinds they are of; what concerns several keys at once is in `across`.
"""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from watcher.config.kinds import (
    CaFile,
    Cron,
    Day,
    Domain,
    EventType,
    Filled,
    FolderName,
    HeaderName,
    Host,
    Kept,
    Listen,
    Name,
    NewFile,
    OneOrList,
    Pin,
    Proxy,
    ReadableFile,
    StateFile,
    Url,
)
from watcher.config.later import NotYet
from watcher.config.units import Duration, Secret, Size
from watcher.config.webhook_secret import parse_secret


class Section(BaseModel):
    """What all sections share: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Target = FolderName | None
KeptTarget = Annotated[FolderName | None, Kept]


class Folders(Section):
    """Where a message goes, by kind; null leaves it where it is.

    '/' separates levels on every server.  The word `delete` removes the message.
    """

    bounce_hard: Target = Field(default="Bounces/Hard", alias="bounce.hard")
    bounce_soft: Target = Field(default="Bounces/Soft", alias="bounce.soft")
    bounce_block: Target = Field(default="Bounces/Block", alias="bounce.block")
    bounce_undetermined: Target = Field(default="Bounces/Undetermined", alias="bounce.undetermined")
    delay: Target = "Delays"
    delivery: Target = "Deliveries"
    auto_reply: Target = "Auto-replies"
    challenge: Target = "Challenges"
    complaint: Target = "Complaints"
    feedback: Target = "Feedback"
    receipt: Target = "Receipts"
    request: Target = "Requests"
    notice: Target = "Notices"
    review: KeptTarget = "Review"
    suspicious: Target = "Suspicious"
    ordinary: KeptTarget = None

    def target(self, key: str) -> str | None:
        """Give the folder of a filing key such as `bounce.hard`, `delay` or `review`."""
        value: str | None = getattr(self, key.replace(".", "_"))
        return value


def _default_name(found: dict[str, Any]) -> str:
    return str(found.get("username") or "mailbox")


def _default_port(found: dict[str, Any]) -> int:
    return 993 if found.get("tls", "implicit") == "implicit" else 143


def _default_poll(found: dict[str, Any]) -> timedelta | None:
    return None if found.get("cron") else timedelta(minutes=5)


def _at_least_a_second(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("shorter than a second; write 1s or more")
    return value


def _whsec(text: str) -> None:
    try:
        parse_secret(text)
    except ValueError as error:
        raise ValueError(f"the secret {error}") from None


def _user_and_password(text: str) -> None:
    user, colon, _ = text.partition(":")
    if not user or not colon:
        raise ValueError("no user and password; write user:password")


def _one_line(text: str) -> None:
    if not text.isprintable():
        raise ValueError("a header's value holds a line end or control character; remove it")


Wait = Annotated[Duration, AfterValidator(_at_least_a_second)]
SigningSecret = Annotated[Secret, AfterValidator(lambda secret: secret.check(_whsec))]
HeaderSecret = Annotated[Secret, AfterValidator(lambda secret: secret.check(_one_line))]
BasicAuth = Annotated[Secret, AfterValidator(lambda secret: secret.check(_user_and_password))]


class Mailbox(Section):
    """One IMAP mailbox to watch; `name` defaults to the username, `port` to 993 or 143 by `tls`."""

    host: Host
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    allow_plaintext: bool = False
    port: int = Field(default_factory=_default_port, ge=1, le=65_535)
    ca_file: CaFile | None = None
    client_cert: ReadableFile | None = None
    pin: Pin | None = None
    username: Annotated[str, Field(min_length=1)]
    name: Name = Field(default_factory=_default_name)
    password: Secret
    oauth2: Annotated[Any, NotYet(None, "sign in with a password, or an app password, under password")] = None
    folder: FolderName = "INBOX"
    since: Day | None = None
    cron: Cron | None = None
    poll: Wait | None = Field(default_factory=_default_poll)
    idle: bool = True
    max_size: Annotated[Size, Field(ge=10_000)] = 25_000_000
    mark_read: bool = False
    folders: Folders = Folders()


class Webhook(Section):
    """One endpoint that events are sent to."""

    name: Name = "app"
    url: Url
    secret: Annotated[tuple[SigningSecret, ...], Filled, OneOrList]
    mailboxes: tuple[str, ...] | None = None
    events: Annotated[tuple[EventType, ...], Filled] = (
        "bounce.hard",
        "bounce.escalated",
        "complaint.received",
        "suppression.added",
    )
    format: Literal["standard"] = "standard"
    retry: Annotated[tuple[Duration, ...], Filled] = (
        timedelta(0),
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        timedelta(hours=10),
        timedelta(hours=14),
        timedelta(hours=20),
        timedelta(hours=24),
    )
    timeout: Wait = timedelta(seconds=15)
    headers: dict[HeaderName, HeaderSecret] = Field(default_factory=dict)
    basic_auth: BasicAuth | None = None
    ca_file: CaFile | None = None
    client_cert: ReadableFile | None = None
    proxy: Proxy | None = None
    rate: Annotated[Any, NotYet(None, "leave it out; a slow endpoint answers 429 with Retry-After")] = None


class ReturnPath(Section):
    """Signed return-paths of our own, once they can be made."""

    domain: Annotated[Any, NotYet(None, "leave it out")] = None
    keys: Annotated[Any, NotYet([], "leave it out; reports are judged in the mode score")] = Field(
        default_factory=list
    )
    expires: Annotated[Any, NotYet("30d", "leave it out")] = "30d"
    since: Annotated[Any, NotYet(None, "leave it out")] = None


class Http(Section):
    """The one listener."""

    listen: Listen = "127.0.0.1:8025"
    token: Secret | None = None


class Policy(Section):
    """What a verdict leads to."""

    profile: Literal["default", "strict_code", "martech"] = "default"
    review_below: float = Field(default=0.6, ge=0, le=1, allow_inf_nan=False)
    escalation: Annotated[Any, NotYet({}, "leave it out; the built-in table of reasons holds")] = Field(
        default_factory=dict
    )
    quarantine: Duration = timedelta(days=15)
    caps: Annotated[Any, NotYet({}, "leave it out")] = Field(default_factory=dict)


class Authenticity(Section):
    """Which domains are ours, and what a report must show before it counts."""

    mode: Literal["score", "off"] | None = None
    domains: tuple[Domain, ...] = ()
    send_log: Annotated[Any, NotYet(None, "leave it out")] = None
    trusted_authserv: Annotated[Any, NotYet([], "leave it out")] = Field(default_factory=list)
    dkim_keys: Annotated[Any, NotYet({}, "leave it out")] = Field(default_factory=dict)


class Retention(Section):
    """How long the store keeps what; null for ever."""

    facts: Duration | None = timedelta(days=400)
    delivered_events: Duration | None = timedelta(days=30)
    dead_events: Duration | None = None


class Log(Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "text", "json"] = "auto"


class Config(Section):
    """The whole file."""

    state: StateFile = "/var/lib/bounce-watcher/state.db"
    results: NewFile | None = None
    mailboxes: Annotated[tuple[Mailbox, ...], Filled]
    webhooks: tuple[Webhook, ...] = ()
    return_path: ReturnPath = ReturnPath()
    rules: tuple[ReadableFile, ...] = ()
    http: Http | None = Http()
    policy: Policy = Policy()
    authenticity: Authenticity = Authenticity()
    retention: Retention = Retention()
    log: Log = Log()
