r"""Give back letters that a report holds as octets: written out as numbers, or each taken for a letter.

QUIRK: Exim prints every octet of a reply that is not ASCII as `\303\274`.  ZoneMTA, and others that read
SMTP as ISO-8859-1, take each for a letter and write that as UTF-8: `Ã¼`.  Replies are UTF-8 (RFC 6531) or
what their country wrote before it.
"""

import re
from codecs import getincrementaldecoder
from typing import Final

from watcher.reader.parse.charset_guess import WESTERN, guess_charset


_Utf8: Final = getincrementaldecoder("utf-8")
_ESCAPED: Final = re.compile(rb"\\([23][0-7][0-7])")
MIN_WHOLE: Final = 4  # letters of UTF-8 for each that is none
_TYPED: Final = {
    ord(letter): octet for octet in range(0x80, 0xA0) if (letter := bytes([octet]).decode(WESTERN, "ignore"))
}


def read_octets(text: str) -> str:
    """Return a text with such octets read as the letters that they were; nearly always itself."""
    if text.isascii():
        if "\\2" not in text and "\\3" not in text:
            return text
        octets = _ESCAPED.sub(lambda found: bytes([int(found[1], 8)]), text.encode())
        return text if octets.isascii() else _decode(octets) or octets.decode(WESTERN, "replace")
    try:
        octets = text.translate(_TYPED).encode("latin-1")
    except UnicodeEncodeError:
        return text
    return _decode(octets) or text


def _decode(octets: bytes) -> str | None:
    """Return text in UTF-8, or in a charset whose letters show themselves; None where it may be Western."""
    text = _Utf8("replace").decode(octets)  # without a letter in which the reply is cut
    letters = len(text) - len(text.encode("ascii", "ignore"))
    if text.count("\ufffd") * MIN_WHOLE < letters:
        return text
    charset = guess_charset(octets)
    return None if charset == WESTERN else octets.decode(charset, "replace")
