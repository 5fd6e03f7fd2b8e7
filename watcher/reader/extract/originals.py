"""Pair the address that failed with the one that was mailed, where lines with labels name both.

QUIRK: Sun's server writes `Recipient address: a@b`, below it `Original address: c@d`: one recipient, not two.
"""

from watcher.reader.extract.naming import LABELLED, Anchor
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.wording import canonical


NEAR = 2  # lines apart


def pair_originals(found: list[Anchor], lines: tuple[str, ...], prose: Prose) -> list[Anchor]:
    """Give an anchor the original that the anchor before or behind it names; an original alone stays one."""
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
    label = before.rstrip(" :=：<[(\"'")
    low = label.lower()
    named = next((each for each in prose.original_labels if found and low.endswith(each)), None)
    return words if named is None else f"{label[: len(label) - len(named)]}{after.lstrip(' >)]')}"


def _is_original(line: str, prose: Prose) -> bool:
    labelled = LABELLED.match(line)
    return labelled is not None and canonical(labelled["label"]).strip() in prose.original_labels
