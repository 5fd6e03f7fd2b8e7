"""Other services' receivers, unmodified, take our shapes of their webhooks for the events that they are."""

import base64
import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django
import pytest
import standardwebhooks
from cloudevents.v1.http import from_http
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from tests.deliver.samples import OTHER_SECRET, SECRET
from tests.servers.fixtures import skip_without
from watcher.config.events import EVENT_TYPES
from watcher.config.webhook import Webhook
from watcher.deliver.parcel import Packer, batch_of, parcel_of
from watcher.deliver.shapes.shape import again, carried, not_carried, shape
from watcher.deliver.shapes.standard import LIMIT
from watcher.events import Event


pytestmark = pytest.mark.filterwarnings("ignore:django-anymail has dropped official support for SendGrid")

NOW = datetime(2026, 11, 22, 4, 19, 5, tzinfo=UTC)
SIGNING_KEY = "key-of-mailgun"
USER = "hook:correct-horse"
_EC = ec.generate_private_key(ec.SECP256R1())
PEM = _EC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

if not settings.configured:
    settings.configure(
        ANYMAIL={"WEBHOOK_SECRET": USER, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY},
        ROOT_URLCONF="anymail.urls",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=["anymail"],
    )
    django.setup()

# They read the settings when they are imported.
from anymail.exceptions import AnymailWebhookValidationFailure  # noqa: E402
from anymail.signals import tracking  # noqa: E402
from anymail.webhooks.mailgun import MailgunTrackingWebhookView  # noqa: E402
from anymail.webhooks.postmark import PostmarkTrackingWebhookView  # noqa: E402
from anymail.webhooks.sendgrid import SendGridTrackingWebhookView  # noqa: E402
from django.test import RequestFactory  # noqa: E402


def event(kind: str, reason: str | None = None, verdict: str | None = None, **said: Any) -> Event:
    recipient = {
        "address": "User@example.com", "status": "5.1.1", "reply_code": 550, "class": verdict,
        "reason": reason, "diagnostic": "550 5.1.1 <User@example.com>: User unknown",
        "remote_mta": "mx.example.com",
    } | said  # fmt: skip
    original = {
        "message_id": "<november-4711@example.org>", "from": "news@example.org", "to": ["user@example.com"],
        "subject": "November", "headers": {"X-Campaign-ID": "november", "X-Listmonk-Campaign": "0f3c"},
    }  # fmt: skip
    data = {"event_id": "5f" * 32, "mailbox": "bounces", "recipient": recipient, "original": original,
            "replay": False}  # fmt: skip
    return Event("5f" * 32, kind, "2026-11-22T04:19:02Z", data)


def hook(form: str, **keys: Any) -> Webhook:
    more: dict[str, Any] = {"mailgun": {"signing_key": SIGNING_KEY}, "sendgrid": {"signing_key": PEM}}
    return Webhook.model_validate(
        {"url": "https://app.example.com/hooks", "secret": SECRET, "format": form} | more.get(form, {}) | keys
    )


def sent(found: Event, endpoint: Webhook) -> tuple[bytes, dict[str, str]]:
    """Give body and headers as they go over the wire."""
    body = shape(found, endpoint)
    assert body is not None
    assert body.error is None
    parcel = parcel_of(found.event_id, found.type, body.format, body.content)
    return Packer(endpoint).pack(batch_of([parcel]) if endpoint.batch > 1 else parcel, int(NOW.timestamp()))


def by_anymail(form: str, found: Event) -> Any:
    """Post to anymail's view as Django would, and give the event that its signal carries."""
    views = {"postmark": PostmarkTrackingWebhookView, "mailgun": MailgunTrackingWebhookView,
             "sendgrid": SendGridTrackingWebhookView}  # fmt: skip
    body, headers = sent(found, hook(form))
    got: list[Any] = []

    def listen(sender: Any, event: Any, esp_name: str, **_: Any) -> None:
        got.append(event)

    tracking.connect(listen)
    try:
        authorization = "Basic " + base64.b64encode(USER.encode()).decode()
        request = RequestFactory().post(
            "/", data=body, content_type=headers["Content-Type"], headers={"Authorization": authorization}
        )
        assert views[form].as_view()(request).status_code == 200
    finally:
        tracking.disconnect(listen)
    (one,) = got
    return one


