"""Tell whether the returned original is a mail of ours to the very recipient that a report is about."""

from collections.abc import Mapping
from datetime import datetime

from watcher.authenticity.dkim import ReturnedMail, Signature, find_signatures, sole_recipient, verify
from watcher.authenticity.known import Ours
from watcher.authenticity.returned import returned_mail
from watcher.model import Report
from watcher.reader.parse.address_key import address_key
from watcher.reader.parse.message import Message


MOST_VERIFIED = 3  # signatures of ours on one mail
# What the best of several signatures says, and where all fail, the worst.
_ORDER = ("pass", "other_recipient", "expired", "body_differs", "unbound", "no_key", "none", "fail")


def wanted_records(message: Message, ours: Ours) -> tuple[str, ...]:
    """Name the TXT records whose keys are needed and that the config does not hold."""
    mail = returned_mail(message)
    if mail is None:
        return ()
    needed = (signature.record for signature in _ours(mail, ours))
    return tuple(dict.fromkeys(name for name in needed if name not in ours.dkim_keys))


def check_original(
    message: Message, report: Report, ours: Ours, records: Mapping[str, str], received: datetime
) -> str:
    """Verify our own signatures on the returned original, and that it went to the report's recipient."""
    mail = returned_mail(message)
    if mail is None:
        return "none"
    keys = {**records, **ours.dkim_keys}
    found = [
        _outcome(mail, report, verify(mail, signature, keys.get(signature.record, ""), received))
        for signature in _ours(mail, ours)
    ]
    return min(found, key=_ORDER.index, default="none")


def _outcome(mail: ReturnedMail, report: Report, outcome: str) -> str:
    if outcome != "pass":
        return outcome
    to = sole_recipient(mail)
    about = [one.address for one in report.recipients]
    if to is None or not about or None in about:
        return "unbound"
    theirs = all(address_key(one) == address_key(to) for one in about if one is not None)
    return "pass" if theirs else "other_recipient"


def _ours(mail: ReturnedMail, ours: Ours) -> tuple[Signature, ...]:
    return tuple(found for found in find_signatures(mail) if ours.owns(found.domain))[:MOST_VERIFIED]
