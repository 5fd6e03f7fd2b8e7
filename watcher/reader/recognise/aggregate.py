"""Tell DMARC and TLS reports by what is attached, whatever the language of the mail around it.

RFC 7489 section 7.2.1.1 and RFC 8460 section 5.1 name the file `receiver!domain!begin!end.xml.gz`, and say
what is in it.  Seen in the wild and accepted here: names of other forms, files of no type
(application/octet-stream), one of the two times alone, a zip in place of gzip.
"""

import re
import zlib
from typing import Final

from watcher.model import Evidence
from watcher.reader.parse.mime import Part
from watcher.reader.parse.params import parse_params
from watcher.reader.recognise.view import View


MAX_READ: Final = 8_000  # octets of an attachment, as it came, in which it says what it is
MAX_UNPACKED: Final = 4_000
_ENDS: Final = (".xml", ".json", ".zip", ".gz", ".tgz")
_NAMED: Final = re.compile(r"(?:^|[\W_])(?:dmarc|tls-?rpt|smtp-tls)(?:[\W_]|$)")
_TLS_TYPES: Final = frozenset({"application/tlsrpt+gzip", "application/tlsrpt+json"})
_XML: Final = frozenset({"text/xml", "application/xml"})
_PACKED: Final = re.compile(
    r"(?:application/(?:octet-stream|(?:x-)?(?:gzip|zip)|x-zip-compressed|gzip-compressed)$)"
)
_DMARC: Final = re.compile(rb"<report_metadata>|<policy_published>")
_TLS: Final = re.compile(rb'"(?:policy-type|organization-name|policies)"')
_ZIP_HEAD: Final = 30  # octets before the name of the first file


def find_attached_report(view: View) -> Evidence | None:
    """Return what shows that a mail brings an aggregate report."""
    for part in view.message.walk():
        found = _told_by_name(part) or _told_by_content(part)
        if found is not None:
            return found
    return None


def is_passed_on(view: View) -> bool:
    """Say whether somebody answers with a report, or passes one on."""
    return view.is_reply or view.is_threaded or bool(view.greetings)


def _told_by_name(part: Part) -> Evidence | None:
    if part.content_type in _TLS_TYPES:
        return Evidence("notice.tlsrpt", part.content_type, "content-type")
    field = part.headers.raw("content-disposition")
    name = (parse_params(field).get("filename") if field else None) or part.params.get("name") or ""
    return Evidence("notice.report_name", name[:120], "filename") if _is_report_name(name.lower()) else None


def _is_report_name(name: str) -> bool:
    """Say whether a file is named as a report: after receiver, domain and times, or after what it is."""
    if not name.endswith(_ENDS):
        return False
    receiver, _, rest = name.partition("!")
    domain, _, times = rest.partition("!")
    return bool("." in receiver and "." in domain and times) or _NAMED.search(name[:200]) is not None


def _told_by_content(part: Part) -> Evidence | None:
    is_packed = _PACKED.match(part.content_type) is not None
    if not is_packed and part.content_type not in _XML:
        return None
    octets = part.content()[:MAX_READ]
    text = _unpack(octets) if is_packed else octets
    if _DMARC.search(text):
        return Evidence("notice.report_content", "dmarc", "attachment")
    return Evidence("notice.report_content", "tlsrpt", "attachment") if len(_TLS.findall(text)) > 1 else None


def _unpack(octets: bytes) -> bytes:
    """Return how the first file in a gzip or zip begins; nothing where it is neither."""
    try:
        if octets.startswith(b"\x1f\x8b"):
            return zlib.decompressobj(31).decompress(octets, MAX_UNPACKED)
        if octets.startswith(b"PK\x03\x04") and len(octets) > _ZIP_HEAD:
            behind = int.from_bytes(octets[26:28], "little") + int.from_bytes(octets[28:30], "little")
            return zlib.decompressobj(-15).decompress(octets[_ZIP_HEAD + behind :], MAX_UNPACKED)
    except zlib.error:
        return b""
    return b""
