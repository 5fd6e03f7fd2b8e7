"""Prepare what extraction found about one recipient for the rows: texts, codes, receivers.

The diagnostic comes first where extraction did not put it first.  An enhanced code in the server's own words
counts before the report's Status field (Exim and OpenSMTPD always write 5.0.0 there).
"""

import re
from typing import NamedTuple

from watcher.model import CodeClass, Evidence
from watcher.reader.classify.texts import Text, read_texts
from watcher.reader.findings import LIST_RULE, Extract, Finding
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.receivers import Receiver
from watcher.reader.ruleset.wording import MAX_TEXT


# Each begins with what it looks for: one that began with what must not stand before is tried at each letter.
_STATUS = re.compile(r"([245](?<![\w.].)\.\d{1,2}\.\d{1,3})(?![\w]|\.\d)")
_REPLY_STATUS = re.compile(r"[45](?<!\d.)\d\d[ -]{1,2}['\"#(]{0,2}([245]\.\d{1,2}\.\d{1,3})(?![\w]|\.\d)")
_REPLY = re.compile(r"(?:^|[\s;:,(])([245]\d\d)(?=[\s\-,;:]|$)")
_BARE = re.compile(r"[45]\d\d")
_LETTERS = re.compile(r"[^\W\d_]{3}")
_CODE_CLASSES = {"5": CodeClass.PERMANENT, "4": CodeClass.TEMPORARY}
_SKIPPED = re.compile(r"<[^>\s]{0,320}>|\S{1,64}@\S{1,255}|(?:x-\w{1,20}|smtp|x400)\s?;", re.IGNORECASE)


class Facts(NamedTuple):
    """All that the rows' conditions ask about."""

    address: str | None
    texts: tuple[Text, ...]
    statuses: tuple[str, ...]  # enhanced codes, the server's own first
    status_where: str
    made_up: frozenset[str]  # those that the server did not give, although it gave a reply
    reply_code: int | None
    code_class: CodeClass
    receivers: tuple[Receiver, ...]
    server_text: str  # what the refusing server said, as it came
    command: str | None
    is_local: bool
    is_shared: bool  # the reply was given to one of several recipients, and does not say which
    is_filtered: bool  # the recipient's own filter answers, RFC 5429: the mailbox is there
    list_refusal: Evidence | None  # that a list manager refuses our post
    is_anybodys: bool  # the report comes from an address like anybody's

    @property
    def is_from_list(self) -> bool:
        """Whether a list manager refuses our post."""
        return self.list_refusal is not None

    @property
    def shown_already(self) -> tuple[Evidence, ...]:
        """What showed the reason before any row was asked."""
        return (self.list_refusal,) if self.list_refusal else ()

    @property
    def has_server_words(self) -> bool:
        """Whether the server said more than codes and addresses; found out when asked, since few rows do."""
        return _has_words(self.server_text)

    @property
    def is_bare_reply(self) -> bool:
        """Whether the server said a reply code alone: QUIRK: Sendmail calls any 550 a user unknown, 5.1.1."""
        return _BARE.fullmatch(self.server_text.strip()) is not None

    @property
    def receiver_names(self) -> frozenset[str]:
        """The names of the receivers recognised."""
        return frozenset(receiver.name for receiver in self.receivers)

    @property
    def codes_text(self) -> str:
        """The codes as one writes them, `550 5.1.1`."""
        return " ".join([*([str(self.reply_code)] if self.reply_code else []), *self.statuses])


def gather_facts(finding: Finding, extract: Extract, rules: Rules) -> Facts:
    """Collect the facts of one recipient."""
    texts = read_texts(finding.clues, finding.diagnostic, finding.address, rules)
    said = find_statuses(texts[0].raw) if texts else ()
    field = (finding.status,) if finding.status and not finding.status.endswith(".0.0") else ()
    statuses = tuple(dict.fromkeys((*said, *field)))
    server_text = finding.diagnostic or ""
    return Facts(
        address=finding.address,
        texts=texts,
        statuses=statuses,
        status_where="diagnostic-code" if said else "status",
        made_up=frozenset(field) - frozenset(said) if said or is_reply(server_text) else frozenset(),
        reply_code=finding.reply_code,
        code_class=code_class(finding.status or next(iter(said), None), finding.reply_code),
        receivers=rules.receivers.find(
            (finding.remote_mta or extract.reporting_mta or "").lower(),
            (finding.address or "").rpartition("@")[2].lower(),
            texts[0].folded if texts else "",
        ),
        server_text=server_text,
        command=(finding.command or "").upper() or None,
        is_local=is_local(finding, extract),
        is_shared=extract.shares_reply and (finding.address or "").lower() not in server_text.lower(),
        is_filtered=extract.format == "mdn",
        list_refusal=find_list_refusal(extract),
        is_anybodys=extract.is_anybodys,
    )


def code_class(status: str | None, reply_code: int | None) -> CodeClass:
    """Say what the codes alone say; the server's reply before an enhanced code, which others may write."""
    return _CODE_CLASSES.get(str(reply_code)[0] if reply_code else (status or " ")[0], CodeClass.NONE)


def find_statuses(text: str) -> tuple[str, ...]:
    """Return the enhanced code that a server's words hold: the one behind a reply code, else the first."""
    head = text[:MAX_TEXT]
    found = _REPLY_STATUS.search(head) or _STATUS.search(head)
    if found is None or found[1][0] == "2" or found[1].endswith(".0.0"):
        return ()
    return (found[1],)


def is_reply(text: str) -> bool:
    """Say whether a diagnostic is an SMTP reply with words."""
    return bool(_REPLY.search(text[:80])) and _has_words(text)


def find_list_refusal(extract: Extract) -> Evidence | None:
    """Return what shows that a list manager refuses a post."""
    return next((evidence for evidence in extract.evidence if evidence.rule == LIST_RULE), None)


def is_local(finding: Finding, extract: Extract) -> bool:
    """Say whether the reporting MTA is the recipient's own."""
    domain = (finding.address or "").rpartition("@")[2].lower()
    reporter = (extract.reporting_mta or "").lower()
    return bool(domain) and not finding.remote_mta and f".{reporter}".endswith(f".{domain}")


def _has_words(text: str) -> bool:
    text = text[:MAX_TEXT]
    if "<" in text or "@" in text or ";" in text:
        text = _SKIPPED.sub(" ", text)
    return _LETTERS.search(text) is not None
