"""Find the lines of a report's prose that name a failed recipient.

A line may lead with the address (`<a@b>: host x said …`), label it (`Recipient: a@b`), or speak of it
(`Your message to a@b could not be delivered`).  Lines that name the sender or somebody to ask do not count.
AOL named its users alone: a dialect may give their domain.
"""

import re

from watcher.reader.extract.folded import drop_repeated
from watcher.reader.extract.naming import (
    ADDRESS,
    BY_PLACE,
    BY_ROW,
    BY_WORDS,
    GIVEN,
    LABELLED,
    LEAD,
    NAMED_ITEM,
    NAMED_LIST,
    NO_RECIPIENTS,
    SPACED,
    SPOKEN,
    Anchor,
    drop_elision,
    line_before,
    name_at,
    names_bystander,
    read_items,
    read_quoted,
)
from watcher.reader.extract.original_address import find_original, names_original, pair_originals
from watcher.reader.extract.peers import add_peers
from watcher.reader.extract.suggestions import Place, find_hints, is_proposed
from watcher.reader.ruleset.dialects import Dialect, Prose
from watcher.reader.ruleset.wording import canonical


MAX_ANCHORS = 1_000
MAX_ANSWER = 6  # lines below an address in which the answer of a server may begin
REPLYISH = re.compile(r"[45](?:\d\d(?<![\d.\-]...)(?=[ \-#:,)]|$)|(?<![\d.].)\.\d{1,3}\.\d{1,3}(?!\.?\d))")
_GREETING = re.compile(r"\s{0,4}\w{2,20} {1,2}\S{1,250}[,!，]\s{0,4}$")  # `Hello a@b,`
# Behind a reader's address at the top of a text: `尊敬的 a@b，您好：`, `Caro a@b:`
_GREETED = re.compile(r"@[\w.-]{1,250}[>)\"']{0,3}\s{0,4}(?:[,!:，：、!]|您好|你好|様|님)[^@]{0,20}$")
_NOBODY = ("IMCEAEX-", '"|', "|/")
_MASTERS = ("postmaster@", "hostmaster@", "webmaster@", "mailer-daemon@", "root@")
_HELPERS = (*_MASTERS, "abuse@", "support@", "helpdesk@")


def find_anchors(
    lines: tuple[str, ...], prose: Prose, dialect: Dialect | None, readers: frozenset[str] = frozenset()
) -> tuple[Anchor, ...]:
    """Return the surest anchors: by a dialect's rows, else by their place, else by their words."""
    found: list[Anchor] = []
    bare = dialect is not None and bool(dialect.domain)
    for at, line in enumerate(lines):
        # QUIRK: Exchange gives a directory name of its own for one that is gone: `IMCEAEX-_o=…@host`.
        # QUIRK: Sendmail names the command that an alias leads to, and its arguments may be addresses.
        named = "@" in line or bare or " at " in line
        if named and len(found) < MAX_ANCHORS and not line.lstrip().startswith(_NOBODY):
            found.extend(_read_line(lines, at, prose, dialect))
    if not found:
        # QUIRK: Exim hides where an alias leads: `an undisclosed address`, `(generated from a@b)`.
        aliases = ((at, find_original(line)) for at, line in enumerate(lines) if "@" in line)
        return tuple(Anchor(at, alias, "", BY_PLACE) for at, alias in aliases if alias)
    found = pair_originals(found, lines, prose)
    found = add_peers(drop_repeated(found, lines), lines, prose)
    found = _drop_greeted(_drop_proposed(found, lines, prose), lines, readers)
    best = max((anchor.strength for anchor in found), default=0)
    chosen = [anchor for anchor in found if anchor.strength == best]
    serious = [anchor for anchor in chosen if not anchor.address.lower().startswith(_HELPERS)]
    return tuple(serious or chosen)


