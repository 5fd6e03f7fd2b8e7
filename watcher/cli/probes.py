"""Try all that a config names, and change nothing: what `check` asks of servers, files and the store.

A probe gives findings; a fault ends the probe it belongs to and no other.
"""

import asyncio
import os
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from watcher.cli.sample import levels, trust
from watcher.config.mailbox import Folders, Mailbox
from watcher.config.shape import Config
from watcher.config.webhook import Webhook
from watcher.deliver.carrier import open_carrier
from watcher.deliver.endpoint import tls_context
from watcher.deliver.faults import client_fault, place_of_endpoint, timeout_fault
from watcher.deliver.outcome import Outcome, Result
from watcher.deliver.parcel import batch_of, parcel_of
from watcher.deliver.shapes.shape import not_carried, shape
from watcher.errors import ConfigError, ConnectError, StoreError, TlsError, WatcherError
from watcher.events import Event, event_id, moment
from watcher.imap.oauth2 import Tokens
from watcher.imap.session import Memory, Session
from watcher.model import BounceClass, Recipient
from watcher.reader.report_json import recipient_to_dict
from watcher.rules import load_rules
from watcher.store import Store
from watcher.store.database import way_to_make


TELLING = ("IDLE", "MOVE", "UIDPLUS", "CONDSTORE", "QRESYNC", "SPECIAL-USE")
ANSWER = 200  # letters shown of what an endpoint answered


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the answer: what was tried, and how it went."""

    about: str
    text: str
    exit_code: int = 0  # of the fault, or 0


def probe(config: Config, *, send_test: bool) -> Iterator[Finding]:
    """Try everything, one thing after the other."""
    yield from _guarded("rules", lambda: _rules(config))
    yield from _guarded("authenticity", lambda: trust(config))
    yield from _guarded("state", lambda: _state(config.state))
    if config.results is not None:
        yield from _guarded("results", lambda: _results(str(config.results)))
    tokens = Tokens.beside(config.state)
    for mailbox in config.mailboxes:
        yield from _guarded(f"mailbox {mailbox.name}", lambda box=mailbox: _mailbox(box, tokens, config))  # type: ignore[misc]
    for webhook in config.webhooks:
        yield from _guarded(f"webhook {webhook.name}", lambda hook=webhook: _webhook(hook, send_test))  # type: ignore[misc]


def _guarded(about: str, attempt: Callable[[], Iterator[str]]) -> Iterator[Finding]:
    try:
        for text in attempt():
            yield Finding(about, text)
    except WatcherError as error:
        yield Finding(about, str(error).replace(f"{about}: ", "", 1), error.exit_code)


def _rules(config: Config) -> Iterator[str]:
    load_rules([Path(path) for path in config.rules])
    yield (
        f"the built-in rules and {len(config.rules)} of your own files"
        if config.rules
        else "the built-in rules"
    )


def _state(state: str) -> Iterator[str]:
    path = Path(state)
    if path.exists():
        Store.open(path, readonly=True).close()
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            raise StoreError(f"{path}: cannot be written; let this user write the file and its folder")
        yield f"{path} can be read and written"
    else:
        if not os.access(path.parent, os.W_OK | os.X_OK):
            raise StoreError(f"{path}: cannot be made; {way_to_make(path)}")
        yield f"{path} will be made"


def _results(results: str) -> Iterator[str]:
    path = Path(results)
    if path.is_dir():
        raise StoreError(f"{path}: is a directory; name a file in it")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise StoreError(f"{path}: cannot be written; {way_to_make(path)}")
    yield f"{path} can be written"


def _mailbox(mailbox: Mailbox, tokens: Tokens, config: Config) -> Iterator[str]:
    with Session.open(mailbox, memory=Memory(tokens=tokens)) as session:
        offered = [name for name in TELLING if name in session.capabilities]
        place = f"{mailbox.host}:{mailbox.port} as {mailbox.username}"
        yield f"signed in to {place} ({', '.join(offered) or 'IMAP alone'})"
        selected = session.select(readonly=True)
        yield f"{mailbox.folder} holds {selected.exists} messages"
        missing = session.missing_folders(_targets(mailbox.folders))
        yield f"folders that will be made: {', '.join(missing)}" if missing else "every folder is there"
        yield from levels(
            session, selected, mailbox, config, load_rules([Path(path) for path in config.rules])
        )


def _targets(folders: Folders) -> list[str]:
    names = (getattr(folders, field) for field in type(folders).model_fields)
    return list(dict.fromkeys(name for name in names if name is not None and name != "delete"))


def _webhook(webhook: Webhook, send_test: bool) -> Iterator[str]:
    place = place_of_endpoint(webhook)
    if unsaid := not_carried(webhook):
        yield f"the format {webhook.format} has no word for {', '.join(unsaid)}: not sent"
    if webhook.template is not None:
        yield _template(webhook, place)
    if send_test:
        yield asyncio.run(_send_test(webhook, place))
    elif webhook.exec is not None:
        yield f"{webhook.exec[0]} can be run; it was not"
    elif webhook.syslog is not None:
        yield f"{webhook.syslog} is to get a line an event; none was written"
    else:
        yield asyncio.run(_connect(webhook, webhook.url or "", place))


def _template(webhook: Webhook, place: str) -> str:
    body = shape(sample_event(webhook, datetime.now(UTC)), webhook)
    if body is None or body.error is not None:
        raise ConfigError(((body.error if body is not None else None) or f"{place}: nothing written",))
    return f"the template writes {len(body.content)} octets for a sample event"


async def _connect(webhook: Webhook, url: str, place: str) -> str:
    parts = urlsplit(webhook.proxy or url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        tls = tls_context(webhook) if parts.scheme == "https" else None
        opening = asyncio.open_connection(parts.hostname, port, ssl=tls)
        _, writer = await asyncio.wait_for(opening, webhook.timeout.total_seconds())
        writer.close()
    except TimeoutError:
        raise ConnectError(timeout_fault(place, webhook.timeout, connected=False)) from None
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message.lower().rstrip(".")
        raise TlsError(f"{place}: the certificate is not accepted ({why}); name its CA in ca_file") from None
    except OSError as error:
        raise ConnectError(client_fault(place, error)) from None
    except ValueError as error:
        raise ConnectError(f"{place}: {error}") from None
    return f"{'the proxy ' if webhook.proxy else ''}{parts.hostname}:{port} answers; nothing was sent"


async def _send_test(webhook: Webhook, place: str) -> str:
    now = datetime.now(UTC)
    try:
        carrier = open_carrier(webhook, 1)
    except ValueError as error:
        raise ConnectError(str(error)) from None
    event = sample_event(webhook, now)
    try:
        body = shape(event, webhook)
        if body is None or body.error is not None:
            raise ConnectError(f"{place}: {body.error if body is not None else 'no test in this format'}")
        parcel = parcel_of(event.event_id, event.type, body.format, body.content)
        outcome = await carrier.post(batch_of([parcel]) if webhook.batch > 1 else parcel, now)
    finally:
        await carrier.close()
    if outcome.result is not Result.DELIVERED:
        raise ConnectError(_told(outcome) or f"{place}: refused")
    return f"took a {'signed ' if webhook.secret else ''}{event.type} event ({event.event_id[:12]}…)"


def _told(outcome: Outcome) -> str:
    """Say how a test failed, and the first of what was answered: it may be a whole page."""
    answer = outcome.answer
    short = replace(outcome, answer=answer if len(answer) <= ANSWER else f"{answer[:ANSWER]}…")
    return short.last_error


def test_event(webhook: str, now: datetime) -> Event:
    """Make the event that says nothing but that the way is open."""
    name = event_id("", f"{webhook} {now.isoformat()}", "webhook.test")
    absent = ("mailbox", "recipient", "message", "original", "return_path", "authenticity", "history")
    content = {"event_id": name, **dict.fromkeys(absent), "replay": False}
    return Event(event_id=name, type="webhook.test", timestamp=moment(now), data=content)


def sample_event(webhook: Webhook, now: datetime) -> Event:
    """Make a test for an endpoint; where its format has no word for one, a soft bounce of nobody's address.

    The domain is one that never exists (RFC 2606), and the class one that suppresses nobody.
    """
    event = test_event(webhook.name, now)
    if webhook.format in {"standard", "cloudevents"}:
        return event
    recipient = recipient_to_dict(
        Recipient(
            "webhook-test@example.invalid",
            diagnostic="452 4.2.2 a test: nothing has bounced",
            bounce_class=BounceClass.SOFT,
            reason="mailbox_unavailable",
        )
    )
    return replace(event, type="bounce.soft", data={**event.data, "recipient": recipient})
