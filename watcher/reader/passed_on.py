"""Read a mail, or the bounces that a list manager passes on to the keepers of a list, each as a mail.

Mailman attaches what came to a list's bounce address and what it could make nothing of ("Uncaught bounce
notification"), and what made it disable a member ("Bounce action notification").  Both its subject and its
text have to say so, lest what a person attaches is taken for it.  A list to which reports go may send them as
a digest (RFC 2046 section 5.1.5): it has to come from the list itself, and to hold nothing else.
"""

import re
from typing import Final, NamedTuple

from watcher.model import Evidence, Kind
from watcher.reader.extract import extract
from watcher.reader.extract.delivery_status import CROWDED, MAX_RECIPIENTS, merge_findings
from watcher.reader.findings import Extract, Recognition
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import EMBEDDED, Part
from watcher.reader.parse.text import body_text
from watcher.reader.recognise import recognise
from watcher.reader.recognise.header_facts import THREAD_FIELDS
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.wording import canonical


MAX_PASSED_ON: Final = 20  # mails in one
MIN_DIGEST: Final = 2  # reports, without which a digest is no list's of reports
DIGEST: Final = "multipart/digest"
MAX_OPENING: Final = 1_000  # characters of the text in which it says what it is
# The gravest first: a mail that passes several on is filed by it.  What comes to a list's bounce address is
# often the answer of a machine.
_PASSED_ON: Final = (
    Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT, Kind.AUTO_REPLY,
    Kind.CHALLENGE, Kind.DELIVERY, Kind.FEEDBACK, Kind.RECEIPT,
)  # fmt: skip


_REPORTS: Final = frozenset({Kind.BOUNCE, Kind.DELAY})
_LISTS_OWN: Final = re.compile(r"[-+_](?:request|bounces?)@", re.IGNORECASE)  # no person writes as these
_MACHINES: Final = frozenset({"precedence", "list-id", "auto-submitted"})


class Reading(NamedTuple):
    """The mail that was read, what was found in it, and what kind of mail it is."""

    mail: Message
    found: Extract
    kind: Recognition


def read(message: Message, rules: Rules) -> Reading:
    """Read a mail, or what it passes on."""
    return _read_passed_on(message, rules) or _read_one(message, rules)


def _read_one(message: Message, rules: Rules) -> Reading:
    found = extract(message, rules)
    kind = recognise(message, found, rules)
    return Reading(message, found._replace(is_anybodys=True) if kind.is_anybodys else found, kind)


def _read_passed_on(message: Message, rules: Rules) -> Reading | None:
    root, children = message.root, message.root.children
    digest = root if root.content_type == DIGEST else _find_digest(children)
    if digest is not None:
        return _read_digest(message, digest, rules)
    parts = [part for part in children if part.content_type in EMBEDDED]
    said = _says_so(message, rules) if parts else None
    if said is None:
        return None
    read = [_read_one(mail, rules) for part in parts[:MAX_PASSED_ON] if (mail := part.embedded()) is not None]
    readings = [reading for reading in read if reading.kind.kind in _PASSED_ON]
    return _join(readings, len(parts), Evidence("list.passed_on", said, "subject"))


def _find_digest(children: tuple[Part, ...]) -> Part | None:
    return next((part for part in children if part.content_type == DIGEST), None)


def _read_digest(message: Message, digest: Part, rules: Rules) -> Reading | None:
    """Read a digest of reports; None where it is another's, or one of its mails is none."""
    headers = message.headers
    if headers.has_any(THREAD_FIELDS) or not headers.has_any(_MACHINES):
        return None
    if not _LISTS_OWN.search(headers.raw("From") or ""):
        return None
    readings = []
    for part in digest.children[:MAX_PASSED_ON]:
        mail = part.embedded()
        reading = _read_one(mail, rules) if mail is not None else None
        if reading is None or reading.kind.kind not in _PASSED_ON:
            return None
        readings.append(reading)
    if sum(reading.kind.kind in _REPORTS for reading in readings) < MIN_DIGEST:
        return None
    return _join(readings, len(digest.children), Evidence("list.digest", DIGEST, "content-type"))


def _join(readings: list[Reading], count: int, evidence: Evidence) -> Reading | None:
    """Make one of several mails that were passed on: of the gravest kind, and about all whom they name."""
    if not readings:
        return None
    gravest = min(readings, key=lambda reading: _PASSED_ON.index(reading.kind.kind))
    kind = gravest.kind._replace(evidence=(evidence, *gravest.kind.evidence))
    told = merge_findings([finding for reading in readings for finding in reading.found.findings])
    notes = [note for reading in readings for note in reading.found.notes]
    notes += [f"more than {MAX_PASSED_ON} reports; the rest was not read"] if count > MAX_PASSED_ON else []
    notes += [CROWDED] if len(told) > MAX_RECIPIENTS else []
    found = gravest.found._replace(findings=told[:MAX_RECIPIENTS], notes=tuple(dict.fromkeys(notes)))
    return Reading(gravest.mail, found, kind)


def _says_so(message: Message, rules: Rules) -> str | None:
    """Return the words of the subject with which a list manager passes bounces on."""
    passed_on = rules.dialects.prose.passed_on
    subject = canonical(message.headers.first("Subject") or "").strip()
    if subject not in passed_on.phrases or not passed_on.is_in(canonical(body_text(message, MAX_OPENING))):
        return None
    return subject
