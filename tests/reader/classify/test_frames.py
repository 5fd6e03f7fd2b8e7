"""A cause is told behind any words that say only that, or by whom, something was refused."""

import pytest

from tests.reader.rulebook import RULES
from watcher.reader.classify.candidates import Tier
from watcher.reader.code_reading import read_code


FRAMES = {
    "en": (
        "Message rejected", "Access denied", "Transaction failed", "Administrative prohibition",
        "Not accepted", "Delivery not authorized, message refused", "Local policy violation",
        "Service unavailable", "Blocked", "Recipient address rejected", "Command rejected", "Denied",
        "Permanent failure", "Mailbox unavailable", "Refused",
        "Rejected by local policy", "Rejected by rule", "Reason",
        "The server responded", "Email blocked", "Hard bounce", "Resources",
    ),
    "de": ("Nachricht abgelehnt", "Zugriff verweigert", "Empfänger abgelehnt"),
    "fr": ("Message refusé", "Accès refusé", "Destinataire refusé", "Bloqué"),
    "es": ("Mensaje rechazado", "Acceso denegado", "Rechazado por política", "Error interno", "Bloqueado"),
    "pl": ("Wiadomość odrzucona", "Odmowa dostępu", "Zablokowano"),
    "ru": ("Сообщение отклонено", "Доступ запрещён", "Отклонено политикой"),
    "ja": ("メッセージは拒否されました", "アクセス拒否", "ポリシーにより拒否"),
    "zh": ("邮件被拒绝", "拒绝访问", "因策略被拒绝"),
}  # fmt: skip
CAUSES = {
    "en": (
        "over quota", "user unknown", "account has been disabled", "message size exceeds limit",
        "attachments of type .zip are not allowed", "message contains a virus", "looks like spam",
        "your IP is listed on a blocklist", "SPF check failed", "no reverse DNS for your host",
        "too many messages from your address", "TLS is required", "too many hops", "relaying is not allowed",
        "too many recipients", "DNS lookup failed", "low reputation of your host",
    ),
    "de": ("Postfach voll", "Benutzer unbekannt", "Konto gesperrt", "Anhang nicht erlaubt", "Virus gefunden"),
    "fr": ("boîte pleine", "utilisateur inconnu", "compte désactivé", "pièce jointe interdite"),
    "es": ("buzón lleno", "usuario desconocido", "cuenta desactivada", "mensaje demasiado grande"),
    "pl": ("skrzynka pełna", "nieznany użytkownik", "konto wyłączone", "wykryto wirusa"),
    "ru": ("ящик переполнен", "пользователь не найден", "вложение запрещено", "признано спамом"),
    "ja": ("メールボックスがいっぱいです", "ユーザーが存在しません", "ウイルスが検出されました"),
    "zh": ("邮箱已满", "用户不存在", "发现病毒", "被判定为垃圾邮件"),
}  # fmt: skip
CASES = [(frame, language) for language, frames in FRAMES.items() for frame in frames]


def _reason(reply: str) -> str:
    return read_code(reply, RULES).told.verdict.reason


@pytest.mark.parametrize(("frame", "language"), CASES, ids=[frame for frame, _ in CASES])
def test_the_cause_is_told(frame: str, language: str) -> None:
    told = {cause: _reason(f"550 {frame}: {cause}") for cause in CAUSES[language]}
    assert told == {cause: _reason(f"550 {cause}") for cause in CAUSES[language]}


ERRORS = (
    "Internal error",
    "Unexpected error",
    "Interner Fehler",
    "Erreur interne",
    "Внутренняя ошибка",
    "内部エラー",
)


@pytest.mark.parametrize("error", ERRORS)
def test_an_error_of_the_server_calls_nobody_dead(error: str) -> None:
    assert _reason(f"550 {error}: user unknown") == "remote_system_error"
    assert _reason(f"550 {error}: over quota") == "mailbox_full"
    assert _reason(f"550 {error}: attachments of type .zip are not allowed") == "attachment_rejected"


@pytest.mark.parametrize("frame", ["Denied by policy", "Internal error"])
def test_no_code_is(frame: str) -> None:
    assert _reason(f"550 5.1.1 {frame}") == _reason(f"550 {frame}")


def test_how_sure_each_kind_of_evidence_is() -> None:
    assert {tier.name.lower() for tier in Tier} <= RULES.confidence.levels.keys()
