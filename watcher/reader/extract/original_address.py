"""Find the address that was mailed, where a report names it besides the one that failed.

A note names it, as behind an alias (`generated from a@b`), or a line with a label of its own.
"""

import re

from watcher.reader.extract.naming import ADDRESS, LABELLED, Anchor
from watcher.reader.parse.address import normalise_address
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


NEAR = 2  # lines apart
LONGEST_LABEL = 4  # words
_ORIGINAL = re.compile(
    r"(?i:generated|expanded|forwarded|redirected|aliased) from:?\s{1,3}<?"
    rf"(?P<original>\"[^\"\n]{{1,64}}\"@[\w.\-]{{1,253}}|{ADDRESS.pattern})"
)
_ORIGINAL_NOTE = re.compile(rf"\({_ORIGINAL.pattern}>?\)")


def find_original(text: str) -> str | None:
    """Find the address that an alias was reached by: `(generated from a@b)`."""
    found = _ORIGINAL.search(text) if may_have_original(text) else None
    return normalise_address(found["original"]) if found else None


def strip_original(text: str) -> str:
    """Return what a text says besides the alias."""
    return _ORIGINAL_NOTE.sub(" ", text) if may_have_original(text) else text


def may_have_original(text: str) -> bool:
    """Say cheaply whether a text may name an alias: every word for that ends in the same letter."""
    return "@" in text and ("d from" in text or "D from" in text)


def names_original(text: str) -> bool:
    """Say whether a text names an alias in a note, whole or not."""
    return may_have_original(text) and _ORIGINAL.search(text) is not None


def pair_originals(found: list[Anchor], lines: tuple[str, ...], prose: Prose) -> list[Anchor]:
    """Give an anchor the original that the anchor before or behind it names; an original alone stays one.

    QUIRK: Sun's server writes `Recipient address: a@b`, below it `Original address: c@d`: one recipient, not
    two.
    """
    if len(found) < 2:
        return found
    paired: list[Anchor] = []
    waiting: Anchor | None = None  # an original that stands before its recipient
    for each in found:
        last = paired[-1] if paired else None
        if not _is_original(lines[each.line], prose):
            if waiting is not None and each.line - waiting.line <= NEAR and last is waiting:
                paired[-1] = each._replace(original=each.original or waiting.address)
            else:
                paired.append(each)
            waiting = None
        elif last is not None and waiting is None and last.original is None and each.line - last.line <= NEAR:
            paired[-1] = last._replace(original=each.address)
        else:
            waiting = each
            paired.append(each)
    return paired


def strip_original_label(words: str, original: str | None, prose: Prose) -> str:
    """Return what is said besides `Original address: c@d`."""
    before, found, after = words.partition(original) if original else ("", "", "")
    said = before.rstrip(" :=：<[(\"'").split() if found else []
    for length in range(min(LONGEST_LABEL, len(said)), 0, -1):
        if canonical(" ".join(said[-length:])).strip() in prose.original_labels:
            return f"{' '.join(said[:-length])} {after.lstrip(' >)]')}".lstrip()
    return words


def _is_original(line: str, prose: Prose) -> bool:
    labelled = LABELLED.match(line)
    return labelled is not None and canonical(labelled["label"]).strip() in prose.original_labels
