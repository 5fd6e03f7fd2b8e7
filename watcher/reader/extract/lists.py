"""Read the refusal of a list manager: a list did not take a post, and says so under its own name.

Mailman, LISTSERV, Sympa, majordomo and fml write it as one of their own messages, mostly with a return-path,
and without a code or the address that failed.  Who wrote it and what it says make it one; the recipient that
failed is the list.  A post that only waits for a moderator is none.
"""

import re
from typing import NamedTuple

from watcher.model import Kind
from watcher.reader.parse.address import parse_mailboxes, parse_writer
from watcher.reader.parse.address_search import find_addresses
from watcher.reader.parse.header import Headers
from watcher.reader.parse.list_address import OWNER, find_kept
from watcher.reader.parse.text import fold
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.phrases import Strength
from watcher.reader.ruleset.signs import Signs
from watcher.reader.ruleset.wording import canonical, clauses_of


LIST_REFUSAL = "list_posting_denied"  # the reason that words about who may post give
MAX_SUBJECT = 300
_MANAGERS = frozenset(
    {"x-list-administrivia", "x-mailman-version", "x-beenthere", "x-mlserver", "x-ml-name", "x-loop"}
)
_MACHINES = re.compile(r"[-+](?:bounces?|return)(?:[-+][^@\s]{0,100})?@")  # nobody reads mail to these
_POSTS = frozenset({"list-post", "list-unsubscribe"})
MAX_COMMANDS = 3  # addresses of one list for its commands; a text that names more explains them
# QUIRK: Sympa lets moderators decide by links whose subjects are its commands, `?subject=REJECT%20birds`.
_LINK = re.compile(r"(?:mailto:|https?://)[^\s>]{1,500}", re.IGNORECASE)
# Our subject, or a moderator's words: whatever stands in them is not the list manager's.
_QUOTED = re.compile(r"[\"“„«](?:[^\"“”„«»]{0,300})[\"”“»]")


class Refusal(NamedTuple):
    """The words with which a list refuses a post, and their language."""

    said: str
    language: str | None


def find_refusal(headers: Headers, rules: Rules, text: str) -> Refusal | None:
    """Return the words with which a list manager, or another machine, refuses a post."""
    managed = is_list_manager(headers, rules.signs)
    if not (managed or is_machine(headers, rules.signs)) or _is_for_others(headers):
        return None
    if any(hit.sign.reason == "moderation_notice" for hit in rules.signs.find("body", canonical(text))):
        return None
    if _explains_commands(headers, text):
        return None
    subject = (headers.first("Subject") or "")[:MAX_SUBJECT]
    text = _LINK.sub(" ", text)
    own = "\n".join(line for line in text.split("\n") if not line.startswith(">"))
    plain = _clauses(_QUOTED.sub(" ", own))
    led = tuple(
        word for clause in (*_clauses(subject), *plain[:1]) for word in clause
    )  # one goes on in the other
    clauses = (*_clauses(subject), led, *plain, *_clauses(own))
    told = list(rules.refusals.find(clauses))
    sure = [said for row, said in told if row.strength is Strength.STRONG]
    if not sure and told and (managed or _tells_who_may_post(clauses, rules)):
        sure = [said for _, said in told]
    return Refusal(sure[0], rules.tongues.find(sure[0])) if sure else None


def _clauses(text: str) -> tuple[tuple[str, ...], ...]:
    return clauses_of(fold(text))


def _tells_who_may_post(clauses: tuple[tuple[str, ...], ...], rules: Rules) -> bool:
    return any(row.reason == LIST_REFUSAL for row, _ in rules.nears.find(clauses))


def _explains_commands(headers: Headers, text: str) -> bool:
    """Tell a guide to a list, which names an address for each of its commands, from an answer to a post."""
    name, _, domain = (find_kept(parse_writer(headers)) or "").lower().partition("@")
    if not name or text.lower().count(name) <= MAX_COMMANDS:
        return False
    commands = {
        local
        for local, _, home in (each.lower().partition("@") for each in find_addresses(text))
        if home == domain and local.startswith((f"{name}-", f"{name}+"))
    }
    return len(commands) > MAX_COMMANDS


def is_list_manager(headers: Headers, signs: Signs) -> bool:
    """Say whether a list manager wrote it: under its own name, or for the keepers of a list.

    Keepers themselves write from the same address: a field of the manager's, or a return-path of a machine's,
    has to be with it.  What has the fields of a post is a digest; Mailman 3 puts all but List-Post on its own
    messages.
    """
    path = (headers.raw("Return-Path") or "").strip().lower()
    administers = "X-List-Administrivia" in headers or _is_mailmans_own(headers)
    if path != "<>" and not administers and headers.has_any(_POSTS):
        return False
    sender = headers.first("From") or ""
    if any(hit.sign.kind is Kind.NOTICE for hit in signs.find("sender", canonical(sender))):
        return True
    if not administers and not OWNER.match(parse_writer(headers)):
        return False
    if path == "<>" or _MACHINES.search(f"{path} {sender.lower()}"):
        return True
    return headers.has_any(_MANAGERS) or _is_automatic(headers)


def _is_mailmans_own(headers: Headers) -> bool:
    if "X-Mailman-Version" not in headers or "List-Post" in headers:
        return False
    return OWNER.match(parse_writer(headers)) is not None


def is_machine(headers: Headers, signs: Signs) -> bool:
    """Say whether a machine wrote it that is no mail system, and sent it to its reader alone."""
    path = headers.raw("Return-Path")
    answers = (headers.first("Auto-Submitted") or "no").lower().startswith("auto")
    if not answers and (path is None or path.strip() != "<>"):
        return False
    if headers.has_any(_POSTS) or "X-Failed-Recipients" in headers:
        return False
    sender = canonical(headers.first("From") or "")
    return not any(hit.sign.kind is Kind.BOUNCE for hit in signs.find("sender", sender))


def _is_automatic(headers: Headers) -> bool:
    return (headers.first("Auto-Submitted") or "no").lower().startswith("auto") or (
        headers.first("Precedence") or ""
    ).strip().lower() in {"bulk", "junk", "list"}


def _is_for_others(headers: Headers) -> bool:
    """Say whether it went to the list itself, as digests do, or to its keepers, about another's post."""
    writer = parse_writer(headers)
    home, kept = writer.rpartition("@")[2], (find_kept(writer) or "").lower()
    to = parse_mailboxes(headers.first("To"))
    return any(
        reader.lower() == kept or (OWNER.match(reader) and reader.rpartition("@")[2] == home) for reader in to
    )
