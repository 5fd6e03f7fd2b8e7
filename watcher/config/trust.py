"""The shape of what proves a report to be about mail of our own."""

import re
from datetime import timedelta
from hashlib import sha256
from importlib.util import find_spec
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from watcher.config.kinds import Day, ReadableFile
from watcher.config.network import Domain
from watcher.config.section import Section
from watcher.config.units import Duration, Secret


_KEY_ID = re.compile(r"[a-z0-9]{1,8}", re.ASCII)
_SELECTOR = re.compile(r"[a-z0-9](?:[a-z0-9_.-]{0,60}[a-z0-9])?\._domainkey\.[a-z0-9.-]{3,200}", re.ASCII)
_AUTHSERV = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,250}", re.ASCII)
SHORTEST_KEY = 16  # octets
_MAKE_KEY = "make one with: openssl rand -base64 32"


def _key_id(value: str) -> str:
    if not _KEY_ID.fullmatch(value):
        raise ValueError("no id of a key; write 1 to 8 lower-case letters and digits, such as a or 2027")
    return value


def _long_enough(text: str) -> None:
    if len(text.encode()) < SHORTEST_KEY:
        raise ValueError(f"the key is shorter than {SHORTEST_KEY} characters; {_MAKE_KEY}")


def _as_key(value: Any) -> Any:
    """Take a bare secret for a key whose id follows from it."""
    is_reference = isinstance(value, dict) and value.keys() & {"file", "env", "credential"}
    return {"secret": value} if isinstance(value, str) or is_reference else value


def _lifetime(value: timedelta) -> timedelta:
    if not timedelta(days=1) <= value <= timedelta(days=3650):
        raise ValueError("a return-path holds for 1 to 3650 days; write 30d")
    return value


def _dkim_name(value: str) -> str:
    name = value.strip(".").lower()
    if not _SELECTOR.fullmatch(name):
        raise ValueError("not the name of a DKIM key; write it as selector._domainkey.example.com")
    return name


def _dkim_key(value: str) -> str:
    from watcher.authenticity.public_key import read_key  # noqa: PLC0415 - slow, and few configs have one

    if read_key(value) is None:
        raise ValueError(
            "no public key that can be used; write the DNS record, v=DKIM1; k=rsa; p=…, of RSA from 1024 "
            "bits, or of Ed25519"
        )
    return value


def _authserv(value: str) -> str:
    if not _AUTHSERV.fullmatch(value):
        raise ValueError(
            "no authserv-id; write the first word that your server puts into Authentication-Results"
        )
    return value.lower()


def _query(value: str) -> str:
    if not re.search(r"(?<!:):(?:message_id|id)\b", value):
        raise ValueError(
            "asks for no message; write one such as: "
            "SELECT recipient FROM sent WHERE message_id = :message_id"
        )
    return value


def _postgresql(value: Secret) -> Secret:
    if find_spec("psycopg") is None:
        raise ValueError("psycopg is not installed; pip install 'bounce-watcher[postgresql]'")
    return value


class ReturnPathKey(Section):
    """A secret that return-paths are signed with, and the id that they carry of it."""

    id: Annotated[str, AfterValidator(_key_id)] | None = None
    secret: Annotated[Secret, AfterValidator(lambda secret: secret.check(_long_enough))]

    @property
    def name(self) -> str:
        """The id, or where none is given, four digits that follow from the secret."""
        return self.id or sha256(b"id:" + self.secret.reveal().encode()).hexdigest()[:4]


class ReturnPath(Section):
    """Signed return-paths of our own: the domain they end in, the keys, how long they hold."""

    domain: Domain | None = None
    keys: tuple[Annotated[ReturnPathKey, BeforeValidator(_as_key)], ...] = ()
    expires: Annotated[Duration, AfterValidator(_lifetime)] = timedelta(days=30)
    since: Day | None = None


PARAMETER = re.compile(r"(?<!:):(recipient|message_id|id)\b")  # of a query


def names_in(query: str) -> set[str]:
    """Give the names that a query asks by: message_id, recipient, id."""
    return {found[1] for found in PARAMETER.finditer(query)}


class SendLog(Section):
    """A record of what was sent: where it is kept, and the query that asks it."""

    sqlite: ReadableFile | None = None
    postgresql: Annotated[Secret, AfterValidator(_postgresql)] | None = None
    query: Annotated[str, AfterValidator(_query)]


class Authenticity(Section):
    """Which domains are ours, and what a report must show before it counts."""

    mode: Literal["score", "enforce", "off"] | None = None
    domains: tuple[Domain, ...] = ()
    send_log: SendLog | None = None
    trusted_authserv: tuple[
        Annotated[str, AfterValidator(_authserv), WithJsonSchema({"type": "string"})], ...
    ] = ()
    dkim_keys: dict[
        Annotated[str, AfterValidator(_dkim_name)],
        Annotated[str, AfterValidator(_dkim_key), WithJsonSchema({"type": "string"})],
    ] = Field(default_factory=dict)
