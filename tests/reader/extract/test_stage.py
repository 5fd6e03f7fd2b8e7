"""The SMTP command that a refusal answers is found in each system's way of saying it."""

import pytest

from watcher.reader.extract.stage import add_commands, find_command
from watcher.reader.findings import Finding


COMMANDS = [
    # Each case: what it shows, the text, then the command.
    ("Postfix", "550 no (in reply to RCPT TO command)", "RCPT"),
    ("Postfix, after the mail itself", "550 no (in reply to end of DATA command)", "DATA"),
    ("Postfix, folded", "550 5.1.1 User unknown (in reply to\n    MAIL FROM command)", "MAIL"),
    ("Postfix, at the greeting", "host mx[192.0.2.1] refused to talk to\n    me: 554 no", "CONNECT"),
    ("Postfix, the line went dead", "lost connection with mx[192.0.2.1] while sending MAIL FROM", "MAIL"),
    ("Exim", "SMTP error from remote mail server after MAIL FROM:<a@b> SIZE=1: 550", "MAIL"),
    ("Exim, pipelined", "SMTP error from remote mail server after pipelined MAIL FROM:<a@b>: 550", "MAIL"),
    ("Exim, after the mail itself", "SMTP error from remote mail server after end of data: 550", "DATA"),
    ("Exim, at the greeting", "SMTP error from remote mail server after initial connection: 550", "CONNECT"),
    ("Exim, at EHLO", "SMTP error from remote mail server after EHLO mail.example.com: 550", "EHLO"),
    ("Sendmail", "... while talking to mx:\n>>> MAIL From:<a@b> SIZE=3\n<<< 553 5.1.1 no", "MAIL"),
    (
        "Sendmail, where MAIL was taken",
        ">>> MAIL From:<a@b>\n<<< 250 ok\n>>> RCPT To:<c@d>\n<<< 550 no",
        "RCPT",
    ),
    ("Sendmail, all at once", ">>> DATA\n<<< 550 5.1.1 <c@d>... User unknown\n<<< 503 Need RCPT", None),
    ("qmail", "Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 550", "MAIL"),
    ("qmail, the recipient", "192.0.2.1 does not like recipient.\nRemote host said: 550", "RCPT"),
    (
        "qmail, at the greeting",
        "Connected to 192.0.2.1 but greeting failed.\nRemote host said: 554",
        "CONNECT",
    ),
    ("OpenSMTPD", "mx.example.com did not like our RCPT TO: 550", "RCPT"),
    ("a word of the reply", "550 data is bad", None),
    ("a host that is called mail", "(for mail.example.org) loops back; after mail was sent", None),
    ("nothing", None, None),
]


@pytest.mark.parametrize(("text", "command"), [c[1:] for c in COMMANDS], ids=[c[0] for c in COMMANDS])
def test_find_command(text: str | None, command: str | None) -> None:
    assert find_command(text) == command


def test_each_recipient_has_the_command_of_its_own_paragraph() -> None:
    prose = (
        "<a@example.org>: host mx said: 550 5.1.1 no (in reply to MAIL FROM command)\n\n"
        "<b@example.org>: host mx said: 550 5.1.1 no (in reply to RCPT TO\n    command)\n"
    )
    given = [Finding(address=f"{name}@example.org") for name in "abc"]
    assert [each.command for each in add_commands(given, prose)] == ["MAIL", "RCPT", None]
