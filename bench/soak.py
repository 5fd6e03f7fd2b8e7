"""Run for long by chance and by a seed, and say what did not hold.

    python -m bench.soak mails     [--seed 1] [--count 4000] [--keep FOLDER]
    python -m bench.soak cuts      [--seed 1] [--count 500] [--mails 2000]
    python -m bench.soak endurance [--seed 1] [--days 30]
    python -m bench.soak crashes   [--seed 1] [--count 1000] [--mails 1000]

`mails` reads mails that were broken at random; `--keep` writes each mail with a fault to a folder.  `cuts`
drains mailboxes on every server there is, over connections that break.  `endurance` runs for days in the time
of minutes.  `crashes` drains a mailbox of Dovecot into a receiver that fails one time in five, kills the
watcher `--count` times, now and then with the disk full or the state locked, and compares with a drain that
nothing disturbed: mails lost or doubled, events lost, invented or changed.  Without a word, `mails` is meant.

The same seed breaks the same things in the same ways.  Exits with 1 where anything did not hold.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from tests.crash.soak import Tally, soak
from tests.hostile.broken import break_mails
from tests.hostile.contract import find_faults, is_hard
from tests.processes.prepared import Prepared
from tests.reader.rulebook import RULES
from tests.servers.courier import Courier
from tests.servers.cyrus import Cyrus
from tests.servers.dovecot import Dovecot, find_dovecot
from tests.servers.mailboxes import ImapServer
from tests.servers.unpacked import is_unpacked
from tests.soak.drain import WITHOUT_MOVE, WITHOUT_UIDPLUS, drain, write_mails
from tests.soak.years import live
from watcher.reader import analyse


FAULTS_A_DRAIN = 50


def main() -> int:
    """Run one of them."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    kinds = parser.add_subparsers(dest="kind", required=True)
    mails = kinds.add_parser("mails")
    mails.add_argument("--count", type=int, default=4_000)
    mails.add_argument("--keep", type=Path, default=None)
    cuts = kinds.add_parser("cuts")
    cuts.add_argument("--count", type=int, default=500)
    cuts.add_argument("--mails", type=int, default=2_000)
    endurance = kinds.add_parser("endurance")
    endurance.add_argument("--days", type=int, default=30)
    crash = kinds.add_parser("crashes")
    crash.add_argument("--count", type=int, default=1_000)
    crash.add_argument("--mails", type=int, default=1_000)
    for kind in (mails, cuts, endurance, crash):
        kind.add_argument("--seed", type=int, default=1)
    words = sys.argv[1:]
    if words[:1] != ["--help"] and not set(words[:1]) & set(kinds.choices):
        words = ["mails", *words]
    arguments = parser.parse_args(words)
    if arguments.kind == "mails":
        return read_broken(arguments.seed, arguments.count, arguments.keep)
    if arguments.kind == "cuts":
        return cut(arguments.seed, arguments.count, arguments.mails)
    if arguments.kind == "crashes":
        return crashes(arguments.seed, arguments.count, arguments.mails)
    return endure(arguments.seed, arguments.days)


def servers() -> Iterator[tuple[str, Callable[[], ImapServer]]]:
    """Give every server that this machine can run, over and over."""
    there: list[tuple[str, Callable[[], ImapServer]]] = []
    if find_dovecot():
        there += [
            ("dovecot", Dovecot),
            ("dovecot without MOVE", lambda: Dovecot(extra=WITHOUT_MOVE)),
            ("dovecot without UIDPLUS", lambda: Dovecot(extra=WITHOUT_UIDPLUS)),
        ]
    there += [("courier", Courier)] if is_unpacked("courier") else []
    there += [("cyrus", Cyrus)] if is_unpacked("cyrus") else []
    while there:
        yield from there


def cut(seed: int, count: int, mails: int) -> int:
    """Drain mailboxes until so many connections were broken; print each drain."""
    broken, faulty, silence = 0, 0, 0.0
    steps: Counter[str] = Counter()
    for number, (name, make) in enumerate(servers()):
        if broken >= count:
            break
        with make() as server:
            server.add("soak")
            written = write_mails(mails, seed + number)
            told = drain(server, "soak", written, seed=seed + number, faults=FAULTS_A_DRAIN)
        broken += told.broken
        faulty += bool(told.problems)
        silence = max(silence, told.silence)
        steps.update(fault.during for fault in told.faults)
        said = f"{name}, seed {seed + number}: {told.mails} mails, {told.broken} connections broken,"
        said += f" {told.seconds:.0f} s, longest silence {told.silence:.1f} s"
        print(f"{said}: {'; '.join(told.problems) or 'all well'}", flush=True)
    print(f"broken during: {', '.join(f'{step} {often}' for step, often in steps.most_common())}")
    print(f"{broken} connections broken from seed {seed} on: {faulty} drains with faults,", end=" ")
    print(f"longest silence before recovery {silence:.1f} s")
    return 1 if faulty or not broken else 0


def endure(seed: int, days: int) -> int:
    """Live through days; print what each third of them came to."""
    told = live(seed, days, say=lambda line: print(line, flush=True))
    print(f"{days} days of seed {seed}: {'; '.join(told) or 'all well'}")
    return 1 if told else 0


def crashes(seed: int, count: int, mails: int) -> int:
    """Kill the watcher, and print each fault."""

    def tell(tally: Tally) -> None:
        print(
            f"{tally.kills} kills in {tally.drains} drains of {mails} mails, {tally.posts} posts,"
            f" disk full {tally.full}, locked {tally.locked}: {len(tally.faults)} faults",
            flush=True,
        )

    with tempfile.TemporaryDirectory() as directory, Dovecot() as server, closing(Prepared()) as prepared:
        tally = soak(seed, count, mails, server, prepared, Path(directory), tell)
    for fault in tally.faults:
        print(fault)
    return 1 if tally.faults else 0


def read_broken(seed: int, count: int, keep: Path | None) -> int:
    """Read them, and print each fault."""
    faulty, slowest = 0, 0.0
    for number, mail in enumerate(break_mails(seed, count)):
        started = time.process_time()
        report = analyse(mail.raw, RULES)
        slowest = max(slowest, time.process_time() - started)
        faults = find_faults(report, mail.raw)
        if mail.kind == "ordinary" and is_hard(report):
            faults.append("ordinary mail called a hard bounce")
        if faults:
            faulty += 1
            print(f"{mail.name}: {'; '.join(faults)}")
            if keep:
                keep.mkdir(parents=True, exist_ok=True)
                (keep / f"{seed}-{number}.eml").write_bytes(mail.raw)
    print(f"{count} mails of seed {seed}: {faulty} with faults, the slowest {slowest:.3f} s")
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
