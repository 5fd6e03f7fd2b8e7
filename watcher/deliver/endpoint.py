"""How an endpoint is spoken to, worked out once from its config: TLS, headers, what must never be shown."""

import base64
import ssl
from collections.abc import Iterable

from watcher import __version__
from watcher.config.webhook import Webhook


USER_AGENT = f"bounce-watcher/{__version__}"
_OURS = {
    "Content-Type": "application/json",
    "User-Agent": USER_AGENT,
    "Accept-Encoding": "identity",  # an answer that unpacks to gigabytes is not read at all
}
_LEAST_REDACTED = 4  # shorter texts are no secrets, and would riddle the answer


def tls_context(webhook: Webhook) -> ssl.SSLContext:
    """Give the TLS rules: the certificate is always checked, by `ca_file` alone where one is set.

    Raises ValueError with `key: value: fault; way out` where a file cannot be used.
    """
    try:
        context = ssl.create_default_context(cafile=webhook.ca_file)
    except OSError as error:
        raise ValueError(f"ca_file: {_file_fault(webhook.ca_file, error)}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if webhook.client_cert:
        try:
            context.load_cert_chain(webhook.client_cert)
        except OSError as error:
            raise ValueError(f"client_cert: {_file_fault(webhook.client_cert, error)}") from None
    return context


def fixed_headers(webhook: Webhook) -> dict[str, str]:
    """Give the headers that are the same for every event; ours win over the config's."""
    headers = {name: value.reveal() for name, value in webhook.headers.items()}
    if webhook.basic_auth is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(webhook.basic_auth.reveal().encode()).decode()
    ours = {name.lower() for name in _OURS}
    return {name: value for name, value in headers.items() if name.lower() not in ours} | _OURS


def redact(text: str, webhook: Webhook) -> str:
    """Take the endpoint's secrets out of a text that the endpoint wrote."""
    for secret in sorted(_secrets(webhook), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def _secrets(webhook: Webhook) -> Iterable[str]:
    texts = [secret.reveal().strip() for secret in (*webhook.secret, *webhook.headers.values())]
    texts += [webhook.signing_key.reveal().strip()] if webhook.signing_key is not None else []
    if webhook.basic_auth is not None:
        pair = webhook.basic_auth.reveal()
        texts += [pair, pair.partition(":")[2], base64.b64encode(pair.encode()).decode()]
    return {text for text in texts if len(text) >= _LEAST_REDACTED}


def _file_fault(path: str | None, error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (
            f"{path}: holds no PEM certificate that can be used; check the file, and for client_cert its key"
        )
    return f"{path}: {(error.strerror or 'cannot be read').lower()}; name a file that the watcher may read"