def _drop_proposed(found: list[Anchor], lines: tuple[str, ...], prose: Prose) -> list[Anchor]:
    hints = find_hints(lines, prose)
    if not hints:
        return found
    return [
        anchor
        for anchor in found
        if not is_proposed(
            Place(anchor.line, lines[anchor.line].partition(anchor.address)[0]), lines, hints, prose
        )
    ]


def _drop_greeted(found: list[Anchor], lines: tuple[str, ...], readers: frozenset[str]) -> list[Anchor]:
    """Drop the reader's own address where the report greets them, or names somebody else without a reply."""
    theirs = [each for each in found if each.address.lower() in readers and not REPLYISH.search(each.rest)]
    if not theirs:
        return found
    if len({each.address.lower() for each in theirs}) < len({each.address.lower() for each in found}):
        return [each for each in found if each not in theirs]
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    return [each for each in found if each.line != first or not _GREETED.search(lines[first])]


def find_quoted(lines: tuple[str, ...], prose: Prose) -> tuple[str, ...]:
    """Return whom a header that a report quotes was for: `From: …`, `To: a@b; c@d`, `Subject: …`."""
    found: list[str] = []
    for at, line in enumerate(lines):
        labelled = LABELLED.match(line) if "@" in line else None
        label = canonical(labelled["label"]).strip() if labelled else ""
        if labelled and label in prose.header_labels and _is_in_header(lines, at, label, prose):
            found += [each.address for each in _read_list(at, labelled["address"], labelled["rest"], None)]
    return tuple(dict.fromkeys(found))[:MAX_ANCHORS]


def _read_line(lines: tuple[str, ...], at: int, prose: Prose, dialect: Dialect | None) -> list[Anchor]:
    line = lines[at]
    for pattern in dialect.recipient if dialect else ():
        if row := pattern.match(line):
            groups = row.groupdict()
            named = groups["address"]
            if dialect and dialect.domain and "@" not in named:
                named = f"{named}@{dialect.domain}"
            return name_at(at, named, groups.get("reason") or "", BY_ROW, groups.get("original"))
    if "@" not in line:
        return _read_spoken(lines, at, prose)
    labelled = _read_label(lines, at, prose)
    if labelled is not None:
        return labelled
    if lead := LEAD.match(line):
        others = names_bystander(line_before(lines, at), prose) or _is_sender(lead["rest"], prose)
        items = read_items(line, at) if "@" in lead["rest"] and not others else []
        return [] if others else items or _read_list(at, lead["address"], lead["rest"], find_original(line))
    given = GIVEN.match(line)
    if given is None or canonical(given["label"]).strip() not in prose.recipient_labels:
        return _read_sentence(lines, at, prose)
    before = f"{line_before(lines, at)} {given['label']}"
    return [] if names_bystander(before, prose) else name_at(at, given["address"], "", BY_PLACE)


def _read_spoken(lines: tuple[str, ...], at: int, prose: Prose) -> list[Anchor]:
    """Read a user whose address is written as it is spoken: `user jo at example.com: unknown`."""
    if quoted := read_quoted(lines[at]):
        told = f"{line_before(lines, at)} {' '.join(lines[at : at + 2])}"
        return name_at(at, quoted, "", BY_PLACE) if prose.tells_failure(told) else []
    spoken = SPOKEN.match(lines[at]) if " at " in lines[at] else None
    if spoken is None or canonical(spoken["label"] or "").strip() not in prose.recipient_labels:
        return []
    if not prose.tells_failure(lines[at]):
        return []
    return name_at(at, f"{spoken['local']}@{spoken['domain']}", spoken["rest"], BY_PLACE)


