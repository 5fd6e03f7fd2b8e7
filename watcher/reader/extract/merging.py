"""Join what a report's status says with what its prose says about the same recipient.

Many systems keep their best words for people: OpenSMTPD's status has no diagnostic, Exim's names the alias
and not where it led, Sendmail's transcript holds more than its fields.
"""

import re
from collections.abc import Iterator

from watcher.model import Action
from watcher.reader.extract.diagnosis import find_reply, settle_status
from watcher.reader.extract.notice import Notice
from watcher.reader.extract.original_address import find_original, may_have_original
from watcher.reader.extract.prose import ProseReport
from watcher.reader.findings import Clue, Finding
from watcher.reader.ruleset.dialects import Dialect, Prose
from watcher.reader.ruleset.wording import canonical


MIN_LOOP = 25  # Received fields
MAX_EMPTY = 60  # characters
# What RFC 5321 section 4.2.3 writes behind a code, and the cause that should follow it left out.
_EMPTY = re.compile(r"(?i:requested (?:mail )?action (?:not taken|aborted))[ .;,)]{0,4}$")


def needs_prose(findings: tuple[Finding, ...], notice: Notice) -> bool:
    """Say whether the prose may tell what the status does not: words, a code, where an alias led."""
    return any(_lacks_words(finding) for finding in findings) or _names_alias(notice)


def add_prose(
    findings: tuple[Finding, ...], told: ProseReport, notice: Notice, dialect: Dialect | None
) -> tuple[Finding, ...]:
    """Add to each recipient of the status what the prose says about it.

    A status that the fields give stands, but for systems that put the reply into the prose alone.
    """
    sole = len(findings) == 1
    known = tuple(_enrich(finding, told, notice, sole=sole) for finding in findings)
    if dialect is not None and dialect.replies_in_prose:
        known = tuple(_correct_status(finding) for finding in known)
    return (*known, *_find_malformed(known, told))


def _correct_status(finding: Finding) -> Finding:
    return finding._replace(status=settle_status(finding.status, find_reply(finding.diagnostic or "")))


def _find_malformed(known: tuple[Finding, ...], told: ProseReport) -> Iterator[Finding]:
    """Yield what an alias led to besides, and no field can hold: Exim tells of `jo@@example.org` in prose."""
    for finding in told.findings:
        if finding.address and finding.original_address and "@@" in finding.address:
            alias = finding.original_address.lower()
            listed = {(each.address or "").lower() for each in known}
            if finding.address.lower() not in listed and any(
                each.original_address and each.original_address.lower() == alias for each in known
            ):
                yield finding


def settle_expiry(finding: Finding, prose: Prose) -> Finding:
    """Take a queue that gave up as failed, though it calls it delayed: OpenSMTPD's `Envelope expired`."""
    if finding.action is not Action.DELAYED:
        return finding
    gave_up = finding.diagnostic is not None and prose.final.is_in(canonical(finding.diagnostic))
    return finding._replace(action=Action.FAILED) if gave_up else finding


def blame_hops(finding: Finding, hops: int) -> Finding:
    """Add what the returned original tells where a report gives no reason: Exim's too many hops.

    Hosts give up after 25 (Sendmail), 30 (Exim) or 50 (Postfix) Received fields; no mail that is on its way
    comes near.
    """
    told = finding.diagnostic is not None or finding.reply_code is not None
    vague = finding.status is None or finding.status.endswith(".0.0")
    if hops < MIN_LOOP or told or not vague:
        return finding
    clue = Clue(f"too many hops: {hops} Received fields in the original", "original")
    return finding._replace(clues=(clue, *finding.clues))


def _lacks_words(finding: Finding) -> bool:
    vague = finding.status is None or finding.status.endswith(".0.0")
    if (
        not _is_internet(finding.address)
        or finding.diagnostic is None
        or (vague and finding.reply_code is None)
    ):
        return True
    return len(finding.diagnostic) < MAX_EMPTY and _EMPTY.search(finding.diagnostic) is not None


def _is_internet(address: str | None) -> bool:
    """Say whether an address is no name of another mail system, which the prose may know by a better one."""
    return address is not None and "@" in address


def _names_alias(notice: Notice) -> bool:
    lines = notice.lines[:200]
    return may_have_original("\n".join(lines)) and any(map(find_original, lines))


def _enrich(finding: Finding, told: ProseReport, notice: Notice, *, sole: bool) -> Finding:
    key = (finding.address or "").lower()
    same = told.by_address.get(key) or told.by_address.get((finding.original_address or "").lower())
    if same is not None and same.address and key and same.address.lower() != key and same.original_address:
        # The status names the alias; the prose says where it led.
        finding = finding._replace(address=same.address, original_address=finding.address)
    if same is None and sole and told.findings and (len(told.findings) == 1 or "@" not in key):
        same = told.findings[0]
    clues = [*finding.clues, *(same.clues if same else told.clues)]
    if not clues and sole:
        clues = [Clue(text, "body")] if (text := " ".join(notice.text(2_000).split())) else []
    if same is None:
        return finding._replace(clues=tuple(clues))
    reply = find_reply(same.diagnostic or "")
    spoken = finding.diagnostic is None and (reply.reply_code is not None or reply.status is not None)
    return finding._replace(
        address=finding.address if _is_internet(finding.address) else same.address or finding.address,
        original_address=finding.original_address or same.original_address,
        diagnostic=finding.diagnostic or same.diagnostic,
        reply_code=reply.reply_code if spoken else finding.reply_code,
        status=finding.status or (reply.status if spoken else None),
        remote_mta=finding.remote_mta or same.remote_mta,
        command=finding.command or same.command,
        clues=tuple(clues),
    )
