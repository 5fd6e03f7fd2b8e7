"""Read the lines beside one that names a recipient: the reason below it, around it, or labelled elsewhere."""

import re

from watcher.reader.extract.apart import place_above
from watcher.reader.extract.layout import Layout
from watcher.reader.extract.naming import ADDRESS, names_bystander
from watcher.reader.extract.transcript import Refusal
from watcher.reader.findings import Clue
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


MAX_OWN_LINES = 14
MAX_CONTEXT = 1_500  # characters
MAX_GENERAL = 20
MAX_LABEL = 41  # characters
CODES = re.compile(r"[45]\d\d(?:[ -][45]\.\d{1,3}\.\d{1,3})?|[45]\.\d{1,3}\.\d{1,3}")
_LABEL = re.compile(r"[\s>*•|#\-]{0,16}(?P<label>[^\W\d][^\n:=<>@：]{0,48}+)[:=：]\s{0,8}(?P<value>.*)")


def sort_reasons(
    lines: tuple[str, ...],
    prose: Prose,
    refusals: tuple[Refusal, ...],
    places: frozenset[int],
    layout: Layout,
) -> tuple[tuple[Clue, ...], dict[int, tuple[Clue, ...]]]:
    """Collect refused commands and labelled reasons: those about all recipients, and those of some, by line.

    A reason right below one of several places that name recipients is about those named there alone, and
    so is each where others stand between those places, or in a heading.
    """
    general = [Clue(refusal.text, "transcript") for refusal in refusals if refusal.address is None]
    loose: list[tuple[int, Clue]] = []
    owned: dict[int, tuple[Clue, ...]] = {}
    count = 0
    for at, line in enumerate(lines):
        if at in places:
            continue  # its recipient's own words
        reason = _read_reason(line, prose) if ":" in line or "=" in line or "：" in line else None
        if reason is not None:
            value = reason.strip()
            # `Status: 550 5.1.10` says all it has to say; the line below is another field.
            text = value if CODES.fullmatch(value) else f"{value} {read_below(lines, at + 1, places)}".strip()
            owner = None if at in layout.headings else place_above(lines, at, places)
            if text and owner is None:
                loose.append((at, Clue(text, "body")))
            elif text and owner is not None:
                owned[owner] = (*owned.get(owner, ()), Clue(text, "body"))
                count += 1
        if len(general) + len(loose) + count >= MAX_GENERAL:
            break
    apart = any(layout.is_between(at) for at, _ in loose)
    for at, clue in loose:
        owners = layout.owners(at) if apart else ()
        for owner in owners:
            owned[owner] = (*owned.get(owner, ()), clue)
        general += () if owners else (clue,)
    # A code alone says less than the same with the words of the server, which may stand further below.
    general.sort(key=lambda clue: CODES.fullmatch(clue.text) is not None)
    return tuple(general[:MAX_GENERAL]), owned


def strip_label(text: str, prose: Prose) -> str:
    """Return a reason without what announces it: `Reason: over quota`."""
    reason = _read_reason(text, prose) if ":" in text[:MAX_LABEL] or "：" in text[:MAX_LABEL] else None
    return text if reason is None else reason


def _read_reason(line: str, prose: Prose) -> str | None:
    """Return what stands behind a label that announces a reason; None where no such label leads."""
    labelled = _LABEL.match(line)
    label = labelled["label"].rstrip() if labelled else ""
    if labelled is None or len(label) > MAX_LABEL or canonical(label).strip() not in prose.reason_labels:
        return None
    return labelled["value"]


def read_below(lines: tuple[str, ...], start: int, places: frozenset[int]) -> str:
    """Join the lines below an anchor up to a blank line or the next anchor."""
    taken = []
    for at in range(start, min(start + MAX_OWN_LINES, len(lines))):
        if at in places or not lines[at].strip():
            break
        taken.append(lines[at].strip())
    return " ".join(taken)[:MAX_CONTEXT]


def find_around(
    lines: tuple[str, ...], at: int, places: frozenset[int], layout: Layout, prose: Prose
) -> tuple[str, str]:
    """Return what a heading and the lines below say of an address that says nothing itself, and the opening.

    The opening stands before the first list; what it tells of another address is left out.
    """
    near = f"{layout.told.get(at, '')}\n{_after(lines, at + 1, places, layout.headings)}"
    first = at
    while first - 1 in places:
        first -= 1
    if first != min(places) or at in layout.told:
        return near, ""
    above = lines[max(first - 8, 0) : first]
    told = (end for end, line in enumerate(above, 1) if "@" in line and _tells_of_another(line, prose))
    return near, " ".join(above[max(told, default=0) :])[-MAX_CONTEXT:]


def _tells_of_another(line: str, prose: Prose) -> bool:
    """Say whether a line tells that an address failed, which is none of those in the list below it."""
    named = ADDRESS.search(line)
    if named is None or names_bystander(line[: named.start()], prose):
        return False
    return prose.failures.is_in(canonical(line))


def _after(lines: tuple[str, ...], start: int, places: frozenset[int], headings: frozenset[int]) -> str:
    """Join what follows an anchor that says nothing itself, over blank lines and further anchors."""
    taken: list[str] = []
    size = 0
    for at in range(start, min(start + 30, len(lines))):
        if at in headings:
            break
        if at in places:
            if taken:
                break
        elif lines[at].strip():
            taken.append(lines[at].strip())
            size += len(lines[at])
            if size > MAX_CONTEXT:
                break
    return " ".join(taken)[:MAX_CONTEXT]
