"""The shape of the config file: every key, its type and its default.

The contract's part on the config, key by key.  Frozen: a running watcher swaps the whole value, never a part.
"""

from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from watcher.config.units import Duration, Secret, Size


class Section(BaseModel):
    """What all sections share: unknown keys are errors, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Folders(Section):
    """Where a message goes, by kind; None leaves it where it is.

    '/' separates levels on every server.  The word `delete` removes the message.
    """

    bounce_hard: str | None = Field("Bounces/Hard", alias="bounce.hard")
    bounce_soft: str | None = Field("Bounces/Soft", alias="bounce.soft")
    bounce_block: str | None = Field("Bounces/Block", alias="bounce.block")
    bounce_undetermined: str | None = Field("Bounces/Undetermined", alias="bounce.undetermined")
    delay: str | None = "Delays"
    delivery: str | None = "Deliveries"
    auto_reply: str | None = "Auto-replies"
    challenge: str | None = "Challenges"
    complaint: str | None = "Complaints"
    feedback: str | None = "Feedback"
    receipt: str | None = "Receipts"
    request: str | None = "Requests"
    notice: str | None = "Notices"
    review: str | None = "Review"
    suspicious: str | None = "Suspicious"
    ordinary: str | None = None

    def target(self, key: str) -> str | None:
        """Give the folder of a filing key such as `bounce.hard`, `delay` or `review`."""
        value: str | None = getattr(self, key.replace(".", "_"))
        return value


class Mailbox(Section):
    """One IMAP mailbox to watch."""

    name: str  # filled from `username` where absent
    host: str
    port: int  # filled from `tls` where absent: 993 implicit, else 143
    tls: Literal["implicit", "starttls", "none"] = "implicit"
    allow_plaintext: bool = False
    ca_file: str | None = None
    client_cert: str | None = None
    pin: str | None = None  # sha256 of the server's certificate, hex
    username: str
    password: Secret
    folder: str = "INBOX"
    since: str | None = None  # ISO date
    poll: Duration | None = timedelta(minutes=5)
    cron: str | None = None
    idle: bool = True
    max_size: Size = 25_000_000
    mark_read: bool = False
    folders: Folders = Field(default_factory=Folders)


class Webhook(Section):
    """One endpoint that events are sent to."""

    name: str
    url: str
    secret: tuple[Secret, ...]  # one, or several while rotating
    mailboxes: tuple[str, ...] | None = None
    events: tuple[str, ...] = ("bounce.hard", "bounce.escalated", "complaint.received", "suppression.added")
    format: Literal["standard"] = "standard"
    retry: tuple[Duration, ...] = (
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
    timeout: Duration = timedelta(seconds=15)
    headers: dict[str, Secret] = Field(default_factory=dict)
    basic_auth: Secret | None = None  # user:password
    ca_file: str | None = None
    client_cert: str | None = None
    proxy: str | None = None


class Http(Section):
    """The one listener: health now, dashboard and API beside it later."""

    listen: str = "127.0.0.1:8025"
    token: Secret | None = None


class Policy(Section):
    """What a verdict leads to."""

    profile: Literal["default", "strict_code", "martech"] = "default"
    review_below: float = Field(0.6, ge=0, le=1)
    quarantine: Duration = timedelta(days=15)


class Authenticity(Section):
    """Which domains are ours, and what a report must show before it counts."""

    mode: Literal["score", "off"] | None = None
    domains: tuple[str, ...] = ()


class Retention(Section):
    """How long the store keeps what."""

    facts: Duration | None = timedelta(days=400)
    delivered_events: Duration | None = timedelta(days=30)
    dead_events: Duration | None = None


class Log(Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "text", "json"] = "auto"


class Config(Section):
    """The whole file."""

    state: str = "/var/lib/bounce-watcher/state.db"
    results: str | None = None
    mailboxes: tuple[Mailbox, ...]
    webhooks: tuple[Webhook, ...] = ()
    rules: tuple[str, ...] = ()
    http: Http | None = Field(default_factory=Http)
    policy: Policy = Field(default_factory=Policy)
    authenticity: Authenticity = Field(default_factory=Authenticity)
    retention: Retention = Field(default_factory=Retention)
    log: Log = Field(default_factory=Log)
