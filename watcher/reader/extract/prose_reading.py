"""Read a report that has no form: a list manager's words, X-Failed-Recipients, its lines, or the original.

Who failed is told by the surest of these that there is; a recipient whom no line names is given the words of
the whole report.
"""

from watcher.model import Action, Evidence
from watcher.reader.extract.anchors import find_quoted
from watcher.reader.extract.apart import find_words_of
from watcher.reader.extract.bare_names import find_bare_names, find_home
from watcher.reader.extract.delivery_status import CROWDED, MAX_RECIPIENTS
from watcher.reader.extract.diagnosis import find_reply
from watcher.reader.extract.dialect import find_dialect
from watcher.reader.extract.foreign import find_foreign
from watcher.reader.extract.list_names import find_list
from watcher.reader.extract.lists import Refusal, find_refusal, is_list_manager
from watcher.reader.extract.look import MAX_BODY_WORDS, Look
from watcher.reader.extract.mailed import find_readers, name_mailed
from watcher.reader.extract.prose import ProseReport, read_prose
from watcher.reader.extract.returned import find_sole_recipient, read_original
from watcher.reader.findings import LIST_RULE, Clue, Extract, Finding
from watcher.reader.parse.address import normalise_address, parse_writer
from watcher.reader.parse.address_search import find_addresses
from watcher.reader.parse.header import Headers
from watcher.reader.parse.text import fold
from watcher.reader.ruleset.dialects import Dialect
from watcher.reader.ruleset.signs import MAX_MATCHED


MAX_WORDS = 3_000  # characters of a report that are read as one recipient's


def read_report_in_prose(view: Look) -> Extract:
    """Read a report that no form marks, or the refusal of a list manager."""
    if is_list_manager(view.message.headers, view.rules.signs):
        return read_refusal(view) or _from_report(view)
    report = _from_report(view)
    if any(finding.reply_code or finding.status for finding in report.findings):
        return report  # a server has refused it, whatever the words around say of lists
    return read_refusal(view) or report


def read_refusal(view: Look) -> Extract | None:
    """Read the refusal of a list manager, or of another machine that keeps a list."""
    refusal = find_refusal(view.message.headers, view.rules, view.notice.text(MAX_BODY_WORDS))
    return _from_list(view, refusal) if refusal else None


def _from_list(view: Look, refusal: Refusal) -> Extract:
    """Read a list manager's refusal: the list is the recipient."""
    headers = view.message.headers
    found = find_dialect(view.rules.dialects, headers, (), view.subject, view.opening)
    text = view.notice.text(MAX_BODY_WORDS)
    refusing = find_list(headers, f"{headers.first('Subject') or ''}\n{text}", view.returned)
    if refusing is None and view.returned is not None:
        refusing = find_sole_recipient(view.returned)
    words = " ".join(text.split())
    finding = Finding(address=refusing, action=Action.FAILED, clues=(Clue(words, "body"),))
    return Extract(
        format=found[0].format if found else "prose",
        findings=(finding,),
        original=read_original(view.returned) if view.returned else None,
        evidence=(Evidence(LIST_RULE, refusal.said[:MAX_MATCHED], "body"), *((found[1],) if found else ())),
        language=refusal.language,
    )


def _from_report(view: Look) -> Extract:
    headers = view.message.headers
    found = find_dialect(view.rules.dialects, headers, (), view.subject, view.opening)
    dialect: Dialect | None = found[0] if found else None
    delayed = view.is_delayed()
    readers = find_readers(headers, view.returned)
    told = read_prose(view.notice, view.rules.dialects.prose, dialect, delayed=delayed, readers=readers)
    findings, evidence = told.findings, _prose_evidence(told)
    listed = _listed(headers)
    if listed:
        apart = any(address.lower() in told.by_address for address in listed)
        findings = tuple(_find_told(address, told, view, delayed=delayed, apart=apart) for address in listed)
        evidence = [Evidence("header.x_failed_recipients", "X-Failed-Recipients", "header"), *evidence]
    elif not findings and (named := _find_named(view, delayed=delayed)):
        findings = named
    elif not findings and view.returned is not None:
        sole = find_sole_recipient(view.returned)
        if sole:
            findings = (_bare_finding(sole, told, view, delayed=delayed),)
            evidence = [*evidence, Evidence("returned.sole_recipient", "To", "original")]
    if not findings:
        findings, more = _find_otherwise(view, told, readers, delayed=delayed)
        evidence = [*evidence, *more]
    findings = _add_subject(name_mailed(findings, view.returned), view)
    if view.returned is not None:
        evidence.append(Evidence("returned.original", "message", "original"))
    if found:
        evidence.append(found[1])
    return Extract(
        format=dialect.format if dialect else "prose",
        findings=findings[:MAX_RECIPIENTS],
        original=read_original(view.returned) if view.returned else None,
        evidence=tuple(evidence),
        notes=(CROWDED,) if len(findings) > MAX_RECIPIENTS else (),
    )


def _action(*, delayed: bool) -> Action:
    return Action.DELAYED if delayed else Action.FAILED


