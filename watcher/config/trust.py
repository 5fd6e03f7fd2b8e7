"""The shape of what proves a report to be about mail of our own."""

from typing import Annotated, Any, Literal

from pydantic import Field

from watcher.config.kinds import Domain
from watcher.config.later import NotYet
from watcher.config.section import Section


class ReturnPath(Section):
    """Signed return-paths of our own, once they can be made."""

    domain: Annotated[Any, NotYet(None, "leave it out")] = None
    keys: Annotated[Any, NotYet([], "leave it out; reports are judged in the mode score")] = Field(
        default_factory=list
    )
    expires: Annotated[Any, NotYet("30d", "leave it out")] = "30d"
    since: Annotated[Any, NotYet(None, "leave it out")] = None


class Authenticity(Section):
    """Which domains are ours, and what a report must show before it counts."""

    mode: Literal["score", "off"] | None = None
    domains: tuple[Domain, ...] = ()
    send_log: Annotated[Any, NotYet(None, "leave it out")] = None
    trusted_authserv: Annotated[Any, NotYet([], "leave it out")] = Field(default_factory=list)
    dkim_keys: Annotated[Any, NotYet({}, "leave it out")] = Field(default_factory=dict)
