"""Be an IMAP server for the demo: pymap inside this process, its mail in memory, on a free loopback port.

It offers UIDPLUS, MOVE and IDLE, and no TLS, which loopback does not need.
"""

import asyncio
import secrets
import socket
from argparse import Namespace
from collections.abc import Iterable
from uuid import uuid4

from imapclient import IMAPClient
from proxyprotocol.result import ProxyResultUnknown
from proxyprotocol.sock import SocketInfo
from pymap.backend.dict import DictBackend
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage

from watcher.demo.background import Background
from watcher.demo.samples import Mail


class MailServer(Background):
    """The server, in a thread with an event loop of its own, with one user."""

    username = "bounces@lists.example.org"

    def __init__(self) -> None:
        self.password = secrets.token_urlsafe(12)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        super().__init__("demo-imap")
        # Connections that are cut at the end are no news.
        self._loop.set_exception_handler(lambda _loop, _context: None)

    def add(self, mails: Iterable[Mail]) -> int:
        """Let mails arrive in the inbox; give their number."""
        return asyncio.run_coroutine_threadsafe(self._append(mails), self._loop).result()

    def folders(self) -> list[tuple[str, int]]:
        """Ask over IMAP, as anybody would, which folders there are and how many mails each holds."""
        with IMAPClient("127.0.0.1", self.port, ssl=False, timeout=30) as client:
            client.login(self.username, self.password)
            names = [
                name
                for flags, _, name in client.list_folders()
                if not {b"\\Noselect", b"\\NonExistent"} & set(flags)
            ]
            return [(name, client.folder_status(name, ["MESSAGES"])[b"MESSAGES"]) for name in names]

    async def _serve(self) -> None:
        self._backend, config = await DictBackend.init(self._arguments())
        config.apply_context()
        server = IMAPServer(self._backend.login, config)

        async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # QUIRK: pymap's own way here leaves the connection's task to the garbage collector.
            await server(
                reader, writer, SocketInfo.get(writer, ProxyResultUnknown(), unique_id=uuid4().bytes)
            )

        listening = await asyncio.start_server(talk, sock=self._socket)
        self._up.set()
        await self._ending.wait()
        listening.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _arguments(self) -> Namespace:
        return Namespace(
            host="127.0.0.1", port="0", debug=False, cert=None, key=None, tls=False, passlib_cfg=None,
            proxy_protocol=None, inherited_sockets=None,
            demo_data=False, demo_user=self.username, demo_password=self.password,
        )  # fmt: skip

    async def _append(self, mails: Iterable[Mail]) -> int:
        number = 0
        async with self._backend.login.demo_user_identity.new_session() as session:
            inbox = await session.mailbox_set.get_mailbox("INBOX")
            for mail in mails:
                await inbox.append(AppendMessage(mail.raw, mail.received))
                number += 1
        return number
