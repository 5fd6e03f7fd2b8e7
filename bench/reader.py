"""Measure the reader on one core: a folder of mail, bytes in, JSON out.

    python bench/reader.py FOLDER [--rounds 8] [--most OCTETS] [--profile]

Each step is measured in turn, round by round, so that a busy machine slows all alike; the best round counts.
Before each one every cache of the process is emptied, so that each mail is met for the first time: nothing
that a step remembers of a mail helps it with the next round.  The floor is what the standard library takes to
parse the same bytes (`email`, policy compat32), in the same run: ratios to it can be compared between
machines, microseconds cannot.  Where flufl.bounce can be imported it is measured, too: it names the failed
addresses, and says nothing of why.
"""

import argparse
import cProfile
import gc
import importlib
import logging
import pstats
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from email import message_from_bytes
from functools import lru_cache, partial
from pathlib import Path

from watcher.reader import analyse
from watcher.reader.parse.fields import parse_groups
from watcher.reader.parse.message import parse_message
from watcher.reader.report_json import encode_report
from watcher.rules import load_rules
from watcher.service.garbage import SELDOM


ASKED = (
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Return-Path",
    "X-Failed-Recipients",
)

Step = Callable[[bytes], object]
_Cached = type(lru_cache(int))


def read_headers(raw: bytes) -> None:
    """Parse, and decode the header fields that every stage asks for."""
    headers = parse_message(raw).headers
    for name in ASKED:
        headers.first(name)


def read_groups(raw: bytes) -> None:
    """Parse, decode those fields, and read the groups of a delivery-status part."""
    message = parse_message(raw)
    for name in ASKED:
        message.headers.first(name)
    for part in message.walk():
        if part.content_type == "message/delivery-status":
            parse_groups(part.as_text())


def load_peer() -> Step | None:
    """Return what flufl.bounce does with a mail's bytes, or None where it is not installed."""
    try:
        peer = importlib.import_module("flufl.bounce")
    except ImportError:
        return None
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it tells of each detector that failed

    def name_failures(raw: bytes) -> None:
        # Version 6 stumbles over a mail without From, and over a header of raw octets.
        with suppress(IndexError, AttributeError):
            peer.all_failures(message_from_bytes(raw))

    return name_failures


def forget() -> None:
    """Empty every cache of this process: those of `functools`, whoever made them, and that of `re`.

    What is left is frozen, and cycles are looked for seldom, as in the processes of the service that read a
    backlog: rules are never garbage.
    """
    gc.unfreeze()  # what is frozen is not listed
    for each in gc.get_objects():
        if isinstance(each, _Cached):
            each.cache_clear()
    re.purge()
    gc.collect()
    gc.freeze()
    gc.set_threshold(SELDOM)


def run(step: Step, mails: Sequence[bytes]) -> float:
    """Return the CPU seconds that a step takes over all mails, each met for the first time."""
    forget()
    started = time.process_time()
    for raw in mails:
        step(raw)
    return time.process_time() - started


def measure(steps: dict[str, Step], mails: Sequence[bytes], rounds: int) -> dict[str, float]:
    """Return each step's best round, in microseconds a mail."""
    best = dict.fromkeys(steps, float("inf"))
    for _ in range(rounds):
        for name, step in steps.items():
            best[name] = min(best[name], run(step, mails))
    return {name: seconds / len(mails) * 1e6 for name, seconds in best.items()}


def read_folder(folder: Path, most: int | None) -> list[bytes]:
    """Read every mail below a folder that is no larger than `most` octets; None: whatever its size."""
    paths = (p for p in sorted(folder.rglob("*")) if p.is_file() and p.suffix not in {".json", ".toml"})
    mails = [path.read_bytes() for path in paths if most is None or path.stat().st_size <= most]
    if not mails:
        sys.exit(f"{folder}: no mail" + (f" of up to {most} octets" if most is not None else ""))
    return mails


def print_profile(step: Step, mails: Sequence[bytes]) -> None:
    """Print where the time of a step goes."""
    profile = cProfile.Profile()
    profile.runcall(run, step, mails)
    pstats.Stats(profile).sort_stats("tottime").print_stats(30)


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--most", type=int, metavar="OCTETS", help="leave larger mails out")
    parser.add_argument(
        "--profile", action="store_true", help="print the slowest functions of the whole reader"
    )
    arguments = parser.parse_args()
    mails = read_folder(arguments.folder, arguments.most)
    began = time.process_time()
    rules = load_rules()
    loaded = time.process_time() - began
    whole = partial(analyse, rules=rules)
    for raw in mails:  # words are indexed when a mail first asks for them
        whole(raw)
    steps: dict[str, Step] = {
        "email (floor)": message_from_bytes,
        "parse": parse_message,
        "parse, headers": read_headers,
        "parse, headers, groups": read_groups,
        "report": whole,
        "report as JSON": lambda raw: encode_report(whole(raw), "-"),
    }
    peer = load_peer()
    if peer is not None:
        steps["flufl.bounce (peer)"] = peer
    size = sum(map(len, mails)) / len(mails)
    print(f"{len(mails)} mails of {size:,.0f} octets on average, best of {arguments.rounds} rounds, CPU time")
    found = measure(steps, mails, arguments.rounds)
    floor = found["email (floor)"]
    print(f"rules loaded in {loaded:.2f} s of CPU: {loaded / floor * 1e6:,.0f} mails of the floor")
    for name, spent in found.items():
        print(f"{name:24} {spent:8.1f} µs  {spent / floor:5.2f} of the floor")
    if peer is not None:
        ratio = found["flufl.bounce (peer)"] / found["report as JSON"]
        print(f"bytes to JSON: {ratio:.2f} times as fast as flufl.bounce, each mail met once")
    if arguments.profile:
        print_profile(steps["report as JSON"], mails)


if __name__ == "__main__":
    main()
