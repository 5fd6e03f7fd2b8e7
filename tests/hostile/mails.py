"""Build hostile mail: each large in one thing, to a size that is asked for."""

# ruff: noqa: E501 - one row a mail

import base64
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import cycle, islice

from tests.reader.rulebook import RULES


REPORT_HEAD = (
    b"From: MAILER-DAEMON@mx.example.com\nTo: bounces@example.org\nSubject: Undelivered Mail Returned to Sender\n"
    b"Return-Path: <>\nMIME-Version: 1.0\n"
)
STATUS = (
    b"Reporting-MTA: dns; mx.example.com\n\n"
    b"Final-Recipient: rfc822; gone@example.net\nAction: failed\nStatus: 5.1.1\n"
    b"Diagnostic-Code: smtp; 550 5.1.1 <gone@example.net>: User unknown\n"
)
ORIGINAL = b"From: news@example.org\nTo: gone@example.net\nSubject: News\nMessage-ID: <1@example.org>\n"
MULTIPART = b"Content-Type: multipart/mixed; boundary=%s\n\n"
PLAIN = b"From: a@example.com\nTo: b@example.org\nSubject: Hello\n\n"
PROSE = REPORT_HEAD + b"\nThis is the mail system at host mx.example.com.\n\n"
PAGE = PROSE.replace(b"\n\n", b"\nContent-Type: text/html\n\n", 1)


@dataclass(frozen=True, slots=True)
class Hostile:
    """One way to be bad: `build` gives a mail of a size, `size` is what a mail server would let through."""

    name: str
    build: Callable[[int], bytes]
    size: int


def report(status: bytes, original: bytes = ORIGINAL + b"\nHello\n", prose: bytes = b"Sorry.\n") -> bytes:
    """Build a delivery report of three parts."""
    return b"".join((
        REPORT_HEAD,
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n",
        b"--b\n\n", prose,
        b"--b\nContent-Type: message/delivery-status\n\n", status,
        b"\n--b\nContent-Type: message/rfc822\n\n", original,
        b"\n--b--\n",
    ))  # fmt: skip


