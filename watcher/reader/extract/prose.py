"""Read a report that is written in prose: whom it names, and what it says about each.

The grammar is that of all such reports: a line names the recipient; the reason stands on the rest of that line
and on the lines below it, in a quoted session, in the paragraph after, or above the list of addresses.
"""

import re
from dataclasses import dataclass

from watcher.model import Action
from watcher.reader.extract.anchors import REPLYISH, Anchor, find_anchors, find_original, strip_original
from watcher.reader.extract.diagnosis import clean_diagnostic, find_command, find_reply, infer_action
from watcher.reader.extract.notice import Notice
from watcher.reader.extract.transcript import Refusal, find_refusals
from watcher.reader.findings import Clue, Finding
from watcher.reader.parse.smtp_reply import find_replies
from watcher.reader.ruleset.dialects import Dialect, Prose
from watcher.reader.ruleset.wording import canonical


MAX_OWN_LINES = 14
MAX_CONTEXT = 1_500  # characters
MAX_NOTICE = 3_000
_REMOTE = re.compile(
    r"(?:\bhost|\bserver|talking to|\bmailer|\bmta|connect(?:ing)? to)\s{1,3}\"?<?([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})",
    re.IGNORECASE,
)
_LABEL = re.compile(r"[\s>*•|#\-]{0,16}(?P<label>[^\W\d][^\n:=<>@]{0,40}?)\s{0,8}[:=]\s{0,8}(?P<value>.*)")


@dataclass(frozen=True, slots=True)
class ProseReport:
    """What the prose says; `strength` is that of the surest line."""

    findings: tuple[Finding, ...] = ()
    strength: int = 0
    replied: bool = False  # a reply or enhanced code stands with an address
    clues: tuple[Clue, ...] = ()  # what is said about no address in particular


def read_prose(notice: Notice, prose: Prose, dialect: Dialect | None, *, delayed: bool) -> ProseReport:
    """Read everything a report's own words say about recipients."""
    lines = notice.lines
    refusals = find_refusals(lines)
    anchors = find_anchors(lines, prose, dialect)
    general = general_clues(lines, prose, dialect, refusals)
    named = {anchor.address.lower() for anchor in anchors}
    if not anchors or anchors[0].strength < 2:
        refused = [r for r in refusals if r.address is not None]
        if refused:
            anchors = tuple(Anchor(-1, r.address, "", 2) for r in refused if r.address)
            named = {anchor.address.lower() for anchor in anchors}
    findings: dict[str, Finding] = {}
    places = {anchor.line for anchor in anchors}
    for anchor in anchors:
        finding = _read_anchor(anchor, lines, places, refusals, general, delayed=delayed)
        key = anchor.address.lower()
        kept = findings.get(key)
        if (
            kept is None
            or (not kept.clues and finding.clues)
            or (kept.reply_code is None and finding.reply_code)
        ):
            findings[key] = finding
    originals = {
        f.original_address.lower()
        for f in findings.values()
        if f.original_address and f.original_address.lower() in named
    }
    rows = tuple(f for key, f in findings.items() if key not in originals)
    replied = any(f.reply_code is not None or f.status is not None for f in rows)
    return ProseReport(rows, max((a.strength for a in anchors), default=0), replied, general)


def general_clues(
    lines: tuple[str, ...], prose: Prose, dialect: Dialect | None, refusals: tuple[Refusal, ...] = ()
) -> tuple[Clue, ...]:
    """Collect what is said about every recipient: labelled reasons, refused commands, replies."""
    clues = [Clue(r.text, "transcript") for r in refusals if r.address is None]
    for at, line in enumerate(lines):
        for pattern in dialect.reason if dialect else ():
            if row := pattern.match(line):
                clues.append(Clue(row["reason"].strip(), "body"))
        if (":" in line or "=" in line) and (labelled := _LABEL.match(line)):
            label = canonical(labelled["label"]).strip()
            if label in prose.reason_labels:
                clues.append(Clue(f"{labelled['value']} {_below(lines, at + 1, set())}".strip(), "body"))
    return tuple(clue for clue in clues if clue.text)[:20]


def _read_anchor(
    anchor: Anchor,
    lines: tuple[str, ...],
    places: set[int],
    refusals: tuple[Refusal, ...],
    general: tuple[Clue, ...],
    *,
    delayed: bool,
) -> Finding:
    own, below, after, before = "", "", "", ""
    if anchor.line >= 0:
        below = _below(lines, anchor.line + 1, places)
        own = strip_original(f"{anchor.rest} {below}").lstrip(" :;.,-)>]\"'\t").rstrip()
        own = "" if own.strip(" <>").lower() == anchor.address.lower() else own
        after = "" if own and REPLYISH.search(own) else _context(lines, anchor.line + 1, places)
        before = " ".join(lines[max(anchor.line - 8, 0) : anchor.line])[-MAX_CONTEXT:]
    mine = [r for r in refusals if r.address and r.address.lower() == anchor.address.lower()]
    clues = [Clue(own, "body")] if own else []
    clues += [Clue(r.text, "transcript") for r in mine]
    clues += general
    clues += [Clue(text, "body") for text in (after, before) if text.strip()]
    told = next((c for c in clues if REPLYISH.search(c.text)), clues[0] if clues else None)
    diagnostic = _diagnostic(told)
    reply = find_reply(diagnostic or "")
    commands = [r.command for r in mine]
    return Finding(
        address=anchor.address,
        original_address=anchor.original or find_original(f"{anchor.rest} {below}"),
        action=infer_action(reply.status, delayed=delayed) if delayed else Action.FAILED,
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=diagnostic,
        remote_mta=_remote(clues),
        command=find_command(told.text if told else None) or (commands[0] if commands else None),
        clues=tuple(clues),
    )


def _diagnostic(told: Clue | None) -> str | None:
    """Return the reply itself where one stands in the text, else all of a short text."""
    if told is None:
        return None
    replies = find_replies(told.text)
    coded = next((at for at, reply in replies if reply.reply_code is not None), None)
    if coded is not None:
        return clean_diagnostic(told.text[coded:])
    if replies or len(told.text) < 400:
        return clean_diagnostic(told.text)
    return None


def _below(lines: tuple[str, ...], start: int, places: set[int]) -> str:
    """Join the lines below an anchor up to a blank line or the next anchor."""
    taken = []
    for at in range(start, min(start + MAX_OWN_LINES, len(lines))):
        if at in places or not lines[at].strip():
            break
        taken.append(lines[at].strip())
    return " ".join(taken)[:MAX_CONTEXT]


def _context(lines: tuple[str, ...], start: int, places: set[int]) -> str:
    """Join what follows an anchor that says nothing itself, over blank lines and further anchors."""
    taken: list[str] = []
    size = 0
    for at in range(start, min(start + 30, len(lines))):
        if at in places:
            if taken:
                break
        elif lines[at].strip():
            taken.append(lines[at].strip())
            size += len(lines[at])
            if size > MAX_CONTEXT:
                break
    return " ".join(taken)[:MAX_CONTEXT]


def _remote(clues: list[Clue]) -> str | None:
    for clue in clues[:3]:
        if found := _REMOTE.search(clue.text):
            return found.group(1).lower()
    return None
