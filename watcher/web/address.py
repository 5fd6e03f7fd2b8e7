"""Read `http.listen`, and tell whether an address or a host name is this machine's own."""

import ipaddress


_FORM = "write http.listen as ADDRESS:PORT, for example 127.0.0.1:8025 or [::1]:8025"


def parse_listen(text: str) -> tuple[str, int]:
    """Split ADDRESS:PORT, the address of IPv6 in brackets; raise ValueError with `value: fault; way out`."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65_535:
        raise ValueError(f"'{text}': no port; {_FORM}")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare or (":" in bare) != host.startswith("["):
        raise ValueError(f"'{text}': no address; {_FORM}")
    return bare, int(port)


def is_loopback(host: str) -> bool:
    """Say whether an address or name can only mean this machine (RFC 6761 section 6.3 for `localhost`)."""
    name = host.strip().rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def host_of(field: str) -> str:
    """Give the host of a Host header, without its port."""
    if field.startswith("["):
        return field.partition("]")[0].removeprefix("[")
    return field.partition(":")[0]
