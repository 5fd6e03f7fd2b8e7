"""Long random runs: read many broken mails, or kill the watcher at many moments; say what did not hold.

    python -m bench.soak [--seed 1] [--count 4000] [--keep FOLDER]
    python -m bench.soak crashes [--seed 1] [--count 1000] [--mails 1000]

The same seed breaks the same mails in the same ways.  `--keep` writes each mail with a fault to a folder.
Exits with 1 where a report broke the contract, the reader failed, or ordinary mail was called a hard bounce.

`crashes` needs Dovecot.  It drains a mailbox of `--mails` into a receiver that fails one time in five,
kills it `--count` times, now and then with the disk full or the state locked, and compares with a drain
that nothing disturbed: mails lost or doubled, events lost, invented or changed.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.crash.soak import Tally, soak
from tests.hostile.broken import break_mails
from tests.hostile.contract import find_faults, is_hard
from tests.reader.rulebook import RULES
from tests.servers.dovecot import Dovecot
from watcher.reader import analyse


def main() -> int:
    """Do what is asked for."""
    return crashes(sys.argv[2:]) if sys.argv[1:2] == ["crashes"] else hostile()


def crashes(words: list[str]) -> int:
    """Kill the watcher, and print each fault."""
    parser = argparse.ArgumentParser(prog="bench.soak crashes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1_000)
    parser.add_argument("--mails", type=int, default=1_000)
    arguments = parser.parse_args(words)

    def tell(tally: Tally) -> None:
        print(
            f"{tally.kills} kills in {tally.drains} drains of {arguments.mails} mails, {tally.posts} posts,"
            f" disk full {tally.full}, locked {tally.locked}: {len(tally.faults)} faults",
            flush=True,
        )

    with tempfile.TemporaryDirectory() as directory, Dovecot() as server:
        tally = soak(arguments.seed, arguments.count, arguments.mails, server, Path(directory), tell)
    for fault in tally.faults:
        print(fault)
    return 1 if tally.faults else 0


def hostile() -> int:
    """Read broken mails, and print each fault."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=4_000)
    parser.add_argument("--keep", type=Path, default=None)
    arguments = parser.parse_args()
    faulty, slowest = 0, 0.0
    for number, mail in enumerate(break_mails(arguments.seed, arguments.count)):
        started = time.process_time()
        report = analyse(mail.raw, RULES)
        slowest = max(slowest, time.process_time() - started)
        faults = find_faults(report, mail.raw)
        if mail.kind == "ordinary" and is_hard(report):
            faults.append("ordinary mail called a hard bounce")
        if faults:
            faulty += 1
            print(f"{mail.name}: {'; '.join(faults)}")
            if arguments.keep:
                arguments.keep.mkdir(parents=True, exist_ok=True)
                (arguments.keep / f"{arguments.seed}-{number}.eml").write_bytes(mail.raw)
    print(
        f"{arguments.count} mails of seed {arguments.seed}: {faulty} with faults, the slowest {slowest:.3f} s"
    )
    return 1 if faulty else 0


if __name__ == "__main__":
    sys.exit(main())
