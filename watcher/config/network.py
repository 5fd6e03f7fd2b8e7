"""The kinds of text in a config that name places on the network: hosts, URLs, domains, where to listen.

Each takes the text as written and gives it back in the form the program uses, or says what is wrong with it
and what to write instead.  Nothing is looked up.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from watcher.config.problem import shown


_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_NAT64 = ip_network("64:ff9b::/96")


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, by name or number alone: nothing is looked up."""
    if host.rstrip(".").lower() == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def never_sent_to(host: str) -> bool:
    """Tell whether a number is one that no webhook is ever sent to, also where a name leads to it.

    Link-local addresses (RFC 3927; a cloud's metadata service is one), multicast and "any", as they are and
    within IPv6 (RFC 4291 section 2.5.5.2, RFC 3056, RFC 6052).
    """
    try:
        number = ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    if isinstance(number, IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour
        if inner is None and number in _NAT64:
            inner = IPv4Address(int(number) & 0xFFFF_FFFF)
        number = inner or number
    return number.is_link_local or number.is_multicast or number.is_unspecified


def _host(value: str) -> str:
    if "://" in value or "/" in value:
        raise ValueError(f"{shown(value)} is no host name; write the name alone, without scheme or path")
    if not _is_host(value):
        name, colon, port = value.rpartition(":")
        if colon and port.isdigit() and _is_host(name):
            raise ValueError(f"{shown(value)} names a port; write the host alone, and the port under port")
        raise ValueError(f"{shown(value)} is no host name; write a name such as imap.example.com")
    return value


def _is_host(value: str) -> bool:
    try:
        ip_address(value)
    except ValueError:
        labels = value.removesuffix(".").split(".")
        return len(value) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return True


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in {"http", "https"} or not _is_host(host) or port == 0 or not value.isprintable():
        raise ValueError(f"{shown(value)} is no URL; write https://host/path")
    if parts.username is not None:
        raise ValueError("a URL holds no user or password; write them under basic_auth as user:password")
    if never_sent_to(host):
        raise ValueError(f"{shown(host)} is no address for webhooks (link-local or multicast); name a host")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(f"http to {shown(host)} would send addresses in the clear; write https://")
    return value


def _proxy(value: str) -> str:
    try:
        parts = urlsplit(value)
        valid = parts.scheme in {"http", "https"} and _is_host(parts.hostname or "") and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"{shown(value)} is no proxy; write http://host:port")
    return value


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not _is_host(host.strip("[]")) or not (port.isascii() and port.isdigit() and int(port) < 65_536):
        raise ValueError(
            f"{shown(value)} is no address to listen on; write HOST:PORT, such as 127.0.0.1:8025"
        )
    return value


def _domain(value: str) -> str:
    if "." not in value or not _is_host(value) or "@" in value:
        raise ValueError(f"{shown(value)} is no domain; write a name such as example.com")
    return value.rstrip(".").lower()


Host = Annotated[str, AfterValidator(_host)]
Url = Annotated[str, AfterValidator(_url)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Listen = Annotated[str, AfterValidator(_listen)]
Domain = Annotated[str, AfterValidator(_domain)]
