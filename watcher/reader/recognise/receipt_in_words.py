"""Tell a receipt by its words, where neither a header nor a disposition notification shows it.

QUIRK: Outlook and Exchange write receipts in words alone, behind `Read: ` and our subject, and repeat it in
the text; others name their writer and quote our subject.
"""

import re
from typing import Final

from watcher.model import Evidence, Kind
from watcher.reader.findings import Recognition
from watcher.reader.recognise.by_words import found_by
from watcher.reader.recognise.claimed import claim_of, has_time
from watcher.reader.recognise.told import asks_something, speaks_of_mail
from watcher.reader.recognise.view import View
from watcher.reader.recognise.writers_name import holds_name, names_of_writer
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.wording import canonical, is_unspaced


_SPEAKS: Final = ("ordinary.first_person.", "ordinary.person.")  # of people who speak of themselves
MIN_TITLE: Final = 6  # letters of a title that no text holds by chance
MAX_OWN: Final = 250  # characters of own words of a receipt that says nothing else
_QUOTED: Final = re.compile(r"[\"'„“«»「『‹›‚‘’”]([^\"„“«»「」『』‹›”]{3,200})[\"'“”«»」』‹›’]")


def find_receipt_in_words(view: View) -> Recognition | None:
    """Return a receipt that nothing but its words shows."""
    label = any(mark in view.subject[:40] for mark in (":", "："))
    subject, words = view.of(Kind.RECEIPT, "subject"), view.of(Kind.RECEIPT, "own")
    sure = tuple(hit for hit in subject if not hit.sign.typical)
    if label and sure and words:
        return found_by(sure[0], 0.85)
    if label and subject and _repeats_title(view) and has_time(view) and not _speaks_of_oneself(view):
        return found_by(subject[0], 0.8)
    if label and _names_title_and_self(view) and has_time(view):
        evidence = (Evidence("receipt.self_named", view.subject[:120], "subject"),)
        return Recognition(Kind.RECEIPT, "read_receipt", 0.7, evidence)
    labelled = bool(label and subject)
    claimed = claim_of(view, Kind.RECEIPT, impersonal=True, labelled=labelled)
    return claimed if claimed and has_time(view) else None


def _speaks_of_oneself(view: View) -> bool:
    """Say whether its writer says "I", as no mail program does: `I read your mail about dinner`."""
    return any(hit.sign.id.startswith(_SPEAKS) for hit in view.own_hits)


def _repeats_title(view: View) -> bool:
    """Say whether the text holds the subject that stands behind the label."""
    title = canonical(view.title).strip(" .!?")
    enough = MIN_TITLE // 2 if is_unspaced(title) else MIN_TITLE
    return len(title) >= enough and needle(title) in view.own


def _names_title_and_self(view: View) -> bool:
    """Say whether it names its own writer, and then quotes what stands behind the label of its subject."""
    if len(view.own) > MAX_OWN or view.is_reply or asks_something(view.own) or " http" in view.own:
        return False
    title = view.title.strip()
    quoted = _QUOTED.search(view.own_text)
    if quoted is None or not title or quoted[1].strip() != title:
        return False
    before = view.own[: view.own.find(needle(canonical(title).strip(" .!?")))]
    return holds_name(names_of_writer(view), before) and speaks_of_mail(view, before)
