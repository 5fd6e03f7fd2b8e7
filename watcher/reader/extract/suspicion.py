"""Say which mail may be a report in prose: most mail need not be looked through for one."""

from watcher.model import Kind
from watcher.reader.extract.lists import is_list_manager
from watcher.reader.parse.header import Headers
from watcher.reader.parse.message import Message
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.wording import canonical


MAX_PROGRAM = 200
MAX_LABEL = 60  # characters in which the label of a subject ends


def is_suspect(message: Message, rules: Rules) -> bool:
    """Say whether a mail may report in prose: by its sender, its subject or a null return-path."""
    headers = message.headers
    if "X-Failed-Recipients" in headers or message.root.content_type == "multipart/report":
        return True
    return_path = headers.raw("Return-Path")
    if return_path is not None and return_path.strip() in {"<>", ""}:
        return True
    if rules.signs.find_writer(headers) or rules.signs.find("sender", canonical(return_path or "")):
        return True
    if is_list_manager(headers, rules.signs) or _has_telling_program(headers, rules):
        return True
    return _has_telling_subject(headers.first("Subject") or "", rules)


def _has_telling_program(headers: Headers, rules: Rules) -> bool:
    program = headers.first("X-Mailer")
    hits = rules.signs.find_header("x-mailer", canonical(program[:MAX_PROGRAM])) if program else ()
    return any(hit.sign.kind is Kind.BOUNCE for hit in hits)


def _has_telling_subject(subject: str, rules: Rules) -> bool:
    if rules.signs.find("subject", canonical(subject)):
        return True
    label, colon, _ = subject[:MAX_LABEL].partition(":")
    if colon and rules.signs.find("label", canonical(label)):
        return True
    return bool(rules.signs.find_fate(subject))
