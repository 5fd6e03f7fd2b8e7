"""Read mails in a process of its own: pickled mails in at standard input, packed reports out.

Only pure functions run here: no network, no store; of the config, what tells which mail is ours.  The process
ends when its input does, so that none is left behind however its parent ended.
"""

import gc
import os
import pickle
import signal
import sys
from collections.abc import Iterator, Sequence
from itertools import count
from typing import BinaryIO

from watcher.service.frames import put, take
from watcher.service.garbage import SELDOM
from watcher.service.packed import Packed, pack, unpack
from watcher.service.reading import Mail, Read, Reader


NICE = 5  # our parent has all else to do, and needs no core to itself for that


def main() -> None:
    """Take the reader first, then mails until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is our parent's to act on
    os.nice(NICE)
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer each sequence of mails with as many packed reports; None where the reader failed."""
    try:
        head = take(source)
        if head is None:
            return
        reader = pickle.loads(head)  # noqa: S301 - our parent wrote it
        gc.freeze()  # rules are never garbage, and looking through them takes its time
        gc.set_threshold(SELDOM)
        gc.enable()
        for number in count():
            asked = take(source)
            if asked is None:
                return
            put(sink, pickle.dumps(read_all(pickle.loads(asked), reader), pickle.HIGHEST_PROTOCOL))  # noqa: S301
            if number == 0:
                gc.freeze()  # now the words are indexed that mails of this kind ask for
    except BrokenPipeError:
        return


def read_all(mails: Sequence[Mail | None], reader: Reader) -> list[Packed | None]:
    """Read mails, and pack what they say; None for those not there, or that the reader fails on."""
    return [None if read is None else (pack(read.report), read.text) for read in read_here(mails, reader)]


def read_here(mails: Sequence[Mail | None], reader: Reader) -> Iterator[Read | None]:
    """Read mails; None for those that are not there, or that the reader fails on."""
    for mail in mails:
        try:
            found = None if mail is None else reader.read(mail)
        except Exception:  # noqa: BLE001 - the pipeline reads it again, and says what is wrong
            found = None
        yield found


def unpacked(packed: Packed) -> Read:
    """Give what `read_all` packed."""
    report, text = packed
    return Read(unpack(report), text)
