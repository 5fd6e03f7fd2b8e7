"""Mail of programs that are no servers: dma, vacation(1), formail's reply."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.lab.cases import ANSWERS, CASES
from tests.lab.network import RETURN_PATH, run


DMA_CONF = "MAILNAME mail.small-host.test\n"
HERALD = "From {sender} Sun Nov 22 06:40:00 2026\n"


def send_by_dma(base: Path, issue: Callable[[str], bytes], return_path: Callable[[str], str]) -> None:
    """Let dma send a mail for each lasting refusal; it keeps the others for days, as its code says."""
    for folder, mode in (("/etc/dma", "755"), ("/var/spool/dma", "2775")):
        Path(folder).mkdir(parents=True, exist_ok=True)
        run("mount", "-t", "tmpfs", "-o", f"mode={mode}", "tmpfs", folder)
        run("chgrp", "mail", folder)
    Path("/etc/dma/dma.conf").write_text(DMA_CONF)
    Path("/etc/dma/auth.conf").touch()
    for case in CASES[::5]:
        if case.is_temporary or not case.reply or not case.to.isascii():
            continue
        command = [str(base / "roots/dma/usr/sbin/dma"), "-D", "-f", return_path(case.to), case.to]
        subprocess.run(command, input=issue(case.to).replace(b"\r\n", b"\n"), check=False, timeout=20)


def _stand_in(base: Path) -> None:
    """Put a script in sendmail(8)'s place that posts what it is given."""
    post = base / "sendmail-stand-in"
    post.write_text(
        f"#!{sys.executable}\nimport smtplib, sys\n"
        f"smtplib.SMTP({RETURN_PATH!r}, 25).sendmail('', [sys.argv[-1]], sys.stdin.buffer.read())\n"
    )
    post.chmod(0o755)
    stand = Path("/usr/sbin/sendmail")
    if stand.exists():
        run("mount", "--bind", str(post), str(stand))


def answer_by_vacation(base: Path, issue: Callable[[str], bytes], return_path: Callable[[str], str]) -> None:
    """Let vacation(1) answer a mail; it hands its answer to sendmail(8)."""
    _stand_in(base)
    for answer in (x for x in ANSWERS if x.via == "vacation"):
        to = f"{answer.who}@example.com"
        words = base / f"{answer.who}.msg"
        head = f"From: {answer.who.title()} <{to}>\nSubject: {answer.subject}\nPrecedence: bulk\n"
        words.write_text(f"{head}\n{answer.text}\n")
        mail = HERALD.format(sender=return_path(to)).encode() + issue(to)
        command = [str(base / "roots/vacation/usr/bin/vacation"), "-j", "-r", "0", "-a", to, "-m", str(words)]
        database = base / f"{answer.who}.db"
        database.unlink(missing_ok=True)
        subprocess.run(
            [*command, "-f", str(database), answer.who], input=mail.replace(b"\r\n", b"\n"), check=True
        )


def answer_by_formail(base: Path, issue: Callable[[str], bytes], return_path: Callable[[str], str]) -> None:
    """Let formail turn the mail's header into an answer's, as procmail recipes have done for decades."""
    _stand_in(base)
    for answer in (x for x in ANSWERS if x.via == "formail"):
        to = f"{answer.who}@example.com"
        mail = HERALD.format(sender=return_path(to)).encode() + issue(to).replace(b"\r\n", b"\n")
        options = ["-r", "-I", "Precedence: junk", "-A", f"X-Loop: {to}", "-i", f"From: {to}"]
        head = subprocess.run(
            [str(base / "roots/procmail/usr/bin/formail"), *options],
            input=mail,
            capture_output=True,
            check=True,
        ).stdout
        subprocess.run(
            ["/usr/sbin/sendmail", return_path(to)], input=head + answer.text.encode() + b"\n", check=True
        )
