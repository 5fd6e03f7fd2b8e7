"""Run a private Postfix on a free loopback port, in a directory of its own.

Mail for the return-path's domain goes to an LMTP server, all other mail to one remote server, and what that
refuses becomes a genuine non-delivery report.  Needs root: Postfix starts as root or not at all.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

from tests.servers.ports import free_ports, wait_for_port


MAIN = """\
compatibility_level = 3.6
queue_directory = {directory}/spool
data_directory = {directory}/data
maillog_file = {directory}/log
maillog_file_prefixes = {directory}
syslog_name = {name}
myhostname = out1.example.org
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_recipient_restrictions = permit_mynetworks, reject
alias_maps =
smtp_tls_security_level = none
smtp_dns_support_level = disabled
lmtp_dns_support_level = disabled
recipient_delimiter = +
virtual_mailbox_domains = {return_domain}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp_port}
default_transport = smtp:[127.0.0.1]:{remote_port}
delay_warning_time = 1s
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
"""
DIST = Path("/usr/share/postfix/master.cf.dist")
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"


def is_usable() -> bool:
    """Tell whether Postfix is there and may be started."""
    return shutil.which("postfix", path=PATH) is not None and DIST.exists() and os.geteuid() == 0


class Postfix:
    """A running Postfix; a context manager."""

    def __init__(self, *, return_domain: str, lmtp_port: int, remote_port: int) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="postfix-"))
        self.directory.chmod(0o755)  # its processes run as another user
        (self.smtp_port,) = free_ports(1)
        for name in ("conf", "spool", "data"):
            (self.directory / name).mkdir()
        shutil.chown(self.directory / "data", "postfix")
        conf = self.directory / "conf"
        main = MAIN.format(
            directory=self.directory,
            name=self.directory.name,
            return_domain=return_domain,
            lmtp_port=lmtp_port,
            remote_port=remote_port,
        )
        (conf / "main.cf").write_text(main)
        (conf / "master.cf").write_text(_services(self.smtp_port))
        for name in ("dynamicmaps.cf", "postfix-files"):
            if (source := Path("/etc/postfix") / name).exists():
                shutil.copy(source, conf)

    def __enter__(self) -> Self:
        """Start, and return once mail is taken."""
        try:
            self._postfix("start")
            wait_for_port(self.smtp_port)
        except (OSError, subprocess.CalledProcessError) as error:
            raise AssertionError(f"postfix does not start: {self.log()}") from error
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop and remove everything."""
        self._postfix("stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    def log(self) -> str:
        """Give what the server wrote so far."""
        log = self.directory / "log"
        return log.read_text() if log.exists() else "no log"

    def _postfix(self, word: str) -> None:
        command = [shutil.which("postfix", path=PATH) or "postfix", "-c", str(self.directory / "conf"), word]
        subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60)


def _services(smtp_port: int) -> str:
    """Give master.cf: Debian's services, none in a chroot, SMTP on our port."""
    lines = []
    for line in DIST.read_text().splitlines():
        fields = line.split()
        if line.startswith("#") or not fields:
            continue
        if not line[0].isspace():
            fields[4] = "n"
            fields[0] = f"127.0.0.1:{smtp_port}" if fields[:2] == ["smtp", "inet"] else fields[0]
            line = " ".join(fields)  # noqa: PLW2901
        lines.append(line)
    return "\n".join(lines) + "\n"
