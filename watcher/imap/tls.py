"""Decide which certificate of a server is to be trusted, and say so where it is not.

`ca_file` trusts one authority in place of the system's.  `pin` trusts one certificate, whatever its name,
date or issuer; together with `ca_file` both must hold.
"""

import hashlib
import re
import socket
import ssl

from watcher.config.mailbox import Mailbox
from watcher.errors import TlsError


# OpenSSL's verify codes (x509_vfy.h), what they mean and the way out.
_EXPIRED, _NOT_YET, _SELF_SIGNED, _WRONG_NAME, _WRONG_ADDRESS = 10, 9, 18, 62, 64
_CODES = {
    _EXPIRED: ("the certificate has expired", "renew it on the server, or set pin to trust it as it is"),
    _NOT_YET: ("the certificate is not valid yet", "check the clocks of both machines"),
    _SELF_SIGNED: ("the certificate is signed by itself", "set ca_file to it, or pin to its sha256"),
    _WRONG_NAME: ("the certificate is for another name", "set host to the name that it is for"),
    _WRONG_ADDRESS: ("the certificate is not for this address", "set host to the name that it is for"),
}
_UNKNOWN_ISSUER = ("the certificate's issuer is not trusted", "set ca_file to the issuer's certificate")


def make_context(mailbox: Mailbox, place: str) -> ssl.SSLContext:
    """Make the TLS settings of a mailbox."""
    pinned_alone = mailbox.pin is not None and mailbox.ca_file is None
    try:
        context = ssl.create_default_context(cafile=mailbox.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise _unreadable(place, "ca_file", mailbox.ca_file, error) from None
    if mailbox.ca_file is not None:
        # From Python 3.13 on, authorities without some extensions are refused, as home-made ones often are.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    if pinned_alone:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the pin decides, in check_pin
    if mailbox.client_cert is not None:
        try:
            context.load_cert_chain(mailbox.client_cert)
        except (OSError, ssl.SSLError) as error:
            raise _unreadable(place, "client_cert", mailbox.client_cert, error) from None
    return context


def _unreadable(place: str, key: str, path: str | None, error: OSError) -> TlsError:
    reason = "not a PEM file" if isinstance(error, ssl.SSLError) else (error.strerror or "unreadable").lower()
    holds = "certificates" if key == "ca_file" else "a certificate and its key, unencrypted"
    return TlsError(f"{place}: {key}: {path}: {reason}; name a PEM file that holds {holds}")


def check_pin(sock: socket.socket, pin: str | None, place: str) -> None:
    """Refuse a certificate other than the pinned one."""
    if pin is None:
        return
    assert isinstance(sock, ssl.SSLSocket)
    found = hashlib.sha256(sock.getpeercert(binary_form=True) or b"").hexdigest()
    if found != re.sub(r"^sha256:|[:\s]", "", pin.lower()):
        raise TlsError(f"{place}: pin: the certificate's sha256 is {found}; set pin to it if that is right")


def tls_fault(error: ssl.SSLError, place: str) -> TlsError:
    """Say why TLS did not come about."""
    if isinstance(error, ssl.SSLCertVerificationError):
        fault, way_out = _CODES.get(error.verify_code, _UNKNOWN_ISSUER)
        return TlsError(f"{place}: {fault}: {error.verify_message.rstrip('.')}; {way_out}")
    reason = (error.reason or "handshake broke").replace("_", " ").lower()
    if "wrong version number" in reason or "record layer" in reason:
        return TlsError(
            f"{place}: tls: implicit: the port does not begin with TLS; set tls: starttls, or port"
        )
    if "certificate required" in reason or "alert" in reason:
        return TlsError(f"{place}: the server refuses our side of TLS: {reason}; check client_cert")
    return TlsError(f"{place}: no TLS: {reason}; check tls and port")
