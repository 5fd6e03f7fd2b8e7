"""Find the level of a report: plausible, or unverified.

Whoever has our return-path can write to it, so a report counts only as far as something in it points to our
own mail.  What is looked at here can be forged with some effort, and so proves no more than `plausible`.
"""

from collections.abc import Iterable

from watcher.authenticity.returned import signing_domains
from watcher.model import Authenticity, Kind, Level, Original, Report
from watcher.reader.parse.message import Message


# RFC 5965 section 2: a feedback report is sent like any mail, from an address that can be written to.
_WITH_SENDER = frozenset({Kind.COMPLAINT, Kind.FEEDBACK})


def assess(message: Message, report: Report, domains: Iterable[str]) -> Authenticity:
    """Give the level of a report, and the checks that led to it.

    `domains` are ours.  A subdomain of one counts as ours too, and so does the domain above: bounces often go
    to a subdomain of the one that the mail is from.
    """
    ours = frozenset(_plain(domain) for domain in domains if domain)
    checks = {
        "null_return_path": _null_return_path(message),
        "form": "pass" if report.format is not None else "none",
        "original": _original(message, report.original, ours),
    }
    if report.kind in _WITH_SENDER:
        del checks["null_return_path"]
    plausible = all(outcome == "pass" for outcome in checks.values())
    return Authenticity(Level.PLAUSIBLE if plausible else Level.UNVERIFIED, tuple(checks.items()))


def _null_return_path(message: Message) -> str:
    # RFC 5321 section 4.4: the final server writes the envelope sender here; topmost, where several did.
    sender = message.headers.raw("return-path")
    if sender is None:
        return "none"
    # QUIRK: Postfix pipes and some LMTP servers write the null sender as MAILER-DAEMON.
    return "pass" if sender.strip().strip("<>").strip().lower() in {"", "mailer-daemon"} else "fail"


def _original(message: Message, original: Original | None, ours: frozenset[str]) -> str:
    """Tell whether the original came back, and names a domain of ours."""
    if original is None:
        return "none"
    named = {_domain(original.sender), _domain(original.message_id), *signing_domains(message)}
    found = {_plain(domain) for domain in named if domain}
    return "pass" if any(_related(domain, mine) for domain in found for mine in ours) else "fail"


def _domain(address: str | None) -> str | None:
    if address is None:
        return None
    return address.strip().strip("<>").rpartition("@")[2] or None


def _plain(domain: str) -> str:
    return domain.strip().strip(".").lower()


def _related(domain: str, mine: str) -> bool:
    # A lone label is no domain of anybody: "com" is above every name in it.
    if "." not in domain:
        return False
    return domain == mine or domain.endswith(f".{mine}") or mine.endswith(f".{domain}")
