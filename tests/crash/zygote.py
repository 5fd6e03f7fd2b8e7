"""Run passes one after the other, each in a process of its own that is forked ready-made, and kill them.

    python -m tests.crash.zygote CONFIG

Reads a line of JSON for each pass: `seconds` until SIGKILL (null: let it end), `spare_pages` of the state
file (null: as many as it likes).  Answers with its exit code, -9 where it was killed.  Forking takes
milliseconds, where a new interpreter would spend most of its short life on imports.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

from tests.crash.run import leave_pages
from watcher.config import load_config
from watcher.deliver import circuit
from watcher.errors import StoreError
from watcher.rules import load_rules
from watcher.service.once import run_once
from watcher.store import Store


RULES = load_rules()


def one_pass(config_path: Path, spare_pages: int | None) -> int:
    circuit.PAUSES = (0.2,)  # type: ignore[assignment]  # an outage of a second is all there is time for
    config = load_config(config_path)
    try:
        with Store.open(config.state) as store:
            if spare_pages is not None:
                leave_pages(store, spare_pages)
            return run_once(config, store, RULES)
    except StoreError as error:
        return error.exit_code


def fork_pass(config_path: Path, seconds: float | None, spare_pages: int | None) -> int:
    child = os.fork()
    if child == 0:
        code = 70
        try:
            sys.stdout = sys.stderr
            code = one_pass(config_path, spare_pages)
        finally:
            os._exit(code)
    ends = None if seconds is None else time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if ends is not None and time.monotonic() >= ends:
            os.kill(child, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        time.sleep(0.002)


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        code = fork_pass(Path(sys.argv[1]), asked["seconds"], asked["spare_pages"])
        print(code, flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
