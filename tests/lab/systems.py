"""Start real mail systems inside the lab's own network.

Their Debian packages exclude each other, so Exim, Sendmail and OpenSMTPD are unpacked into a folder and run
from there.  Each listens on an address of its own, as do the scripted remote and the return-path's server.
"""

import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from string import Template


CONF = Path(__file__).parent / "conf"
PACKAGES = {
    "exim": ("exim4-daemon-light", "exim4-base"),
    "sendmail": ("sendmail-bin", "sendmail-cf", "sendmail-base"),
    "opensmtpd": ("opensmtpd",),
    "vacation": ("vacation",),
}
USERS = ("Debian-exim", "smmsp", "opensmtpd", "opensmtpq", "vmail")


def unpack(base: Path) -> None:
    """Fetch the packages and unpack each system into `base/roots/NAME`; make the users they expect."""
    for user in USERS:
        subprocess.run(["useradd", "-r", "-M", user], check=False, capture_output=True)
    for name, packages in PACKAGES.items():
        root = base / "roots" / name
        if root.exists():
            continue
        root.mkdir(parents=True)
        run("apt-get", "download", "-q", *packages, cwd=root)
        for deb in root.glob("*.deb"):
            run("dpkg-deb", "-x", str(deb), str(root))


def run(*command: str, cwd: Path | None = None) -> None:
    """Run a command, which must succeed."""
    subprocess.run(command, check=True, cwd=cwd, stdin=subprocess.DEVNULL)


def write_config(base: Path, name: str, target: Path) -> Path:
    """Fill a config's `$base` in and write it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template((CONF / name).read_text()).substitute(base=base))
    return target


def start_postfix(base: Path) -> None:
    home = base / "postfix"
    for folder in ("spool", "data", "conf"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    run("chown", "postfix", str(home / "data"))
    write_config(base, "postfix.main.cf", home / "conf" / "main.cf")
    master = Path("/usr/share/postfix/master.cf.dist").read_text()
    services = (line for line in master.splitlines() if not line.startswith("#"))
    # Nothing runs in a chroot: its resolv.conf would not be the lab's.
    (home / "conf" / "master.cf").write_text("\n".join(_without_chroot(line) for line in services) + "\n")
    run("cp", "/etc/postfix/dynamicmaps.cf", "/etc/postfix/postfix-files", str(home / "conf"))
    run("postfix", "-c", str(home / "conf"), "start")


def _without_chroot(line: str) -> str:
    fields = line.split()
    if line[:1].isspace() or len(fields) < 8:
        return line
    fields[4] = "n"
    return " ".join(fields)


def start_exim(base: Path) -> None:
    (base / "exim").mkdir(exist_ok=True)
    run("chown", "-R", "Debian-exim", str(base / "exim"))
    # Exim keeps its rights only with the config at its own place; the mount is this namespace's alone.
    Path("/etc/exim4").mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", "/etc/exim4")
    write_config(base, "exim.conf", Path("/etc/exim4/exim4.conf"))
    background(base, "exim", str(base / "roots/exim/usr/sbin/exim4"), "-bdf", "-q5s")


def start_sendmail(base: Path) -> None:
    queue = base / "sendmail" / "queue"
    queue.mkdir(parents=True, exist_ok=True)
    queue.chmod(0o700)
    (base / "sendmail" / "statistics").touch()
    source = write_config(base, "sendmail.mc", base / "sendmail" / "sendmail.mc")
    macros = base / "roots/sendmail/usr/share/sendmail/cf"
    made = subprocess.run(
        ["m4", f"-D_CF_DIR_={macros}/", str(macros / "m4/cf.m4"), str(source)],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    config = base / "sendmail" / "sendmail.cf"
    # Without aliases: else every mail waits for the alias database.
    config.write_text("\n".join(x for x in made.splitlines() if not x.startswith("O AliasFile")) + "\n")
    binary = base / "roots/sendmail/usr/libexec/sendmail/sendmail"
    background(base, "sendmail", str(binary), "-C", str(config), "-bD", "-q4s")


def start_opensmtpd(base: Path) -> None:
    for folder, mode in (("/var/lib/opensmtpd/empty", 0o755), ("/var/spool/smtpd", 0o711)):
        Path(folder).mkdir(parents=True, exist_ok=True)
        Path(folder).chmod(mode)
    # Its helpers are looked for in /usr/libexec; the mount is this namespace's alone.
    run(
        "mount",
        "-t",
        "overlay",
        "overlay",
        "-o",
        f"lowerdir={base}/roots/opensmtpd/usr/libexec:/usr/libexec",
        "/usr/libexec",
    )
    config = write_config(base, "smtpd.conf", base / "smtpd.conf")
    background(base, "opensmtpd", str(base / "roots/opensmtpd/usr/sbin/smtpd"), "-d", "-f", str(config))


def start_dovecot(base: Path) -> None:
    home = base / "dovecot"
    for script in (CONF / "sieve").glob("*.sieve"):
        folder = home / "home" / script.stem
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ".dovecot.sieve").write_bytes(script.read_bytes())
    run("chown", "-R", "vmail", str(home / "home"))
    run("dovecot", "-c", str(write_config(base, "dovecot.conf", home / "dovecot.conf")))


def background(base: Path, name: str, *command: str) -> None:
    """Start a server that stays in the foreground; the lab's end ends it."""
    with (base / f"{name}.out").open("wb") as log:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    time.sleep(1)


SYSTEMS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "postfix": ("192.0.2.25", start_postfix),
    "exim": ("192.0.2.3", start_exim),
    "sendmail": ("192.0.2.5", start_sendmail),
    "opensmtpd": ("192.0.2.4", start_opensmtpd),
    "dovecot": ("192.0.2.6", start_dovecot),
}
