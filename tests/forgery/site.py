"""A watcher of ours: config, pipeline and a state file, with a send log and a DKIM key to verify by."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from tests.forgery.letters import BOUNCES, KEY, OURS, SELECTOR, Written, dkim_record
from tests.reader.rulebook import RULES
from watcher.config.shape import Config
from watcher.decide.address import address_key
from watcher.decide.history import History
from watcher.imap.session import Fetched
from watcher.lookups import Lookups
from watcher.lookups.dns import Resolver
from watcher.model import Report as Read
from watcher.service.pipeline import Past, Pipeline
from watcher.store import Store


class NoDns(Resolver):
    """Our selectors are in the config; nobody has any other."""

    def record(self, name: str) -> str:
        return ""


@dataclass
class Outcome:
    """What came of some mails."""

    reports: list[Read]
    events: list[tuple[str, str | None]]  # type, address_key
    filed: list[str]
    reviews: list[str | None]
    store: Store = field(repr=False)

    def history(self, address: str) -> History:
        key = address_key(address)
        return self.store.histories([key])[key]

    def told(self, address: str) -> set[str]:
        return {name for name, key in self.events if key == address_key(address)}


def config(directory: Path, *, keys: bool, **more: object) -> Config:
    mailbox = {"name": "box", "host": "imap.example.com", "username": BOUNCES, "password": "x"}
    secret = "whsec_" + "c2FtcGxlIHNlY3JldCBvZiB0aGlydHktdHdvIGJ5dGU="
    webhook = {"name": "app", "url": "https://app.example.com/hook", "secret": secret, "events": ["*"]}
    authenticity: dict[str, object] = {
        "domains": [OURS],
        "dkim_keys": {f"{SELECTOR}._domainkey.{OURS}": dkim_record()},
    }
    values: dict[str, object] = {"mailboxes": [mailbox], "webhooks": [webhook], "authenticity": authenticity}
    if keys:
        values["return_path"] = {"domain": OURS, "keys": [{"id": KEY.id, "secret": KEY.secret.decode()}]}
        authenticity["trusted_authserv"] = ["mx.example.org"]
        authenticity["send_log"] = {
            "sqlite": str(send_log(directory)),
            "query": "SELECT recipient FROM sent WHERE message_id = :message_id",
        }
    return Config.model_validate(values | more)


def send_log(directory: Path) -> Path:
    path = directory / "sent.db"
    if not path.exists():
        with closing(sqlite3.connect(path)) as sql, sql:
            sql.execute("CREATE TABLE sent (message_id TEXT, recipient TEXT)")
            sql.execute(f"INSERT INTO sent VALUES ('<logged@{OURS}>', 'forger@evil.example')")
        sql.close()
    return path


def drive(state: Path, settings: Config, mails: list[Written], began: datetime | None = None) -> Outcome:
    """Take mails through the pipeline into the store, one batch each, as they came."""
    mailbox = settings.mailboxes[0]
    pipeline = Pipeline(settings, RULES, Lookups(settings.authenticity.send_log, NoDns()), began=began)
    store = Store.open(state)
    outcome = Outcome([], [], [], [], store)
    for uid, mail in enumerate(mails, 1):
        fetched = Fetched(uid=uid, raw=mail.raw, internal_date=mail.received, size=len(mail.raw))
        with store.transaction():
            reading = pipeline.read(mailbox, 7, fetched)
            decided = pipeline.decide(mailbox, [reading], Past(store.histories, store.tallies), mail.received)
            records = [pipeline.record(mailbox, found, made, mail.received) for found, made in decided]
            store.record_batch(records, (mailbox.name, mailbox.folder, 7, uid), mail.received)
        for found, made in decided:
            outcome.reports.append(found.report)
            outcome.filed.append(made.filing)
            outcome.reviews.append(made.review)
            for event in made.events:
                about = event.data["recipient"]
                address = None if about is None else about["address"]
                outcome.events.append((event.type, None if address is None else address_key(address)))
    return outcome
