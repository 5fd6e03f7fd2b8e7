"""Run a private Cyrus on a free loopback port, in a directory of its own.  Needs root.

Unpacked by `tests/servers/unpack.sh`.  Written for Cyrus 3.6.
"""

import shutil
import subprocess
from pathlib import Path

from tests.servers.unpacked_server import UnpackedServer


IMAPD = """\
configdirectory: {directory}/config
defaultpartition: default
partition-default: {directory}/spool
admins: admin
cyrus_user: nobody
allowplaintext: yes
munge8bit: no
virtdomains: off
unixhierarchysep: yes
altnamespace: yes
sasl_pwcheck_method: auxprop
sasl_auxprop_plugin: sasldb
sasl_sasldb_path: {directory}/sasldb2
sasl_mech_list: PLAIN LOGIN
servername: localhost
idlesocket: {directory}/socket/idle
notifysocket: {directory}/socket/notify
lmtpsocket: {directory}/socket/lmtp
syslog_prefix: {name}
imapidlepoll: 1
quotawarnpercent: 101
"""
CYRUS = """\
START {{
  recover cmd="{bin}/ctl_cyrusdb -C {directory}/imapd.conf -r"
}}
SERVICES {{
  imap cmd="{bin}/imapd -C {directory}/imapd.conf -U 1000" listen="127.0.0.1:{port}" prefork=1 maxchild=100
}}
DAEMON {{
  idled cmd="{bin}/idled -C {directory}/imapd.conf"
}}
EVENTS {{
}}
"""


class Cyrus(UnpackedServer):
    """A running Cyrus; `add` makes a user."""

    name = "cyrus"

    def __init__(self) -> None:
        super().__init__()
        plugins = [*self._tree.glob("usr/lib/*/sasl2"), *Path("/usr/lib").glob("*/sasl2")]
        self._environment["SASL_PATH"] = ":".join(map(str, plugins))
        self._write_config()
        self._set_password("admin")
        self.start()

    def start(self) -> None:
        """Start, on the same port as before."""
        command = [
            *(self._tree / "usr/sbin/cyrmaster", "-D", "-C", self.directory / "imapd.conf"),
            *("-M", self.directory / "cyrus.conf", "-p", self.directory / "pid"),
        ]
        self._launch(command, self._environment)

    def add(self, user: str) -> None:
        """Make a user with an empty mailbox."""
        self._set_password(user)
        with self.client("admin") as admin:
            admin.create_folder(f"user/{user}")

    def _write_config(self) -> None:
        for name in ("config", "config/socket", "spool", "socket"):
            (self.directory / name).mkdir()
            shutil.chown(self.directory / name, "nobody")
        facts = {"directory": self.directory, "name": self.directory.name, "port": self.imap_port}
        facts["bin"] = self._tree / "usr/lib/cyrus/bin"
        (self.directory / "imapd.conf").write_text(IMAPD.format(**facts))
        (self.directory / "cyrus.conf").write_text(CYRUS.format(**facts))

    def _set_password(self, user: str) -> None:
        path = self.directory / "sasldb2"
        subprocess.run(
            [self._tree / "usr/sbin/saslpasswd2", "-c", "-p", "-u", "localhost", "-f", path, user],
            input=self.password,
            text=True,
            check=True,
            env=self._environment,
        )
        shutil.chown(path, "nobody")
