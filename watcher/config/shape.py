"""The shape of the config file: every key, its type and its default.

The contract's part on the config, key by key; the larger sections have rooms of their own.  Frozen: a
running watcher swaps the whole value, never a part.  Texts are checked by the kinds they are of; what
concerns several keys at once is in `across`.
"""

from typing import Annotated, Literal

from pydantic import Field

from watcher.config.kinds import Filled, NewFile, ReadableFile, StateFile
from watcher.config.mailbox import Mailbox
from watcher.config.network import Listen
from watcher.config.policy import Policy, Retention
from watcher.config.section import Section
from watcher.config.trust import Authenticity, ReturnPath
from watcher.config.units import Secret, Size
from watcher.config.username import domain_of
from watcher.config.webhook import Webhook


class Http(Section):
    """The one listener."""

    listen: Listen = "127.0.0.1:8025"
    token: Secret | None = None


class Log(Section):
    """What is logged, and how."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["auto", "text", "json"] = "auto"


class Config(Section):
    """The whole file."""

    state: StateFile = "/var/lib/bounce-watcher/state.db"
    results: NewFile | None = None
    results_max_size: Annotated[Size, Field(ge=1000)] | None = None
    results_keep: Annotated[int, Field(ge=1, le=1000)] = 5
    mailboxes: Annotated[tuple[Mailbox, ...], Filled]
    webhooks: tuple[Webhook, ...] = ()
    return_path: ReturnPath = ReturnPath()
    rules: tuple[ReadableFile, ...] = ()
    http: Http | None = Http()
    policy: Policy = Policy()
    authenticity: Authenticity = Authenticity()
    retention: Retention = Retention()
    log: Log = Log()

    @property
    def trust_mode(self) -> Literal["score", "enforce", "off"]:
        """What a report must show: as configured, else by whether there are keys for return-paths."""
        return self.authenticity.mode or ("enforce" if self.return_path.keys else "score")

    @property
    def domainless(self) -> tuple[str, ...]:
        """The mailboxes whose bounces suppress nothing: neither a domain of ours nor a proof is known."""
        known = self.authenticity.domains or self.authenticity.send_log or self.return_path.keys
        if known or self.trust_mode == "off":
            return ()
        return tuple(mailbox.name for mailbox in self.mailboxes if domain_of(mailbox.username) is None)
