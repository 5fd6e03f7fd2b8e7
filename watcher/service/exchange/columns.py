"""The columns in which services hand out their suppression lists, and what their words mean to us.

As their documentation and their own exports have it: SES `put-suppressed-destination` and its bulk files,
SendGrid's and Mailgun's CSV downloads, Postmark's suppression dump, listmonk's export of subscribers.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field


# What a row is in our terms: cause (which orders it among others) and reason.
BOUNCE = ("hard", "bounce")
COMPLAINT = ("complaint", "complaint")
MANUAL = ("manual", "manual")
UNSUBSCRIBE = ("manual", "unsubscribe")


@dataclass(frozen=True, slots=True)
class Variant:
    """One set of columns, as its head names them, and how its rows are read."""

    columns: tuple[str, ...]
    address: str
    meaning: tuple[str, str] | None = None  # of every row; None: a column says it
    said_in: str | None = None
    words: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # lower case; others are passed by
    since: str | None = None  # seconds since 1970, or RFC 3339, or RFC 5322


@dataclass(frozen=True, slots=True)
class Form:
    """A service's form: what is read, and what is written for each cause."""

    variants: tuple[Variant, ...]
    written: tuple[str, ...]
    words: Mapping[str, str]  # by our cause; a cause that is missing cannot be said
    headed: bool = True


_SES = {"bounce": BOUNCE, "complaint": COMPLAINT}
_POSTMARK = {"hardbounce": BOUNCE, "spamcomplaint": COMPLAINT, "manualsuppression": MANUAL}

FORMS: Mapping[str, Form] = {
    "watcher": Form(
        (
            Variant(
                ("address", "state", "reason", "since", "until", "source"),
                "address",
                said_in="state",
                words={
                    "banned": ("banned", "manual"),
                    "suppressed": MANUAL,
                    "quarantined": ("quarantined", "bounce"),
                },
                since="since",
            ),
        ),
        ("address", "state", "reason", "since", "until", "source"),
        {},
    ),
    "ses": Form(
        (
            Variant(
                ("EmailAddress", "Reason", "LastUpdateTime"), "EmailAddress", None, "Reason", _SES,
                "LastUpdateTime",
            ),
            Variant(("EmailAddress", "Reason"), "EmailAddress", None, "Reason", _SES),
        ),
        ("EmailAddress", "Reason"),
        {"hard": "BOUNCE", "escalated": "BOUNCE", "quarantined": "BOUNCE", "complaint": "COMPLAINT"},
    ),
    "sendgrid": Form(
        (
            Variant(("status", "reason", "email", "created"), "email", BOUNCE, since="created"),
            Variant(("reason", "email", "created"), "email", BOUNCE, since="created"),
            Variant(("email", "ip", "created"), "email", COMPLAINT, since="created"),
            Variant(("email", "created"), "email", UNSUBSCRIBE, since="created"),
        ),
        ("status", "reason", "email", "created"),
        dict.fromkeys(("hard", "escalated", "quarantined", "complaint", "manual", "banned"), "5.0.0"),
    ),
    "mailgun": Form(
        (
            Variant(("address", "code", "error", "created_at"), "address", BOUNCE, since="created_at"),
            Variant(("address", "tags", "created_at"), "address", UNSUBSCRIBE, since="created_at"),
            Variant(("address", "tag", "created_at"), "address", UNSUBSCRIBE, since="created_at"),
            Variant(("address", "created_at"), "address", COMPLAINT, since="created_at"),
        ),
        ("address", "code", "error", "created_at"),
        dict.fromkeys(("hard", "escalated", "quarantined", "complaint", "manual", "banned"), "550"),
    ),
    "postmark": Form(
        (
            Variant(
                ("EmailAddress", "SuppressionReason", "Origin", "CreatedAt"), "EmailAddress", None,
                "SuppressionReason", _POSTMARK, "CreatedAt",
            ),
        ),
        ("EmailAddress", "SuppressionReason", "Origin", "CreatedAt"),
        {
            "hard": "HardBounce", "escalated": "HardBounce", "quarantined": "HardBounce",
            "complaint": "SpamComplaint", "manual": "ManualSuppression", "banned": "ManualSuppression",
        },
    ),
    "listmonk": Form(
        (
            Variant(
                ("uuid", "email", "name", "attributes", "status", "created_at", "updated_at"), "email", None,
                "status", {"blocklisted": MANUAL}, "updated_at",
            ),
            Variant(("email", "name", "attributes"), "email", MANUAL),
        ),
        ("email", "name", "attributes"),
        dict.fromkeys(("hard", "escalated", "quarantined", "complaint", "manual", "banned"), "{}"),
    ),
}  # fmt: skip
