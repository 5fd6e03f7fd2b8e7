"""Read a report that is written in prose: whom it names, and what it says about each.

The grammar is that of all such reports: a line names the recipient; the reason stands on the rest of that
line and on the lines below it, in a quoted session, in the paragraph after, or above the list of addresses.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from watcher.model import Action
from watcher.reader.extract.anchors import REPLYISH, find_anchors
from watcher.reader.extract.apart import end_of_list, set_apart
from watcher.reader.extract.beside import CODES, find_around, read_below, sort_reasons, strip_label
from watcher.reader.extract.diagnosis import clean_diagnostic, find_reply, infer_action, told_action
from watcher.reader.extract.layout import Layout, find_layout
from watcher.reader.extract.naming import BY_PLACE, BY_WORDS, Anchor
from watcher.reader.extract.notice import Notice
from watcher.reader.extract.original_address import find_original, strip_original, strip_original_label
from watcher.reader.extract.stage import find_command
from watcher.reader.extract.transcript import Refusal, find_refusals
from watcher.reader.findings import Clue, Finding
from watcher.reader.parse.smtp_reply import find_replies
from watcher.reader.ruleset.dialects import Dialect, Prose
from watcher.reader.ruleset.wording import canonical


MAX_WORDS = 400  # characters of a diagnostic without a code
# One pattern for each word: those that begin with letters of their own are searched for much faster.
_REMOTES = tuple(
    re.compile(rf"{before}\s{{1,3}}\"?<?([a-z0-9-]{{1,63}}(?:\.[a-z0-9-]{{1,63}}){{1,8}})")
    for before in (
        r"host(?<=\bhost)",
        r"server(?<=\bserver)",
        "talking to",
        r"mailer(?<=\bmailer)",
        r"mta(?<=\bmta)",
        "connect(?:ing)? to",
    )
)


_NOBODY: Mapping[str, Finding] = MappingProxyType({})


class ProseReport(NamedTuple):
    """What the prose says; `strength` is that of the surest line."""

    findings: tuple[Finding, ...] = ()
    strength: int = 0
    replied: bool = False  # a reply or enhanced code stands with an address
    clues: tuple[Clue, ...] = ()  # what is said about no address in particular
    by_address: Mapping[str, Finding] = _NOBODY  # lower case; aliases, too


class _Scene(NamedTuple):
    """The lines, which of them name recipients, and what is said about nobody in particular."""

    lines: tuple[str, ...]
    places: frozenset[int]
    refusals: tuple[Refusal, ...]
    told: Mapping[str, tuple[Clue, ...]]
    general: tuple[Clue, ...]
    owned: Mapping[int, tuple[Clue, ...]]  # reasons of a list of addresses, by its lines, or the last
    delayed: bool
    several: bool  # more than one recipient
    layout: Layout
    prose: Prose


def read_prose(
    notice: Notice,
    prose: Prose,
    dialect: Dialect | None,
    *,
    delayed: bool,
    readers: frozenset[str] = frozenset(),
) -> ProseReport:
    """Read everything a report's own words say about recipients; `readers`: whom it greets, in lower case."""
    refusals = find_refusals(notice.lines)
    anchors = _choose_anchors(find_anchors(notice.lines, prose, dialect, readers), refusals)
    places = frozenset(anchor.line for anchor in anchors if anchor.line >= 0)
    several = len({anchor.address.lower() for anchor in anchors}) > 1
    lines, told = set_apart(notice.lines, prose, anchors, places)
    layout = find_layout(lines, places) if several else Layout()
    general, owned = sort_reasons(lines, prose, refusals, places if several else frozenset(), layout)
    scene = _Scene(lines, places, refusals, told, general, owned, delayed, several, layout, prose)
    findings: dict[str, Finding] = {}
    for anchor in anchors:
        finding = _read_anchor(anchor, scene)
        kept = findings.get(anchor.address.lower())
        if kept is None or _says_more(finding, kept):
            findings[anchor.address.lower()] = finding
    aliases = {finding.original_address.lower() for finding in findings.values() if finding.original_address}
    rows = tuple(finding for key, finding in findings.items() if key not in aliases)
    replied = any(finding.reply_code is not None or finding.status is not None for finding in rows)
    strength = max((anchor.strength for anchor in anchors), default=0)
    return ProseReport(rows, strength, replied, general, _by_address(rows))


def _says_more(finding: Finding, kept: Finding) -> bool:
    """Compare two lines that name the same address: one in a list, it may be, and one that says why."""
    if kept.reply_code is None and finding.reply_code is not None:
        return True
    return kept.diagnostic is None and finding.diagnostic is not None


def _by_address(rows: tuple[Finding, ...]) -> dict[str, Finding]:
    named = {row.original_address.lower(): row for row in rows if row.original_address}
    return named | {row.address.lower(): row for row in rows if row.address}


