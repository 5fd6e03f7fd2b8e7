"""Read what a mail server answered, in one answer or in prose: reply code, enhanced code and words.

RFC 5321 section 4.2, RFC 2034, RFC 3463. Seen in the wild and accepted here: continued lines, also where
folding has joined them (`550-5.1.1 … 550 5.1.1 …`), qmail's `(#5.1.1)`, a comma or colon after the code, a
type before it (`smtp; 550 …`), an enhanced code alone.  A number is a code only where codes stand: at the
start of a text or line, or after words that announce one; never within a date, a time, a version, an
address or an amount.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from watcher.reader.parse.reply_lines import ENHANCED, gather_words, join_codes, line_end


class SmtpReply(NamedTuple):
    """One answer: the reply code, the enhanced code, and the words without them."""

    reply_code: int | None
    status: str | None
    text: str


_CODE: Final = re.compile(
    rf"([2-5]\d\d)(?:[ \t]{{0,3}}([-,:;]?)[ \t\n]{{0,9}}[(\['\"]?#?{ENHANCED}[)\]]?)?([-,:;]?)"
)
_STATUS: Final = re.compile(rf"[(\[<\"']?#?{ENHANCED}[)\]]?[,:;]?")
_LATER_STATUS: Final = re.compile(rf"(?:[(\[ ]#|[(\[]|(?<=[\s:=])){ENHANCED}")
# The type of a Diagnostic-Code (RFC 3464 section 2.3.6), with what some put around the answer.
_TYPE: Final = re.compile(
    r"[\s\"'(\[<]{0,9}(?:(?:e?smtp|lmtp|unix|dns|local|x-[a-z0-9.-]{1,30})\s{0,3};[\s\"'(\[<]{0,9})?",
    re.IGNORECASE,
)
# Every place where a reply code or an enhanced code could stand; what is before and after it decides.
_PLACE: Final = re.compile(rf"[2-5]\d\d(?=[\s,;:\-()\"'<\[\]#]|$)|{ENHANCED}")
_AFTER_STATUS: Final = re.compile(r"[)\]]?[\s,:;-]{0,5}")
_LINE_START: Final = re.compile(r"(?:^|\n)[ \t>|*\"'(\[<-]{0,20}$")
_SERVER_SAID: Final = re.compile(
    r"(?:<<<|(?i:said|says|replied|responded|response|reply|answer|answered|returned)(?: with| was)?[\s:]|"
    r"(?i:smtp;))[\s\"'(\[#<]{0,20}$"
)
_ANNOUNCED: Final = re.compile(
    r"(?:[:;]\s{0,20}|>\s{1,3}|\],\s{1,3}|(?i:dsn|code|status)=|"
    r"(?i:error|status|dsn|reason|error was|(?:fail|reject|refus|return|respond)ed with)\s{1,20})"
    r"[\"'(\[#<]{0,3}$"
)
_CODE_IS: Final = re.compile(r"(?i:smtp|error|status|reply|response|dsn)[ _-]?(?i:code|status)[ :=]{0,5}$")
# `5.1.1 <a@b>... User unknown`
_BEFORE_ADDRESS: Final = re.compile(r"\s{1,2}<[^<>\s@]{1,64}@[^<>\s@]{1,253}>")
_VERSION: Final = re.compile(
    r"(?i:version|release|revision|build|ver|rev|v|exim|postfix|sendmail|qmail|server|section|chapter|sect?\.|§|"
    r"linux|kernel|php|python|perl|openssl|mailscanner|spamassassin|rfc ?\d{3,4},?)[\s:/=-]{0,3}$"
)
_AMOUNT: Final = re.compile(
    r"[\s-]{0,3}(?:(?i:bytes?|octets?|[kmg]i?b|kbytes?|mbytes?|messages|e?mails|recipients|lines|users|times|"
    r"seconds?|secs?|minutes?|mins?|hours?|days?|weeks?|percent|people|characters?)(?!\w)|%|\d)"
)
# The codes of refusals that servers use.
_FAILURE: Final = re.compile(r"4(?:2[1-9]|[3-7]\d)|5(?:[0-7]\d|9\d)")
# RFC 3464 section 2.3.6: other types than smtp carry other numbers, such as the exit code of a program.
_EXIT_CODE: Final = re.compile(r"(?i:x-[a-z0-9.-]{1,30}|unix|local)\s{0,3};\s{0,3}\d{1,3}")
_WORDS_FOLLOW: Final = re.compile(
    r"[ \t]{0,3}[ \t:,-][ \t-]{0,3}(?:[^\W\d]|[<\"'(\[#*])|"
    r"[ \t]{0,9}\n[ \t]{1,20}[^\s\d]"
)
_READ: Final = 1 << 16  # letters of one answer
_PROSE: Final = 1 << 20


def parse_reply(text: str) -> SmtpReply:
    """Read the answer that a text holds; codes that are not there are None."""
    text = text[:_READ].strip()
    start = _skip_type(text, 0)
    status = None
    own = _STATUS.match(text, start)
    if own:
        status, start = own[1], own.end()
    # QUIRK: Exchange 2003 writes `#5.1.1 smtp;550 5.1.1 …`
    found = _CODE.match(text, _skip_type(text, start) if own else start)
    if found and _is_whole(text, found) and not _EXIT_CODE.fullmatch(text):
        return _read(found, text[found.end() :], status)
    for _, reply in _find(text[start:]):
        # QUIRK: Cisco's gateways put a code of their own before: `5.1.0 - Unknown address error 550-'5.2.2`
        if reply.reply_code or not status:
            return SmtpReply(reply.reply_code, reply.status or status, reply.text)
    return SmtpReply(None, status, _tidy(text[start:]))


def find_replies(text: str) -> Iterator[tuple[int, SmtpReply]]:
    """Yield the answers that prose holds, each with where it begins; none overlaps another."""
    return _find(text[:_PROSE])


def _find(text: str) -> Iterator[tuple[int, SmtpReply]]:
    end = 0
    for place in _PLACE.finditer(text):
        start = place.start()
        before = text[start - 1] if start else "\n"
        if start < end or before.isalnum() or before in "_.@/+$€£,-":
            continue
        if place[1]:
            if not _is_status(text, place):
                continue
            reply, end = _read_status(text, place)
        else:
            found = _CODE.match(text, start)
            if (
                found is None
                or (before == ":" and text[start - 2 : start - 1].isdigit())
                or not _is_code(text, found)
            ):
                continue
            words, end = gather_words(text, found)
            reply = _read(found, words, None)
        yield start, reply


def _is_code(text: str, found: re.Match[str]) -> bool:
    """Tell whether the number stands where a reply code stands."""
    if found[3]:  # an enhanced code follows
        return True
    before = text[max(0, found.start() - 60) : found.start()]
    if not _is_whole(text, found) or _SERVER_SAID.search(before):
        return _is_whole(text, found)
    # Without a word that announces it, only a failure that words follow: `550 User unknown`.
    if not _FAILURE.fullmatch(found[1]) or _AMOUNT.match(text, found.end()):
        return False
    if not _WORDS_FOLLOW.match(text, found.end() - len(found[4])):
        return _CODE_IS.search(before) is not None
    if _LINE_START.search(before):
        return not found[1].endswith("00")  # more often an amount or a house number
    return (_ANNOUNCED.search(before) or _CODE_IS.search(before)) is not None


def _is_whole(text: str, found: re.Match[str]) -> bool:
    """Tell whether the number ends where a code ends, and is no range, time or amount."""
    if found[3]:
        return True
    after = text[found.end() : found.end() + 1]
    if found[4]:
        return not after.isdigit()
    return not after or after.isspace() or after in "(\"'<[#])"


def _is_status(text: str, place: re.Match[str]) -> bool:
    """Tell whether an enhanced code stands alone where one stands, and is no version."""
    before = text[max(0, place.start() - 30) : place.start()]
    if place[0][0] == "2" or _VERSION.search(before):
        return False
    if before.endswith(("#", "(", "[")) or _ANNOUNCED.search(before) or _CODE_IS.search(before):
        return True
    if _BEFORE_ADDRESS.match(text, place.end()):
        return True
    return _LINE_START.search(before) is not None and text[place.end() : place.end() + 1] != ","


def _skip_type(text: str, start: int) -> int:
    lead = _TYPE.match(text, start)
    return lead.end() if lead else start


def _read_status(text: str, place: re.Match[str]) -> tuple[SmtpReply, int]:
    """Read an enhanced code without a reply code, or with one right after it."""
    after = _AFTER_STATUS.match(text, place.end())
    start = after.end() if after else place.end()
    found = _CODE.match(text, _skip_type(text, start))
    if found and _is_whole(text, found) and (found[3] or _WORDS_FOLLOW.match(text, found.end())):
        words, end = gather_words(text, found)
        return _read(found, words, place[0]), end
    end = line_end(text, start)
    return SmtpReply(None, place[0], _tidy(text[start:end])), end


def _read(found: re.Match[str], words: str, status: str | None) -> SmtpReply:
    code = found[1]
    status = found[3] or status
    if "-" in (found[2], found[4]) or "\n" in words:
        words, later = join_codes(code, words)
        status = status or later
    if status is None:
        later_status = _LATER_STATUS.search(words[:1000])
        # Only one that agrees: a word such as "5.1.2" may be about something else.
        if later_status and later_status[1][0] == code[0]:
            status = later_status[1]
    return SmtpReply(int(code), status, _tidy(words))


def _tidy(words: str) -> str:
    return " ".join(words.split()).lstrip("-,:; ")
