"""Decode header text: encoded words (RFC 2047) and bare 8-bit letters.

Seen in the wild and accepted here: words split within a letter, blanks inside a word, question marks inside
a Q word, words with no blank around them, unknown charsets, padding left out.
"""

import re
from typing import Final

from watcher.reader.parse.charset import decode
from watcher.reader.parse.transfer import decode_base64, decode_quoted_printable


# The text ends at `?=`, and never reaches over the start of the next word, so the search is linear.
_WORD: Final = re.compile(
    r"=\?([^?\s]{1,60})\?([bBqQ])\?((?:[^?=]|=(?!\?(?!=))|\?(?!=))*+)\?=",
)


def decode_octets(text: str, charset: str | None = None) -> str:
    """Read letters above 0x7f as UTF-8, else by the charset; `text` holds one letter for each octet."""
    if text.isascii():
        return text
    try:
        return decode(text.encode("latin-1"), charset)
    except UnicodeEncodeError:  # decoded already
        return text


def decode_words(text: str) -> str:
    """Decode the encoded words of a header value."""
    if "=?" not in text:
        return text
    decoded: list[str] = []
    pending: list[bytes] = []  # neighbours in one charset are decoded together
    charset = ""
    end = 0
    for word in _WORD.finditer(text):
        gap = text[end : word.start()]
        name = word[1].lower()
        if pending and (gap.strip() or name != charset):
            decoded.append(decode(b"".join(pending), charset))
            pending = []
        # RFC 2047 section 6.2: white space between two encoded words is not shown.
        if gap.strip() or not end:
            decoded.append(gap)
        pending.append(_word_octets(word[2], word[3]))
        charset, end = name, word.end()
    if pending:
        decoded.append(decode(b"".join(pending), charset))
    decoded.append(text[end:])
    return "".join(decoded)


def _word_octets(encoding: str, text: str) -> bytes:
    octets = text.encode("latin-1", "replace")
    if encoding in "bB":
        return decode_base64(octets)
    return decode_quoted_printable(octets.replace(b"_", b" "))
