"""Decode bytes by the name of a charset that a mail claims, and never raise.

RFC 2978 names, and what mail programs write in their place.  Only names from a closed table reach Python's
codec registry: it remembers every unknown name for ever, and some of its codecs are no charsets at all.
The narrow charsets are read as their supersets, as browsers do (WHATWG Encoding): ISO-8859-1 as
Windows-1252, GB2312 as GB18030, KS C 5601 as CP949, Shift_JIS as CP932.
"""

from encodings.aliases import aliases
from functools import lru_cache
from typing import Final

from watcher.reader.parse.charset_guess import WESTERN, correct_western, guess_charset


_SUPERSETS: Final = {
    "ascii": "ascii",
    "latin_1": "cp1252",
    "iso8859_1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
    "iso8859_9": "cp1254",
    "tis_620": "cp874",
    "iso8859_11": "cp874",
    "iso2022_jp": "iso2022_jp_ext",
    "iso2022_jp_1": "iso2022_jp_ext",
    "iso2022_jp_2": "iso2022_jp_2",
}

# Names seen in mail that the standard table does not know.
_SEEN: Final = {
    "utf8mb4": "utf_8",
    "utf_8_sig": "utf_8",
    "unicode_1_1_utf_8": "utf_8",
    "unicode_1_1_utf_7": "utf_7",
    "iso_2022_jp_ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
    "cp932": "cp932",
    "x_sjis": "cp932",
    "x_mac_roman": "mac_roman",
    "windows_31j": "cp932",
    "x_euc_jp": "euc_jp",
    "x_gbk": "gb18030",
    "gb_2312": "gb18030",
    "gb18030_2000": "gb18030",
    "windows_936": "gb18030",
    "windows_949": "cp949",
    "ks_c_5601": "cp949",
    "ksc5601": "cp949",
    "ksc_5601": "cp949",
    "ks_c_5601_1987": "cp949",
    "x_windows_949": "cp949",
    "x_big5": "big5hkscs",
    "windows_950": "cp950",
    "windows_874": "cp874",
    "dos_874": "cp874",
    "iso_8859_8_i": "cp1255",
    "iso_8859_8_e": "cp1255",
    "x_cp1250": "cp1250",
    "x_cp1251": "cp1251",
    "x_cp1252": "cp1252",
    "win_1251": "cp1251",
    "ansi_x3_110_1983": "cp1252",
    "x_user_defined": "cp1252",
    "x_mac_cyrillic": "mac_cyrillic",
    "x_mac_arabic": "mac_arabic",
    "koi8_u": "koi8_u",
    "koi8u": "koi8_u",
    "koi8_ru": "koi8_u",
    "cp874": "cp874",
    "cp720": "cp720",
    "cp737": "cp737",
    "logical": "cp1255",
    "visual": "cp1255",
}

# No charsets, or no bytes-to-text codecs, or not linear in time.
_NEVER: Final = frozenset(
    {
        "base64_codec",
        "bz2_codec",
        "hex_codec",
        "quopri_codec",
        "rot_13",
        "uu_codec",
        "zlib_codec",
        "mbcs",
        "oem",
    }
)

_SEVEN_BIT: Final = frozenset({"iso2022_jp_ext", "iso2022_jp_2", "iso2022_jp_3", "iso2022_kr", "hz", "utf_7"})
_MULTI_BYTE: Final = _SEVEN_BIT | {
    "gb18030", "cp949", "cp932", "big5hkscs", "cp950", "euc_jp", "johab", "utf_16", "utf_16_le", "utf_16_be",
    "utf_32", "utf_32_le", "utf_32_be",
}  # fmt: skip


def _table() -> dict[str, str]:
    codecs = set(aliases.values()) - _NEVER
    table = {name: name for name in codecs}
    table.update({name: codec for name, codec in aliases.items() if codec in codecs})
    table = {name: _SUPERSETS.get(codec, codec) for name, codec in table.items()}
    return table | _SEEN


_CODECS: Final = _table()
_PLAIN: Final = str.maketrans({"-": "_", ".": "_", ":": "_", " ": "_"})


def find_codec(charset: str) -> str | None:
    """Return Python's name for a charset, or None for a name that nobody knows."""
    return _find_codec(charset[:60])


@lru_cache(maxsize=256)
def _find_codec(charset: str) -> str | None:
    name = charset.strip(" \t\"'").lower().translate(_PLAIN)
    # RFC 2231 section 5: a language may follow the charset after an asterisk.
    name = name.partition("*")[0]
    found = _CODECS.get(name)
    if found is None and name.startswith(("iso_8859_", "windows_", "x_")):
        found = _CODECS.get(
            name.replace("iso_8859_", "iso8859_").replace("windows_", "cp").removeprefix("x_")
        )
    return found


def is_seven_bit(charset: str) -> bool:
    """Tell whether text in this charset can look like ASCII without being it."""
    return find_codec(charset) in _SEVEN_BIT


def decode(octets: bytes, charset: str | None = None) -> str:
    """Decode by the claimed charset where that works, else as UTF-8, else as the likeliest 8-bit charset."""
    codec = find_codec(charset) if charset else None
    # QUIRK: Japanese or Korean mail without a charset, or with a wrong one; the escape sequence tells.
    if codec not in _SEVEN_BIT and b"\x1b$" in octets:
        codec = "iso2022_kr" if b"\x1b$)C" in octets else "iso2022_jp_ext"
    if codec is None or codec == "ascii":
        codec = "utf_8"
    if codec == WESTERN and not octets.isascii():
        return _decode_western(octets)
    try:
        return _scrub(octets.decode(codec))
    except (UnicodeError, LookupError):
        return _decode_broken(octets, codec)


def _decode_western(octets: bytes) -> str:
    """Decode what is said to be Western, as many systems say of whatever they send."""
    try:
        return _scrub(octets.decode("utf_8"))
    except UnicodeError:
        return octets.decode(correct_western(octets), "replace")


def _decode_broken(octets: bytes, codec: str) -> str:
    """Decode what its charset does not allow."""
    if codec != "utf_8":
        try:
            return octets.decode("utf_8")
        except UnicodeError:
            pass
    if codec == "iso2022_jp_ext":
        # QUIRK: Japanese mail whose label is right about the language alone.
        for likely in ("euc_jp", "cp932"):
            try:
                return octets.decode(likely)
            except UnicodeError:
                continue
    if codec in _MULTI_BYTE or codec == "utf_8":
        text = octets.decode(codec, "replace")
        broken = text.count("\ufffd")
        # One bad letter of several, or a text cut within one, is still in its charset; many are not.
        head = text[:4096]
        foreign = len(head) - len(head.encode("ascii", "ignore"))
        if broken <= foreign // 4 + (foreign > 1) or codec in _SEVEN_BIT:
            return _scrub(text)
    guessed = guess_charset(octets) if codec in _MULTI_BYTE or codec == "utf_8" else codec
    return octets.decode(guessed, "replace")


def _scrub(text: str) -> str:
    """Replace lone surrogates, which UTF-7 can make and no file or socket takes."""
    if text.isascii():
        return text
    return text.encode("utf_8", "replace").decode("utf_8")
