"""Say in one line what went wrong with a try: the place, the value, the way out.

Nothing that the endpoint wrote and no secret goes into these lines; of the URL, only scheme, host and port.
"""

import ssl
from datetime import timedelta

import aiohttp
from yarl import URL

from watcher.config.webhook import Webhook
from watcher.deliver.outcome import way_to_resume


_CREDENTIALS = "the application refuses the signature or credentials; compare secret, headers and basic_auth"
_STATUS = {  # the way out, by status
    400: "the application does not take this event; look at its log",
    401: _CREDENTIALS,
    403: _CREDENTIALS,
    404: "nothing is there; check the path of url",
    405: "POST is not allowed there; check the path of url",
    413: "the application takes no body of this size; allow 20 kB",
    429: "the application asks us to slow down; tries go on",
}
_RANGE = {
    3: "redirects are not followed; put the final address into url",
    4: "the application refuses this event; look at its log",
    5: "the application or a proxy before it is in trouble; tries go on",
}

_CLOSED = "closed the connection without an answer; look at the application's log"
_NOT_HTTP = "the answer is not HTTP; check host and port of url"
_FAULTS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ClientProxyConnectionError, "the proxy cannot be reached; check proxy"),
    (aiohttp.ClientConnectorDNSError, "no such host; check url, or the resolver of this machine"),
    (aiohttp.ServerDisconnectedError, _CLOSED),
    (ConnectionResetError, _CLOSED),
    (BrokenPipeError, _CLOSED),
    (aiohttp.InvalidURL, "not a URL; write url as https://host/path"),
    (aiohttp.ClientResponseError, _NOT_HTTP),
    (aiohttp.ClientPayloadError, _NOT_HTTP),
)


def place_of_endpoint(webhook: Webhook) -> str:
    """Name an endpoint as all its errors do, wherever it leads."""
    if webhook.url is not None:
        return place_of(webhook.name, webhook.url)
    return f"webhook {webhook.name}: {webhook.exec[0] if webhook.exec is not None else webhook.syslog}"


def place_of(name: str, url: str) -> str:
    """Name an endpoint that is posted to: `webhook NAME: scheme://host:port`."""
    try:
        return f"webhook {name}: {URL(url).origin()}"
    except ValueError:
        return f"webhook {name}: url"


def status_fault(place: str, status: int, name: str) -> str:
    """Say what an answer other than 2xx of the webhook of that name means."""
    way_out = _STATUS.get(status) or _RANGE.get(status // 100, "that is no answer to a webhook; check url")
    if status == 410:
        way_out = f"the application wants no more events; paused and kept, see: {way_to_resume(name)}"
    return f"{place}: answered {status}; {way_out}"


def skew_fault(seconds: float) -> str:
    """Say that a refusal may come from clocks that differ."""
    side = "behind" if seconds > 0 else "ahead of"
    return f"; this machine's clock is {abs(seconds):.0f} s {side} the application's, set it right"


def timeout_fault(place: str, timeout: timedelta, *, connected: bool) -> str:
    """Say that the endpoint took too long."""
    if not connected:
        return f"{place}: no connection in time; check host, port and firewall"
    return f"{place}: no answer within {timeout.total_seconds():g} s; answer 2xx first and work later"


def client_fault(place: str, error: Exception) -> str:
    """Say what an exception of the HTTP client means."""
    return f"{place}: {_fault(error)}"


def _fault(error: Exception) -> str:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"{_certificate_fault(error)}; name its CA in ca_file"
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return f"TLS was refused ({_reason(error)}); check port, client_cert and the server's TLS versions"
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {error.status}; check proxy"
    for kind, text in _FAULTS:
        if isinstance(error, kind):
            return text
    if isinstance(error, OSError):
        return _os_fault(getattr(error, "os_error", error))
    return f"could not be sent ({type(error).__name__}); check url, headers and proxy"


def _os_fault(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused; is the application running, and on this port?"
    return f"no connection ({(error.strerror or type(error).__name__).lower()}); check host, port and network"


def _certificate_fault(error: aiohttp.ClientConnectorCertificateError) -> str:
    why = getattr(error.certificate_error, "verify_message", "") or "not to be trusted"
    return f"the certificate is not accepted ({why.lower().rstrip('.')})"


def _reason(error: Exception) -> str:
    inner = getattr(error, "os_error", error)
    return (getattr(inner, "reason", None) or type(inner).__name__).replace("_", " ").lower()
