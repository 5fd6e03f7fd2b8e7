"""Find the way out of a refused sign-in: rows of hints.toml, and what a Microsoft token tells of itself."""

import base64
import json
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said at one stage by one provider, and the way out; `provider` is empty for any."""

    id: str
    stage: str
    phrase: str  # lower case
    says: str
    samples: tuple[str, ...]
    provider: str = ""


@cache
def hints() -> tuple[Hint, ...]:
    """Give all rows."""
    rows = tomllib.loads(files("watcher.imap.oauth2").joinpath("hints.toml").read_text("utf-8"))["hint"]
    return tuple(
        Hint(**{**row, "phrase": row["phrase"].lower(), "samples": tuple(row["samples"])}) for row in rows
    )


def find_hint(stage: str, provider: str, said: str) -> str | None:
    """Give the way out of the first row that fits."""
    found = find_row(stage, provider, said)
    return None if found is None else found.says


def find_row(stage: str, provider: str, said: str) -> Hint | None:
    """Give the first row that fits."""
    text = said.lower()
    for row in hints():
        if row.stage == stage and row.provider in {"", provider} and row.phrase in text:
            return row
    return None


_RIGHTS = {"IMAP.AccessAsApp": "roles", "IMAP.AccessAsUser.All": "scp"}
_EXCHANGE = ("https://outlook.office365.com", "https://outlook.office.com", "https://outlook.office365.us")


def find_lack(token: str, *, of_a_user: bool) -> str | None:
    """Say what a Microsoft token lacks for IMAP; None where it lacks nothing, or cannot be read.

    Its claims are read to name what is missing, and never to decide anything.
    """
    claims = _claims(token)
    audience = str(claims.get("aud", ""))
    if not claims or not audience:
        return None
    if audience.startswith("https://") and not audience.startswith(_EXCHANGE):
        return f"wrong scope: the token is for {audience}, not for Outlook; leave scope out"
    right = "IMAP.AccessAsUser.All" if of_a_user else "IMAP.AccessAsApp"
    if right in _words(claims.get(_RIGHTS[right])):
        return None
    kind = "delegated" if of_a_user else "application"
    return (
        f"the token lacks {right}: add it (App registrations, API permissions, Office 365 Exchange Online,"
        f" {kind} permissions), then press Grant admin consent"
    )


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return value.split()
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


def _claims(token: str) -> dict[str, Any]:
    # RFC 7519 section 3: three parts of base64url, the second is the claims.
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        found = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