ANYMAIL = [
    # Each case: form, event, reason, verdict; what anymail makes of it: type and reject reason.
    ("postmark", "bounce.hard", "mailbox_not_found", "hard", "bounced", "bounced"),
    ("postmark", "bounce.hard", "address_syntax", "hard", "rejected", "invalid"),
    ("postmark", "bounce.soft", "mailbox_full", "soft", "bounced", "bounced"),
    ("postmark", "bounce.soft", "connection_failed", "soft", "deferred", None),
    ("postmark", "bounce.block", "ip_blocked", "block", "rejected", "blocked"),
    ("postmark", "bounce.escalated", "mailbox_full", "hard", "bounced", "bounced"),
    ("postmark", "delay.reported", "mailbox_full", None, "deferred", None),
    ("postmark", "complaint.received", "complaint_abuse", None, "complained", "spam"),
    ("postmark", "auto_reply.received", "out_of_office", None, "autoresponded", None),
    ("postmark", "request.unsubscribe", "unsubscribe_request", None, "unsubscribed", "unsubscribed"),
    ("postmark", "delivery.confirmed", "delivered", None, "delivered", None),
    ("mailgun", "bounce.hard", "mailbox_not_found", "hard", "bounced", "bounced"),
    ("mailgun", "bounce.soft", "mailbox_full", "soft", "deferred", "other"),
    ("mailgun", "bounce.escalated", "mailbox_full", "hard", "bounced", "bounced"),
    ("mailgun", "complaint.received", "complaint_abuse", None, "complained", None),
    ("mailgun", "request.unsubscribe", "unsubscribe_request", None, "unsubscribed", None),
    ("mailgun", "delivery.confirmed", "delivered", None, "delivered", None),
    ("sendgrid", "bounce.hard", "mailbox_not_found", "hard", "bounced", "bounced"),
    ("sendgrid", "bounce.block", "spam_rejected", "block", "bounced", "blocked"),
    ("sendgrid", "delay.reported", "mailbox_full", None, "deferred", None),
    ("sendgrid", "complaint.received", "complaint_abuse", None, "complained", None),
    ("sendgrid", "request.unsubscribe", "unsubscribe_request", None, "unsubscribed", None),
    ("sendgrid", "delivery.confirmed", "delivered", None, "delivered", None),
]


@pytest.mark.parametrize(
    ("form", "kind", "reason", "verdict", "made", "reject"),
    ANYMAIL,
    ids=[f"{case[0]}: {case[1]} {case[2]}" for case in ANYMAIL],
)
def test_anymail_turns_our_shape_into_the_right_event(  # noqa: PLR0917 - the columns of the table
    form: str, kind: str, reason: str, verdict: str | None, made: str, reject: str | None
) -> None:
    found = by_anymail(form, event(kind, reason, verdict))
    assert found.event_type == made
    assert found.recipient == "User@example.com"
    assert found.timestamp == datetime(2026, 11, 22, 4, 19, 2, tzinfo=UTC)
    if made in {"bounced", "rejected", "complained"} and form == "postmark":
        assert found.reject_reason == reject
    if kind.startswith("bounce"):
        assert "User unknown" in found.mta_response
    assert "november-4711@example.org" in found.message_id


def test_anymail_refuses_a_mailgun_body_signed_with_another_key() -> None:
    body, _ = sent(event("bounce.hard", "mailbox_not_found", "hard"), hook("mailgun", signing_key="another"))
    authorization = "Basic " + base64.b64encode(USER.encode()).decode()
    request = RequestFactory().post(
        "/", data=body, content_type="application/json", headers={"Authorization": authorization}
    )
    with pytest.raises(AnymailWebhookValidationFailure):
        MailgunTrackingWebhookView.as_view()(request)


def test_standardwebhooks_verifies_every_signed_form_with_either_secret() -> None:
    for form in ("standard", "cloudevents", "sendgrid", "mailgun", "postmark", "listmonk"):
        endpoint = hook(form, secret=[OTHER_SECRET, SECRET])
        body, headers = Packer(endpoint).pack(
            _parcel(event("bounce.hard", "mailbox_not_found", "hard"), endpoint),
            int(datetime.now(UTC).timestamp()),
        )
        for secret in (SECRET, OTHER_SECRET):
            standardwebhooks.Webhook(secret).verify(body, headers)


def _parcel(found: Event, endpoint: Webhook) -> Any:
    body = shape(found, endpoint)
    assert body is not None
    return parcel_of(found.event_id, found.type, body.format, body.content)


