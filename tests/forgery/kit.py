"""The forger's kit: what somebody can write to our return-path who has mail of ours, but no secret of ours.

The victim is a recipient of ours whose mail the forger cannot read, unless a case says that one leaked.
`alone` is what follows without keys; with keys nothing follows for the victim, ever.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.forgery.letters import (
    ALL,
    BOUNCES,
    FORGER,
    LONG_FORGER,
    NOW,
    OURS,
    VICTIM,
    About,
    Report,
    Written,
    complaint,
    letter,
    note,
    signed,
    token,
)
from watcher.authenticity import ReturnPathKey


OWN = signed(letter(FORGER))  # what the forger got from us
TWO = (About(FORGER), About(VICTIM))
TRUSTED = "Authentication-Results: mx.example.org; spf=pass smtp.helo=mail.lists.example.org\r\n"
HONEST = "Authentication-Results: mx.example.org; spf=pass smtp.helo=mail.evil.example\r\n"
STRANGER = "Received: from x by mx.other.example with ESMTP; Sun, 22 Nov 2026 04:19:00 +0000\r\n"
LEAKED = (NOW - timedelta(days=40)).date()


@dataclass(frozen=True)
class Forgery:
    """One kind: what the forger writes, and what he gets for it with keys and without."""

    name: str
    mails: Callable[[], list[Written]]
    enforced: str = "review"  # review, rejected, forger (only his own address is concerned), nothing
    alone: str = "aside"  # suppressed, aside (quarantined), told, rejected, nothing


def one(**what: object) -> Callable[[], list[Written]]:
    return lambda: [Report(**what).written()]  # type: ignore[arg-type]


def put(report: Report, *changes: tuple[bytes, bytes]) -> list[Written]:
    raw = report.written().raw
    for old, new in changes:
        assert old in raw
        raw = raw.replace(old, new)
    return [Written(raw)]


def days(*reports: Report) -> list[Written]:
    """Give reports that come on days of their own, about messages of their own."""
    return [
        Report(
            about=report.about, to=report.to, original=letter(report.about[0].final, number),
            received=NOW + timedelta(days=2 * number), number=number,
        ).written()
        for number, report in enumerate(reports)
    ]  # fmt: skip


def flood(count: int) -> list[Written]:
    names = [*(f"user{number}@host{number}.example" for number in range(count)), VICTIM]
    return [
        Report(
            about=(About(name),), original=letter(name, number), number=number,
            received=NOW + timedelta(seconds=10 * number),
        ).written()
        for number, name in enumerate(names)
    ]  # fmt: skip


def nested() -> list[Written]:
    """Give a mail of a person who forwards a report about the victim."""
    inside = Report().written().raw
    head = f"Return-Path: <>\r\nFrom: {FORGER}\r\nTo: {BOUNCES}\r\nSubject: Fwd: Undelivered Mail\r\n"
    kind = 'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="N"\r\n\r\n--N\r\n'
    raw = head.encode() + kind.encode() + b"Content-Type: message/rfc822\r\n\r\n" + inside + b"\r\n--N--\r\n"
    return [Written(raw)]


def within() -> list[Written]:
    """Give a report about the forger whose original is a report about the victim."""
    return [
        Report(about=(About(FORGER),), to=token(FORGER), original=Report(number=2).written().raw).written()
    ]


def away(to: str, subject: str, body: str) -> list[Written]:
    return [note(VICTIM, subject, body, to, "Auto-Submitted: auto-replied\r\n")]


STOLEN_ID = ReturnPathKey("a", b"a secret of the forger's")
KIT = [
    Forgery("an invented report", one()),
    Forgery("an invented recipient that nobody mailed", one(about=(About("nobody@victim.example"),))),
    Forgery("a signature made up", one(to=token(VICTIM, STOLEN_ID)), "rejected"),
    Forgery("a key that is not ours", one(to=token(VICTIM, ReturnPathKey("z", STOLEN_ID.secret)))),
    Forgery("our key under another's name", one(to=token(FORGER).replace("b1a-", "b1a1-"))),
    Forgery("the forger's return-path replayed", one(to=token(FORGER)), "forger"),
    Forgery(
        "the forger's return-path replayed on two days",
        lambda: days(Report(to=token(FORGER)), Report(to=token(FORGER))),
        "forger",
        "suppressed",
    ),
    Forgery("the forger's return-path that carries only a hash", one(to=token(LONG_FORGER))),
    Forgery("a return-path changed to another recipient", one(
        to=token(FORGER).replace("forger=evil.example", "victim=example.com")), "rejected"),
    Forgery("a return-path with the recipient added behind", one(
        to=token(FORGER).replace("@", "+victim=example.com@"))),
    Forgery("an expired return-path that leaked", one(to=token(VICTIM, last=LEAKED))),
    Forgery("an expired return-path with its day changed", one(
        to=token(VICTIM, last=LEAKED).replace("b1a-", "b1a-k", 1)[:7] + token(VICTIM, last=LEAKED)[7:]),
        "rejected"),
    Forgery("capitals and another case", one(
        to=token(FORGER).upper().replace(OURS.upper(), OURS), about=(About("VICTIM@EXAMPLE.COM"),)),
        "forger"),
    Forgery("a look-alike of the victim", one(
        to=token(FORGER), about=(About("v\u0456ctim@example.com"),)), "forger", "nothing"),
    Forgery("a plus-address of the victim", one(
        to=token(FORGER), about=(About("victim+x@example.com"),)), "forger", "nothing"),
    Forgery("unsigned VERP", one(to=f"bounce+victim=example.com@{OURS}", about=()), alone="nothing"),
    Forgery("a made-up signature within SRS", one(
        to=f"SRS0=Ab1c=X9={OURS}={token(VICTIM, STOLEN_ID).partition('@')[0]}@{OURS}"), "rejected"),
    Forgery("the forger's return-path within SRS", one(
        to=f"SRS0=Ab1c=X9={OURS}={token(FORGER).partition('@')[0]}@relay.example"), "forger"),
    Forgery("the forger's return-path within BATV", one(to=f"prvs=1234abcdef={token(FORGER)}"), "forger"),
    Forgery("the forger's return-path in the wrong field", one(
        to=f"Mail <{token(FORGER)}>", top=f"X-Original-To: {BOUNCES}\r\n"), "forger"),
    Forgery("a made-up signature above a genuine one", one(
        to=token(FORGER), top=f"X-Original-To: {token(VICTIM, STOLEN_ID)}\r\n"), "rejected"),
    Forgery("a genuine return-path within the original alone", lambda: put(
        Report(original=letter(VICTIM, more=f"Return-Path: <{token(FORGER)}>\r\n"))), "forger"),
    Forgery("several recipients, one of them genuine", one(about=TWO, to=token(FORGER)), "forger"),
    Forgery("several recipients, one of them signed by DKIM", one(about=TWO, original=OWN), alone="told"),
    Forgery("the victim as the original recipient", one(
        about=(About(FORGER, VICTIM),), to=token(FORGER)), "forger", "nothing"),
    Forgery("X-Failed-Recipients", one(
        about=(About(FORGER),), to=token(FORGER), top=f"X-Failed-Recipients: {VICTIM}\r\n"),
        "forger", "nothing"),
    Forgery("the forger's own copy returned", one(original=OWN), alone="told"),
    Forgery("the forger's own copy, its recipient changed", lambda: put(
        Report(original=OWN), (f"To: {FORGER}".encode(), f"To: {VICTIM}".encode())), "rejected", "rejected"),
    Forgery("the same, of which only the header comes", lambda: put(
        Report(original=OWN, headers_only=True), (f"To: {FORGER}".encode(), f"To: {VICTIM}".encode())),
        "rejected", "rejected"),
    Forgery("a second To above the signed one", lambda: put(
        Report(original=OWN), (b"From: News", f"To: {VICTIM}\r\nFrom: News".encode()))),
    Forgery("two addresses in the signed To", one(original=signed(letter(f"{FORGER}, {VICTIM}")))),
    Forgery("the forger in the Cc field of a signed mail to the victim", one(
        original=signed(letter(VICTIM, more=f"Cc: {FORGER}\r\n"), fields=(*ALL, b"cc")))),
    Forgery("a signature that leaves To out", lambda: put(
        Report(original=signed(letter(FORGER), fields=(b"from", b"date", b"message-id"))),
        (f"To: {FORGER}".encode(), f"To: {VICTIM}".encode()))),
    Forgery("a signature of From alone", lambda: put(
        Report(original=signed(letter(FORGER), fields=(b"from",))),
        (f"To: {FORGER}".encode(), f"To: {VICTIM}".encode()))),
    Forgery("a signature of the body's beginning (l=)", one(
        original=signed(letter(VICTIM), length=True) + b"more\r\n")),
    Forgery("a signed mail to the victim that leaked, 40 days old", one(
        original=signed(letter(VICTIM, sent=NOW - timedelta(days=40)), when=NOW - timedelta(days=40)))),
    Forgery("DKIM of the forger's domain", one(
        original=signed(letter(VICTIM), domain="evil.example", key="forger"))),
    Forgery("DKIM in our name by the forger's key", one(
        original=signed(letter(VICTIM), key="forger")), "rejected", "rejected"),
    Forgery("DKIM in our name by a selector that is not there", one(
        original=signed(letter(VICTIM), key="forger", selector="k9"))),
    Forgery("headers stripped to From and Message-ID", one(
        original=f"From: News <news@{OURS}>\r\nMessage-ID: <news-1@{OURS}>\r\n\r\n".encode())),
    Forgery("no original", one(original=None), alone="told"),
    Forgery("the forger's own Message-ID from the send log", one(
        original=letter(VICTIM).replace(b"news-1@", b"logged@"))),
    Forgery("Authentication-Results below the honest one", one(top=HONEST + TRUSTED)),
    Forgery("Authentication-Results of another server", one(
        top=TRUSTED.replace("mx.example.org", "mx.evil.example"))),
    Forgery("Authentication-Results below a stranger's Received", one(top=STRANGER + TRUSTED)),
    Forgery("Authentication-Results, and a reporting server that is not ours", one(
        top=TRUSTED, mta="mx.evil.example")),
    Forgery("two reports about two messages on two days", lambda: days(
        Report(), Report()), alone="suppressed"),
    Forgery("a full mailbox, again and again", lambda: days(
        *[Report(about=(About(reply="452 4.2.2 mailbox full"),))] * 4), alone="suppressed"),
    Forgery("a flood of plausible reports", lambda: flood(40), alone="told"),
    Forgery("a forged complaint", lambda: [complaint(VICTIM)], alone="suppressed"),
    Forgery("a complaint with the forger's return-path", lambda: [complaint(VICTIM, token(FORGER))], "forger",
            "suppressed"),
    Forgery("a complaint with a made-up signature", lambda: [complaint(VICTIM, token(VICTIM, STOLEN_ID))],
            "rejected", "suppressed"),
    Forgery("a complaint with the forger's own copy", lambda: [
        complaint(VICTIM, original=OWN)], alone="told"),
    Forgery("unsubscribe, in the victim's name", lambda: [
        note(VICTIM, "unsubscribe", "unsubscribe")], alone="told"),
    Forgery("unsubscribe, with a made-up signature", lambda: [
        note(VICTIM, "unsubscribe", "unsubscribe", token(VICTIM, STOLEN_ID))], "rejected", "told"),
    Forgery("unsubscribe, with the forger's return-path", lambda: [
        note(VICTIM, "unsubscribe", "unsubscribe", token(FORGER))], "forger", "told"),
    Forgery("\u201cI have left the company\u201d, in the victim's name", lambda: away(
        BOUNCES, "Automatic reply: November news",
        "I no longer work at Example. This mailbox is not monitored."), alone="told"),
    Forgery("\u201cmy address has changed\u201d, in the victim's name", lambda: away(
        BOUNCES, "Automatic reply: new address", f"My email address has changed. Please write to {FORGER}."),
        alone="told"),
    Forgery("a report within a forwarded mail", nested, "nothing", "nothing"),
    Forgery("a report about the forger that returns one about the victim", within, "forger", "nothing"),
    Forgery("a notice of delivery, to keep a dead address alive", one(
        about=(About(reply="250 2.0.0 delivered", action="delivered"),)), alone="told"),
]  # fmt: skip
