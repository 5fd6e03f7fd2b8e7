"""Check what concerns several keys at once.

These work on the values as written, so that they are told together with the faults of single keys; values of
the wrong form are left to the shape.
"""

import re
from collections.abc import Iterator
from typing import Any

from watcher.config.endpoint import check_endpoint
from watcher.config.mailbox import Folders, Mailbox
from watcher.config.network import is_loopback
from watcher.config.oauth2 import check_oauth2
from watcher.config.problem import KeyPath, key_path, shown
from watcher.config.secret import FORMS
from watcher.config.trust import names_in
from watcher.config.webhook import Webhook
from watcher.nearest import did_you_mean


# A query that tells no address, and compares none, binds a message to whomever a report names.
_SAYS_YES = re.compile(r"\s*select\s+(?:\d|true\b|count\b)", re.IGNORECASE)

Fault = tuple[KeyPath, str]
_FOLDER_DEFAULTS = {field.alias or name: field.default for name, field in Folders.model_fields.items()}


def check_across(values: dict[str, Any]) -> Iterator[Fault]:
    """Give every fault between keys."""
    mailboxes = list(_sections(values, "mailboxes"))
    webhooks = list(_sections(values, "webhooks"))
    names = [str(_text(box, "name") or _text(box, "username") or "") for _, box in mailboxes]
    default = Webhook.model_fields["name"].default
    yield from _name_twice(mailboxes, names)
    yield from _name_twice(webhooks, [_text(hook, "name") or default for _, hook in webhooks])
    yield from _folder_twice(mailboxes)
    for path, box in mailboxes:
        yield from _check_sign_in(path, box)
        yield from _check_plaintext(path, box)
        yield from _check_folders(path, box)
        if box.get("cron") is not None and box.get("poll") is not None:
            yield (*path, "cron"), "both poll and cron are set; keep one"
        if box.get("cron") is None and "poll" in box and box["poll"] is None and _is(box, "idle", "false"):
            yield (*path, "poll"), "neither poll, cron nor idle: the mailbox would never be read; set one"
    for path, hook in webhooks:
        yield from _check_mailboxes(path, hook, names)
        yield from check_endpoint(path, hook)
    yield from _check_listen(values.get("http"))
    yield from _check_keys(values.get("return_path"))
    yield from _check_send_log(values.get("authenticity"), values.get("return_path"))


def _sections(values: dict[str, Any], key: str) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    found = values.get(key)
    for number, section in enumerate(found if isinstance(found, list) else ()):
        if isinstance(section, dict):
            yield (key, number), section


def _text(section: dict[str, Any], key: str) -> str | None:
    value = section.get(key)
    return value if isinstance(value, str) else None


def _is(section: dict[str, Any], key: str, value: str) -> bool:
    # pydantic's own words for true and false
    truth = {"true", "yes", "on", "1", "t", "y"} if value == "true" else {"false", "no", "off", "0", "f", "n"}
    return (_text(section, key) or "").lower() in truth


def _name_twice(sections: list[tuple[KeyPath, dict[str, Any]]], names: list[str]) -> Iterator[Fault]:
    first: dict[str, KeyPath] = {}
    for (path, _), name in zip(sections, names, strict=True):
        if name and name in first:
            yield (
                (*path, "name"),
                f"{shown(name)} is the name of {key_path(first[name])} already; name another",
            )
        first.setdefault(name, path)


def _folder_twice(mailboxes: list[tuple[KeyPath, dict[str, Any]]]) -> Iterator[Fault]:
    first: dict[tuple[str, ...], KeyPath] = {}
    for path, box in mailboxes:
        host, username = _text(box, "host"), _text(box, "username")
        if host is None or username is None:
            continue
        place = (host.lower(), str(_text(box, "port")), username, _plain(_watched(box)))
        if place in first:
            yield (
                path,
                f"watches the same folder as {key_path(first[place])}; remove one, or name another folder",
            )
        first.setdefault(place, path)


def _watched(box: dict[str, Any]) -> str:
    return _text(box, "folder") or str(Mailbox.model_fields["folder"].default)


