"""Give what a config says of trust in the terms of the checks, and ask outside where they need it."""

from datetime import date, datetime

from watcher.authenticity import Answers, Ours
from watcher.config.mailbox import Mailbox
from watcher.config.returnpath import keys_of, return_path_domain
from watcher.config.shape import Config
from watcher.config.username import domain_of
from watcher.lookups import Lookups
from watcher.model import Report
from watcher.reader.parse.message import Message
from watcher.service.reading import Judge


class Trust:
    """How one config judges whether a report is about mail of ours."""

    def __init__(self, config: Config, lookups: Lookups | None) -> None:
        self._enforces = config.trust_mode == "enforce"
        self._lookups = lookups
        self._config = config
        self._judges: dict[tuple[str, ...], Judge] = {}  # by the mailbox's own domain

    def judge_of(self, mailbox: Mailbox) -> Judge:
        """Give what is ours for the mail of a mailbox."""
        own = _domain_of(mailbox)
        if own not in self._judges:
            self._judges[own] = _judge(self._config, own, asks=self._lookups is not None)
        return self._judges[own]

    def is_enforced(self, mailbox: Mailbox, received: datetime) -> bool:
        """Tell whether a report that came then counts only where it is verified or strong."""
        return self._enforces and not self.judge_of(mailbox).is_older(received)

    def judge(self, mailbox: Mailbox, message: Message, report: Report, received: datetime) -> Report:
        """Give the report with its level; `received` is its INTERNALDATE."""
        judge = self.judge_of(mailbox)
        asked = judge.questions(message, report, received)
        answers = Answers() if self._lookups is None else self._lookups.answer(asked)
        return judge.judged(message, report, answers, received)


def _judge(config: Config, familiar: tuple[str, ...], *, asks: bool) -> Judge:
    trust, since = config.authenticity, config.return_path.since
    return Judge(
        Ours(
            domains=trust.domains,
            familiar=() if trust.domains else familiar,
            return_path_domain=return_path_domain(config),
            keys=keys_of(config),
            dkim_keys=trust.dkim_keys,
            trusted_authserv=trust.trusted_authserv,
            contradict=config.trust_mode != "off",
        ),
        since=None if since is None else date.fromisoformat(since),
        asks_send_log=asks and trust.send_log is not None,
    )


def _domain_of(mailbox: Mailbox) -> tuple[str, ...]:
    """Give the domain of a mailbox's user name."""
    domain = domain_of(mailbox.username)
    return (domain,) if domain else ()
