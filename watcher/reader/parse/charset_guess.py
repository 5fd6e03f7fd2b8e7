"""Guess the charset of text that names none, or a wrong one, and is no UTF-8.

Mail of the years before UTF-8 often says nothing of its charset: what a host in Taiwan wrote was Big5, in
Russia KOI8-R.  The letters that a language uses most tell: half of any text is made of a few of them.
"""

import re
from typing import Final, NamedTuple


SAMPLE: Final = 4_096  # octets
MIN_SHARE: Final = 0.2  # of the letters that are among the most used
WESTERN: Final = "cp1252"
SURE: Final = 0.9  # the share of accents at which no other need be tried
_RUN: Final = re.compile(rb"[\x80-\xff]+")
_LETTERS: Final = re.compile(rb"[\x80-\xff]+[@-~]?")


class _Script(NamedTuple):
    """A charset and the letters that its languages use most."""

    codec: str
    frequent: frozenset[str]
    is_single: bool = False  # one octet a letter


_JAPANESE: Final = frozenset(
    "のにはをがでとてしたるませすれいなかおこさりくもよあうえらけめ"
    "ーンルスメトイラエアシドッサバ配信送受宛先不明届客様存在"
)
_CHINESE: Final = frozenset(
    "的一是不了人在有我他這这中大來来上個个到說说們们為为子和你地出道也时時年得就那要下以生會会自著去之過过家學学對对可"
    "您郵邮電电件信箱無无法址收者投遞递退寄發发送使用户戶請请因此原通知內内容空間间已系統统服務务錯错誤误被拒絕绝滿满超"
)
_KOREAN: Final = frozenset("이다는을의에가한하지고로기사를은니어서인메일수신습없전송되었음편주소자")
_RUSSIAN: Final = frozenset("оеаинтсрвлкОЕАИНТСРВЛК")
_GREEK: Final = frozenset("αεοιτσνρηκπυλμςάίόέή")
# Accents and quotes stand alone among other letters, or two by two.
_ACCENTS: Final = frozenset("äöüßéèêàáâçñóúíãõôîïëåæøìòùûýÄÖÜÉÀÅØÇÑ’‘“”„–—…«»¿¡° \u00a0")
_LONGEST: Final = 2

# Of those that fit a text equally well, the first speaks.
_SCRIPTS: Final = (
    _Script("koi8_r", _RUSSIAN, is_single=True),
    _Script("cp1251", _RUSSIAN, is_single=True),
    _Script("iso8859_7", _GREEK, is_single=True),
    _Script("euc_jp", _JAPANESE),
    _Script("cp932", _JAPANESE),
    _Script("gb18030", _CHINESE),
    _Script("big5hkscs", _CHINESE),
    _Script("cp949", _KOREAN),
)


def guess_charset(octets: bytes) -> str:
    """Return the likeliest 8-bit charset of a text: Western where no other shows itself."""
    # Of two octets the second may be one of ASCII's.
    sample = b" ".join(_LETTERS.findall(octets[:SAMPLE]))
    accents = _share_of_accents(sample)
    if accents >= SURE:
        return WESTERN
    shares = [(accents, WESTERN)]
    shares += [(_share(sample, script), script.codec) for script in _SCRIPTS]
    best = max(shares, key=lambda each: each[0])
    return best[1] if best[0] >= MIN_SHARE else WESTERN


def _share_of_accents(sample: bytes) -> float:
    runs = _RUN.findall(sample)
    alone = b"".join([run for run in runs if len(run) <= _LONGEST]).decode(WESTERN, "replace")
    told = sum(map(_ACCENTS.__contains__, alone))
    return told / max(sum(map(len, runs)), 1)


def _share(sample: bytes, script: _Script) -> float:
    text = sample.decode(script.codec, "replace")
    letters = max(len(text) - len(text.encode("ascii", "ignore")), 1)
    if script.is_single:
        # A word of such letters holds no others; of Western ones hardly three stand together.
        words = b"".join(run for run in _RUN.findall(sample) if len(run) > _LONGEST)
        return sum(map(script.frequent.__contains__, words.decode(script.codec, "replace"))) / letters
    broken = text.count("\ufffd")
    told = sum(map(script.frequent.__contains__, text))
    return (told - 2 * max(broken - 1, 0)) / letters
