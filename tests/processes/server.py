"""Fork processes that have all imports and our rules behind them, and say how each ended.

    python -m tests.processes.server

Reads a line of JSON for each: `module`, `arguments`, `env`, `folder`, the files `stdin`, `stdout` and
`stderr`, and the `seconds` after which it is killed.  Answers with the exit code, null where it was killed.
What is forked runs the module as `python -m` does; it only skips what a new interpreter spends most of a
short life on.
"""

import io
import json
import os
import runpy
import signal
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import Any

from watcher.cli.main import COMMANDS


PRELOADED = (
    "watcher.service.once",
    "tests.reader.rulebook",
    *sorted({module for module, _ in COMMANDS.values()}),
)


def serve() -> None:
    """Answer until the end of standard input; a forked process leaves this, too, by its exit."""
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(asked)
            runpy.run_module(asked["module"], run_name="__main__", alter_sys=True)
            sys.exit()
        sys.stdout.write(json.dumps(_wait(child, asked["seconds"])) + "\n")
        sys.stdout.flush()


def _become(asked: dict[str, Any]) -> None:
    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["env"])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        mode = "r" if number == 0 else "w"
        with Path(asked[name]).open(f"{mode}b") as opened:
            os.dup2(opened.fileno(), number)
        raw = io.FileIO(number, mode, closefd=False)
        buffered = io.BufferedReader(raw) if number == 0 else io.BufferedWriter(raw)
        errors = "backslashreplace" if number == 2 else "strict"
        setattr(sys, name, io.TextIOWrapper(buffered, "utf-8", errors, line_buffering=number == 2))
    sys.argv = [asked["module"], *asked["arguments"]]


def _wait(child: int, seconds: float) -> int | None:
    ends = time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= ends:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return None
        time.sleep(0.002)


if __name__ == "__main__":
    for each in PRELOADED:
        import_module(each)
    serve()
