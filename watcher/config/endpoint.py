"""Check what the keys of one webhook ask of each other: where it leads, its form, how that is signed."""

from collections.abc import Iterator
from typing import Any

from watcher.config.problem import KeyPath, shown
from watcher.config.webhook import IN_BATCHES, SIGNED


Fault = tuple[KeyPath, str]

_PLACES = ("url", "exec", "syslog")
_OF_HTTP = ("headers", "basic_auth", "ca_file", "client_cert", "proxy", "signing_key", "content_type")
_OF_FORM = {"template": ("template",), "content_type": ("template",), "signing_key": ("mailgun", "sendgrid")}


def check_endpoint(path: KeyPath, hook: dict[str, Any]) -> Iterator[Fault]:
    """Give every fault between the keys of a webhook, as written."""
    given = {key for key, value in hook.items() if value is not None and value != {}}
    places = [key for key in _PLACES if key in given]
    if not places:
        yield (*path, "url"), "is missing; write https://host/path"
    elif len(places) > 1:
        yield (*path, places[1]), f"{' and '.join(places)} are set; keep one"
    else:
        yield from _check_place(path, places[0], given)
    yield from _check_form(path, str(hook.get("format", "standard")), given, to_url=places in ([], ["url"]))
    if str(hook.get("batch", "1")) != "1" and places == ["syslog"]:
        yield (*path, "batch"), "the log takes one event a line; remove it"


def _check_place(path: KeyPath, place: str, given: set[str]) -> Iterator[Fault]:
    if place != "url":
        for key in _OF_HTTP:
            if key in given:
                yield (*path, key), f"belongs to url, and this webhook has {place}; remove one of them"


def _check_form(path: KeyPath, form: str, given: set[str], *, to_url: bool) -> Iterator[Fault]:
    if to_url and form in SIGNED and "secret" not in given:
        yield (*path, "secret"), "is missing; write the whsec_ secret that the receiver checks with"
    if to_url and form == "mailgun" and "signing_key" not in given:
        yield (*path, "signing_key"), "is missing; write the signing key that the receiver checks with"
    if form == "template" and "template" not in given:
        yield (*path, "template"), "is missing; name a Jinja template"
    for key, forms in _OF_FORM.items():
        if key in given and form not in forms:
            ways = " or ".join(forms)
            yield (*path, key), f"is for the format {ways}, not {shown(form)}; remove it, or change format"
    if "batch" in given and form not in IN_BATCHES:
        ways = ", ".join(sorted(IN_BATCHES))
        yield (*path, "batch"), f"the format {shown(form)} has no lists of events; only {ways} have"
