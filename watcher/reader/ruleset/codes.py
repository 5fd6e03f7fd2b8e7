"""Rows on codes alone: what an enhanced status code or a reply code says when no words do, and at what stage.

RFC 3463 and IANA's registry for the enhanced codes, RFC 5321 section 4.2 for the replies.  Some senders write
an enhanced code without its dots (511 for 5.1.1); numbers that are no SMTP reply are read so where they stand
without words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One code and its reason.  A vague code (x.7.1, 550) says little, and yields to any words."""

    id: str
    code: str
    reason: str
    vague: bool = False
    compact: bool = False  # an enhanced code without its dots: stands alone or not at all
    meaning: str = ""
    source: str = ""  # the standard that says so, where one does


@dataclass(frozen=True, slots=True)
class StageRow:
    """A command that comes before RCPT: a server that refuses it has not been told whom the mail is for.

    What would call the address dead is then about the sender: it says `reason` instead.
    """

    id: str
    command: str
    reason: str
    keeps: frozenset[str]  # reasons that can be told so early
    meaning: str
    source: str


@dataclass(frozen=True, slots=True)
class Codes:
    """The enhanced codes by `5.1.1`, the replies by number, the early commands by name."""

    status: Mapping[str, CodeRow] = field(default_factory=dict)
    reply: Mapping[int, CodeRow] = field(default_factory=dict)
    stages: Mapping[str, StageRow] = field(default_factory=dict)

    def find_status(self, status: str | None) -> CodeRow | None:
        """Look an enhanced code up; x.0.0 says nothing and has no row."""
        return self.status.get(status) if status else None

    def find_reply(self, reply_code: int | None) -> CodeRow | None:
        """Look a reply code up."""
        return self.reply.get(reply_code) if reply_code is not None else None

    def __iter__(self) -> Iterator[CodeRow]:
        """Yield every row, the enhanced codes first."""
        yield from self.status.values()
        yield from self.reply.values()
