"""Undo base64 and quoted-printable, however broken (RFC 2045 section 6)."""

import binascii
import re
from typing import Final


_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/=\s]")
_BASE64_PIECE: Final = re.compile(rb"\s{0,80}[A-Za-z0-9+/]{4,200}\s{0,80}(?:[A-Za-z0-9+/]|$)")
_SOFT_BREAK: Final = re.compile(rb"=[ \t]{1,80}\r?\n")
_BASE64_LINE: Final = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}\s*")


def decode_base64(octets: bytes) -> bytes:
    """Decode base64; junk is skipped, lost padding supplied, and read on after padding amid the text."""
    pieces = []
    for number, piece in enumerate(octets.split(b"=") if b"=" in octets else [octets]):
        # Padding ends a piece; more may follow it, or text that a mailing list or virus scanner has added.
        if number and not _BASE64_PIECE.match(piece):
            if piece.strip():
                break
            continue
        letters = _NOT_BASE64.sub(b"", piece).translate(None, b"= \t\r\n\f\v")
        spare = len(letters) % 4
        if spare == 1:  # one letter alone carries six bits of nothing
            letters = letters[:-1]
        pieces.append(binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)))
    return b"".join(pieces)


def decode_quoted_printable(octets: bytes) -> bytes:
    """Decode quoted-printable; an escape that is none stays as it is."""
    # QUIRK: blanks between the equals sign and the line end, put there by relays that pad lines.
    if b"= " in octets or b"=\t" in octets:
        octets = _SOFT_BREAK.sub(b"=\n", octets)
    return binascii.a2b_qp(octets)


def looks_base64(text: str) -> bool:
    """Tell whether a text is base64 by its looks: its first line is long and made of nothing else."""
    line = text.lstrip()[:80].partition("\n")[0]
    return _BASE64_LINE.fullmatch(line) is not None


def decode_transfer(octets: bytes, encoding: str) -> bytes:
    """Undo the named Content-Transfer-Encoding; an unknown one is none."""
    if encoding == "base64":
        # QUIRK: plain text labelled base64; its first letters show blanks between words.
        head = octets[:400].strip()
        if len(_NOT_BASE64.findall(head)) * 10 > len(head) or b" " in head.partition(b"\n")[0].strip():
            return octets
        return decode_base64(octets)
    if encoding == "quoted-printable":
        return decode_quoted_printable(octets)
    return octets
