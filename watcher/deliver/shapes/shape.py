"""Put an event into the shape that an endpoint asks for: the one place that knows them all."""

import json
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import NamedTuple

from watcher.config.events import EVENT_TYPES
from watcher.config.webhook import Webhook
from watcher.deliver.shapes import cloudevents, listmonk, mailgun, names, postmark, sendgrid, standard
from watcher.events import Event


class Body(NamedTuple):
    """What is queued for an endpoint; `error` says why it cannot be sent as it is."""

    format: str
    content: bytes
    error: str | None = None


_FIXED: Mapping[str, Callable[[Event], bytes | None]] = {
    "standard": standard.encode,
    "cloudevents": cloudevents.encode,
    "postmark": postmark.encode,
    "mailgun": mailgun.encode,
    "sendgrid": sendgrid.encode,
    "listmonk": listmonk.encode,
}
_COLUMNS = {
    "postmark": names.POSTMARK,
    "mailgun": names.MAILGUN,
    "sendgrid": names.SENDGRID,
    "listmonk": names.LISTMONK,
}
_SYSLOG_LIMIT = 8_000  # octets; rsyslog cuts at 8 kB unless told otherwise
_REPLAY_IN: Mapping[str, tuple[str, ...]] = {  # where a shape says that it was sent before
    "standard": ("data",),
    "cloudevents": ("data",),
    "postmark": ("Metadata",),
    "mailgun": ("user-variables",),
    "sendgrid": (),
    "listmonk": ("meta",),
}


def shape(event: Event, hook: Webhook) -> Body | None:
    """Give the body of an event for an endpoint; None where its format cannot say it."""
    if hook.format == "template":
        return _by_template(event, hook)
    content = _FIXED[hook.format](event)
    if content is not None and hook.syslog is not None and len(content) > _SYSLOG_LIMIT:
        content = standard.fit(json.loads(content), _SYSLOG_LIMIT)
    return None if content is None else Body(hook.format, content)


def _by_template(event: Event, hook: Webhook) -> Body:
    assert hook.template is not None
    # Slow to import, and few configs have one.
    encode = import_module("watcher.deliver.shapes.template").encode
    try:
        return Body("template", encode(event, hook.template.text))
    except ValueError as error:
        return Body("standard", standard.encode(event), f"webhook {hook.name}: {error}")


def carried(form: str) -> frozenset[str]:
    """Give the types of events that a format can say."""
    return names.carried(_COLUMNS[form]) if form in _COLUMNS else EVENT_TYPES


def not_carried(hook: Webhook) -> tuple[str, ...]:
    """Give the types of events that an endpoint asks for and its format cannot say."""
    asked = EVENT_TYPES if "*" in hook.events else frozenset(hook.events)
    return tuple(sorted(asked - carried(hook.format) - {"webhook.test"}))


def again(form: str, content: bytes, hook: Webhook | None) -> tuple[str, bytes]:
    """Give what is sent on a replay: the same, marked as such, where its shape has a place for the mark.

    What was queued in our own form is put into the endpoint's form as it is now.
    """
    if form not in _REPLAY_IN:
        return form, content
    value = json.loads(content)
    place = value
    for key in _REPLAY_IN[form]:
        place = place[key]
    place["replay"] = "true" if form == "postmark" else True
    marked = standard.fit(value)
    if form == "standard" and hook is not None and hook.format != "standard":
        body = shape(standard.decode(marked), hook)
        if body is not None and body.error is None:
            return body.format, body.content
    return form, marked
