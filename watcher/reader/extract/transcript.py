"""Read SMTP sessions quoted in a report: `>>> RCPT TO:<a@b>`, `<<< 550 5.1.1 …`.

Sendmail, Courier, MDaemon and the Japanese carriers quote the session, with arrows of many shapes or none.  A
refusal after RCPT is about that address; one after any other command is about every recipient.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from watcher.reader.parse.address import normalise_address


MAX_REFUSALS = 200
MAX_TEXT = 2_000  # characters of one reply
_CLIENT = re.compile(
    r"\s{0,12}(?:>>>|-->|->|>>|>|C:|(?i:sent) {0,4}<<<)?\s{0,4}"
    r"(RCPT|MAIL|DATA|EHLO|HELO|BDAT|STARTTLS|AUTH|QUIT)\b(?i:\s{0,3}(?:TO|FROM):)?\s{0,3}<?([^\s<>]{0,320})",
    re.IGNORECASE,
)
_SERVER = re.compile(
    r"\s{0,12}(?:<<<|<--|<-|<<|<|S:|(?i:received) {0,4}>>>)?\s{0,4}([245]\d\d)(?=[ \-#:]|$)(.{0,1000})"
)

# Where no line begins with a command, and none has the dots of a verdict, nothing was refused in a session.
_ANY_CLIENT = re.compile(
    r"\n[^\S\n]{0,12}(?:>>>|-->|->|>>|>|C:|(?i:sent) {0,4}<<<)?[^\S\n]{0,4}(?=[A-EHMQ-Sa-ehmq-s])"
    r"(?i:RCPT|MAIL|DATA|EHLO|HELO|BDAT|STARTTLS|AUTH|QUIT)\b"
)
_WORDS = re.compile(r"[^\W\d_]{3}")
_OUTPUT = re.compile(r"\s{0,8}[a-z][\w./-]{2,40}: \S")  # a program that says its name first

# QUIRK: Sendmail's own verdict below the session: `550 5.1.1 <a@b>... User unknown`.
_NAMED = re.compile(
    r"\s{0,12}[45]\d\d[ -](?:[45]\.\d{1,3}\.\d{1,3}\s{1,3})?<?([^\s<>@]{1,64}@[^\s<>@]{1,253}?)>?\.\.\."
)


class Refusal(NamedTuple):
    """One refusing reply; `address` is None where it is about the whole transaction."""

    address: str | None
    text: str
    command: str | None


def find_refusals(lines: Sequence[str]) -> tuple[Refusal, ...]:
    """Return the refusing replies of every quoted session, in order."""
    text = "\n".join(("", *lines))
    if "..." not in text and not _ANY_CLIENT.search(text):
        return ()
    refusals: list[Refusal] = []
    goes_on = False
    for refusal in _read(lines):
        if len(refusals) >= MAX_REFUSALS:
            break
        if goes_on and refusals[-1].text[:3] == refusal.text[:3]:
            # RFC 5321 section 4.2.1: `550-5.1.1 …`, then `550 5.1.1 …`.
            refusals[-1] = refusals[-1]._replace(text=f"{refusals[-1].text} {refusal.text}"[:MAX_TEXT])
        else:
            refusals.append(refusal)
        goes_on = refusal.text[3:4] == "-"
    return tuple(refusals)


def _read(lines: Iterable[str]) -> Iterator[Refusal]:
    command: str | None = None
    address: str | None = None
    output = ""
    answered = False  # with words
    for line in lines:
        if client := _CLIENT.match(line):
            answered = False
            command = client.group(1).upper()
            address = _address(client.group(2)) if command == "RCPT" else None
        elif named := _NAMED.match(line):
            if answered:  # the server's words say it better: Sendmail calls a user unknown for any 550
                continue
            whom = _address(named.group(1))
            # QUIRK: what the delivering program wrote stands above: `mail.local: unknown user: jo`.
            told = f"{line.strip()} ({output})" if output else line.strip()
            told = told[:MAX_TEXT]
            yield Refusal(whom, told, command if whom == address else None)
        elif command and (server := _SERVER.match(line)):
            if server.group(1)[0] != "2":
                answered = answered or _WORDS.search(server.group(2)) is not None
                yield Refusal(address, f"{server.group(1)}{server.group(2)}".strip(), command)
        elif not line.strip():
            command = address = None
            answered = False
        output = line.strip() if _OUTPUT.match(line) else ""


def _address(text: str) -> str | None:
    address = normalise_address(text)
    return address if address and "@" in address else None
