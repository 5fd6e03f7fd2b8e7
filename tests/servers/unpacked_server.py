"""What servers that run out of their unpacked folder have in common: how they start and stop."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.servers.mailboxes import ImapServer
from tests.servers.ports import free_ports, wait_for_port
from tests.servers.unpacked import surroundings, tree_of


class UnpackedServer(ImapServer):
    """A server with a directory, a port and a process of its own; `name` is that of its folder."""

    name: str

    def __init__(self) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix=f"{self.name}-"))
        self.directory.chmod(0o755)
        (self.imap_port,) = free_ports(1)
        self._tree = tree_of(self.name)
        self._environment = surroundings(self._tree)
        self._process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """Stop, cutting every connection; the mail stays."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(20)
            self._process = None

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def _launch(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """Start a process, and return once its port, and whatever else it needs, is there."""
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        try:
            wait_for_port(self.imap_port)
            self._wait()
        except OSError:
            reason = (self.directory / "log").read_text()
            self.stop()
            raise AssertionError(f"{self.name} does not start: {reason}") from None

    def _wait(self) -> None:
        """Return once what stands beside the port is there; OSError where it does not come."""
