"""The shape of a mailbox in the config: how to reach it, how to read it, where its mail goes."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import Field

from watcher.config.kinds import CaFile, Cron, Day, FolderName, Kept, Name, Pin, ReadableFile
from watcher.config.network import Host
from watcher.config.oauth2 import OAuth2
from watcher.config.section import Section
from watcher.config.units import Secret, Size
from watcher.config.waits import Wait


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
    password: Secret | None = None
    oauth2: OAuth2 | None = None
    folder: FolderName = "INBOX"
    since: Day | None = None
    order: Literal["oldest", "newest"] = "oldest"
    cron: Cron | None = None
    poll: Wait | None = Field(default_factory=_default_poll)
    idle: bool = True
    max_size: Annotated[Size, Field(ge=10_000)] = 25_000_000
    mark_read: bool = False
    folders: Folders = Folders()
