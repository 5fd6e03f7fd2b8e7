"""Find the words of a report, and where in them the returned original begins.

A report's own words stand before the original.  The original comes as a part of its own, or in the same text
after a line that says so ("--- Below this line is a copy of the message."), or simply starts with its header.
Nothing beyond that line is ever read as the report's own.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from watcher.reader.extract.diagnosis import cut_amid
from watcher.reader.parse.message import Message
from watcher.reader.parse.mime import Part
from watcher.reader.parse.text import read_texts
from watcher.reader.ruleset.dialects import Prose
from watcher.reader.ruleset.phrase_set import Finder, PhraseSet
from watcher.reader.ruleset.wording import canonical


MAX_TEXT = 48_000  # characters of a report's own words
MAX_LINES = 1_500
MAX_LINE = 1_000
MAX_ANNOUNCING = 160  # characters of a line that announces the original
MAX_ORIGINAL = 32_000
MAX_BLOCK = 25  # lines of a header in which it shows that it is one
RETURNED_TYPES = frozenset(
    {
        "message/rfc822",
        "message/global",
        "message/partial",
        "text/rfc822-headers",
        "text/rfc822-header",  # QUIRK: one letter short; seen in feedback reports
        "message/rfc822-headers",
        "message/global-headers",
    }
)
# No arrow of a quoted session: `<<< 550 message rejected`.
_RULE = re.compile(r"\s{0,20}[-=_*|#~+<>]{2,}+(?!\s{0,4}(?:[2-5]\d\d|RCPT|MAIL|DATA)\b)")
_NOT_ORIGINAL = re.compile(
    r"transcript|session|recipient|address|error|fail|fatal|diagnos|notif|status|reason|details|\blog\b"
    r"|\bnot\b|deliver",
    re.IGNORECASE,
)
_ABOUT_ORIGINAL = re.compile("信息|資訊|情報|정보")  # facts about the original, as QQ gives them; not itself
_ABOUT_FAILURE = re.compile(r"\bnot\b|error|reason|address|recipient|transcript|attempt", re.IGNORECASE)
# A line that begins the original has one of these; looked for in small letters.
_ORIGINAL = (
    "original",
    "return",
    "copy",
    "copi",
    "cópia",
    "unsent",
    "undeliver",
    "follow",
    "header",
    "lines",
    "old message",
    "summary",
    "rejected",
    "scrubbed",
    "nachricht",
    "d'origine",
    "oorspron",
    "kopi",
    "исходн",
    "копи",
    "загол",
    "ursprung",
    "orijinal",
    "元の",
    "原",
    "送信メ",
    "원본",
)
_MESSAGE = (
    "message",
    "mail",
    "header",
    "original",
    "nachricht",
    "mensaj",
    "mensag",
    "messaggio",
    "bericht",
    "сообщ",
    "メール",
    "メッセージ",
    "邮件",
    "郵件",
)
_FIELD = re.compile(r"(?:> ?)?([A-Za-z][A-Za-z0-9-]{1,40}):(?=\s|<|$)")
_TRACE = frozenset(
    {"received", "return-path", "message-id", "mime-version", "dkim-signature", "delivered-to", "x-mailer"}
)
# No header is taken for the original's without one of these: most texts need not be looked through.
_SIGNS = Finder((*_ORIGINAL, *(f"{name}:" for name in sorted(_TRACE))))


class Notice(NamedTuple):
    """The report's own lines, and the original as far as it stands in the same text."""

    lines: tuple[str, ...] = ()
    original: str | None = None
    separated: bool = False  # a line announced the original

    def text(self, limit: int = MAX_TEXT) -> str:
        """Return the report's own words."""
        return "\n".join(self.lines)[:limit]


def find_notice(message: Message, prose: Prose) -> Notice:
    """Collect the report's own words from the parts before the original, and split the original off."""
    texts: list[str] = []
    size = 0
    for text in read_texts(_own_parts(message), message.limits.text):
        texts.append(text[: MAX_TEXT - size])
        size += len(text)
        if size >= MAX_TEXT:
            break
    return split_original("\n".join(texts), prose)


