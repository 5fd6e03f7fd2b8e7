"""Start real mail systems inside the lab's own network.

Their Debian packages exclude each other, so Exim, Sendmail and OpenSMTPD are unpacked into a folder and run
from there.  Each listens on an address of its own, as do the scripted remote and the return-path's server.
"""

import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from string import Template

from tests.lab.cases import ANSWERS
from tests.lab.network import run


CONF = Path(__file__).parent / "conf"
PACKAGES = {
    "exim": ("exim4-daemon-light", "exim4-base"),
    "sendmail": ("sendmail-bin", "sendmail-cf", "sendmail-base"),
    "opensmtpd": ("opensmtpd",),
    "vacation": ("vacation",),
    "dma": ("dma",),
    "procmail": ("procmail",),
}
HARAKA = ("--before=2025-11-01", "--omit=optional", "--ignore-scripts", "Haraka@3.0.3")
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
    haraka, courier = base / "roots" / "haraka", base / "debs" / "courier"
    if not (haraka / "node_modules").exists():
        haraka.mkdir(parents=True, exist_ok=True)
        run("npm", "install", "--no-audit", "--no-fund", *HARAKA, cwd=haraka)
        run("env", "npm_config_nodedir=/usr", "npm", "rebuild", "iconv", cwd=haraka)
    if not courier.exists():
        (courier / "partial").mkdir(parents=True)
        run(
            "apt-get",
            "install",
            "-y",
            "--no-install-recommends",
            "--download-only",
            "-o",
            f"Dir::Cache::archives={courier}",
            "courier-mta",
        )


def write_config(base: Path, name: str, target: Path) -> Path:
    """Fill a config's `$base` in and write it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(Template((CONF / name).read_text()).substitute(base=base))
    return target


def start_postfix(base: Path, name: str = "postfix", address: str = "192.0.2.25") -> None:
    """Start a Postfix; one named `postfix-xx` writes its reports in that language, by our own template."""
    home = base / name
    for folder in ("spool", "data", "conf"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    run("chown", "postfix", str(home / "data"))
    template = Template((CONF / "postfix.main.cf").read_text())
    text = template.substitute(base=base, name=name, address=address)
    language = name.partition("-")[2]
    if language:
        words = home / "conf" / "bounce.cf"
        words.write_bytes((CONF / f"bounce.{language}.cf").read_bytes())
        text += f"bounce_template_file = {words}\n"
    (home / "conf" / "main.cf").write_text(text)
    (home / "conf" / "virtual").write_text("old.team@forward.test team-gone@example.com\n")
    (home / "conf" / "transport").write_text("quota.example.com lmtp:inet:192.0.2.6:24\n")
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
    users = ["full"]
    for script in (CONF / "sieve").glob("*.sieve"):
        _give_script(home, script.stem, script.read_text("utf-8"))
        users.append(script.stem)
    for answer in ANSWERS:
        if answer.text and answer.via in {"vacation-sieve", "reject"}:
            _give_script(home, answer.who, _sieve(answer.who, answer.via, answer.subject, answer.text))
            users.append(answer.who)
    entry = "{0}:{{PLAIN}}unused:::: " + str(home) + "/home/{0}::userdb_quota_rule=*:bytes={1}\n"
    lines = (entry.format(user, 300 if user == "full" else 10_000_000) for user in users)
    (home / "users").write_text("".join(lines).replace(":::: ", "::::"))
    (home / "home" / "full").mkdir(parents=True, exist_ok=True)
    run("chown", "-R", "vmail", str(home / "home"))
    run("dovecot", "-c", str(write_config(base, "dovecot.conf", home / "dovecot.conf")))


def _give_script(home: Path, user: str, script: str) -> None:
    folder = home / "home" / user
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".dovecot.sieve").write_text(script, "utf-8")


def _sieve(who: str, via: str, subject: str, text: str) -> str:
    if via == "reject":
        return f'require ["reject"];\nreject "{text}";\n'
    head = 'require ["vacation", "vacation-seconds"];\nvacation :seconds 0'
    return f'{head} :addresses ["{who}@example.com"] :subject "{subject}"\n"{text}";\n'


def start_haraka(base: Path) -> None:
    home = base / "haraka"
    for folder in ("config", "plugins", "queue"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    modules = base / "roots/haraka/node_modules"
    for template in (modules / "Haraka/config").glob("outbound.bounce_message*"):
        (home / "config" / template.name).write_bytes(template.read_bytes())
    for name in ("smtp.ini", "plugins", "me", "outbound.ini", "tls.ini", "databytes"):
        (home / "config" / name).write_bytes((CONF / "haraka" / name).read_bytes())
    (home / "plugins/take_all.js").write_bytes((CONF / "haraka/take_all.js").read_bytes())
    background(base, "haraka", "node", str(modules / "Haraka/bin/haraka"), "-c", str(home))
    time.sleep(2)


def start_courier(base: Path) -> None:
    """Install Courier into a copy of the machine that only this namespace sees, and start it there."""
    over = base / "courier"
    over.mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", str(over))
    for folder in ("upper", "work", "root"):
        (over / folder).mkdir()
    root = over / "root"
    layers = f"lowerdir=/,upperdir={over}/upper,workdir={over}/work"
    run("mount", "-t", "overlay", "overlay", "-o", layers, str(root))
    for folder in ("proc", "dev"):
        run("mount", "--rbind", f"/{folder}", str(root / folder))
    run("mount", "-t", "tmpfs", "tmpfs", str(root / "run"))
    (root / "lab").mkdir()
    for deb in (base / "debs/courier").glob("*.deb"):
        (root / "lab" / deb.name).write_bytes(deb.read_bytes())
    (root / "lab/courier.sh").write_bytes((CONF / "courier.sh").read_bytes())
    with (base / "courier.out").open("wb") as log:
        command = ["chroot", str(root), "sh", "/lab/courier.sh"]
        subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, check=False)


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
    "postfix-de": ("192.0.2.26", partial(start_postfix, name="postfix-de", address="192.0.2.26")),
    "postfix-fr": ("192.0.2.27", partial(start_postfix, name="postfix-fr", address="192.0.2.27")),
    "postfix-ja": ("192.0.2.28", partial(start_postfix, name="postfix-ja", address="192.0.2.28")),
    "haraka": ("192.0.2.8", start_haraka),
    "courier": ("192.0.2.9", start_courier),
}
