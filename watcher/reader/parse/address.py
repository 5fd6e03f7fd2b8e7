"""Read mail addresses from header fields, report fields and prose.

RFC 5321 section 4.1.2, RFC 5322 section 3.4, RFC 6531, and the address types of RFC 3464 and RFC 6533. Seen
in the wild and accepted here: brackets with no type, a type before brackets, source routes, apostrophes as
quotes, punctuation of the sentence around.  The local part keeps its case, the domain is lower case, and
IDNA is shown in Unicode.  What is no Internet address (X.400, `/C=US/A=…`) is left as it is.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from watcher.reader.parse.header import Headers
from watcher.reader.parse.limits import LIMITS


_TYPE: Final = re.compile(r"[ \t]{0,80}+([A-Za-z][A-Za-z0-9-]{0,15})[ \t]{0,9};[ \t]{0,9}")
_SCHEME: Final = re.compile(r"(?i:(?:mailto|smtp|rfc822|eml):)\s{0,3}(?:%20)?")
_ROUTE: Final = re.compile(r"@[^:@\s]{1,255}(?:,\s{0,3}@[^:@\s]{1,255}){0,10}:")
_BRACKETS: Final = re.compile(r"<([^<>]{1,512})>")
# Letters, digits, and the marks that scripts from Hebrew to Khmer set around their letters.
_LETTER: Final = r"[\w\u0300-\u036f\u0590-\u1fff\u200c\u200d\u3099\u309a-]"
_LABEL: Final = re.compile(_LETTER + "{1,63}")
DOMAIN: Final = re.compile(rf"(?:{_LETTER}{{1,63}}\.){{0,30}}{_LETTER}{{1,63}}|\[[0-9A-Fa-f:.IPvx]{{2,64}}\]")
_TOKENS: Final = re.compile(r'"(?:[^"\\]|\\.)*+"?|\(|\)|<[^<>]*+>|[<>]|[,;:]|[^"()<>,;:]++', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\x\{([0-9A-Fa-f]{1,6})\}")
_DOT_ATOM: Final = re.compile(r"[^\s\"(),:;<>@\[\]\\]{1,64}")
_SIMPLE: Final = re.compile(r"[A-Za-z0-9._%+=/#$&!*?^{}|~'-]{1,64}@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
# One mailbox without a comment, group or quoted pair.
_SPEC: Final = r"[A-Za-z0-9._%+=/#$&!*?^{}|~-]{1,64}@[A-Za-z0-9.-]{1,250}"
_SOLE: Final = re.compile(rf'(?:(?:"[^"\\]{{0,200}}+")?[^"(),:;<>@\\]{{0,300}}+<({_SPEC})>|({_SPEC}))[ \t]*+')
_MOST_SHORT: Final = 600  # letters of a field that is remembered
_BEFORE_LOCAL: Final = re.compile(r"^(?:.*[\s\"(),:;<>@\[\]])?'*", re.DOTALL)
# RFC 822 section 3.3 let a backslash quote any letter; Exim writes pipes so: `|/bin/cat\\ /etc/x@host`.
_ESCAPED_LOCAL: Final = re.compile(r"(?:\\[ -~]|[^\s\"(),:;<>@\[\]\\]){1,128}+$")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def normalise_address(text: str | None) -> str | None:
    """Return one address in the form we compare and show, or None where there is none."""
    if not text:
        return None
    # What nearly every address looks like, bare or in brackets, for speed.
    bare = text[1:-1] if text[0] == "<" and text[-1] == ">" else text
    if _SIMPLE.fullmatch(bare) and bare[0] not in "'/=*" and "xn--" not in bare and ".." not in bare:
        return bare
    text = text[:2048].strip()
    found = _TYPE.match(text)
    kind = found[1].lower() if found else ""
    if found:
        text = text[found.end() :].strip()
    if kind == "x400" or text.startswith("/"):
        return None if _CONTROL.search(text) else text or None
    if kind == "utf-8" or "\\x{" in text:
        text = _ESCAPED.sub(_unescape, text)
    return _tidy(_unwrap(text))


def _unwrap(text: str) -> str:
    """Take brackets, quotes, schemes and source routes off."""
    inner = _BRACKETS.search(text)
    if inner:
        text = inner[1]
    text = (
        _SCHEME.sub("", text.strip().lstrip("<").rstrip(">"), count=1)
        if ":" in text
        else text.strip(" \t\n<>")
    )
    route = _ROUTE.match(text)
    if route:
        text = text[route.end() :]
    for mark in "'\"":
        if len(text) > 2 and text[0] == mark == text[-1]:
            text = text[1:-1].strip()
    return text


def _tidy(text: str) -> str | None:
    local, at, domain = text.rpartition("@")
    if not at:
        return None
    if local.endswith("@") and local.count("@") == 1:
        # QUIRK: a doubled at sign is what is wrong with an address, so it stays: Exim's `jo@@example.org`.
        local, at = local[:-1], "@@"
    local = local.lstrip() if local.endswith("\\ ") else local.strip()
    found = DOMAIN.match(domain.strip())
    if not found or not local or len(local) > 256:
        return None
    if at == "@@" and not ("." in found[0] and local[-1].isalnum()):
        return None  # as in a patch: `@@ -1 +1 @@`
    if local[0] == '"' and local[-1] == '"' and len(local) > 2:
        bare = local[1:-1].replace("\\", "")
        # RFC 5321 section 4.1.2: quotes that the local part does not need are no part of it.
        local = bare if _DOT_ATOM.fullmatch(bare) and bare[0] not in "'/=" else local
    elif "\\ " in local and (escaped := _ESCAPED_LOCAL.search(local)):
        local = escaped[0]
    else:
        # What no unquoted local part can hold, and all before it, is no part of it.
        local = _BEFORE_LOCAL.sub("", local, count=1)
    if not local or _CONTROL.search(local):
        return None
    return f"{local}{at}{normalise_domain(found[0])}"


def normalise_domain(domain: str) -> str:
    """Return a domain in lower case, its IDNA labels in Unicode."""
    domain = domain.strip(".").lower()
    if "xn--" in domain:
        return ".".join(_show_label(label) for label in domain.split("."))
    return domain


def _show_label(label: str) -> str:
    if not label.startswith("xn--") or len(label) > 63:
        return label
    try:
        shown = label[4:].encode("ascii").decode("punycode")
        same = "xn--" + shown.encode("punycode").decode("ascii") == label
    except (UnicodeError, OverflowError, ValueError):
        return label
    # A label that could not be read back as the same stays as it is.
    is_label = _LABEL.fullmatch(shown) is not None and shown == shown.lower() and not shown.isascii()
    return shown if same and is_label else label


def _unescape(found: re.Match[str]) -> str:
    # RFC 6533 section 3: \x{3B1} in an ASCII-only report.
    number = int(found[1], 16)
    return chr(number) if 0x20 < number <= 0x10FFFF and not 0xD800 <= number <= 0xDFFF else found[0]


def parse_mailbox(field: str | None) -> str | None:
    """Return the first address of a header field such as From, or None."""
    if not field:
        return None
    if len(field) >= _MOST_SHORT:
        return next(_read_list(field), None)
    found = _read_short(field)
    return found[0] if found else None


def parse_writer(headers: Headers) -> str:
    """Return the address of From (RFC 5322 section 3.6.2), or nothing."""
    return parse_mailbox(headers.first("From")) or ""


def parse_mailboxes(field: str | None) -> tuple[str, ...]:
    """Return the addresses of a header field such as To, in order, each once, up to the limit."""
    if not field:
        return ()
    return _read_short(field) if len(field) < _MOST_SHORT else _read_all(field)


@lru_cache(maxsize=1_024)  # several stages ask for To and From, and many mails share theirs
def _read_short(field: str) -> tuple[str, ...]:
    sole = _SOLE.fullmatch(field)  # what nearly every field looks like, for speed
    address = normalise_address(sole[1] or sole[2]) if sole else None
    return (address,) if address else _read_all(field)


def _read_all(field: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for address in _read_list(field):
        found.setdefault(address)
        if len(found) >= LIMITS.mailboxes:
            break
    return tuple(found)


def _read_list(field: str) -> Iterator[str]:
    """Yield the addresses of any field; names, comments and groups fall away (RFC 5322 section 3.4)."""
    bare: list[str] = []
    angle = ""
    depth = 0
    has_at = False
    for piece in _TOKENS.findall(field[: LIMITS.header_value] + ","):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth = max(0, depth - 1)
        elif piece in {",", ";"}:
            # A comma within a comment divides nothing, unless the comment is never closed.
            if depth and not has_at:
                continue
            address = normalise_address(angle) or normalise_address("".join(bare).strip())
            bare, angle, depth, has_at = [], "", 0, False
            if address:
                yield address
        elif depth:
            continue
        elif piece[0] == "<" < piece:
            angle, has_at = piece, True
        elif piece == ":" and not has_at:  # the name of a group
            bare = []
        else:
            bare.append(piece)
            has_at = has_at or "@" in piece