def _plain(folder: str) -> str:
    # RFC 9051 section 5.1: INBOX is the one name compared without case.
    return "INBOX" if folder.upper() == "INBOX" else folder


def _check_sign_in(path: KeyPath, box: dict[str, Any]) -> Iterator[Fault]:
    password, oauth2 = box.get("password"), box.get("oauth2")
    if password is None and oauth2 is None:
        yield (*path, "password"), f"is missing; write {FORMS}, or sign in by oauth2"
    elif password is not None and oauth2 is not None:
        yield (*path, "oauth2"), "both password and oauth2 are set; keep one"
    yield from check_oauth2((*path, "oauth2"), oauth2)


def _check_plaintext(path: KeyPath, box: dict[str, Any]) -> Iterator[Fault]:
    host = _text(box, "host")
    if _text(box, "tls") != "none" or host is None or is_loopback(host):
        return
    way_out = "write implicit or starttls, or set allow_plaintext: true"
    if not _is(box, "allow_plaintext", "true"):
        yield (
            (*path, "tls"),
            f"'none' would send the password to {shown(host)} in the clear; {way_out}",
        )


def _check_folders(path: KeyPath, box: dict[str, Any]) -> Iterator[Fault]:
    watched = _plain(_watched(box))
    given = box.get("folders")
    folders = {**_FOLDER_DEFAULTS, **(given if isinstance(given, dict) else {})}
    for key, folder in folders.items():
        if isinstance(folder, str) and _plain(folder) == watched:
            way_out = "name another, or null to leave such mail where it is"
            yield (*path, "folders", key), f"{shown(folder)} is the folder being watched; {way_out}"


def _check_mailboxes(path: KeyPath, hook: dict[str, Any], names: list[str]) -> Iterator[Fault]:
    wanted = hook.get("mailboxes")
    for number, name in enumerate(wanted if isinstance(wanted, list) else ()):
        if isinstance(name, str) and name not in names:
            yield (
                (*path, "mailboxes", number),
                f"{shown(name)} is no mailbox here; {did_you_mean(name, names)}",
            )


def _check_listen(http: Any) -> Iterator[Fault]:
    if not isinstance(http, dict):
        return
    listen = _text(http, "listen") or ""
    host = listen.rpartition(":")[0]
    if host and not is_loopback(host) and not http.get("token"):
        yield (
            ("http", "listen"),
            f"{shown(listen)} is open beyond this machine; set token, or listen on 127.0.0.1",
        )


def _check_keys(section: Any) -> Iterator[Fault]:
    keys = section.get("keys") if isinstance(section, dict) else None
    seen: set[str] = set()
    for number, key in enumerate(keys if isinstance(keys, list) else ()):
        name = _text(key, "id") if isinstance(key, dict) else None
        if name is not None and name in seen:
            yield (
                ("return_path", "keys", number, "id"),
                f"{shown(name)} is the id of a key above; name another",
            )
        seen.add(name or "")


def _check_send_log(section: Any, return_path: Any) -> Iterator[Fault]:
    send_log = section.get("send_log") if isinstance(section, dict) else None
    if not isinstance(send_log, dict):
        return
    path = ("authenticity", "send_log")
    places = [key for key in ("sqlite", "postgresql") if send_log.get(key) is not None]
    if len(places) != 1:
        fault = "names two databases" if places else "names no database"
        yield path, f"{fault}; write either sqlite or postgresql"
    query = _text(send_log, "query") or ""
    if ":recipient" not in query and _SAYS_YES.match(query):
        yield (*path, "query"), "would say yes to any recipient; select the recipient, or compare :recipient"
    asks = names_in(query)
    if asks == {"id", "recipient"}:
        fault = (
            "asks by :id and :recipient, which are never known together; select the recipient by :id alone"
        )
        yield (*path, "query"), f"{fault}, or compare :message_id in place of :id"
    elif asks == {"id"} and not (isinstance(return_path, dict) and return_path.get("keys")):
        fault = "asks by :id alone, which only signed return-paths carry"
        yield (*path, "query"), f"{fault}; set return_path.keys, or compare :message_id"