def test_svix_in_node_verifies_the_signature(tmp_path: Path) -> None:
    node, npm = shutil.which("node"), shutil.which("npm")
    skip_without("node", node is not None and npm is not None)
    kept = Path(__file__).parents[2] / ".venv" / "node"
    if not (kept / "node_modules" / "svix").is_dir():
        kept.mkdir(parents=True, exist_ok=True)
        installed = subprocess.run(
            [str(npm), "install", "--no-fund", "--no-audit", "--silent", "svix@1"],
            cwd=kept,
            check=False,
            timeout=110,
        )
        skip_without("svix (npm)", installed.returncode == 0)
    endpoint = hook("standard")
    body, headers = Packer(endpoint).pack(
        _parcel(event("bounce.hard", "mailbox_not_found", "hard"), endpoint),
        int(datetime.now(UTC).timestamp()),
    )
    script = tmp_path / "verify.cjs"
    script.write_text(
        f"const {{ Webhook }} = require({json.dumps(str(kept / 'node_modules' / 'svix'))});\n"
        "const [secret, headers, body] = process.argv.slice(2);\n"
        "try { new Webhook(secret).verify(body, JSON.parse(headers)); }\n"
        "catch (e) { console.error(e); process.exit(1); }\n"
    )

    def verifies(content: bytes) -> bool:
        command = [str(node), str(script), SECRET, json.dumps(headers), content.decode()]
        return subprocess.run(command, timeout=60, check=False, capture_output=True).returncode == 0

    assert verifies(body)
    assert not verifies(body + b" ")


def test_cloudevents_reads_its_shape() -> None:
    found = event("bounce.hard", "mailbox_not_found", "hard")
    body, headers = sent(found, hook("cloudevents"))
    read = from_http(headers, body)
    assert (read["id"], read["type"], read["specversion"]) == (found.event_id, "bounce.hard", "1.0")
    assert read["source"] == "urn:bounce-watcher:mailbox:bounces"
    assert read["subject"].startswith("sha256:")
    assert read["time"] == "2026-11-22T04:19:02Z"
    assert read.data == found.data


def test_sendgrid_s_signature_is_over_timestamp_and_body() -> None:
    body, headers = sent(event("bounce.hard", "mailbox_not_found", "hard"), hook("sendgrid"))
    signature = base64.b64decode(headers["X-Twilio-Email-Event-Webhook-Signature"])
    signed = headers["X-Twilio-Email-Event-Webhook-Timestamp"].encode() + body
    _EC.public_key().verify(signature, signed, ec.ECDSA(SHA256()))


NAMES = [
    (
        "its own class",
        "bounce.hard",
        "mailbox_not_found",
        "hard",
        "HardBounce",
        "bounce",
        "permanent",
        "hard",
    ),
    (
        "soft, of a hard reason",
        "bounce.soft",
        "mailbox_not_found",
        "soft",
        "SoftBounce",
        "bounce",
        "temporary",
        "soft",
    ),
    ("soft, of a block", "bounce.soft", "tls_required", "soft", "SoftBounce", "bounce", "temporary", "soft"),
    (
        "hard, of a soft reason",
        "bounce.hard",
        "mailbox_full",
        "hard",
        "HardBounce",
        "bounce",
        "permanent",
        "hard",
    ),
    ("escalated", "bounce.escalated", "mailbox_full", "soft", "HardBounce", "bounce", "permanent", "hard"),
    ("no reason", "bounce.undetermined", None, "undetermined", "Unknown", "bounce", "permanent", "soft"),
    (
        "a reason that we do not know",
        "bounce.hard",
        "new_in_2030",
        "hard",
        "HardBounce",
        "bounce",
        "permanent",
        "hard",
    ),
]


@pytest.mark.parametrize(
    ("kind", "reason", "verdict", "postmark", "sendgrid", "mailgun", "listmonk"),
    [case[1:] for case in NAMES],
    ids=[case[0] for case in NAMES],
)
def test_names_are_those_of_the_taxonomy_for_the_verdict(  # noqa: PLR0917 - the columns of the table
    kind: str, reason: str, verdict: str, postmark: str, sendgrid: str, mailgun: str, listmonk: str
) -> None:
    found = event(kind, reason, verdict)
    assert json.loads(sent(found, hook("postmark"))[0])["Type"] == postmark
    assert json.loads(sent(found, hook("sendgrid"))[0])[0]["event"] == sendgrid
    assert json.loads(sent(found, hook("mailgun"))[0])["event-data"]["severity"] == mailgun
    assert json.loads(sent(found, hook("listmonk"))[0])["type"] == listmonk


