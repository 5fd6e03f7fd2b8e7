"""Record genuine mail of real mail systems: refusals, delays, receipts, answers of people who are away.

    python -m tests.lab.record OUT [SYSTEM …]

as root on Debian, with Postfix, Dovecot and m4 installed.  All of it runs in a network namespace of its own,
with its own addresses and names, so nothing can leave the machine and no port is taken: the mail systems and
the return-path's server on 192.0.2.0/24, the scripted remote in a second namespace on 203.0.113.0/24.
What arrives at the return-path is written to OUT as it came, one file a message.
"""

import ctypes
import multiprocessing
import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
import tomllib
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests.lab.dns import serve
from tests.lab.systems import SYSTEMS, run, unpack
from tests.servers.remote import Remote, Reply


HERE = Path(__file__).parent
REMOTE = "203.0.113.10"
HANGING = "203.0.113.13"
REFUSING = "203.0.113.99"
RETURN_PATH = "192.0.2.1"
RETURN_DOMAIN = "lists.example.org"
ODD_DOMAINS = {
    "nomail.test": "nullmx",
    "broken-dns.test": "servfail",
    "refused.test": REFUSING,
    "silent.test": HANGING,
    "norecord.test": "mx gone.norecord.test",
}
OUTSIDE = ("someone@no-such-domain.test", *(f"someone@{domain}" for domain in ODD_DOMAINS))
PEOPLE = ("ingrid", "claire", "henrik", "yuki", "noreply")


def cases() -> dict[str, Reply]:
    """Read the table of replies."""
    rows = tomllib.loads((HERE / "cases.toml").read_text())["case"]
    return {row["to"]: Reply(row["reply"], row.get("stage", "rcpt")) for row in rows}


class Collector:
    """Receives what comes back and writes it down as a final delivery does (RFC 5321 section 4.4)."""

    def __init__(self, out: Path) -> None:
        self.out = out

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        peer = session.peer[0]
        system = next((name for name, (address, _) in SYSTEMS.items() if address == peer), "dovecot")
        to = envelope.rcpt_tos[0]
        about = to.partition("+")[2].partition("@")[0].replace("=", "-at-") or "plain"
        number = len(list(self.out.glob(f"{system}-{about}*")))
        sender = (envelope.mail_from or "").strip("<>")
        head = f"Return-Path: <{sender}>\r\nDelivered-To: {to}\r\n".encode()
        (self.out / f"{system}-{about}-{number}.eml").write_bytes(head + envelope.original_content)
        return "250 2.0.0 ok"


def issue(to: str, *, from_list: bool = True) -> bytes:
    """Build the mail that is sent: an issue of a newsletter; from a list, nobody's vacation answers it."""
    mail = EmailMessage()
    mail["From"] = "Example Weekly <weekly@example.org>"
    mail["To"] = to
    mail["Subject"] = "Your November issue"
    mail["Date"] = "Sun, 22 Nov 2026 06:40:00 +0000"
    mail["Message-ID"] = f"<issue47.{to.replace('@', '.').encode('ascii', 'ignore').decode()}@example.org>"
    if from_list:
        mail["List-Id"] = "Example Weekly <weekly.example.org>"
        mail["List-Unsubscribe"] = "<https://example.org/unsubscribe>"
    mail["X-Campaign-ID"] = "2026-11-issue-47"
    mail.set_content(
        "Hello,\n\nthe November issue is here: https://example.org/47\n\nThe Example Weekly team\n"
    )
    return mail.as_bytes(policy=SMTP)


def return_path(to: str) -> str:
    return f"bounces+{to.replace('@', '=')}@{RETURN_DOMAIN}"


def send_all(system: str) -> None:
    """Hand one mail for each case to a mail system."""
    with smtplib.SMTP(SYSTEMS[system][0], 25, local_hostname="app.example.org", timeout=30) as smtp:
        for to in (*cases(), *OUTSIDE):
            _send(smtp, return_path(to), [to])
        several = [
            "anna.berg@example.com",
            "fine@example.com",
            "lena.vogt@webmail.test",
            "reader@strict.test",
        ]
        _send(smtp, f"bounces+issue47@{RETURN_DOMAIN}", several)
        if smtp.has_extn("dsn"):
            to = "fine@example.com"
            _send(smtp, return_path(to), [to], ["RET=HDRS"], ["NOTIFY=SUCCESS,FAILURE", f"ORCPT=rfc822;{to}"])
        if system == "exim":
            _send(smtp, return_path("helpdesk@answers.test"), ["helpdesk@answers.test"])


def _send(smtp: smtplib.SMTP, sender: str, to: list[str], mail: Any = (), rcpt: Any = ()) -> None:
    try:
        smtp.sendmail(sender, to, issue(", ".join(to)), mail_options=mail, rcpt_options=rcpt)
    except smtplib.SMTPException as error:
        sys.stderr.write(f"{to}: not taken: {error}\n")


def send_to_people() -> None:
    """Hand a mail to Dovecot for each person with a Sieve script."""
    for name in PEOPLE:
        to = f"{name}@example.com"
        with smtplib.LMTP(SYSTEMS["dovecot"][0], 24, local_hostname="mx.example.com") as lmtp:
            lmtp.sendmail(return_path(to), [to], issue(to, from_list=False))


