"""Name, find, make and open folders.

The config writes '/' between levels; the server has its own delimiter, and often a prefix before all personal
folders (RFC 2342).  The library writes modified UTF-7 (RFC 3501 section 5.1.3), so names are plain text here.
"""

import imaplib
from collections.abc import Iterable
from dataclasses import dataclass

from watcher.errors import FolderError
from watcher.imap.faults import connection_fault, folder_fault, is_broken, speaking, speaking_of
from watcher.imap.wire import Wire


_UNUSABLE = {b"\\noselect", b"\\nonexistent"}  # RFC 3501 section 7.2.2, RFC 5258 section 3


@dataclass(frozen=True, slots=True)
class Selected:
    """What the server says of the folder it opened; `uidnext` is None where it keeps that to itself."""

    uidvalidity: int
    uidnext: int | None
    exists: int


@dataclass(frozen=True, slots=True)
class Naming:
    """How a server names folders; without a delimiter it has one level only."""

    place: str
    prefix: str
    delimiter: str | None

    def of(self, name: str) -> str:
        """Give the server's name of a folder of the config."""
        levels = name.split("/")
        if self.delimiter not in (None, "/") and any(str(self.delimiter) in level for level in levels):
            raise FolderError(
                f"{self.place}: folder {name}: this server keeps '{self.delimiter}' for levels;"
                " write '/' between levels, and a name without it"
            )
        if self.delimiter is None and len(levels) > 1:
            raise FolderError(
                f"{self.place}: folder {name}: this server has one level only; name one without '/'"
            )
        own = levels[0].upper() == "INBOX"
        if own:
            levels[0] = "INBOX"
        return ("" if own else self.prefix) + (self.delimiter or "/").join(levels)

    def levels(self, name: str) -> list[str]:
        """Give the server's names of a folder and of those above it, from the top."""
        parts = name.split("/")
        return [self.of("/".join(parts[: count + 1])) for count in range(len(parts))]


def find_naming(wire: Wire) -> Naming:
    """Ask how folders are named."""
    with speaking(wire.place):
        if wire.has("NAMESPACE"):
            personal = wire.client.namespace().personal
            if personal:  # NIL where the user has no folder of his own
                prefix, delimiter = personal[0]
                return Naming(wire.place, prefix, delimiter)
        listed = wire.client.list_folders("", "")
    delimiter = listed[0][1] if listed else b"/"
    return Naming(wire.place, "", delimiter.decode() if delimiter else None)


def select_folder(wire: Wire, naming: Naming, name: str, *, readonly: bool) -> Selected:
    """Open a folder; `readonly` lets nothing change it."""
    folder = naming.of(name)
    with speaking_of(wire.place, name, "cannot be opened", "check folder, and that it exists"):
        said = wire.client.select_folder(folder, readonly=readonly)
    uidvalidity, uidnext = said.get(b"UIDVALIDITY"), said.get(b"UIDNEXT")
    if not isinstance(uidvalidity, int):
        # RFC 3501 section 6.3.1: such a server has no lasting UIDs.
        raise FolderError(
            f"{wire.place}: folder {name}: the server gives no UIDVALIDITY; watch another folder"
        )
    wire.folder, wire.readonly = folder, readonly
    if not isinstance(uidnext, int):
        uidnext = find_mark(wire, folder)[1]
    wire.tidy()
    return Selected(uidvalidity, uidnext or None, said.get(b"EXISTS", 0))


def find_mark(wire: Wire, folder: str) -> tuple[int, int]:
    """Ask for UIDVALIDITY and UIDNEXT of a folder by the server's name; 0 where it keeps them to itself."""
    with speaking(wire.place):
        try:
            said = wire.client.folder_status(folder, ["UIDVALIDITY", "UIDNEXT"])
        except imaplib.IMAP4.error as error:
            if is_broken(error):
                raise
            return 0, 0
    numbers = (said.get(b"UIDVALIDITY"), said.get(b"UIDNEXT"))
    validity, uidnext = (number if isinstance(number, int) else 0 for number in numbers)
    return validity, uidnext


def missing_folders(wire: Wire, naming: Naming, names: Iterable[str]) -> list[str]:
    """Tell which folders are not there, or hold no mail."""
    return [name for name in names if not _exists(wire, naming.of(name))]


def ensure_folder(wire: Wire, naming: Naming, name: str) -> None:
    """Make a folder, with the levels above it where the server does not do that, and subscribe to it."""
    folder = naming.of(name)
    if _exists(wire, folder):
        return
    # RFC 3501 section 6.3.3: CREATE should make the levels above; where it does not, one level at a time.
    refusal = _refusal_of(wire, "create_folder", folder)
    if refusal is not None:
        for level in naming.levels(name):
            refusal = _refusal_of(wire, "create_folder", level)
        if refusal is not None and not _exists(wire, folder):
            way_out = "make it by hand, or name another under folders"
            raise folder_fault(refusal, wire.place, name, "cannot be made", way_out)
    _refusal_of(wire, "subscribe_folder", folder)  # so that mail programs show it; no harm where they do not


def _exists(wire: Wire, folder: str) -> bool:
    with speaking(wire.place):
        listed = wire.client.list_folders("", folder)
    return any(
        found == folder and not _UNUSABLE & {flag.lower() for flag in flags} for flags, _, found in listed
    )


def _refusal_of(wire: Wire, command: str, folder: str) -> imaplib.IMAP4.error | None:
    try:
        getattr(wire.client, command)(folder)
    except imaplib.IMAP4.error as error:
        if is_broken(error):
            raise connection_fault(error, wire.place) from None
        return error
    except OSError as error:
        raise connection_fault(error, wire.place) from None
    return None
