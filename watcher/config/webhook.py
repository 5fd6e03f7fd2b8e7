"""The shape of an endpoint in the config: where events go, which, in what form, and how often it is tried."""

from datetime import timedelta
from hashlib import sha256
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from watcher.config.kinds import (
    CaFile,
    ContentType,
    EventType,
    Filled,
    HeaderName,
    Name,
    OneOrList,
    ReadableFile,
)
from watcher.config.network import Proxy, Url
from watcher.config.section import Section
from watcher.config.sinks import Command, SyslogTarget
from watcher.config.template import TemplateFile
from watcher.config.units import Duration, Rate, Secret
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


SIGNED = frozenset({"standard", "cloudevents", "template"})  # forms that receivers check by `secret` alone
IN_BATCHES = frozenset({"standard", "cloudevents", "sendgrid"})  # forms that have a list of events


class Webhook(Section):
    """One endpoint that events are sent to: a URL, a command, or the system's log."""

    name: Name = "app"
    url: Url | None = None
    exec: Command | None = None
    syslog: SyslogTarget | None = None
    secret: Annotated[tuple[SigningSecret, ...], Filled, OneOrList] = ()
    mailboxes: tuple[str, ...] | None = None
    events: Annotated[tuple[EventType, ...], Filled] = (
        "bounce.hard",
        "bounce.escalated",
        "complaint.received",
        "suppression.added",
    )
    format: Literal["standard", "cloudevents", "postmark", "mailgun", "sendgrid", "listmonk", "template"] = (
        "standard"
    )
    template: TemplateFile | None = None
    content_type: ContentType | None = None
    signing_key: Secret | None = None
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
    rate: Rate | None = None
    batch: Annotated[int, Field(ge=1, le=500)] = 1
    order: Literal["none", "recipient"] = "none"

    @model_validator(mode="after")
    def _check_signing_key(self) -> Self:
        if self.format == "sendgrid" and self.signing_key is not None:
            from watcher.config.signing_key import check_ecdsa_key  # noqa: PLC0415 - few configs have one

            self.signing_key.check(check_ecdsa_key)
        return self

    @property
    def target(self) -> str:
        """A digest of where events go and in what form: another one is another endpoint.  Holds no secret."""
        told = self.model_dump(include={"url", "exec", "syslog", "format", "events", "mailboxes", "proxy"})
        return sha256(repr(told).encode()).hexdigest()
