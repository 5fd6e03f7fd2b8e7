"""Record genuine mail of real mail systems: refusals, delays, receipts, answers of people who are away.

    python -m tests.lab.record OUT [SYSTEM …]

as root on Debian, with Postfix, Dovecot, m4, Node and npm installed.  All of it runs in a network namespace
of its own, with its own addresses and names, so nothing can leave the machine and no port is taken: the mail
systems and the return-path's server on 192.0.2.0/24, the scripted remote in a second namespace on
203.0.113.0/24.  What arrives at the return-path is written to OUT as it came, one file a message, and
OUT/arrived.jsonl says of each file which system sent it about whom, and how long after the mail was sent.
`python -m tests.lab.compare OUT` then holds the reader against the truth of the cases.
"""

import json
import multiprocessing
import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from tests.lab.cases import ANSWERS, CASES, Case
from tests.lab.commands import answer_by_formail, answer_by_vacation, send_by_dma
from tests.lab.dns import serve
from tests.lab.network import NAME_SERVER, RETURN_DOMAIN, RETURN_PATH, build_network, zone
from tests.lab.outside import REMOTE, remote_side
from tests.lab.systems import SYSTEMS, unpack


SEVERAL = ("anna.berg@example.com", "fine@example.com", "lena.vogt@webmail.test", "reader@strict.test")
LOCALISED = slice(0, None, 6)  # the localised systems get every sixth case
ADDRESSES = {name: address for name, (address, _) in SYSTEMS.items()}


class Collector:
    """Receives what comes back and writes it down as a final delivery does (RFC 5321 section 4.4)."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.program = "dovecot"  # whoever sends from the lab's own address now
        self.sent: dict[tuple[str, str], float] = {}

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        peer = session.peer[0]
        system = next((name for name, address in ADDRESSES.items() if address == peer), self.program)
        to = envelope.rcpt_tos[0]
        about = to.partition("+")[2].rpartition("@")[0]
        stem = f"{system}-{about.replace('=', '-at-') or 'plain'}"
        name = f"{stem}-{len(list(self.out.glob(f'{stem}-*.eml')))}.eml"
        sender = (envelope.mail_from or "").strip("<>")
        head = f"Return-Path: <{sender}>\r\nDelivered-To: {to}\r\n".encode()
        (self.out / name).write_bytes(head + envelope.original_content)
        after = time.monotonic() - self.sent.get((system, to), time.monotonic())
        row = {"file": name, "system": system, "about": "@".join(about.rsplit("=", 1)), "after": round(after)}
        with (self.out / "arrived.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return "250 2.0.0 ok"


def issue(to: str, *, from_list: bool = True, hops: int = 0) -> bytes:
    """Build the mail that is sent: an issue of a newsletter; from a list, nobody's vacation answers it."""
    mail = EmailMessage()
    for number in range(hops):
        mail["Received"] = (
            f"from hop{number}.example.org by hop{number + 1}.example.org; 22 Nov 2026 06:40 +0000"
        )
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
    return mail.as_bytes(policy=SMTP if to.isascii() else SMTP.clone(utf8=True))


def answerable(to: str) -> bytes:
    return issue(to, from_list=False)


def return_path(to: str) -> str:
    return f"bounces+{to.replace('@', '=')}@{RETURN_DOMAIN}"


def cases_for(system: str) -> tuple[Case, ...]:
    """Give the cases that a system is sent; a domain that points at its sender is each one's own."""
    chosen = CASES[LOCALISED] if "-" in system else CASES
    mirror = f"someone@{system}.mirror.test"
    fit = (case for case in chosen if not case.systems or system.partition("-")[0] in case.systems)
    return tuple(Case(mirror, case.reason, also=case.also) if case.dns == "self" else case for case in fit)