def _choose_anchors(anchors: tuple[Anchor, ...], refusals: tuple[Refusal, ...]) -> tuple[Anchor, ...]:
    """Prefer addresses that a quoted session refused to those that a sentence merely mentions."""
    if anchors and anchors[0].strength > BY_WORDS:
        return anchors
    refused = tuple(Anchor(-1, refusal.address, "", BY_PLACE) for refusal in refusals if refusal.address)
    return refused or anchors


def _read_anchor(anchor: Anchor, scene: _Scene) -> Finding:
    stops = scene.places | scene.layout.headings
    below = read_below(scene.lines, anchor.line + 1, stops) if anchor.line >= 0 else ""
    own = strip_original_label(_own_words(anchor, below), anchor.original, scene.prose)
    mine = [r for r in scene.refusals if r.address and r.address.lower() == anchor.address.lower()]
    whole = Clue(mine[0].text, "transcript") if mine else Clue(own, "body") if own else None
    cause = find_cause(own, scene.prose) if own and anchor.strength == BY_WORDS else None
    near = [Clue(r.text, "transcript") for r in mine]
    near += [Clue(text, "body") for text in (cause, own) if text]
    near += scene.told.get(anchor.address.lower(), ())
    alone = anchor.line >= 0 and not (own and REPLYISH.search(own))
    # Where several are named, each has its own words; what stands around may be about the others.
    end = end_of_list(anchor.line, scene.places)
    general = list(scene.general)
    for line in dict.fromkeys((anchor.line, end)):
        general += scene.owned.get(line, ())
    around = _look_around(anchor, scene, general) if alone else []
    shared = [*general, *around] if not near or len(scene.places) == 1 else general
    # A sentence has no words of a server's; below it, a labelled reply has.
    labelled = scene.general if anchor.strength == BY_WORDS and not scene.several else ()
    said = (*(clue for clue in labelled if not CODES.fullmatch(clue.text)), *near, *shared)
    told = next((clue for clue in said if REPLYISH.search(clue.text)), whole or next(iter(near), None))
    diagnostic = _diagnostic(told, scene.prose)
    reply = find_reply(diagnostic or "")
    return Finding(
        address=anchor.address,
        original_address=anchor.original or find_original(f"{anchor.rest} {below}"),
        action=told_action(own)
        or (infer_action(reply.status, delayed=True) if scene.delayed else Action.FAILED),
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=diagnostic,
        remote_mta=_remote([*near, *shared]),
        command=find_command(told.text if told else None) or (mine[0].command if mine else None),
        clues=(*((told,) if told in labelled else ()), *near, *shared),
    )


def _look_around(anchor: Anchor, scene: _Scene, general: list[Clue]) -> list[Clue]:
    """Return what stands around an address that says nothing itself.

    Where a reason is labelled, the opening counts only if it quotes a reply.
    """
    near, opening = find_around(scene.lines, anchor.line, scene.places, scene.layout, scene.prose)
    words = (clue.text for clue in general if clue.where == "body")
    if any(" " in text and not CODES.fullmatch(text) for text in words) and not REPLYISH.search(opening):
        opening = ""
    return [Clue(text.strip(), "body") for text in (*near.split("\n"), opening) if text.strip()]


def find_cause(sentence: str, prose: Prose) -> str | None:
    """Return what a sentence says behind `because`, or a colon: where nobody else is its subject.

    What may be the cause (`Possible reasons:`) is not what was.
    """
    if REPLYISH.search(sentence):
        return None
    low = sentence.lower()
    if len(low) != len(sentence):
        return None
    ends = [at + len(mark) for mark in (*prose.causes, ": ") if (at := low.find(mark)) > 0]
    cause = sentence[min(ends) :].strip() if ends else ""
    if " " not in cause or prose.possible_causes.is_in(canonical(sentence[: min(ends)])):
        return None
    return cause


def _own_words(anchor: Anchor, below: str) -> str:
    """Return what the line says besides the address, with the lines below it."""
    own = strip_original(f"{anchor.rest} {below}").lstrip(" :;.,-)>]\"'\t").rstrip()
    return "" if own.strip(" <>\"'").lower() == anchor.address.lower() else own


def _diagnostic(told: Clue | None, prose: Prose) -> str | None:
    """Return the reply itself where one stands in the text, else all of a short text."""
    if told is None:
        return None
    has_status = False
    for at, reply in find_replies(told.text):
        if reply.reply_code is not None:
            return _unwrap(clean_diagnostic(told.text[at:]))
        has_status = True
    if has_status or len(told.text) < MAX_WORDS:
        return _unwrap(clean_diagnostic(strip_label(told.text, prose)))
    return None


def _unwrap(text: str | None) -> str | None:
    """Drop a closing bracket or quote that was opened before the reply: `(reason: 550 …)`."""
    if text and text.endswith(")") and "(" not in text:
        text = text[:-1]
    if text and text[-1] in "\"'" and text.count(text[-1]) == 1:
        text = text[:-1]
    return text


def _remote(clues: list[Clue]) -> str | None:
    for clue in clues[:3]:
        low = clue.text.lower()
        named = [found for pattern in _REMOTES if (found := pattern.search(low))]
        if named:
            return min(named, key=re.Match.start)[1]
    return None
