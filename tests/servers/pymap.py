"""Run a private pymap, the IMAP server in Python, with its mail in memory and one user."""

import importlib.util
import subprocess
import sys

from tests.servers.mailboxes import ImapServer
from tests.servers.ports import free_ports, wait_for_port


# Each sign-in costs half a second of hashing, which tests can do without.
# QUIRK: nothing holds the task of a connection; on Python 3.13 a collection of garbage may hang up on it.
COMMAND = """
import gc
import sys
from pymap.main import main
from pysasl.hashing import BuiltinHash
BuiltinHash.__init__.__kwdefaults__["rounds"] = 1
gc.disable()
sys.exit(main())
"""


def is_installed() -> bool:
    """Tell whether the extra `demo` is installed."""
    return importlib.util.find_spec("pymap") is not None


class Pymap(ImapServer):
    """A running pymap with an empty mailbox."""

    username = "bounces"

    def __init__(self) -> None:
        (self.imap_port,) = free_ports(1)
        services = ["--no-service", "admin", "--no-service", "managesieve"]
        listen = ["--host", "127.0.0.1", "--port", str(self.imap_port), "--no-tls"]
        backend = ["dict", "--demo-user", self.username, "--demo-password", self.password]
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", COMMAND, *services, *listen, *backend],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for_port(self.imap_port)
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Stop; the mail is gone with it."""
        self._process.terminate()
        self._process.wait(20)
