"""Read `http.listen`, and the host of a Host header."""

_FORM = "write http.listen as ADDRESS:PORT, for example 127.0.0.1:8025 or [::1]:8025"


def parse_listen(text: str) -> tuple[str, int]:
    """Split ADDRESS:PORT; raise ValueError with `value: fault; way out`."""
    host, colon, port = text.strip().rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65_535:
        raise ValueError(f"'{text}': no port; {_FORM}")
    bare = host.removeprefix("[").removesuffix("]")
    if not bare:
        raise ValueError(f"'{text}': no address; {_FORM}")
    return bare, int(port)


def host_of(field: str) -> str:
    """Give the host of a Host header, without its port."""
    if field.startswith("["):
        return field.partition("]")[0].removeprefix("[")
    return field.partition(":")[0]
