"""Be the rest of the world: the scripted remote and servers that behave badly, in their own namespace."""

import re
import signal
import socket
import threading
import time
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.lab.cases import CASES
from tests.lab.network import links, run, unshare_net
from tests.servers.remote import Remote, Reply, TableHandler


REMOTE = "203.0.113.10"
BANNERS = {
    "203.0.113.11": "554 mx.banner-listed.test No mail from 192.0.2.25, your address is on a block list",
    "203.0.113.12": "421 4.7.0 mx.banner-busy.test Too many connections from your address, try again later",
}
HANGING, HANGS_UP, DROPS_DATA, PLAIN = "203.0.113.13", "203.0.113.14", "203.0.113.15", "203.0.113.16"
REFUSING = "203.0.113.99"
ADDRESSES = (REMOTE, *BANNERS, HANGING, HANGS_UP, DROPS_DATA, PLAIN, REFUSING)
VERP = re.compile(r"bounces\+([^@]+)=([^@=]+)@")


def replies() -> dict[str, Reply]:
    """Give the remote's table; what is refused at MAIL stands apart."""
    return {
        case.to.lower(): Reply(case.reply, "data" if case.stage == "data" else "rcpt")
        for case in CASES
        if case.reply and case.stage != "mail"
    }


class RefusesSenders(TableHandler):
    """Refuses at MAIL where the case says so: the return-path names the recipient."""

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        found = VERP.match(address or "")
        to = f"{found[1]}@{found[2]}" if found else ""
        case = next((x for x in CASES if x.to == to and x.stage == "mail"), None)
        if case and case.reply:
            return Reply(case.reply).lines()
        envelope.mail_from = address
        return "250 2.1.0 ok"


class DropsData(SMTP):
    """Closes the connection where the message should come."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd's name
        self.transport.close()  # type: ignore[union-attr]


class DropsDataController(Controller):
    def factory(self) -> SMTP:
        return DropsData(self.handler, hostname="mx.drops-data.test")


def remote_side() -> None:
    """Run all of it until the lab ends."""
    unshare_net()
    deadline = time.monotonic() + 10
    while "v1" not in links():
        if time.monotonic() > deadline:
            raise SystemExit("the remote's interface did not come")
        time.sleep(0.1)
    run("ip", "link", "set", "lo", "up")
    for address in ADDRESSES:
        run("ip", "addr", "add", f"{address}/24", "dev", "v1")
    run("ip", "link", "set", "v1", "up")
    run("ip", "route", "add", "192.0.2.0/24", "dev", "v1")
    for address, banner in (*BANNERS.items(), (HANGS_UP, "")):
        threading.Thread(target=_greet_and_close, args=(address, banner), daemon=True).start()
    remote = Remote(replies(), REMOTE, 25, "mx.example.test")
    remote.handler.__class__ = RefusesSenders
    DropsDataController(TableHandler({}), hostname=DROPS_DATA, port=25).start()
    Controller(TableHandler({}), hostname=PLAIN, port=25, server_hostname="mx.plain-host.test").start()
    with remote, socket.create_server((HANGING, 25)):
        signal.pause()


def _greet_and_close(address: str, banner: str) -> None:
    with socket.create_server((address, 25)) as server:
        while True:
            peer, _ = server.accept()
            with peer:
                if banner:
                    peer.sendall(f"{banner}\r\n".encode())
                    time.sleep(0.2)