def fill(piece: bytes, size: int) -> bytes:
    """Repeat a piece to a size in octets."""
    return (piece * (size // len(piece) + 1))[:size]


def encoded(octets: bytes) -> bytes:
    """Give octets in base64, in lines as mail has them."""
    return base64.encodebytes(octets)


def _nested_parts(count: int) -> bytes:
    levels = (MULTIPART % (b"b%d" % n) + b"--b%d\n" % n for n in range(count))
    return REPORT_HEAD + b"".join(levels) + b"\n550 5.1.1 user unknown\n"


def _flat_parts(count: int) -> bytes:
    return REPORT_HEAD + MULTIPART % b"b" + b"--b\nContent-Type: text/html\n\n<p>550 user unknown\n" * count


def _nested_messages(count: int) -> bytes:
    return REPORT_HEAD + b"Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\n" * count


def _nested_base64(count: int) -> bytes:
    raw = PLAIN
    for _ in range(count):
        raw = b"Content-Type: message/global\nContent-Transfer-Encoding: base64\n\n" + encoded(raw)
    return REPORT_HEAD + raw


def _encoded_everything(size: int) -> bytes:
    words = encoded(fill(b"<gone@example.net>: 550 5.1.1 user unknown\n", size // 3))
    html = encoded(fill(b"<p>mailbox of <b>gone@example.net</b> is full", size // 3))
    fields = encoded(fill(STATUS + b"\n", size // 3))
    part = b"--b\nContent-Type: %s\nContent-Transfer-Encoding: base64\n\n%s\n"
    kinds = ((b"text/plain", words), (b"text/html", html), (b"message/delivery-status", fields))
    return REPORT_HEAD + MULTIPART % b"b" + b"".join(part % kind for kind in kinds) + b"--b--\n"


def _addresses(count: int) -> bytes:
    listed = [b"user%d@example.net" % n for n in range(count)]
    to, body = b",\n ".join(listed), b"\n".join(b"<%s>: 550 5.1.1 user unknown" % one for one in listed)
    return b"From: MAILER-DAEMON@mx.example.com\nSubject: failure notice\nTo: " + to + b"\n\n" + body + b"\n"


def _sentences(count: int) -> bytes:
    return PROSE + b"\n".join(b"Your mail to user%d@example.net was not delivered." % n for n in range(count))


def _groups(count: int) -> bytes:
    group = b"\nFinal-Recipient: rfc822; user%d@example.net\nAction: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 full\n"
    return report(b"Reporting-MTA: dns; mx.example.com\n" + b"".join(group % n for n in range(count)))


def _status_parts(count: int) -> bytes:
    part = b"--b\nContent-Type: message/delivery-status\n\n" + STATUS
    return REPORT_HEAD + b"Content-Type: multipart/report; boundary=b\n\n" + part * count + b"--b--\n"


def _words(phrases: Iterable[str], size: int) -> bytes:
    lines = [phrase.encode() for phrase in phrases]
    most = size // (sum(map(len, lines)) // len(lines) + 2)
    return b". ".join(islice(cycle(lines), most))


def _every_phrase(size: int) -> bytes:
    return (
        PROSE
        + b"<gone@example.net>: 550 "
        + _words((row.phrase for row in RULES.phrases.rows if row.phrase), size)
    )


def _every_phrase_in_lines(size: int) -> bytes:
    words = _words((row.phrase for row in RULES.phrases.rows if row.phrase), size)
    return PROSE + words.replace(b". ", b".\ngone@example.net: 550 ")


def _every_diagnostic(size: int) -> bytes:
    words = _words((row.phrase for row in RULES.phrases.rows if row.phrase), size)
    return report(STATUS.rstrip() + b" " + words + b"\n")


def _every_sign(size: int) -> bytes:
    words = _words((phrase for row in RULES.signs.rows for phrase in row.phrases), size // 2)
    return (
        b"From: a@example.com\nSubject: " + words + b"\nContent-Type: text/plain; charset=utf-8\n\n" + words
    )


def _every_prose(size: int) -> bytes:
    prose = RULES.dialects.prose
    phrases = (*prose.separators.phrases, *prose.failures.phrases, *prose.delays.phrases, *prose.bystanders)
    return PROSE + _words(phrases, size).replace(b". ", b" x@example.net\n")


def _returned_in_text(size: int) -> bytes:
    below = b"\n--- The message below was returned.\n\n" + ORIGINAL
    return PROSE + b"<gone@example.net>: unknown user\n" + fill(below, size)


def _encoded_words(size: int) -> bytes:
    word = b" =?utf-8?B?" + base64.b64encode(b"Undelivered") + b"?=\n"
    field = fill(word, 30_000)
    block = b"Subject:" + field + b"From:" + field + b"X-Failed-Recipients:" + field
    return block * (size // len(block) + 1) + b"\nbody\n"


def _quoted_levels(size: int) -> bytes:
    return PROSE + b"\n".join(b">" * (n % 500) + b" <a@example.net>: 550 no" for n in range(size // 275))


def _session(count: int) -> bytes:
    said = b">>> RCPT TO:<user%d@example.net>\n<<< 550-5.1.1 no such user\n<<< 550 5.1.1 user%d@example.net... unknown\n"
    return PROSE + b"".join(said % (n, n) for n in range(count))


def _html_parts(size: int) -> bytes:
    part = b"--b\nContent-Type: text/html\n\n" + fill(b"<b><td>", 1 << 20) + b"\n"
    return REPORT_HEAD + MULTIPART % b"b" + part * (size >> 20)


def _entity_parts(size: int) -> bytes:
    part = b"--b\nContent-Type: text/html\n\n" + fill(b"&#32;&nbsp;", 1 << 20) + b"\n"
    return REPORT_HEAD + MULTIPART % b"b" + part * (size >> 20)


def _alternatives(size: int) -> bytes:
    part = b"--b\nContent-Type: text/plain; charset=utf-8\n\n" + fill("é ".encode(), 1 << 14) + b"\n"
    return REPORT_HEAD + MULTIPART.replace(b"mixed", b"alternative") % b"b" + part * (size >> 14)


def _nested_almost(size: int) -> bytes:
    """Multiparts within each other whose boundaries all begin alike, above lines that begin like all."""
    levels = (MULTIPART % (b"b" * n) + b"--" + b"b" * n + b"\n" for n in range(1, 16))
    return REPORT_HEAD + b"".join(levels) + fill(b"\n--" + b"b" * 16, size)


def _wordy_groups(count: int) -> bytes:
    """Every recipient with its own long words in every field that may hold the server's."""
    words = b" ".join(row.phrase.encode() for row in RULES.phrases.rows if row.phrase) * 2
    head = b"Reporting-MTA: dns; mx.example.com\n"
    groups = []
    for n in range(count):
        said = words[n * 37 % 10_000 :][:9_000]
        fields = b"".join(
            name + b": smtp; 550 5.%d.%d " % (n % 8, n % 30) + b"%d " % n + said + b"\n"
            for name in (b"Diagnostic-Code", b"X-Supplementary-Info", b"X-Notes", b"X-Error")
        )
        groups.append(
            b"\nFinal-Recipient: rfc822; user%d@example.net\nAction: failed\nStatus: 5.0.0\n" % n + fields
        )
    return report(head + b"".join(groups))


def _wordy_prose(count: int) -> bytes:
    words = b" ".join(row.phrase.encode() for row in RULES.phrases.rows if row.phrase) * 2
    return PROSE + b"".join(
        b"<user%d@example.net>: host mx.example.net said: 550 %d " % (n, n)
        + words[n * 37 % 10_000 :][:9_000]
        + b"\n\n"
        for n in range(count)
    )


def _failed_field(count: int) -> bytes:
    words = b" ".join(row.phrase.encode() for row in RULES.phrases.rows if row.phrase)
    field = b"".join(b"X-Failed-Recipients: user%d@example.net\n" % n for n in range(count))
    listed = b"X-Failed-Recipients: " + b", ".join(b"u%d@example.net" % n for n in range(count)) + b"\n"
    return listed + field + REPORT_HEAD + b"\n550 " + words[:20_000] + b"\n"


def _deep_reports(size: int) -> bytes:
    """Return reports within reports, above a big original."""
    raw = report(STATUS, ORIGINAL + b"\n" + fill(b"All the news.\n", size))
    for n in range(12):
        part = MULTIPART % (b"d%d" % n) + b"--d%d\nContent-Type: message/rfc822\n\n" % n
        raw = REPORT_HEAD + part + raw
    return raw


def _passed_on(size: int) -> bytes:
    """Return what Mailman writes to the keepers of a list, with bounces of which each returns a big mail."""
    head = b"From: news-bounces@lists.example.org\nSubject: Uncaught bounce notification\n"
    head += MULTIPART % b"p" + b"--p\n\nThe attached messages were received as bounces.\n"
    bounce = report(STATUS, ORIGINAL + b"\n" + fill(b"All the news.\n", size // 40))
    return head + b"--p\nContent-Type: message/rfc822\n\n%s\n" % bounce * 40


MIB = 1 << 20
MAILS: tuple[Hostile, ...] = (
    Hostile("report with a big original", lambda n: report(STATUS, ORIGINAL + b"\n" + fill(b"All the news. 550 5.1.1 user unknown a@example.com\n", n)), 15 * MIB),
    Hostile("report with a big attachment", lambda n: report(STATUS, ORIGINAL + b"Content-Transfer-Encoding: base64\n\n" + encoded(fill(b"news", n * 3 // 4))), 15 * MIB),
    Hostile("big plain mail", lambda n: PLAIN + fill(b"A word or two about mail that user@example.com sent.\n", n), 15 * MIB),
    Hostile("big CRLF mail", lambda n: (PLAIN + fill(b"A word or two about mail.\n", n)).replace(b"\n", b"\r\n"), 15 * MIB),
    Hostile("big mail of 8-bit letters", lambda n: PLAIN + fill("Zustellung an Müller fehlgeschlagen, unzustellbar.\n".encode(), n), 15 * MIB),
    Hostile("big mail of bytes", lambda n: fill(bytes(range(256)), n), 15 * MIB),
    Hostile("big report in prose", lambda n: PROSE + fill(b"<gone@example.net>: host mx.example.net said: 550 5.1.1 user unknown\n\n", n), 15 * MIB),
    Hostile("parts within parts", _nested_parts, 20_000),
    Hostile("parts beside parts", _flat_parts, 20_000),
    Hostile("status parts", _status_parts, 20_000),
    Hostile("header lines", lambda n: REPORT_HEAD + b"".join(b"X-%d: 550 user unknown\n" % i for i in range(n)) + b"\nbody\n", 200_000),
    Hostile("header lines of one name", lambda n: REPORT_HEAD + b"Received: from a by b; 550\n" * n + b"\nbody\n", 200_000),
    Hostile("one long line", lambda n: PROSE + fill(b"user unknown a@example.com ", n), 8 * MIB),
    Hostile("one long word", lambda n: PROSE + b"a" * n, 8 * MIB),
    Hostile("one long header line", lambda n: b"Subject: " + b"x" * n + b"\n\nbody\n", 8 * MIB),
    Hostile("folded lines", lambda n: REPORT_HEAD + b"X-Folded: x" + b"\n y" * n + b"\n\nbody\n", 700_000),
    Hostile("folded lines of a status", lambda n: report(STATUS.rstrip() + b"\n and so on" * n + b"\n"), 700_000),
    Hostile("empty lines", lambda n: PROSE + b"\n" * n + b"<gone@example.net>: 550 no\n", 8 * MIB),
    Hostile("blanks", lambda n: PROSE + b" " * n + b"<gone@example.net>: 550 no\n", 8 * MIB),
    Hostile("addresses", _addresses, 170_000),
    Hostile("addresses in sentences", _sentences, 170_000),
    Hostile("status groups", _groups, 100_000),
    Hostile("status groups without an end", lambda n: report(b"Status: 5.1.1\n\n" * n), 700_000),
    Hostile("reply codes", lambda n: PROSE + fill(b"550 ", n), MIB),
    Hostile("reply codes in a diagnostic", lambda n: report(STATUS.rstrip() + fill(b" 550", n) + b"\n"), MIB),
    Hostile("enhanced codes", lambda n: PROSE + fill(b"5.1.1 ", n), MIB),
    Hostile("at signs", lambda n: PROSE + b"a@" * (n // 2), 4 * MIB),
    Hostile("dots", lambda n: PROSE + b"a@b" + b".b" * (n // 2), 4 * MIB),
    Hostile("brackets", lambda n: PROSE + b"<" * n, 4 * MIB),
    Hostile("quotes", lambda n: b'From: "' + b'\\"' * (n // 2) + b"\nTo: " + b"(" * n + b"\n\nbody\n", 4 * MIB),
    Hostile("tags", lambda n: PAGE + b"<b>x</b><td>" * (n // 3), 1_000_000),
    Hostile("tags without an end", lambda n: PAGE + b"<a '\"" * n, 1_000_000),
    Hostile("comments without an end", lambda n: PAGE + b"<!--<style>" * n, 500_000),
    Hostile("entities", lambda n: PAGE + b"&amp;&#65" * n, 500_000),
    Hostile("parts of tags", _html_parts, 15 * MIB),
    Hostile("parts of entities", _entity_parts, 15 * MIB),
    Hostile("alternatives", _alternatives, 15 * MIB),
    Hostile("almost boundary lines at each level", _nested_almost, 15 * MIB),
    Hostile("recipients with many words each", _wordy_groups, 400),
    Hostile("recipients with many words each, in prose", _wordy_prose, 1_600),
    Hostile("recipients in a header field", _failed_field, 100_000),
    Hostile("reports within reports", _deep_reports, 15 * MIB),
    Hostile("reports that a list manager passes on", _passed_on, 15 * MIB),
    Hostile("everything in base64", _encoded_everything, 12 * MIB),
    Hostile("base64 padding", lambda n: PLAIN.replace(b"\n\n", b"\nContent-Transfer-Encoding: base64\n\n") + b"YQ==\n" * (n // 5), 8 * MIB),
    Hostile("quoted-printable", lambda n: PLAIN.replace(b"\n\n", b"\nContent-Transfer-Encoding: quoted-printable\n\n") + fill(b"=E2=82=AC = \n=\n", n), 8 * MIB),
    Hostile("messages within messages", _nested_messages, 200_000),
    Hostile("messages within messages in base64", _nested_base64, 30),
    Hostile("encoded words", _encoded_words, 8 * MIB),
    Hostile("encoded words without an end", lambda n: b"Subject: " + fill(b"=?utf-8?Q?=?", n) + b"\n\nbody\n", 8 * MIB),
    Hostile("parameters", lambda n: REPORT_HEAD + b"Content-Type: text/plain" + b"; a*0*=b" * n + b"\n\nbody\n", 500_000),
    Hostile("every phrase", _every_phrase, 2 * MIB),
    Hostile("every phrase in lines", _every_phrase_in_lines, 2 * MIB),
    Hostile("every phrase in a diagnostic", _every_diagnostic, 2 * MIB),
    Hostile("every sign", _every_sign, 4 * MIB),
    Hostile("every prose word", _every_prose, 2 * MIB),
    Hostile("returned originals in the text", _returned_in_text, 4 * MIB),
    Hostile("quoted lines", _quoted_levels, 8 * MIB),
    Hostile("quoted session", _session, 50_000),
    Hostile("boundary lines", lambda n: REPORT_HEAD + MULTIPART % b"b" + b"--b\n" * n, 1_000_000),
    Hostile("almost boundary lines", lambda n: REPORT_HEAD + MULTIPART % b"b" + b"--bb\n" * n, 1_000_000),
    Hostile("stray header lines", lambda n: b"A: b\n" + b"junk\nContent-Type: text/plain\n" * n, 100_000),
)  # fmt: skip