def split_original(text: str, prose: Prose) -> Notice:
    """Split a text where the returned original begins."""
    if not text.isascii():
        text = text.replace("：", ": ")  # as Chinese and Japanese write it
    lines = text.split("\n", MAX_LINES)[:MAX_LINES]
    if max(map(len, lines)) > MAX_LINE:
        lines = [cut_amid(line, MAX_LINE) for line in lines]
    low = text.lower()
    announcing, traces = _find_lines(low)
    end = _find_separator(lines, announcing, prose)
    header = _find_header(lines, traces, end)
    if header is not None:
        return Notice(tuple(lines[:header]), _rest(lines, header))
    if end < len(lines):
        return Notice(tuple(lines[:end]), _rest(lines, end + 1), separated=True)
    return Notice(tuple(lines))


def _find_lines(low: str) -> tuple[list[int], list[int]]:
    """Return the lines that may announce the original, and those that may hold a trace field of it."""
    announcing: list[int] = []
    traces: list[int] = []
    line = done = 0
    for number, at in _SIGNS.find_places(low):
        if at > done:
            line += low.count("\n", done, at)
            done = at
        found = announcing if number < len(_ORIGINAL) else traces
        if not found or found[-1] != line:
            found.append(line)
    return announcing, traces


def _find_separator(lines: list[str], announcing: list[int], prose: Prose) -> int:
    """Return the first line that announces the original, or the number of all lines."""
    for at in announcing:
        if at >= len(lines):
            break
        if len(lines[at]) <= MAX_ANNOUNCING and _announces(lines[at], prose.separators):
            return at
    return len(lines)


def _find_header(lines: list[str], traces: list[int], end: int) -> int | None:
    """Return the line with which the original's header begins, before the one that announces it."""
    if not traces:
        return None
    for at in range(max(traces[0] - MAX_BLOCK, 0), end):
        if _FIELD.match(lines[at]) and _is_header_block(lines, at):
            return at
    return None


def _own_parts(message: Message) -> Iterator[Part]:
    """Yield the text parts before the original; of alternatives only the plain one."""
    stack = [message.root]
    while stack:
        part = stack.pop()
        if part.content_type in RETURNED_TYPES:
            return
        if part.content_type == "multipart/alternative" and part.children:
            plain = [p for p in part.children if p.content_type == "text/plain" and p.body.strip()]
            stack.append((plain or list(part.children))[0])
        elif part.children:
            stack.extend(reversed(part.children))
        elif part.content_type in {"text/plain", "text/html"} or part is message.root:
            yield part


@lru_cache(maxsize=4_096)  # mails of one system share these lines
def _announces(line: str, separators: PhraseSet) -> bool:
    if not line.isascii() and _ABOUT_ORIGINAL.search(line):
        return False
    drawn = _RULE.match(line) is not None
    words = canonical(line)
    count = sum(word.isalnum() for word in words.split())
    open_end = line.rstrip().endswith((":", "：")) or words.endswith(
        (" follow ", " follows ", " follow . ", " follows . ")
    )
    for phrase in separators.find_all(words):
        # The phrase is the line, or nearly: a sentence that merely speaks of the message does not count.
        if drawn or (open_end and not _ABOUT_FAILURE.search(line)) or count <= len(phrase.split()) + 3:
            return True
    # Any line that is drawn as a rule and names the message, but nothing of the report's own.
    if not drawn or len(line) >= 90 or "@" in line or _NOT_ORIGINAL.search(line):
        return False
    low = line.lower()
    return any(word in low for word in _MESSAGE)


def _is_header_block(lines: list[str], at: int) -> bool:
    """Tell a mail's header from the few fields that a report quotes: one trace field and two others."""
    names = set()
    for line in lines[at : at + MAX_BLOCK]:
        field = _FIELD.match(line)
        if field:
            names.add(field.group(1).lower())
        elif not line[:1].isspace() or not line.strip():
            break
    return len(names) > 2 and not names.isdisjoint(_TRACE)


def _rest(lines: list[str], at: int) -> str:
    """Return the original from its first field on, without rules, blank lines and quote marks before it."""
    for start in range(at, min(at + 12, len(lines))):
        if _FIELD.match(lines[start].lstrip()):
            at = start
            break
    block = lines[at:]
    if block and block[0].startswith(">"):
        block = [line.removeprefix(">").removeprefix(" ") for line in block]
    elif block and block[0][:1].isspace():
        indent = len(block[0]) - len(block[0].lstrip())
        block = [line[indent:] if not line[:indent].strip() else line for line in block]
    return "\n".join(block)[:MAX_ORIGINAL]
