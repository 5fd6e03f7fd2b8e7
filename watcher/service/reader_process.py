"""Read mails in a process of its own: pickled mails in at standard input, pickled reports out.

Only `analyse` runs here: no network, no store, no config.  The process ends when its input does, so that none
is left behind however its parent ended.
"""

import pickle
import signal
import sys
from collections.abc import Sequence
from typing import BinaryIO

from watcher.model import Report
from watcher.reader.analyse import analyse
from watcher.reader.ruleset import Rules


def main() -> None:
    """Take the rules and the profile first, then mails until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is our parent's to act on
    serve(sys.stdin.buffer, sys.stdout.buffer)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Answer each sequence of mails with as many reports; None where the reader failed."""
    try:
        rules, profile = pickle.load(source)  # noqa: S301 - our parent wrote it
        while True:
            mails = pickle.load(source)  # noqa: S301
            pickle.dump(read_all(mails, rules, profile), sink, pickle.HIGHEST_PROTOCOL)
            sink.flush()
    except (EOFError, BrokenPipeError, pickle.UnpicklingError):
        return


def read_all(mails: Sequence[bytes | None], rules: Rules, profile: str) -> list[Report | None]:
    """Read mails; None for those that are not there, or that the reader fails on."""
    return [None if raw is None else _read(raw, rules, profile) for raw in mails]


def _read(raw: bytes, rules: Rules, profile: str) -> Report | None:
    try:
        return analyse(raw, rules, profile)
    except Exception:  # noqa: BLE001 - our parent reads it again, and says what is wrong
        return None