class Sender:
    """Hands mail to one system."""

    def __init__(self, system: str, collector: Collector) -> None:
        self.system = system
        self.collector = collector

    def send_all(self) -> None:
        """Hand one mail for each case to the system, and a few that are more than a case."""
        for case in cases_for(self.system):
            utf8 = () if case.to.isascii() else ("SMTPUTF8",)
            hops = 120 if case.to.startswith("hops@") else 0
            self._send(return_path(case.to), [case.to], issue(case.to, hops=hops), utf8)
        self._send(f"bounces+issue47@{RETURN_DOMAIN}", list(SEVERAL), issue(", ".join(SEVERAL)))
        to = "fine@example.com"
        asked = ["NOTIFY=SUCCESS,FAILURE", f"ORCPT=rfc822;{to}"]
        self._send(return_path(to), [to], issue(to), ["RET=HDRS"], asked)
        if self.system == "exim":
            self._send(
                return_path("helpdesk@answers.test"),
                ["helpdesk@answers.test"],
                issue("helpdesk@answers.test"),
            )
        if self.system.startswith("postfix"):
            for who in ("full", "nobody"):
                to = f"{who}@quota.example.com"
                self._send(return_path(to), [to], issue(to))

    def _send(self, sender: str, to: list[str], mail: bytes, options: Any = (), rcpt: Any = ()) -> None:
        self.collector.sent[self.system, sender] = time.monotonic()
        try:
            with smtplib.SMTP(
                ADDRESSES[self.system], 25, local_hostname="app.example.org", timeout=30
            ) as smtp:
                smtp.ehlo()
                if options and not smtp.has_extn("dsn" if rcpt else "smtputf8"):
                    return
                smtp.sendmail(sender, to, mail, mail_options=options, rcpt_options=rcpt)
        except (smtplib.SMTPException, OSError) as error:
            sys.stderr.write(f"{self.system}: {to}: not taken: {error}\n")


def send_to_people() -> None:
    """Hand a mail to Dovecot for each person with a Sieve script."""
    for answer in ANSWERS:
        if answer.via not in {"vacation-sieve", "reject"}:
            continue
        to = f"{answer.who}@example.com"
        with smtplib.LMTP(ADDRESSES["dovecot"], 24, local_hostname="mx.example.com") as lmtp:
            lmtp.sendmail(return_path(to), [to], answerable(to))


def run_programs(base: Path, collector: Collector) -> None:
    """Let the programs that are no servers write."""
    collector.program = "dma"
    send_by_dma(base, issue, return_path)
    time.sleep(2)
    collector.program = "vacation"
    answer_by_vacation(base, answerable, return_path)
    time.sleep(2)
    collector.program = "formail"
    answer_by_formail(base, answerable, return_path)
    time.sleep(2)
    collector.program = "dovecot"


def inside(out: Path, base: Path, systems: list[str]) -> None:
    """Run the whole lab in the namespace that this process was started in."""
    world = multiprocessing.Process(target=remote_side, daemon=True)
    world.start()
    time.sleep(0.5)
    build_network(world.pid or 0, base, ADDRESSES.values())
    domains = {case.to.rpartition("@")[2]: case.dns for case in CASES if case.dns != "self"}
    domains |= {"answers.test": None, "quota.example.com": None, "webmail.test": None}
    del domains["no-such-domain.test"]
    names = zone(domains, ADDRESSES, REMOTE)
    multiprocessing.Process(target=serve, args=(NAME_SERVER, names), daemon=True).start()
    collector = Collector(out)
    server = Controller(collector, hostname=RETURN_PATH, port=25, enable_SMTPUTF8=True)
    server.start()
    for system in systems:
        sys.stderr.write(f"{system} …\n")
        if system in {"dovecot", "haraka"}:  # these two send from the lab's own address
            collector.program = system
        SYSTEMS[system][1](base)
        time.sleep(1)
        if system == "dovecot":
            send_to_people()
            run_programs(base, collector)
        else:
            Sender(system, collector).send_all()
    time.sleep(60)  # until the queues have given up
    server.stop()


def main() -> None:
    out, systems = Path(sys.argv[1]).resolve(), sys.argv[2:] or list(SYSTEMS)
    if os.environ.get("LAB_INSIDE"):
        inside(out, Path(os.environ["LAB_INSIDE"]), systems)
        return
    out.mkdir(parents=True, exist_ok=True)
    base = Path(os.environ.get("LAB_BASE", "/var/tmp/bounce-watcher-lab"))
    base.mkdir(exist_ok=True, parents=True)
    unpack(base)
    # A PID namespace of its own too: when the lab's first process ends, all its servers end.
    command = ["unshare", "-n", "-m", "-u", "-p", "-f", "--kill-child", "--mount-proc", sys.executable, "-m"]
    subprocess.run(
        [*command, "tests.lab.record", str(out), *systems],
        check=True,
        env={**os.environ, "LAB_INSIDE": str(base)},
    )


if __name__ == "__main__":
    main()
