"""Find the SMTP command that a refusal answers: whether the server had been told the recipient yet.

Postfix writes `(in reply to MAIL FROM command)`, Exim `after MAIL FROM:<a@b>`, Sendmail quotes the session,
qmail says it in words.  Refusals of the connection itself, before any command, are given as `CONNECT`.
"""

import re
from collections.abc import Sequence

from watcher.reader.findings import Finding


# A command is looked for first, then the words before it, in small letters: one pattern for both, without
# regard to case, took a tenth of the reader's whole time (115 µs for 500 characters; this takes 2).
_COMMANDS = ("rcpt", "data", "helo", "ehlo", "bdat", "starttls", "auth")
# "mail" is a word of prose, too: `(for mail.example.org)`.
_MAIL = re.compile(r"mail(?=\s{1,3}(?:from|command)\b|\s{0,3}(?:[:)<]|\Z))\b")
_BEFORE_COMMAND = re.compile(
    r"(?:in (?:reply|response) to|after|response to|for|stage:?|step:?|did not like our|while sending)\s{1,9}"
    r"(?:end of |the |pipelined |\(?final )?\Z"
)
MAX_BEFORE = 40  # characters
# QUIRK: Sendmail quotes the command that failed, with the reply below it; where several go at once, what
# stands below DATA may be the reply to RCPT.
_SESSION = re.compile(r">>> (mail|rcpt|helo|ehlo|starttls|auth)\b[^\n]{0,400}\n\s{0,4}<<< [45]\d\d")
# What says it without a command's name.
_IN_WORDS = (
    ("after initial connection", "CONNECT"),  # Exim
    ("refused to talk to me", "CONNECT"),  # Postfix
    ("but greeting failed", "CONNECT"),  # qmail, and those below
    ("but my name was rejected", "HELO"),
    ("but sender was rejected", "MAIL"),
    ("does not like recipient", "RCPT"),
    ("failed after i sent the message", "DATA"),
)
_HINTS = ("initial", " talk", "greeting", "my name", "but sender", "like recipient", "i sent")  # one for each


def find_command(text: str | None) -> str | None:
    """Find the SMTP command that was refused: `(in reply to RCPT TO command)`, `after end of data`."""
    low = text.lower() if text else ""
    for at, command in _name_commands(low):
        if _BEFORE_COMMAND.search(low[max(at - MAX_BEFORE, 0) : at]):
            return command.upper()
    quoted = _SESSION.search(low) if ">>> " in low else None
    return quoted.group(1).upper() if quoted else _find_in_words(low)


def _name_commands(low: str) -> list[tuple[int, str]]:
    """Return each command that a text names as a word of its own, and where, in order."""
    found = [(each.start(), "mail") for each in _MAIL.finditer(low, 1) if low[each.start() - 1].isspace()]
    for command in _COMMANDS:
        at = low.find(command, 1)
        while at > 0:
            after = low[at + len(command) : at + len(command) + 1]
            if low[at - 1].isspace() and not (after.isalnum() or after == "_"):
                found.append((at, command))
            at = low.find(command, at + 1)
    return sorted(found) if len(found) > 1 else found


def _find_in_words(low: str) -> str | None:
    for hint in _HINTS:
        if hint in low:
            folded = " ".join(low.split())
            return next((command for words, command in _IN_WORDS if words in folded), None)
    return None


def add_commands(findings: Sequence[Finding], text: str) -> tuple[Finding, ...]:
    """Take from a report's prose the commands that its fields leave out: Postfix names them there alone.

    What one paragraph that begins with the address says is about that recipient; the whole, about a sole one.
    """
    if all(finding.command for finding in findings):
        return tuple(findings)
    if len(findings) == 1:
        return (findings[0]._replace(command=find_command(text)),)
    return tuple(finding if finding.command else _from_paragraph(finding, text) for finding in findings)


def _from_paragraph(finding: Finding, text: str) -> Finding:
    start = text.find(f"<{finding.address}>: ") if finding.address else -1
    if start < 0:
        return finding
    end = text.find("\n\n", start)
    return finding._replace(command=find_command(text[start : end if end >= 0 else len(text)]))
