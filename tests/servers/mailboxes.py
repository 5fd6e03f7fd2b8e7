"""Fill and look into the mailboxes of a test's IMAP server, by a plain IMAP library and none of our code."""

import socket
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from imapclient import IMAPClient


class ImapServer:
    """What the servers that tests start have in common; `close` is theirs."""

    imap_port: int
    password = "secret"  # of every user
    prefix = ""  # before all folders but INBOX
    delimiter = "/"  # between levels

    def add(self, user: str) -> None:
        """Make a user with an empty mailbox, where a server does not do that by itself."""

    def close(self) -> None:
        """Stop and leave nothing behind."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        """Run from here."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop here."""
        self.close()

    def client(self, user: str) -> IMAPClient:
        """Give a signed-in connection."""
        client = IMAPClient("127.0.0.1", self.imap_port, ssl=False, timeout=20)
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.login(user, self.password)
        return client

    def append(self, user: str, mails: Iterable[bytes], folder: str = "INBOX") -> None:
        """Put mails into a folder, which is made where it is missing."""
        folder = self.name_of(folder)
        with self.client(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail)

    def mails(self, user: str) -> dict[str, list[bytes]]:
        """List every folder of a user with the mails in it, in the order of their arrival.

        Mail that is moved away meanwhile is left out.
        """
        found: dict[str, list[bytes]] = {}
        with self.client(user) as client:
            for flags, _, folder in client.list_folders():
                if b"\\Noselect" not in flags and b"\\NonExistent" not in flags:
                    client.select_folder(folder, readonly=True)
                    uids = client.search("UNDELETED")
                    bodies = client.fetch(uids, ["BODY.PEEK[]"])
                    found[self._plain(folder)] = [bodies[uid][b"BODY[]"] for uid in uids if uid in bodies]
        return found

    def flags(self, user: str, folder: str = "INBOX", *, unmarked: bool = False) -> list[set[bytes]]:
        """List the flags of each mail of a folder, without that of recent mail.

        `unmarked` leaves out what is marked as deleted.
        """
        with self.client(user) as client:
            client.select_folder(self.name_of(folder), readonly=True)
            flags = client.get_flags(client.search("UNDELETED" if unmarked else "ALL"))
        return [set(of_one) - {b"\\Recent"} for _, of_one in sorted(flags.items())]

    def name_of(self, folder: str) -> str:
        """Give the server's name of a folder whose levels stand between '/'."""
        return folder if folder == "INBOX" else self.prefix + folder.replace("/", self.delimiter)

    def _plain(self, folder: str) -> str:
        return folder.removeprefix(self.prefix).replace(self.delimiter, "/")
