"""Fuzz the reader with coverage to guide it: bytes in, a report that the contract allows out, soon.

    pip install atheris
    python -m bench.fuzz FOLDER [--replies] [-max_total_time=SECONDS] [libFuzzer's other options]

The first folder is where what was found to reach new code is kept; on the first run it is filled with our own
mail.  An exception, a report that the contract forbids, two answers to the same bytes, or a mail that takes
more than two seconds ends the run, and libFuzzer leaves that mail in the working directory as `crash-…`.
With --replies a reply is read as `code` does, instead of a mail.
"""

import sys
import time
from pathlib import Path

import atheris


with atheris.instrument_imports(include=["watcher"]):
    from watcher.reader import analyse
    from watcher.reader.code_reading import read_code

from tests.hostile.broken import read_samples
from tests.hostile.contract import find_faults
from tests.reader.rulebook import RULES


SECONDS = 2.0
LARGEST = 8192  # octets of a mail of ours to begin with


class ForbiddenAnswerError(AssertionError):
    """The reader answered what it must not."""


def read_mail(raw: bytes) -> None:
    """Read one mail, twice, and hold the report to the contract."""
    began = time.process_time()
    report = analyse(raw, RULES)
    spent = time.process_time() - began
    faults = find_faults(report, raw)
    if spent > SECONDS:
        faults.append(f"took {spent:.1f} s")
    if analyse(raw, RULES) != report:
        faults.append("two answers to the same bytes")
    if faults:
        raise ForbiddenAnswerError("; ".join(faults))


def read_reply(raw: bytes) -> None:
    """Read one reply as text, and hold the answer to the taxonomy."""
    began = time.process_time()
    verdict = read_code(raw.decode("utf-8", "replace"), RULES).told.verdict
    if verdict.reason is not None and verdict.reason not in RULES.taxonomy:
        raise ForbiddenAnswerError(f"reason {verdict.reason}")
    if not 0 <= verdict.confidence <= 1:
        raise ForbiddenAnswerError(f"confidence {verdict.confidence}")
    if (spent := time.process_time() - began) > SECONDS:
        raise ForbiddenAnswerError(f"took {spent:.1f} s")


def fill(folder: Path) -> None:
    """Begin with our own mail."""
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        for sample in read_samples():
            if len(sample.raw) <= LARGEST:
                (folder / sample.name).write_bytes(sample.raw)


def main() -> None:
    """Fuzz until told to stop, or until something is found."""
    arguments = [each for each in sys.argv if each != "--replies"]
    if len(arguments) < 2 or arguments[1].startswith("-"):
        sys.exit(str(__doc__))
    fill(Path(arguments[1]))
    atheris.Setup(arguments, read_reply if "--replies" in sys.argv else read_mail)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
