"""A remote mail server that answers each recipient as a table says.

aiosmtpd in a thread of its own.  A reply stands for one recipient address and one stage of the SMTP dialogue
(RFC 5321 section 3.3): `rcpt` refuses that recipient, `data` the whole transaction at its end.  Whoever is
not in the table is accepted, and the message is dropped.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass(frozen=True, slots=True)
class Reply:
    """What the server says to one recipient: lines such as `550 5.1.1 no such user`."""

    text: str
    stage: Literal["rcpt", "data"] = "rcpt"

    def lines(self) -> str:
        """Give the reply in the multi-line form of RFC 5321 section 4.2.1."""
        first, *rest = self.text.split("\n")
        code = first[:3]
        lines = [first[4:], *rest]
        last = len(lines) - 1
        return "\r\n".join(f"{code}{' ' if n == last else '-'}{line}" for n, line in enumerate(lines))


class TableHandler:
    """The hooks that aiosmtpd calls."""

    def __init__(self, replies: Mapping[str, Reply]) -> None:
        self.replies = replies
        self.accepted: list[str] = []

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        reply = self.replies.get(address.lower())
        if reply is not None and reply.stage == "rcpt":
            return reply.lines()
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        for address in envelope.rcpt_tos:
            reply = self.replies.get(address.lower())
            if reply is not None and reply.stage == "data":
                return reply.lines()
        self.accepted += envelope.rcpt_tos
        return "250 2.0.0 ok, taken"


class Remote:
    """The running server; a context manager."""

    def __init__(
        self,
        replies: Mapping[str, Reply],
        host: str = "127.0.0.1",
        port: int = 0,
        name: str = "mx.remote.test",
    ) -> None:
        self.handler = TableHandler(replies)
        self._controller = Controller(
            self.handler, hostname=host, port=port, server_hostname=name, enable_SMTPUTF8=True, timeout=60
        )

    @property
    def accepted(self) -> list[str]:
        """The recipients whose mail was taken."""
        return self.handler.accepted

    def __enter__(self) -> Self:
        """Start to listen."""
        self._controller.start()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop."""
        self._controller.stop()
