"""Answer DNS questions of the lab's mail servers from a table.

RFC 1035, as little of it as mail servers ask: A and MX over UDP.  `nxdomain` and `servfail` are the two ways
in which a name can fail; a name without the record asked for gets an empty answer.
"""

import socket
import struct
from collections.abc import Mapping


A, MX, NXDOMAIN, SERVFAIL = 1, 15, 3, 2


def serve(address: str, zone: Mapping[str, str]) -> None:
    """Answer for ever; `zone` maps a name to an IPv4 address, `mx HOST`, `nullmx` or `servfail`."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((address, 53))
    while True:
        query, peer = sock.recvfrom(4096)
        sock.sendto(answer(query, zone), peer)


def answer(query: bytes, zone: Mapping[str, str]) -> bytes:
    """Give the reply to one question."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
        at += query[at] + 1
    question = query[12 : at + 5]
    (qtype,) = struct.unpack(">H", query[at + 1 : at + 3])
    value = zone.get(".".join(labels).lower())
    if value is None:
        return _head(query, 0, NXDOMAIN) + question
    if value == "servfail":
        return _head(query, 0, SERVFAIL) + question
    data = _record(value, qtype)
    if data is None:
        return _head(query, 0, 0) + question
    record = b"\xc0\x0c" + struct.pack(">HHIH", qtype, 1, 60, len(data)) + data
    return _head(query, 1, 0) + question + record


def _head(query: bytes, answers: int, code: int) -> bytes:
    return query[:2] + struct.pack(">HHHHH", 0x8580 | code, 1, answers, 0, 0)


def _record(value: str, qtype: int) -> bytes | None:
    if value == "nullmx":  # RFC 7505
        return b"\0\0\0" if qtype == MX else None
    if value.startswith("mx "):
        return b"\0\x0a" + _name(value[3:]) if qtype == MX else None
    return socket.inet_aton(value) if qtype == A else None


def _name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"
