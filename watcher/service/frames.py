"""Send pickles through a pipe, each with its length before it.

So either side takes one by a few large reads: at each read a thread gives the interpreter away, and has to
wait until it gets it back.
"""

import struct
from typing import IO


_LENGTH = struct.Struct("!Q")


def put(sink: IO[bytes], content: bytes) -> None:
    """Write one."""
    sink.write(_LENGTH.pack(len(content)))
    sink.write(content)
    sink.flush()


def take(source: IO[bytes]) -> bytes | None:
    """Read one; None where the other side has ended."""
    head = source.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    content = source.read(length)
    return content if len(content) == length else None
