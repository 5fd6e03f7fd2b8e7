"""Find the servers that `tests/servers/unpack.sh` keeps beside each other, and what they need to run."""

import os
from pathlib import Path


def tree_of(name: str) -> Path:
    """Give the folder in which a server's packages lie unpacked."""
    return Path(os.environ.get("BOUNCE_WATCHER_SERVERS") or "/var/cache/bounce-watcher/servers") / name


def is_unpacked(name: str) -> bool:
    """Tell whether a server can be run from its folder; the servers there start as root alone."""
    return (tree_of(name) / "unpacked").exists() and os.geteuid() == 0


def surroundings(tree: Path) -> dict[str, str]:
    """Give the environment in which a program of the folder finds its libraries."""
    libraries = [tree / "usr/lib", tree / "usr/lib/x86_64-linux-gnu", tree / "lib/x86_64-linux-gnu"]
    libraries += [found.parent for found in (tree / "usr/lib").glob("*/libauthuserdb.so")]
    libraries += [found.parent for found in (tree / "usr/lib").glob("*-linux-gnu/lib*.so.*")]
    libraries += [found.parent for found in (tree / "lib").glob("*-linux-gnu/lib*.so.*")]
    return {
        "PATH": f"{tree}/usr/bin:{tree}/usr/sbin:/usr/sbin:/usr/bin:/sbin:/bin",
        "LD_LIBRARY_PATH": ":".join(dict.fromkeys(map(str, libraries))),
    }
