"""Find the level of a report, from what proves it and what speaks against it.

Whoever has our return-path can write to it, so a report counts only as far as something in it binds it to a
mail of ours and to this recipient.  What makes one `plausible` can be forged with some effort.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import lru_cache

from watcher.authenticity.authserv import from_own_relay
from watcher.authenticity.known import Answers, Ours, Questions, Sent, plain
from watcher.authenticity.original import check_original, wanted_records
from watcher.authenticity.returned import signing_domains
from watcher.authenticity.token import TokenCheck, verify_return_path
from watcher.authenticity.tokens import UNBOUND, bind, check_token
from watcher.model import Authenticity, Kind, Level, Original, Report
from watcher.reader.parse.address_key import address_key
from watcher.reader.parse.message import Message


# RFC 5965 section 2: a feedback report is sent like any mail, from an address that can be written to.
_WITH_SENDER = frozenset({Kind.COMPLAINT, Kind.FEEDBACK})
_GOOD = "pass"
_MOST_ASKED = 20  # recipients of one report that the send log is asked about


def questions(message: Message, report: Report, ours: Ours, received: datetime) -> Questions:
    """Say what has to be asked outside before a report can be judged."""
    if report.kind in UNBOUND:
        return Questions()
    token, _ = check_token(message, report, ours, received)
    if token.valid:
        return Questions()
    return Questions(wanted_records(message, ours), tuple(_sent(report, token)))


def authenticate(
    message: Message, report: Report, ours: Ours, answers: Answers, received: datetime
) -> Report:
    """Give the report with its level, and about whom a genuine token says that it is.

    `received` is when the report came (INTERNALDATE); tokens and signatures are judged as of then.
    """
    token, address = check_token(message, report, ours, received)
    token = _by_send_log(token, address, ours, answers, received)
    bound = bind(report, token, address)
    checks = {"token": token.outcome}
    if report.kind not in UNBOUND:
        checks["dkim_original"] = check_original(message, bound, ours, answers.dkim, received)
        checks["send_log"] = _in_send_log(bound, token, answers)
        checks["own_relay"] = _own_relay(message, bound, ours)
    looks = _looks(message, bound, (*ours.domains, *ours.familiar))
    level = _level(checks, looks, bound, ours)
    return replace(bound, authenticity=Authenticity(level, tuple((checks | looks).items())))


def _level(checks: Mapping[str, str], looks: Mapping[str, str], report: Report, ours: Ours) -> Level:
    if report.kind in UNBOUND:
        return _level_of_looks(looks)
    token, original = checks["token"], checks["dkim_original"]
    if token != _GOOD and "fail" in {token, original}:
        return Level.CONTRADICTED if ours.contradict else Level.UNVERIFIED
    if _GOOD in {token, original}:
        return Level.VERIFIED
    if _GOOD in {checks["send_log"], checks["own_relay"]}:
        return Level.STRONG
    if original == "other_recipient" or checks["send_log"] == "fail":
        return Level.UNVERIFIED  # the mail was another's
    return _level_of_looks(looks)


def _level_of_looks(looks: Mapping[str, str]) -> Level:
    return Level.PLAUSIBLE if all(found == "pass" for found in looks.values()) else Level.UNVERIFIED


def _sent(report: Report, token: TokenCheck) -> Iterable[Sent]:
    message_id = None if report.original is None else report.original.message_id
    if token.outcome == "other_recipient":
        # Genuine and in time, and its own hash tells whether the one that the log names is meant.
        yield Sent(None, message_id, token.id)
    if message_id is None:
        return
    for address in dict.fromkeys(one.address for one in report.recipients[:_MOST_ASKED]):
        if address is not None:
            # Without an id: that of a token is proven for the token's recipient alone, who needs no asking.
            yield Sent(address, message_id, None)


def _in_send_log(report: Report, token: TokenCheck, answers: Answers) -> str:
    """Tell whether the mail went to every recipient of the report; `unknown` where there is no answer."""
    if answers.sent is None:
        return "none"
    asked = tuple(_sent(report, replace(token, outcome="none")))
    if not asked or len(asked) < len(report.recipients):
        return "none"
    if any(sent not in answers.sent for sent in asked):
        return "unknown"
    found = (_names(answers.sent[sent], sent.recipient or "") for sent in asked)
    return "pass" if all(found) else "fail"


def _names(told: Iterable[str], recipient: str) -> bool:
    return address_key(recipient) in {address_key(one) for one in told}


def _by_send_log(
    token: TokenCheck, address: str | None, ours: Ours, answers: Answers, received: datetime
) -> TokenCheck:
    """Look for the recipient of a token that carries an id alone among those that the send log names."""
    told = tuple(
        one for sent, found in (answers.sent or {}).items() if sent.recipient is None for one in found
    )
    if token.outcome != "other_recipient" or address is None or not told:
        return token
    return verify_return_path(address, ours.keys, received.astimezone(UTC).date(), told)


def _own_relay(message: Message, report: Report, ours: Ours) -> str:
    # A report that another system made, and that our relay only passed on, is not the relay's own.
    if report.reporting_mta is not None and not ours.owns(report.reporting_mta):
        return "none"
    if report.format is None:
        return "none"
    return from_own_relay(message.headers, ours.trusted_authserv, ours.owns)


def _looks(message: Message, report: Report, domains: Iterable[str]) -> dict[str, str]:
    """Look at what makes a report plausible.

    A subdomain of one of ours counts as ours too, and so does the domain above: bounces often go to a
    subdomain of the one that the mail is from.
    """
    ours = _all_plain(tuple(domains))
    checks = {
        "null_return_path": _null_return_path(message),
        "form": "pass" if report.format is not None else "none",
        "original": _original(message, report.original, ours),
    }
    if report.kind in _WITH_SENDER:
        del checks["null_return_path"]
    return checks


@lru_cache(maxsize=64)  # the same for all mail of a mailbox
def _all_plain(domains: tuple[str, ...]) -> frozenset[str]:
    return frozenset(plain(domain) for domain in domains if domain)


def _null_return_path(message: Message) -> str:
    # RFC 5321 section 4.4: the final server writes the envelope sender here; topmost, where several did.
    sender = message.headers.raw("return-path")
    if sender is None:
        return "none"
    # QUIRK: Postfix pipes and some LMTP servers write the null sender as MAILER-DAEMON.
    return "pass" if sender.strip().strip("<>").strip().lower() in {"", "mailer-daemon"} else "fail"


def _original(message: Message, original: Original | None, ours: frozenset[str]) -> str:
    """Tell whether the original came back, and names a domain of ours."""
    if original is None:
        return "none"
    named = {_domain(original.sender), _domain(original.message_id)}
    if _names_any(named, ours) or _names_any(signing_domains(message), ours):
        return "pass"
    return "fail"


def _names_any(domains: Iterable[str | None], ours: frozenset[str]) -> bool:
    found = {plain(domain) for domain in domains if domain}
    return any(_related(domain, mine) for domain in found for mine in ours)


def _domain(address: str | None) -> str | None:
    if address is None:
        return None
    return address.strip().strip("<>").rpartition("@")[2] or None


def _related(domain: str, mine: str) -> bool:
    # A lone label is no domain of anybody: "com" is above every name in it.
    if "." not in domain:
        return False
    return domain == mine or domain.endswith(f".{mine}") or mine.endswith(f".{domain}")
