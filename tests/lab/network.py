"""Give the lab a network of its own: addresses, a way to the remote, names, and nothing else."""

import ctypes
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path


RETURN_PATH = "192.0.2.1"
RETURN_DOMAIN = "lists.example.org"
NAME_SERVER = "192.0.2.53"


def run(*command: str, cwd: Path | None = None) -> None:
    """Run a command, which must succeed."""
    subprocess.run(command, check=True, cwd=cwd, stdin=subprocess.DEVNULL)


def links() -> str:
    return subprocess.run(["ip", "-br", "link"], capture_output=True, text=True, check=True).stdout


def unshare_net() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) != 0:
        raise SystemExit("cannot make a network namespace; be root")


def build_network(remote_pid: int, base: Path, addresses: Iterable[str]) -> None:
    """Give this namespace its addresses, its names and the way to the remote."""
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", str(remote_pid))
    for address in (RETURN_PATH, NAME_SERVER, *addresses):
        run("ip", "addr", "add", f"{address}/24", "dev", "v0")
    run("ip", "link", "set", "v0", "up")
    run("ip", "route", "add", "203.0.113.0/24", "dev", "v0")
    run("hostname", "lab.example.org")
    for name, text in (("resolv.conf", f"nameserver {NAME_SERVER}\n"), ("hosts", "127.0.0.1 localhost\n")):
        (base / name).write_text(text)
        run("mount", "--bind", str(base / name), f"/etc/{name}")


def zone(domains: Mapping[str, str | None], systems: Mapping[str, str], remote: str) -> dict[str, str]:
    """Name every host and domain of the lab; `domains` maps a domain to its odd answer, if it has one."""
    names = {f"mx.{RETURN_DOMAIN}": RETURN_PATH, RETURN_DOMAIN: f"mx mx.{RETURN_DOMAIN}"}
    for domain, value in domains.items():
        address = value if value and value[0].isdigit() else remote
        names[domain] = value if value and not value[0].isdigit() else f"mx mx.{domain}"
        names[f"mx.{domain}"] = address
    for system, address in systems.items():  # a domain for each system whose exchanger is itself
        names[f"{system}.mirror.test"] = f"mx mx.{system}.mirror.test"
        names[f"mx.{system}.mirror.test"] = address
    return names
