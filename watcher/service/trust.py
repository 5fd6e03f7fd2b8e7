"""Give what a config says of trust in the terms of the checks, and ask outside where they need it."""

from datetime import UTC, date, datetime

from watcher.authenticity import Answers, Ours, authenticate, questions
from watcher.config.mailbox import Mailbox
from watcher.config.returnpath import keys_of, return_path_domain
from watcher.config.shape import Config
from watcher.lookups import Lookups
from watcher.model import Report
from watcher.reader.parse.message import Message


class Trust:
    """How one config judges whether a report is about mail of ours."""

    def __init__(self, config: Config, lookups: Lookups | None) -> None:
        self._config = config
        self._lookups = lookups
        since = config.return_path.since
        self._since = None if since is None else date.fromisoformat(since)
        self._keys = keys_of(config)

    def is_enforced(self, received: datetime) -> bool:
        """Tell whether a report that came then counts only where it is verified or strong."""
        return self._config.trust_mode == "enforce" and not self._is_older(received)

    def judge(self, mailbox: Mailbox, message: Message, report: Report, received: datetime) -> Report:
        """Give the report with its level; `received` is its INTERNALDATE."""
        ours = self._ours(mailbox, received)
        asked = questions(message, report, ours, received)
        answers = Answers() if self._lookups is None else self._lookups.answer(asked)
        return authenticate(message, report, ours, answers, received)

    def _is_older(self, received: datetime) -> bool:
        # By INTERNALDATE, which our own server writes: any date within a mail is its sender's word.
        return self._since is not None and received.astimezone(UTC).date() < self._since

    def _ours(self, mailbox: Mailbox, received: datetime) -> Ours:
        trust = self._config.authenticity
        return Ours(
            domains=trust.domains,
            familiar=() if trust.domains else _domain_of(mailbox),
            return_path_domain=return_path_domain(self._config),
            keys=() if self._is_older(received) else self._keys,
            dkim_keys=trust.dkim_keys,
            trusted_authserv=trust.trusted_authserv,
            contradict=self._config.trust_mode != "off",
        )


def _domain_of(mailbox: Mailbox) -> tuple[str, ...]:
    """Give the domain of a mailbox's user name."""
    _, at, domain = mailbox.username.rpartition("@")
    return (domain,) if at else ()
