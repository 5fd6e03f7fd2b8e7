"""Tell a report that a system sends from a plain address from the letters and the bait that are like it.

Nothing but its words shows what it is, so all of them have to: the subject leads with a failed delivery, or
ends in one behind the subject of ours; the text opens with it, as nobody opens a letter, names who failed,
and quotes the reply of a server.  Whatever a person or a trap would add is against it: a greeting, a
question, a word of themselves, a signature, a recipient of the reader's own domain.  Where it quotes no
reply, its words have to be all there is: "your message to Jim was rejected by mistake, please send it again"
is a letter.
"""

import re

from watcher.model import Action, Kind
from watcher.reader.findings import Recognition
from watcher.reader.parse.address import parse_mailboxes, parse_writer
from watcher.reader.parse.text import body_text
from watcher.reader.recognise.claimed import is_signed
from watcher.reader.recognise.spoken import ADDRESS
from watcher.reader.recognise.view import View
from watcher.reader.ruleset.phrase_set import needle
from watcher.reader.ruleset.signs import Hit
from watcher.reader.ruleset.wording import canonical


CONFIDENCE = 0.7
MAX_OWN = 1_200  # canonical characters of such a report's own words
MAX_STATEMENTS = 4  # texts about an address in a mail of nothing else
MAX_STATEMENT = 10  # words of each
MAX_LEAD = 400  # characters of its text in which it names one who failed
_SUBJECT_MARKS = str.maketrans("：–—", ":--")
_SENTENCE_END = re.compile(r"[.!]\s")


def find_plain_report(view: View) -> Recognition | None:
    """Return a bounce that comes from an address like anybody's."""
    alone = "prose.reply" not in view.rules
    if alone and not _says_nothing_else(view):
        return None
    if view.is_listed or view.is_threaded or len(view.own) > MAX_OWN or "?" in view.own + view.subject:
        return None
    if view.of(Kind.ORDINARY, "own") or view.of(Kind.ORDINARY, "subject"):
        return None
    if is_signed(view):
        return None
    opening = _opening(view) or (view.of(Kind.BOUNCE, "own")[0] if alone else None)
    subject = _leading(view, opening) if opening else None
    if subject is None or opening is None or not _is_about_others(view):
        return None
    failed = any(finding.action is Action.FAILED for finding in view.extract.findings)
    kind = Kind.BOUNCE if failed else Kind.DELAY
    evidence = (subject.evidence(), opening.evidence())
    language = opening.sign.language or subject.sign.language
    return Recognition(kind, None, CONFIDENCE, evidence, language, is_anybodys=True)


def _says_nothing_else(view: View) -> bool:
    """Say whether the whole text is that mail to an address failed, in a language or two, and no link."""
    told = view.of(Kind.BOUNCE, "own")
    if not told or ADDRESS not in view.own or view.has_link:
        return False
    parts = [part for part in view.own.split(ADDRESS.strip()) if part.strip()]
    return len(parts) <= MAX_STATEMENTS and all(
        len(part.split()) <= MAX_STATEMENT and any(needle(hit.phrase) in part for hit in told)
        for part in parts
    )


def _opening(view: View) -> Hit | None:
    """Return the sign with which the text opens: `Your message to … was not delivered`."""
    return next(
        (hit for hit in view.of(Kind.BOUNCE, "own") if hit.sign.sure and hit.sign.at == "start"), None
    )


def _leading(view: View, opening: Hit) -> Hit | None:
    """Return the sign that the subject begins with, or ends in behind a mark and the subject of ours."""
    words = canonical(view.subject)
    subject = view.subject.translate(_SUBJECT_MARKS).replace(" - ", ": ")
    last = canonical(subject.rpartition(":")[2])
    told = any(words.startswith(f" {phrase} ") for phrase in opening.sign.phrases)
    for hit in view.of(Kind.BOUNCE, "subject"):
        if not view.is_reply and (told or words.startswith(f" {hit.phrase} ")):
            return hit
        if subject.count(":") > 1 and last.startswith(f" {hit.phrase} "):
            return hit
    return None


def _is_about_others(view: View) -> bool:
    """Say whether its lead names who failed, and nobody of the writer's or the reader's own."""
    named = {finding.address.lower() for finding in view.extract.findings if finding.address}
    sender = parse_writer(view.message.headers).lower()
    lead = body_text(view.message).lstrip()[:MAX_LEAD].lower()
    if "prose.address_line" not in view.rules:
        lead = _SENTENCE_END.split(lead, maxsplit=1)[0]  # further below an address may be another's
    if not named or sender in named or not any(address in lead for address in named):
        return False  # nobody's own address has failed from which they write
    domains = {_domain(address) for address in named}
    return not any(_domain(reader) in domains for reader in parse_mailboxes(view.message.headers.first("To")))


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
