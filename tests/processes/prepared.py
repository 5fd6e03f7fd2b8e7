"""Run a module in a process of its own, forked from one that is ready."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path


ROOT = Path(__file__).parents[2]
# What an interpreter reads when it starts: who changes that gets a new one.
AT_START = ("PYTHONUTF8", "PYTHONIOENCODING", "PYTHONUNBUFFERED", "PYTHONWARNINGS", "LC_", "LANG", "TZ")


class Prepared:
    """Starts processes one after the other; `close` ends what starts them."""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.processes.server"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def run(
        self,
        module: str,
        arguments: Sequence[str],
        *,
        folder: Path = ROOT,
        env: Mapping[str, str] | None = None,
        stdin: str = "",
        seconds: float = 60.0,
    ) -> "subprocess.CompletedProcess[str]":
        """Run to the end; TimeoutExpired where that takes longer, and it was killed.

        `env` stands for all of this process's surroundings, where it is given.
        """
        surroundings = dict(os.environ if env is None else env)
        command = [sys.executable, "-m", module, *arguments]
        if _at_start(surroundings) != _at_start(os.environ):
            return subprocess.run(
                command, input=stdin, capture_output=True, text=True, cwd=folder, env=surroundings,
                timeout=seconds, check=False,
            )  # fmt: skip
        with tempfile.TemporaryDirectory() as directory:
            files = {name: Path(directory, name) for name in ("stdin", "stdout", "stderr")}
            files["stdin"].write_bytes(stdin.encode())
            code = self._ask(
                module=module, arguments=list(arguments), env=surroundings, folder=str(folder),
                seconds=seconds, **{name: str(path) for name, path in files.items()},
            )  # fmt: skip
            if code is None:
                raise subprocess.TimeoutExpired(command, seconds)
            output, errors = (files[name].read_bytes().decode() for name in ("stdout", "stderr"))
        return subprocess.CompletedProcess(command, code, output, errors)

    def close(self) -> None:
        """End it."""
        for pipe in (self._server.stdin, self._server.stdout):
            assert pipe is not None
            pipe.close()
        self._server.wait(20)

    def _ask(self, **asked: object) -> int | None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        code: int | None = json.loads(self._server.stdout.readline())
        return code


def _at_start(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name.startswith(AT_START)}
