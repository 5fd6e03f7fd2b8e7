"""Run a private Dovecot on free loopback ports, in a directory of its own.

Every user name signs in with one password and has an empty maildir.
LMTP takes mail for `user+anything@domain`.
Plain, STARTTLS and implicit TLS are offered, with a certificate of our own authority (`ca_file`).
Runs as root (mail then belongs to `nobody`) and as a plain user.  Written for Dovecot 2.3.
"""

import contextlib
import getpass
import grp
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

import trustme

from tests.servers.mailboxes import ImapServer
from tests.servers.ports import free_ports, wait_for_port


CONFIG = """\
base_dir = {directory}/run
state_dir = {directory}/state
log_path = {directory}/dovecot.log
instance_name = {name}
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {internal_user}
default_internal_group = {internal_group}
default_login_user = {login_user}
ssl = yes
ssl_cert = <{directory}/server.pem
ssl_key = <{directory}/server.pem
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_username_format = %Ln
auth_failure_delay = 0
recipient_delimiter = +
mail_location = maildir:{directory}/mail/%n/Maildir
mail_fsync = never
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_uid} gid={mail_gid} home={directory}/mail/%n allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = {separator}
  prefix = {prefix}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
mail_max_userip_connections = 100
{extra}
"""


def find_dovecot() -> str | None:
    """Give the path of the system's Dovecot."""
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


class Dovecot(ImapServer):
    """A running Dovecot; `separator`, `prefix` and `extra` lines shape its config."""

    def __init__(self, *, separator: str = "/", prefix: str = "", extra: str = "") -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="dovecot-"))
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self.ca_file = self.directory / "ca.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._write_certificates()
        self._write_config(separator, prefix, extra)
        self.start()

    def start(self) -> None:
        """Start, on the same ports as before, and return once mail can be read and delivered."""
        dovecot = find_dovecot()
        assert dovecot is not None, "dovecot is not installed"
        self._process = subprocess.Popen(
            [dovecot, "-F", "-c", self.directory / "dovecot.conf"], start_new_session=True
        )
        try:
            for port in (self.imap_port, self.imaps_port, self.lmtp_port):
                wait_for_port(port)
        except OSError:
            log = self.directory / "dovecot.log"
            reason = log.read_text() if log.exists() else "no log"
            self.stop()
            raise AssertionError(f"dovecot does not start: {reason}") from None

    def stop(self) -> None:
        """Stop, cutting every connection; the mail stays."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
            with contextlib.suppress(ProcessLookupError):  # some linger to say goodbye
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process = None

    def kick(self, user: str) -> bool:
        """Cut the connections of a user; tell whether there were any."""
        told = ["doveadm", "-c", self.directory / "dovecot.conf", "kick", user]
        return subprocess.run(told, check=False, capture_output=True).returncode == 0

    def close(self) -> None:
        """Stop and remove everything."""
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def log(self) -> str:
        """Give what the server wrote so far."""
        return (self.directory / "dovecot.log").read_text()

    def _write_certificates(self) -> None:
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.ca_file)
        certificate = authority.issue_cert("localhost", "127.0.0.1")
        certificate.private_key_and_cert_chain_pem.write_to_path(self.directory / "server.pem")

    def _write_config(self, separator: str, prefix: str, extra: str) -> None:
        root = os.geteuid() == 0
        me, group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
        mail_uid, mail_gid = (65534, 65534) if root else (os.geteuid(), os.getegid())
        mail = self.directory / "mail"
        mail.mkdir()
        os.chown(mail, mail_uid, mail_gid)
        self.directory.chmod(0o755)  # the mail's owner must get through
        text = CONFIG.format(
            directory=self.directory,
            name=self.directory.name,
            internal_user="dovecot" if root else me,
            internal_group="dovecot" if root else group,
            login_user="dovenull" if root else me,
            mail_uid=mail_uid,
            mail_gid=mail_gid,
            password=self.password,
            separator=separator,
            prefix=prefix,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
            extra=extra,
        )
        (self.directory / "dovecot.conf").write_text(text)
