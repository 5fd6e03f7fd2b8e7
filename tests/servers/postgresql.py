"""Run a private PostgreSQL on a socket of its own, as the user `postgres` where we are root."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self


def find_programs() -> Path | None:
    """Give the folder with initdb and pg_ctl, of the newest version."""
    found = shutil.which("initdb")
    places = [Path(found).parent] if found else []
    places += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((place for place in places if (place / "initdb").exists()), None)


class Postgresql:
    """A server for the length of a `with` block; `dsn` leads to it."""

    def __init__(self) -> None:
        programs = find_programs()
        assert programs is not None
        self._programs = programs
        self._directory = Path(tempfile.mkdtemp(prefix="postgresql-"))
        self._as = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        self.dsn = f"host={self._directory} user=postgres dbname=postgres"

    def __enter__(self) -> Self:
        """Make a cluster and start it."""
        if self._as:
            shutil.chown(self._directory, "postgres")
        data = self._directory / "data"
        self._run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "--no-sync")
        options = f"-k {self._directory} -c listen_addresses= -c fsync=off"
        self._run("pg_ctl", "-D", str(data), "-w", "-l", f"{self._directory}/log", "-o", options, "start")
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it, and leave nothing."""
        self._run("pg_ctl", "-D", f"{self._directory}/data", "-m", "immediate", "stop")
        shutil.rmtree(self._directory, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._programs / program), *arguments]
        done = subprocess.run(
            command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=90, check=False
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
