"""What a report says the cause may be is not what it was: in any language and layout, nothing is named.

Heading, causes and advice are those that providers' templates list for their readers.
"""

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Kind
from watcher.reader import analyse
from watcher.reader.code_reading import read_code
from watcher.reader.ruleset.listing import Listing


ADDRESS = "anna.berg@kunden.example"
HEAD = """\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.kunden.example>
To: bounces@shop.example
Subject: Undelivered mail
MIME-Version: 1.0
Content-Type: text/{form}; charset=utf-8
Content-Transfer-Encoding: 8bit

"""
# By language: what opens the report, what announces the causes, the causes.
TOLD: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "en": (
        "Your message could not be delivered to",
        "Possible reasons:",
        ("The address does not exist.", "The mailbox is full.", "The server is temporarily down."),
    ),
    "de": (
        "Ihre Nachricht konnte nicht zugestellt werden an",
        "Mögliche Ursachen:",
        (
            "Die Adresse existiert nicht.",
            "Das Postfach ist voll.",
            "Der Server ist vorübergehend nicht da.",
        ),
    ),
    "fr": (
        "Votre message n'a pas pu être remis à",
        "Causes possibles :",
        (
            "L'adresse n'existe pas.",
            "La boîte est pleine.",
            "Le serveur est momentanément indisponible.",
        ),
    ),
    "es": (
        "Su mensaje no pudo ser entregado a",
        "Posibles causas:",
        ("La dirección no existe.", "El buzón está lleno.", "El servidor no está disponible temporalmente."),
    ),
    "it": (
        "Il messaggio non è stato consegnato a",
        "Possibili cause:",
        ("L'indirizzo non esiste.", "La casella è piena.", "Il server è temporaneamente non disponibile."),
    ),
    "pt": (
        "A sua mensagem não pôde ser entregue a",
        "Causas possíveis:",
        (
            "O endereço não existe.",
            "A caixa postal está cheia.",
            "O servidor está fora do ar.",
        ),
    ),
    "nl": (
        "Uw bericht kon niet worden bezorgd bij",
        "Mogelijke oorzaken:",
        ("Het adres bestaat niet.", "De mailbox is vol.", "De server is tijdelijk niet bereikbaar."),
    ),
    "pl": (
        "Nie można dostarczyć wiadomości do",
        "Możliwe przyczyny:",
        ("Adres nie istnieje.", "Skrzynka jest pełna.", "Serwer jest chwilowo niedostępny."),
    ),
    "ru": (
        "Ваше сообщение не доставлено получателю",
        "Возможные причины:",
        ("Адрес не существует.", "Почтовый ящик переполнен.", "Сервер временно недоступен."),
    ),
    "sv": (
        "Ditt meddelande kunde inte levereras till",
        "Möjliga orsaker:",
        ("Adressen finns inte.", "Brevlådan är full.", "Servern är tillfälligt nere."),
    ),
    "tr": (
        "İletiniz teslim edilemedi:",
        "Olası nedenler:",
        ("Adres mevcut değil.", "Posta kutusu dolu.", "Sunucu geçici olarak kapalı."),
    ),
    "ja": (
        "次の宛先にメールを配信できませんでした:",
        "考えられる原因:",
        ("アドレスが存在しない。", "メールボックスがいっぱいである。", "サーバーが一時的に停止している。"),
    ),
    "zh": (
        "您的邮件无法投递到",
        "可能的原因：",
        ("收件人地址不存在。", "邮箱已满。", "服务器暂时不可用。"),
    ),
    "ko": (
        "다음 수신자에게 메일을 전달할 수 없습니다:",
        "가능한 원인:",
        ("주소가 존재하지 않습니다.", "메일함이 가득 찼습니다.", "서버를 일시적으로 사용할 수 없습니다."),
    ),
    "cs": (
        "Zprávu nebylo možné doručit na",
        "Možné příčiny:",
        ("Adresa neexistuje.", "Schránka je plná.", "Server je dočasně nedostupný."),
    ),
}
UNNAMED = {"undetermined", "undetermined_temporary"}
LAYOUTS = {
    "bullets": "{opening} {address}\n\n{heading}\n - {lines}\n",
    "paragraphs": "{opening}\n{address}\n\n{heading}\n\n{paragraphs}\n",
    "one line": "{opening} {address}. {heading} {sentences}\n",
    "html": "<p>{opening} {address}</p><p>{heading}</p><ul><li>{items}</li></ul>",
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("language", TOLD)
def test_possible_causes_name_none(language: str, layout: str) -> None:
    opening, heading, causes = TOLD[language]
    body = LAYOUTS[layout].format(
        opening=opening,
        address=ADDRESS,
        heading=heading,
        lines="\n - ".join(causes),
        paragraphs="\n\n".join(causes),
        sentences=" ".join(causes),
        items="</li><li>".join(causes),
    )
    head = HEAD.format(form="html" if layout == "html" else "plain")
    report = analyse((head + body).encode(), RULES)
    assert report.kind is Kind.BOUNCE
    assert [each.address for each in report.recipients] == [ADDRESS]
    assert report.recipients[0].reason in UNNAMED


def test_the_reply_of_a_server_behind_the_list_names_the_cause() -> None:
    body = f"Your message could not be delivered to {ADDRESS}\n\nPossible reasons: The mailbox is full.\n"
    body += "The server is down.\n\nThe server said: 550 5.1.1 user unknown\n"
    report = analyse((HEAD.format(form="plain") + body).encode(), RULES)
    assert [each.reason for each in report.recipients] == ["mailbox_not_found"]


ANSWERS = {
    "en": "Remote server replied: No such user here",
    "de": "Antwort des Servers: Benutzer unbekannt",
    "fr": "Réponse du serveur : utilisateur inconnu",
    "ru": "Ответ сервера: пользователь не найден",
    "pl": "Odpowiedź serwera: użytkownik nieznany",
}


@pytest.mark.parametrize("language", ANSWERS)
def test_so_does_its_reply_in_words(language: str) -> None:
    opening, heading, causes = TOLD[language]
    body = f"{opening} {ADDRESS}\n\n{heading}\n- {causes[2].rstrip('.')}\n\n{ANSWERS[language]}\n"
    report = analyse((HEAD.format(form="plain") + body).encode(), RULES)
    assert [each.reason for each in report.recipients] == ["mailbox_not_found"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("No such user\nPossible reasons: the mailbox is full, or the user moved.", "mailbox_not_found"),
        ("No such user\nPossible reasons: a typing error", "mailbox_not_found"),
        ("Mailbox full or user unknown\nPossible reasons: unclear", "undetermined_permanent"),
        (
            "Possible reasons: mailbox full. Ask the owner if the server said: user unknown",
            "undetermined_permanent",
        ),
    ],
)
def test_what_stands_before_a_list_is_none_of_it(said: str, reason: str) -> None:
    body = f"<{ADDRESS}>: host mx.kunden.example said: 550 5.1.1\n {said}\n"
    report = analyse((HEAD.format(form="plain") + body).encode(), RULES)
    assert [each.reason for each in report.recipients] == [reason]


def test_a_long_list_is_looked_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    ends = Listing.ends
    monkeypatch.setattr(Listing, "ends", lambda self, *given: asked.append(given[0]) or ends(self, *given))
    said = "The server said: user unknown. Possible causes: the mailbox is full. " * 60
    read_code(f"550 5.1.1 {said}", RULES)
    assert 0 < len(asked) <= 2 * 120
