"""The shape of an endpoint in the config: where events go, which, in what form, and how often it is tried."""

from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from watcher.config.kinds import (
    CaFile,
    EventType,
    Filled,
    HeaderName,
    Name,
    OneOrList,
    Proxy,
    ReadableFile,
    Url,
)
from watcher.config.later import NotYet
from watcher.config.section import Section
from watcher.config.units import Duration, Secret
from watcher.config.waits import Wait
from watcher.config.webhook_secret import parse_secret


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


SigningSecret = Annotated[Secret, AfterValidator(lambda secret: secret.check(_whsec))]
HeaderSecret = Annotated[Secret, AfterValidator(lambda secret: secret.check(_one_line))]
BasicAuth = Annotated[Secret, AfterValidator(lambda secret: secret.check(_user_and_password))]


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
