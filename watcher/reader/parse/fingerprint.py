"""Say what a message is, whatever way it came: a hash of what all its copies share.

SHA-256 of the first 1 MiB, line ends as CRLF, without the trace that each delivery adds: Return-Path,
Received, Delivered-To, X-Original-To, and the `From ` line of an mbox.
"""

import re
from hashlib import sha256
from typing import Final

from watcher.reader.parse.message import Message


_FIRST: Final = 1 << 20
_TRACE: Final = re.compile(
    r"\n(?=[rRdDxX])(?i:return-path|received|delivered-to|x-original-to)[ \t]*+:[^\n]*+(?:\n[ \t][^\n]*+)*+",
)


def fingerprint(message: Message) -> str:
    """Return the message's fingerprint: `sha256:` and 64 hexadecimal digits."""
    text, body = message.text, message.start
    head = "\n" + text[:body]
    if head.startswith("\nFrom "):
        head = head[max(1, head.find("\n", 1)) :]
    head = _TRACE.sub("", head)[1:]
    shared = (head[:_FIRST] + text[body : body + _FIRST])[:_FIRST].encode("latin-1").replace(b"\n", b"\r\n")
    return "sha256:" + sha256(shared[:_FIRST]).hexdigest()
