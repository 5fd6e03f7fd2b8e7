"""Measure the reader on hostile mail: time and memory, and how both grow with the mail.

    python -m bench.hostile [WORDS]

Each mail is read at half its size and at its size, each time by a process of its own: the best of three for
the time (CPU, bytes to JSON), the peak for the memory, interpreter, rules and mail and all.  Exits with 1
where a bound is passed.  WORDS name the mails to measure; without, all are.
"""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.hostile.mails import MAILS
from tests.reader.rulebook import RULES
from watcher.reader import analyse
from watcher.reader.report_json import encode_report


SECONDS = 2.5
MEGABYTES = 250
GROWTH = 2.6  # for twice the size; below a twentieth of a second the clock says nothing


class Spent(NamedTuple):
    """What one mail took."""

    seconds: float
    megabytes: float
    kind: str


def read(path: str) -> Spent:
    """Read one mail in this process."""
    raw = Path(path).read_bytes()
    best, kind = float("inf"), ""
    for _ in range(3):
        started = time.process_time()
        report = analyse(raw, RULES)
        encode_report(report, "-")
        best, kind = min(best, time.process_time() - started), report.kind.value
        if best > SECONDS:
            break
    # ru_maxrss would count what the parent held before the exec.
    status = Path("/proc/self/status").read_text("ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM:"))
    return Spent(best, int(peak.split()[1]) * 1024 / 1e6, kind)


def measure(raw: bytes, path: Path) -> Spent:
    """Read one mail in a process of its own."""
    path.write_bytes(raw)
    command = [sys.executable, "-m", "bench.hostile", "--read", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=600)
    return Spent(*json.loads(done.stdout))


def main() -> int:
    """Measure, print a table, and say by the exit code whether all bounds hold."""
    if sys.argv[1:2] == ["--read"]:
        print(json.dumps(read(sys.argv[2])))
        return 0
    passed = 0
    print(f"{'mail':42} {'size':>9} {'seconds':>9} {'MB':>5} {'growth':>6}  kind")
    with tempfile.TemporaryDirectory() as folder:
        for mail in MAILS:
            if sys.argv[1:] and not any(word in mail.name for word in sys.argv[1:]):
                continue
            half = measure(mail.build(mail.size // 2), Path(folder, "mail"))
            whole = measure(mail.build(mail.size), Path(folder, "mail"))
            size = Path(folder, "mail").stat().st_size
            growth = whole.seconds / max(half.seconds, 0.025)
            over = whole.seconds > SECONDS or whole.megabytes > MEGABYTES or growth > GROWTH
            passed += over
            row = f"{size / 1e6:7.1f}MB {whole.seconds:9.3f} {whole.megabytes:5.0f} {growth:6.2f}"
            print(f"{mail.name:42} {row}  {whole.kind}{'  OVER' if over else ''}", flush=True)
    print(f"{passed} beyond {SECONDS} s, {MEGABYTES} MB or {GROWTH} times for twice the size")
    return 1 if passed else 0


if __name__ == "__main__":
    sys.exit(main())
