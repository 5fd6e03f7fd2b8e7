"""Make the config of a mailbox on a test's server."""

from typing import Any

from tests.servers.fixtures import Account
from watcher.config.mailbox import Mailbox
from watcher.config.units import Secret


def mailbox_at(port: int, **changes: Any) -> Mailbox:
    """Give a mailbox in plain text on loopback; `changes` are keys of the config."""
    keys: dict[str, Any] = {
        "name": "bounces",
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "username": "bounces",
        "password": Secret("secret"),
    }
    return Mailbox(**{**keys, **changes})


def mailbox_of(account: Account, **changes: Any) -> Mailbox:
    """Give the mailbox of an account."""
    return mailbox_at(account.server.imap_port, **{"username": account.user, **changes})


def mail(subject: str, octets: int = 0) -> bytes:
    """Write a mail of about so many octets."""
    head = f"From: postmaster@example.net\r\nSubject: {subject}\r\n\r\n".encode()
    line = b"0123456789012345678901234567890123456789012345678\r\n"
    return head + b"text\r\n" + line * (octets // len(line))
