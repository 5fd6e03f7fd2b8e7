"""Find the line of a mail that a rule went by, and underline the words.

Evidence holds words and the field or part they stood in; the mail may have them folded, encoded or in other
case.  Raw text is searched first, from the named field on; then the text as a person reads it.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from watcher.model import Evidence
from watcher.reader.parse.message import parse_message
from watcher.reader.parse.text import body_text


MOST_WORDS = 60
# Between two words a line may end, and the next begin with its code.
_BETWEEN = r"\s{1,9}(?:[245]\d\d[- ]\s{0,9}(?:\d\.\d{1,3}\.\d{1,3}\s{1,9})?)?"
WIDEST = 160  # columns of a line that are shown


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the words stand: `line` counts from 1, in the file or, if `decoded`, in the readable text."""

    line: int
    text: str
    start: int
    end: int
    decoded: bool = False


class Spotter:
    """Finds the words of many evidences in one mail."""

    def __init__(self, raw: bytes) -> None:
        message = parse_message(raw)
        self._texts = [message.text, body_text(message)]
        with contextlib.suppress(UnicodeDecodeError):
            # Shown as UTF-8 where it is UTF-8; the reader's own text has one letter an octet.
            self._texts[0] = raw.decode().replace("\r\n", "\n").replace("\r", "\n")

    def find(self, evidence: Evidence) -> Spot | None:
        """Give the place of the words, or None where the mail has them in no form we can show."""
        words = evidence.matched.split()[:MOST_WORDS]
        if not words:
            return None
        pattern = re.compile(_BETWEEN.join(re.escape(word) for word in words), re.IGNORECASE)
        for number, text in enumerate(self._texts):
            for begin in (*_field(text, evidence.where), 0):
                found = pattern.search(text, begin)
                if found:
                    return _spot(text, found.start(), found.end(), decoded=number > 0)
        return None


def _field(text: str, name: str) -> Iterator[int]:
    if re.fullmatch(r"[A-Za-z-]{1,60}", name):
        found = re.search(rf"^{name}:", text, re.IGNORECASE | re.MULTILINE)
        if found:
            yield found.start()


def _spot(text: str, start: int, end: int, *, decoded: bool) -> Spot:
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    line = text[begin : stop if stop >= 0 else len(text)]
    first, last = start - begin, min(end - begin, len(line))
    number = text.count("\n", 0, start) + 1
    if last > WIDEST:  # a long line is shown from shortly before the words
        cut = max(0, first - 40)
        line, first, last = f"…{line[cut:]}", first - cut + 1, last - cut + 1
    return Spot(number, line[:WIDEST], first, min(last, WIDEST), decoded)


def underlined(spot: Spot) -> tuple[str, str]:
    """Give the line, safe for a terminal, and the marks below it."""
    line = "".join(c if c.isprintable() else " " for c in spot.text)
    place = f"{'text ' if spot.decoded else ''}{spot.line}"
    marks = "^" * max(1, spot.end - spot.start)
    return f"{place:>6} | {line}", f"{'':6} | {' ' * spot.start}{marks}"
