"""The demo's mail server, by itself."""

import gc

from imapclient import IMAPClient

from watcher.demo.mail_server import MailServer


def test_connection_that_waits_is_nobodys_garbage() -> None:
    server = MailServer()
    server.start()
    try:
        with IMAPClient("127.0.0.1", server.port, ssl=False, timeout=5) as client:
            gc.collect()
            assert client.login(server.username, server.password)
            gc.collect()
            assert client.noop()
    finally:
        server.stop()