def _read_label(lines: tuple[str, ...], at: int, prose: Prose) -> list[Anchor] | None:
    """Read a line whose label says whose the address is; None where no known label stands."""
    spaced = None if lines[at].isascii() else SPACED.match(lines[at])
    if spaced and spaced["label"] in prose.sender_labels | prose.recipient_labels:
        fails = spaced["label"] in prose.recipient_labels
        return name_at(at, spaced["address"], spaced["rest"], BY_PLACE) if fails else []
    labelled = LABELLED.match(lines[at])
    if not labelled:
        return None
    label = canonical(labelled["label"]).strip()
    fails = prose.failures.is_in(f" {label} ")
    if label in prose.sender_labels:
        return []
    if label in prose.recipient_labels:
        if _is_in_header(lines, at, label, prose):
            return []
    elif not fails or label.endswith(NO_RECIPIENTS):
        return None
    # The label may be the reason, too: `User mailbox exceeds allowed size: a@b`.
    named = _read_list(at, labelled["address"], labelled["rest"], None)
    return [each._replace(rest=f"{labelled['label']} {each.rest}") for each in named] if fails else named


def _read_list(at: int, first: str, rest: str, original: str | None) -> list[Anchor]:
    """Read a line that leads with an address; a list of addresses alone is taken whole."""
    further = ADDRESS.findall(rest) if "@" in rest else []
    if further and ADDRESS.sub("", rest).strip(" \t<>,;:&()") in {"", "and", "und", "et", "y", "e", "en"}:
        return [anchor for raw in (first, *further) for anchor in name_at(at, raw, "", BY_PLACE)]
    return name_at(at, first, rest, BY_PLACE, original)


def _is_in_header(lines: tuple[str, ...], at: int, label: str, prose: Prose) -> bool:
    """Tell `To:` of a quoted header, as Exchange gives it, from one that labels the recipient.

    Beside a reason, too, it stands in a report's own table: `To: … Subject: … Status: …`, as Postal writes.
    """
    if label not in prose.header_labels:
        return False
    beside = set()
    for line in (*lines[max(at - 3, 0) : at], *lines[at + 1 : at + 4]):
        before, colon, _ = line.replace("：", ":").partition(":")
        if colon and len(before) < 40:
            beside.add(canonical(before).strip())
    return not beside.isdisjoint(prose.beside_labels) and beside.isdisjoint(prose.reason_labels)


def _read_sentence(lines: tuple[str, ...], at: int, prose: Prose) -> list[Anchor]:
    """Take the addresses of a line that speaks of a failure, here or on the lines beside it."""
    line = lines[at]
    if names_original(line) or line.count("@") > 4 or _GREETING.match(line):
        return []
    beside = " ".join((*lines[max(at - 1, 0) : at], line, *lines[at + 1 : at + 3]))
    # What a server answered stands within a few lines below: `We tried to reach a@b. / It said: / / 550 …`.
    replied = any(REPLYISH.search(below) for below in (beside, *lines[at + 3 : at + MAX_ANSWER]))
    if not replied and not prose.tells_failure(beside) and not _is_announced(lines, at, prose):
        return []
    anchors = []
    # None begins before the word with the first at sign, but for one in quotes.
    first = 0 if '"' in line else line.rfind(" ", 0, line.find("@")) + 1
    for found in ADDRESS.finditer(line, first):
        before, after = f"{line_before(lines, at)} {line[: found.start()]}", line[found.end() :]
        if not names_bystander(before, prose) and not _is_sender(after, prose):
            named = drop_elision(found.group(), line[: found.start()])
            anchors += name_at(at, named, line.strip(), BY_WORDS)
    return anchors


def _is_announced(lines: tuple[str, ...], at: int, prose: Prose) -> bool:
    """Tell names with their addresses below words that say it of them: `could not be delivered to:`."""
    before = line_before(lines, at).rstrip()
    if not before.endswith((":", "：")) or not prose.tells_failure(before):
        return False
    return bool(NAMED_LIST.match(lines[at]) or NAMED_ITEM.match(lines[at]))


def _is_sender(after: str, prose: Prose) -> bool:
    """Say whether what stands behind an address says that its owner sent the mail."""
    return not after.isascii() and canonical(after[:40]).lstrip().startswith(prose.sender_marks)
