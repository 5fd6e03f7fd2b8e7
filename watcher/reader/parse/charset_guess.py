"""Guess the charset of text that names none, or a wrong one, and is no UTF-8.

Mail of the years before UTF-8 often says nothing of its charset, or calls all Western: what a host in Taiwan
wrote was Big5, in Russia KOI8-R.  The letters that a language uses most tell: half of any text is made of a
few of them.
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple


SAMPLE: Final = 4_096  # octets
MIN_SHARE: Final = 0.2  # of the letters that are among the most used
MIN_SINGLE: Final = 0.4  # the same, where an octet is a letter: there are few of them
MIN_MISNAMED: Final = 0.5  # the same, where the text is said to be Western, and may be
MIN_LATIN: Final = 2  # letters that show another Latin charset
MOST_HARD: Final = 5  # for each of š and ž, in Czech and Slovak
WESTERN: Final = "cp1252"
SURE: Final = 0.9  # the share of accents at which no other need be tried
_RUN: Final = re.compile(rb"[\x80-\xff]+")
_LETTERS: Final = re.compile(rb"[\x80-\xff]+[@-~]?")
# What Western text holds within a word are letters, or marks of hyphens and apostrophes.
_INSIDE: Final = re.compile(
    rb"[A-Za-z\xc0-\xff][\x81\x9d\xa1-\xa9\xab\xac\xae-\xb4\xb6\xb8\xb9\xbb-\xbf]{1,2}[a-z\xc0-\xff]"
)
# In windows-1250 these are č ě ň ř ů, and the same š ž stand beside them: no Western language has both.
_SOFT: Final = re.compile(rb"[\x8a\x8e\x9a\x9e]")
_HARD: Final = re.compile(rb"[\xe8\xec\xf2\xf8\xf9]")
_WORD: Final = re.compile(rb"[A-Za-z]{0,40}+[\x80-\xff][A-Za-z\x80-\xff]{0,40}")
_DENSE: Final = 0.45  # of the letters of words that have accents; Latin words have fewer


class _Script(NamedTuple):
    """A charset and the letters that its languages use most."""

    codec: str
    frequent: frozenset[str]
    is_single: bool = False  # one octet a letter
    is_latin: bool = False  # the same, among letters of ASCII


_JAPANESE: Final = frozenset(
    "のにはをがでとてしたるませすれいなかおこさりくもよあうえらけめ"
    "ーンルスメトイラエアシドッサバ配信送受宛先不明届客様存在"
)
_CHINESE: Final = frozenset(
    "的一是不了人在有我他這这中大來来上個个到說说們们為为子和你地出道也时時年得就那要下以生會会自著去之過过家學学對对可"
    "您郵邮電电件信箱無无法址收者投遞递退寄發发送使用户戶請请因此原通知內内容空間间已系統统服務务錯错誤误被拒絕绝滿满超"
)
_KOREAN: Final = frozenset("이다는을의에가한하지고로기사를은니어서인메일수신습없전송되었음편주소자")
_CYRILLIC: Final = frozenset("оеаинтсрвлкіОЕАИНТСРВЛКІ")
_GREEK: Final = frozenset("αεοιτσνρηκπυλμςάίόέή")
_HEBREW: Final = frozenset("יוהלאמתברשנ")
_ARABIC: Final = frozenset("اليمونرتبهعد")
_THAI: Final = frozenset("านรอกเงมวยลสตท่้ีัิ")
_MARKS: Final = "’‘“”„–—…«»° \u00a0"
# Accents and quotes stand alone among other letters, or two by two.
_ACCENTS: Final = frozenset(
    "äöüßéèêàáâçñóúíãõôîïëåæøìòùûýÄÖÜÉÈÊÀÁÂÇÑÓÚÍÃÕÔÎÏËÅÆØÌÒÙÛœšžŠŽŒªº¿¡€©®•£§·×½¼¾" + _MARKS
)
_ICELANDIC: Final = frozenset("áéíóúýþæöðÁÉÍÓÚÝÞÆÖÐ" + _MARKS)
_TURKISH: Final = frozenset("çğıöşüâîÇĞİÖŞÜ" + _MARKS)
_CENTRAL: Final = frozenset(
    "ąćęłńóśźżáčďéěíňřšťúůýžöüőűäôľĺŕăâîşţđĄĆĘŁŃÓŚŹŻÁČĎÉĚÍŇŘŠŤÚŮÝŽÖÜŐŰÄÂÎŞŢĐ" + _MARKS
)
_LONGEST: Final = 2

# Of those that fit a text equally well, the first speaks.
_SCRIPTS: Final = (
    _Script("cp1254", _TURKISH, is_latin=True),
    _Script(WESTERN, _ICELANDIC, is_latin=True),
    _Script("iso8859_2", _CENTRAL, is_latin=True),
    _Script("cp1250", _CENTRAL, is_latin=True),
    _Script("koi8_u", _CYRILLIC, is_single=True),
    _Script("cp1251", _CYRILLIC, is_single=True),
    _Script("iso8859_5", _CYRILLIC, is_single=True),
    _Script("iso8859_7", _GREEK, is_single=True),
    _Script("cp1255", _HEBREW, is_single=True),
    _Script("cp1256", _ARABIC, is_single=True),
    _Script("iso8859_6", _ARABIC, is_single=True),
    _Script("cp874", _THAI, is_single=True),
    _Script("euc_jp", _JAPANESE),
    _Script("cp932", _JAPANESE),
    _Script("gb18030", _CHINESE),
    _Script("big5hkscs", _CHINESE),
    _Script("cp949", _KOREAN),
)


def guess_charset(octets: bytes) -> str:
    """Return the likeliest 8-bit charset of a text: Western where no other shows itself."""
    return _guess(octets[:SAMPLE], MIN_SHARE)


def correct_western(octets: bytes) -> str:
    """Return the charset of a text that is said to be Western: another only where that is clear."""
    return _guess(octets[:SAMPLE], MIN_MISNAMED)


@lru_cache(maxsize=64)  # a mail's parts, and the mails of one system, share their text
def _guess(octets: bytes, least: float) -> str:
    # Of two octets the second may be one of ASCII's.
    sample = b" ".join(_LETTERS.findall(octets))
    wrong = len(b"".join(_INSIDE.findall(octets))) // 3 + _count_czech(sample)
    accents = _share_of(_ACCENTS, sample, WESTERN, wrong)
    if accents >= SURE:
        return WESTERN
    words = b"".join(_WORD.findall(octets))
    may_be_latin = len(b"".join(_RUN.findall(words))) <= _DENSE * len(words)
    shares = [(accents, WESTERN)]
    shares += [
        (_share(sample, script), script.codec) for script in _SCRIPTS if may_be_latin or not script.is_latin
    ]
    best = max(shares, key=lambda each: each[0])
    return best[1] if best[0] >= (least if may_be_latin else MIN_SHARE) else WESTERN


def _count_czech(sample: bytes) -> int:
    soft, hard = len(_SOFT.findall(sample)), len(_HARD.findall(sample))
    both = b"\xec" in sample and b"\xf8" in sample  # ì is Italian, ø Norse
    return hard if both or (soft >= MIN_LATIN and hard <= MOST_HARD * soft) else 0


def _share_of(letters: frozenset[str], sample: bytes, codec: str, wrong: int = 0) -> float:
    runs = _RUN.findall(sample)
    alone = b"".join([run for run in runs if len(run) <= _LONGEST]).decode(codec, "replace")
    told = sum(map(letters.__contains__, alone)) - wrong
    return told / max(sum(map(len, runs)), 1)


def _share(sample: bytes, script: _Script) -> float:
    if script.is_latin:
        share = _share_of(script.frequent, sample, script.codec)
        return share if share * len(b"".join(_RUN.findall(sample))) >= MIN_LATIN else 0.0
    text = sample.decode(script.codec, "replace")
    letters = max(len(text) - len(text.encode("ascii", "ignore")), 1)
    if script.is_single:
        # A word of such letters holds no others; of Western ones hardly three stand together, but repeated.
        words = b"".join(run for run in _RUN.findall(sample) if len(run) > _LONGEST and len(set(run)) > 1)
        share = sum(map(script.frequent.__contains__, words.decode(script.codec, "replace"))) / letters
        return share if share >= MIN_SINGLE else 0.0
    broken = text.count("\ufffd")
    told = sum(map(script.frequent.__contains__, text))
    return (told - 2 * max(broken - 1, 0)) / letters
