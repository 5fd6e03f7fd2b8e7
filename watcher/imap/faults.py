"""Turn what the IMAP library raises into the errors of ours that a person can act on.

The library raises imaplib's: `abort` and OSError where the connection broke, `error` where the server said
NO or BAD or where an answer cannot be read.
"""

import imaplib
import re
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from imapclient.exceptions import ProtocolError

from watcher.errors import BrokenError, ConnectError, FolderError, ServerError
from watcher.imap.busy import find_backoff, find_busy
from watcher.imap.oauth2.hints import find_hint
from watcher.imap.words import clean, without


# What imaplib says when it lost its place in the stream; the connection is of no further use.
_LOST = ("got more than", "illegal in state", "unexpected response", "unexpected tagged")

UNREADABLE = (ProtocolError, ValueError, IndexError, TypeError, AssertionError)
LIBRARY = (imaplib.IMAP4.error, OSError, EOFError, *UNREADABLE)


def words_of(error: BaseException, hidden: Iterable[str] = ()) -> str:
    """Give the server's own words: one line, bounded, without addresses and what the library wrote before.

    `hidden` texts are taken out wherever the server repeats them.
    """
    secrets = sorted(filter(None, hidden), key=len, reverse=True)
    text = without(str(error), secrets)
    text = re.sub(r"^[A-Za-z_ ]{1,30} failed: ", "", text)
    text = re.sub(
        r"^[A-Z ]{1,30} command error: (NO|BAD) \[b?['\"](.*)['\"]\]$", r"\2", text, flags=re.DOTALL
    )
    text = re.sub(r"^b?['\"](\* )?(.*)['\"]$", r"\2", text, flags=re.DOTALL)
    return clean(text, secrets) or "no reason given"


def find_wait(error: BaseException) -> float | None:
    """Give the seconds after which a busy server may be asked again; None where it is not busy."""
    return find_backoff(str(error))


def later(error: BaseException) -> str:
    """Say that it is tried again, and what a busy server, or one without a mailbox for us, means."""
    row = find_busy(str(error))
    says = find_hint("mailbox", "", str(error)) if row is None else row.says
    return f"{says}; it is tried again" if says else "it is tried again"


def is_broken(error: BaseException) -> bool:
    """Tell whether the connection can be used no more."""
    if isinstance(error, imaplib.IMAP4.readonly):  # the library counts it among those
        return False
    if isinstance(error, (imaplib.IMAP4.abort, OSError, EOFError)):
        return True
    return isinstance(error, imaplib.IMAP4.error) and any(phrase in str(error) for phrase in _LOST)


def connection_fault(error: BaseException, place: str) -> ConnectError:
    """Say how a connection broke, or why it was not made."""
    wait = find_wait(error)
    kind = ConnectError if wait is not None else BrokenError
    return kind(f"{place}: {_breakage(error)}; {later(error)}", retry_after=wait)


def _breakage(error: BaseException) -> str:
    text = str(error)
    if isinstance(error, TimeoutError) or "timed out" in text:
        return "no answer in time"
    if "EOF" in text or isinstance(error, (ConnectionError, ssl.SSLEOFError)):
        return "the server hung up"
    if "unterminated line" in text:  # what came is mail, perhaps: not for an error's text
        return "an answer broke off"
    if isinstance(error, imaplib.IMAP4.abort):
        return f"the server ended the connection: {words_of(error)}"
    if isinstance(error, OSError):
        return f"connection lost: {(error.strerror or words_of(error)).lower()}"
    return "an answer that cannot be read"


@contextmanager
def speaking(place: str) -> Iterator[None]:
    """Run commands whose refusal, too, means that the connection is to be tried again."""
    try:
        yield
    except ServerError:
        raise
    except LIBRARY as error:
        if is_broken(error) or isinstance(error, UNREADABLE):
            raise connection_fault(error, place) from None
        wait = find_wait(error)
        raise ConnectError(f"{place}: refused: {words_of(error)}; {later(error)}", retry_after=wait) from None


@contextmanager
def speaking_of(place: str, folder: str, fault: str, way_out: str) -> Iterator[None]:
    """Run commands about a folder, whose refusal is that folder's fault."""
    try:
        yield
    except ServerError:
        raise
    except LIBRARY as error:
        if is_broken(error) or isinstance(error, UNREADABLE):
            raise connection_fault(error, place) from None
        raise folder_fault(error, place, folder, fault, way_out) from None


def folder_fault(error: BaseException, place: str, folder: str, fault: str, way_out: str) -> FolderError:
    """Say what a server refused to do with a folder."""
    wait = find_wait(error)
    out = later(error) if wait is not None else way_out
    text = f"{place}: folder {folder}: {fault}: {words_of(error)}; {out}"
    return FolderError(text, retry=wait is not None, retry_after=wait)