def _find_named(view: Look, *, delayed: bool) -> tuple[Finding, ...]:
    """Read users named without a domain, where all of them can be told whose they are."""
    findings = []
    for local, line in find_bare_names(view.notice.lines, view.rules.dialects.prose, view.returned):
        address = find_home(local, view.returned, view.message.headers)
        if address is None:
            return ()
        reply = find_reply(line)
        action = _action(delayed=delayed)
        findings.append(
            Finding(address, None, action, reply.status, reply.reply_code, line, clues=(Clue(line, "body"),))
        )
    return tuple(findings)


def _find_otherwise(
    view: Look, told: ProseReport, readers: frozenset[str], *, delayed: bool
) -> tuple[tuple[Finding, ...], list[Evidence]]:
    """Read whom no line names: who stands in quotes, alone in the notice of a delay, in a host's own form."""
    if view.returned is None:
        quoted = find_quoted(view.notice.lines, view.rules.dialects.prose)
        named = [address for address in quoted if address.lower() not in readers]
        if named:
            return tuple(_bare_finding(each, told, view, delayed=delayed) for each in named), []
        sole = _find_sole(view, readers) if delayed else None
        if sole is not None:
            evidence = [Evidence("prose.address_in_sentence", sole, "body")]
            return (_bare_finding(sole, told, view, delayed=True),), evidence
    foreign = find_foreign(view.notice.lines, view.rules.dialects.prose)
    if foreign:
        return tuple(each._replace(action=_action(delayed=delayed)) for each in foreign), []
    return (_bare_finding(None, told, view, delayed=delayed),), []


def _find_sole(view: Look, readers: frozenset[str]) -> str | None:
    """Return the one address that the notice of a delay names: in whatever words, nobody dies of it."""
    headers = view.message.headers
    if (headers.raw("Return-Path") or "<>").strip() not in {"<>", ""}:
        return None  # who can be answered may name whom to ask
    writer = parse_writer(headers)
    found = {each.lower(): each for each in find_addresses(view.notice.text(MAX_BODY_WORDS))}
    others = [each for lower, each in found.items() if lower != writer.lower()]
    return others[0] if len(others) == 1 and others[0].lower() not in readers else None


def _prose_evidence(told: ProseReport) -> list[Evidence]:
    if not told.findings:
        return []
    rule = {3: "prose.dialect", 2: "prose.address_line", 1: "prose.address_in_sentence"}[told.strength]
    evidence = [Evidence(rule, told.findings[0].address or "", "body")]
    if told.replied:
        evidence.append(Evidence("prose.reply", (told.findings[0].diagnostic or "")[:MAX_MATCHED], "body"))
    return evidence


def _listed(headers: Headers) -> tuple[str, ...]:
    """Read X-Failed-Recipients, which Exim, Gmail and Google Groups write."""
    listed = (
        normalise_address(item) for field in headers.all("X-Failed-Recipients") for item in field.split(",")
    )
    return tuple(dict.fromkeys(address for address in listed if address and "@" in address))[
        : MAX_RECIPIENTS + 1
    ]


def _find_told(address: str, told: ProseReport, view: Look, *, delayed: bool, apart: bool) -> Finding:
    # Exim names the alias in the header, and the address that it led to in the text.
    finding = told.by_address.get(address.lower())
    if finding is not None:
        alias = finding.original_address is not None and finding.original_address.lower() == address.lower()
        return finding if alias else finding._replace(address=address)
    if apart:  # the text names others of the list: what it says is about them
        return Finding(address, action=_action(delayed=delayed), clues=told.clues)
    return _bare_finding(address, told, view, delayed=delayed)


def _add_subject(findings: tuple[Finding, ...], view: Look) -> tuple[Finding, ...]:
    """Add what the subject says of the only recipient, where no reply does: `Returned mail: Host unknown`.

    It may repeat the subject of the original, so that has to be known.
    """
    original = fold(view.returned.first("Subject") or "") if view.returned is not None else ""
    if len(findings) != 1 or findings[0].reply_code is not None or findings[0].status is not None:
        return findings
    subject = view.message.headers.first("Subject") or ""
    if not original or original in fold(subject) or fold(subject) in original:
        return findings
    words = subject.partition(":")[2].strip()  # the rest is a report's own name: `Mail System Error`
    return (findings[0]._replace(clues=(*findings[0].clues, Clue(words, "subject"))),) if words else findings


def _bare_finding(address: str | None, told: ProseReport, view: Look, *, delayed: bool) -> Finding:
    """Give a recipient that no line surely names the whole report, or the words that stand with it."""
    words = find_words_of(address, view.notice.lines) or view.notice.text(MAX_WORDS)
    clues = (*told.clues, Clue(" ".join(words.split()), "body"))
    replied = next(
        (clue for clue in clues if find_reply(clue.text).reply_code or find_reply(clue.text).status), None
    )
    reply = find_reply(replied.text if replied else "")
    return Finding(
        address=address,
        action=_action(delayed=delayed),
        status=reply.status,
        reply_code=reply.reply_code,
        diagnostic=replied.text[:500] if replied and replied.where != "body" else None,
        clues=clues,
    )