def answer_by_vacation(base: Path) -> None:
    """Let vacation(1) answer a mail; it hands its answer to sendmail(8), here a script that posts it."""
    post = base / "sendmail-stand-in"
    post.write_text(
        f"#!{sys.executable}\nimport smtplib, sys\n"
        f"smtplib.SMTP({RETURN_PATH!r}, 25).sendmail('', [sys.argv[-1]], sys.stdin.buffer.read())\n"
    )
    post.chmod(0o755)
    stand = Path("/usr/sbin/sendmail")
    if stand.exists():
        run("mount", "--bind", str(post), str(stand))
    words = base / "vacation.msg"
    head = (
        "From: Robin Root <root@example.com>\nSubject: away until the first of December\nPrecedence: bulk\n"
    )
    words.write_text(
        f'{head}\nI am away until then. Your mail about "$SUBJECT" will be read when I am back.\n'
    )
    to = "root@example.com"
    mail = f"From {return_path(to)} Sun Nov 22 06:40:00 2026\n".encode() + issue(to, from_list=False)
    command = [str(base / "roots/vacation/usr/bin/vacation"), "-j", "-r", "0", "-a", to, "-m", str(words)]
    subprocess.run(
        [*command, "-f", str(base / "vacation.db"), "root"], input=mail.replace(b"\r\n", b"\n"), check=True
    )


def remote_side() -> None:
    """Be the rest of the world, in this process's own network namespace."""
    _unshare_net()
    deadline = time.monotonic() + 10
    while "v1" not in _links():
        if time.monotonic() > deadline:
            raise SystemExit("the remote's interface did not come")
        time.sleep(0.1)
    run("ip", "link", "set", "lo", "up")
    for address in (REMOTE, HANGING, REFUSING):
        run("ip", "addr", "add", f"{address}/24", "dev", "v1")
    run("ip", "link", "set", "v1", "up")
    run("ip", "route", "add", "192.0.2.0/24", "dev", "v1")
    hanging = socket.create_server((HANGING, 25))
    with Remote(cases(), REMOTE, 25, "mx.example.test"), hanging:
        signal.pause()


def _links() -> str:
    return subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True).stdout


def _unshare_net() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:
        raise SystemExit("cannot make a network namespace; be root")


def build_network(remote_pid: int, base: Path) -> None:
    """Give this namespace its addresses, its names and the way to the remote."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(remote_pid))
    for address in (RETURN_PATH, "192.0.2.53", *(address for address, _ in SYSTEMS.values())):
        run("ip", "addr", "add", f"{address}/24", "dev", "v0")
    run("ip", "link", "set", "v0", "up")
    run("ip", "route", "add", "203.0.113.0/24", "dev", "v0")
    run("hostname", "lab.example.org")
    for name, text in (("resolv.conf", "nameserver 192.0.2.53\n"), ("hosts", "127.0.0.1 localhost\n")):
        (base / name).write_text(text)
        run("mount", "--bind", str(base / name), f"/etc/{name}")


def zone() -> dict[str, str]:
    """Name every host and domain of the lab."""
    names = {"mx.lists.example.org": RETURN_PATH, RETURN_DOMAIN: "mx mx.lists.example.org"}
    for domain in {to.rpartition("@")[2] for to in cases()}:
        names[domain] = f"mx mx.{domain}"
        names[f"mx.{domain}"] = REMOTE
    for domain, value in ODD_DOMAINS.items():
        is_address = value[0].isdigit()
        names[domain] = f"mx mx.{domain}" if is_address else value
        if is_address:
            names[f"mx.{domain}"] = value
    return names


def inside(out: Path, base: Path, systems: list[str]) -> None:
    """Run the whole lab in the namespace that this process was started in."""
    world = multiprocessing.Process(target=remote_side, daemon=True)
    world.start()
    time.sleep(0.5)
    build_network(world.pid or 0, base)
    multiprocessing.Process(target=serve, args=("192.0.2.53", zone()), daemon=True).start()
    collector = Controller(Collector(out), hostname=RETURN_PATH, port=25, enable_SMTPUTF8=True)
    collector.start()
    for system in systems:
        sys.stderr.write(f"{system} …\n")
        SYSTEMS[system][1](base)
        time.sleep(1)
        if system == "dovecot":
            send_to_people()
            answer_by_vacation(base)
        else:
            send_all(system)
    time.sleep(60)  # until the queues have given up
    collector.stop()


def main() -> None:
    out, systems = Path(sys.argv[1]).resolve(), sys.argv[2:] or list(SYSTEMS)
    if os.environ.get("LAB_BASE"):
        inside(out, Path(os.environ["LAB_BASE"]), systems)
        return
    out.mkdir(parents=True, exist_ok=True)
    base = Path("/var/tmp/bounce-watcher-lab")
    base.mkdir(exist_ok=True)
    unpack(base)
    # A PID namespace of its own too: when the lab's first process ends, all its servers end.
    command = ["unshare", "-n", "-m", "-u", "-p", "-f", "--kill-child", "--mount-proc", sys.executable, "-m"]
    subprocess.run(
        [*command, "tests.lab.record", str(out), *systems],
        check=True,
        env={**os.environ, "LAB_BASE": str(base)},
    )


if __name__ == "__main__":
    main()
