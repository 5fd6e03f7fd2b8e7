"""Read many mails that were broken at random, and say what did not hold.

    python -m bench.soak [--seed 1] [--count 4000] [--keep FOLDER]

The same seed breaks the same mails in the same ways.  `--keep` writes each mail with a fault to a folder.
Exits with 1 where a report broke the contract, the reader failed, or ordinary mail was called a hard bounce.
"""

import argparse
import sys
import time
from pathlib import Path

from tests.hostile.broken import break_mails
from tests.hostile.contract import find_faults, is_hard
from tests.reader.rulebook import RULES
from watcher.reader import analyse


def main() -> int:
    """Read them, and print each fault."""
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
