"""Run a private Courier on a free loopback port: no MOVE, one namespace `INBOX.`, '.' between levels.

Its paths are compiled in, so it runs under /etc and /run of its own, in a private mount namespace.  Needs
root.  Unpacked by `tests/servers/unpack.sh`.  Written for Courier 5.
"""

import contextlib
import os
import shutil
import subprocess
import time
from pathlib import Path

from tests.servers.unpacked_server import UnpackedServer


NOBODY = 65534
# What a program looks up in /etc before it does anything of its own.
ETC = ("passwd", "group", "nsswitch.conf", "hosts", "services", "ld.so.cache", "localtime")
START = """\
mount --bind {directory}/etc /etc
mount --bind {directory}/run /run
setpriv --reuid={nobody} --regid={nobody} --clear-groups \
    {tree}/usr/libexec/gam_server --notimeout "$GAM_CLIENT_ID" &
{lib}/courier-authlib/authdaemond &
exec {tree}/usr/sbin/couriertcpd -address=127.0.0.1 -maxprocs=100 -maxperip=100 -nodnslookup -noidentlookup \
    {port} {lib}/courier/imaplogin {tree}/usr/bin/imapd Maildir
"""
OPTIONS = {
    "IMAP_CAPABILITY": "IMAP4rev1 UIDPLUS CHILDREN NAMESPACE SORT QUOTA IDLE",
    "IMAP_ACL": "1",
    "IMAP_CHECK_ALL_FOLDERS": "0",
    "IMAP_EMPTYTRASH": "Trash:7",
    "IMAP_ENHANCEDIDLE": "0",
    "IMAP_IDLE_TIMEOUT": "5",
    "IMAP_KEYWORDS": "1",
    "IMAP_MAILBOX_SANITY_CHECK": "0",
    "IMAP_STARTTLS": "NO",
    "IMAP_TRASHFOLDERNAME": "Trash",
    "IMAP_UMASK": "022",
    "IMAP_USELOCKS": "1",
    "MAILDIRPATH": "Maildir",
    "PROTOCOL": "IMAP",
    "TLS_PROTOCOL": "",
}


class Courier(UnpackedServer):
    """A running Courier; `add` makes a user."""

    name = "courier"
    prefix, delimiter = "INBOX.", "."

    def __init__(self) -> None:
        super().__init__()
        self._lib = self._tree / "usr/lib/courier"
        self._users: list[str] = []
        self._hashed = self._hash()
        self._make_etc()
        self.start()

    def start(self) -> None:
        """Start, on the same port as before."""
        script = START.format(
            directory=self.directory, lib=self._lib, tree=self._tree, port=self.imap_port, nobody=NOBODY
        )
        told = self._environment | OPTIONS | {"GAM_CLIENT_ID": self.directory.name}
        self._launch(["unshare", "-m", "sh", "-euc", script], told)

    def stop(self) -> None:
        """Stop, cutting every connection; the mail stays."""
        super().stop()
        self._socket.unlink(missing_ok=True)

    @property
    def _socket(self) -> Path:
        return self.directory / "run/courier/authdaemon/socket"

    def _wait(self) -> None:
        wait_for_socket(self._socket)

    def add(self, user: str) -> None:
        """Make a user with an empty mailbox."""
        home = self.directory / "mail" / user
        home.mkdir(parents=True)
        subprocess.run(
            [self._tree / "usr/bin/maildirmake.courier", home / "Maildir"], check=True, env=self._environment
        )
        for path in [home, *home.rglob("*")]:
            os.chown(path, NOBODY, NOBODY)
        self._users.append(user)
        facts = [
            f"{name}\tuid={NOBODY}|gid={NOBODY}|home={self.directory}/mail/{name}|mail=Maildir"
            for name in self._users
        ]
        self._write_table("userdb.dat", facts)
        self._write_table("userdbshadow.dat", [f"{name}\timappw={self._hashed}" for name in self._users])

    def _make_etc(self) -> None:
        etc = self.directory / "etc"
        (etc / "courier").mkdir(parents=True)
        for name in ETC:
            with contextlib.suppress(FileNotFoundError):
                shutil.copy(Path("/etc") / name, etc)
        (etc / "courier/authdaemonrc").write_text(
            'authmodulelist="authuserdb"\nauthmodulelistorig="authuserdb"\ndaemons=3\n'
            'authdaemonvar=/run/courier/authdaemon\nDEBUG_LOGIN=0\nDEFAULTOPTIONS=""\n'
        )
        (self.directory / "run/courier/authdaemon").mkdir(parents=True)
        (self.directory / "mail").mkdir()

    def _hash(self) -> str:
        made = subprocess.run(
            [self._tree / "usr/sbin/userdbpw", "-md5"],
            input=f"{self.password}\n",
            capture_output=True,
            text=True,
            check=True,
            env=self._environment,
        )
        return made.stdout.strip()

    def _write_table(self, name: str, lines: list[str]) -> None:
        path = self.directory / "etc/courier" / name
        subprocess.run(
            [self._lib / "courier-authlib/makedatprog", "-", f"{path}.new", path],
            input="\n".join([*lines, ".", ""]),
            text=True,
            check=True,
            env=self._environment,
        )


def wait_for_socket(path: Path) -> None:
    """Return once a socket is there."""
    deadline = time.monotonic() + 15
    while not path.exists():
        if time.monotonic() > deadline:
            raise OSError(f"{path} does not come")
        time.sleep(0.02)