def test_listmonk_gets_what_it_asks_for() -> None:
    body = json.loads(sent(event("complaint.received", "complaint_abuse"), hook("listmonk"))[0])
    assert body["email"] == "User@example.com"
    assert body["campaign_uuid"] == "0f3c"
    assert body["type"] == "complaint"
    assert datetime.fromisoformat(body["created_at"])
    assert isinstance(body["meta"], dict)


def test_what_a_form_cannot_say_is_not_sent_to_it() -> None:
    for form in ("postmark", "mailgun", "sendgrid", "listmonk"):
        for kind in EVENT_TYPES:
            can = shape(event(kind, None, None), hook(form)) is not None
            assert can == (kind in carried(form)), (form, kind)
    assert not_carried(hook("listmonk")) == ("suppression.added",)
    assert not_carried(hook("standard", events=["*"])) == ()
    assert shape(event("bounce.hard", "mailbox_not_found", "hard", address=None), hook("postmark")) is None


def test_lists_are_as_each_form_has_them() -> None:
    found = event("bounce.hard", "mailbox_not_found", "hard")
    for form in ("standard", "cloudevents", "sendgrid"):
        endpoint = hook(form, batch=10)
        parcel = _parcel(found, endpoint)
        body, headers = Packer(endpoint).pack(batch_of([parcel, parcel]), int(NOW.timestamp()))
        assert [item == json.loads(body)[0] for item in json.loads(body)] == [True, True]
        if form == "cloudevents":
            assert headers["Content-Type"].startswith("application/cloudevents-batch+json")


@pytest.mark.parametrize("form", ["standard", "cloudevents", "postmark", "mailgun", "sendgrid", "listmonk"])
def test_a_replay_says_so_and_changes_nothing_else(form: str) -> None:
    endpoint = hook(form)
    body = shape(event("bounce.hard", "mailbox_not_found", "hard"), endpoint)
    assert body is not None
    _, marked = again(form, body.content, endpoint)
    places = {"standard": ["data"], "cloudevents": ["data"], "postmark": ["Metadata"],
              "mailgun": ["user-variables"], "sendgrid": [], "listmonk": ["meta"]}  # fmt: skip
    place = json.loads(marked)
    for key in places[form]:
        place = place[key]
    assert place.pop("replay") in {True, "true"}


@given(st.text(max_size=400), st.integers(1, 40))
def test_no_mail_makes_a_body_too_large_or_unreadable(text: str, times: int) -> None:
    found = event(
        "bounce.hard",
        "mailbox_not_found",
        "hard",
        diagnostic=text * times,
        address=f"{text[:60]}@example.com",
    )
    for form in ("cloudevents", "postmark", "mailgun", "sendgrid", "listmonk"):
        body = shape(found, hook(form))
        assert body is not None
        assert len(body.content) < LIMIT
        assert json.loads(body.content)


TEMPLATE = '{"text": {{ ("Dead: " ~ data.recipient.address) | tojson }}, "kind": {{ type | tojson }}}'


def templated(tmp_path: Path, text: str) -> Webhook:
    path = tmp_path / "body.j2"
    path.write_text(text)
    return hook("template", template=str(path))


def test_a_template_writes_the_body(tmp_path: Path) -> None:
    body, headers = sent(
        event("bounce.hard", "mailbox_not_found", "hard", address='"a\\"b"@example.com'),
        templated(tmp_path, TEMPLATE),
    )
    assert json.loads(body) == {"text": 'Dead: "a\\"b"@example.com', "kind": "bounce.hard"}
    assert headers["Content-Type"] == "application/json"


FAULTS = [
    ("an absent key", "{{ data.recipient.adress }}", "adress"),
    ("a way out of the sandbox", "{{ ''.__class__.__mro__ }}", "unsafe"),
    ("a change of the event", "{{ data.update({'a': 1}) }}", "unsafe"),
    (
        "an endless loop",
        "{% for a in 'x' * 9000 %}{% for b in 'x' * 9000 %}y{% endfor %}{% endfor %}",
        "letters",
    ),
    ("a file", "{% include '/etc/passwd' %}", "no loader"),
]


@pytest.mark.parametrize(("text", "fault"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_template_that_cannot_be_filled_keeps_the_event(tmp_path: Path, text: str, fault: str) -> None:
    found = event("bounce.hard", "mailbox_not_found", "hard")
    body = shape(found, templated(tmp_path, text))
    assert body is not None
    assert body.format == "standard"
    assert fault in (body.error or "")
    mended = templated(tmp_path, TEMPLATE)
    form, content = again(body.format, body.content, mended)
    assert form == "template"
    assert json.loads(content)["text"] == "Dead: User@example.com"
