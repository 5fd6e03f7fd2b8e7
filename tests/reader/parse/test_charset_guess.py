"""Text without a charset is read by the letters that its language uses most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.charset import decode
from watcher.reader.parse.charset_guess import guess_charset


CASES = [
    ("big5", "您寄出的信件無法送達，退信原因如下：收件人不存在"),
    ("big5", "退信通知"),
    ("gbk", "您的邮件无法投递到以下收件人，因为用户不存在"),
    ("gbk", "邮箱已满"),
    ("koi8_r", "Ваше письмо не доставлено"),
    ("koi8_r", "ОШИБКА ДОСТАВКИ"),
    ("cp1251", "Почтовый ящик переполнен"),
    ("iso8859_7", "Το μήνυμα δεν παραδόθηκε"),
    ("euc_jp", "メールを配信できませんでした"),
    ("cp932", "宛先が見つかりません"),
    ("euc_kr", "수신자를 찾을 수 없습니다"),
    ("cp1252", "Zustellung für Jürgen Müßig nicht möglich"),
    ("cp1252", "à été réçûé naïve ÄÖÜ"),
    ("cp1252", "ÜBERFÜLLT"),
    ("cp1252", "“hello” – it’s"),
    ("cp1252", "créée"),
    ("cp1252", "the case costs £133.86"),
    ("cp1252", "Notandinn er ekki til á þessum þjóni, það er víst"),
    ("cp1252", "LE MESSAGE N'A PAS PU ÊTRE REMIS À MON COLLÈGUE, DÉLÉGUÉ"),
    ("cp1252", "SERÃO RESPONDIDAS. EM CASO DE URGÊNCIA, CONTACTE A RECEPÇÃO"),
    ("cp1252", "VELG HVA SOM ER SØPPELPOST, OG HVA SOM KAN VÆRE NOE ANNET"),
    ("cp1252", "¡¡¡¡ Gratis !!!! §§§§ ÷÷÷÷"),
    ("iso8859_5", "Почтовый ящик переполнен"),
    ("koi8_u", "Повідомлення не доставлено, такого користувача немає"),
    ("iso8859_2", "Użytkownik nie istnieje, wiadomość została odrzucona"),
    ("cp1250", "Użytkownik nie istnieje, wiadomość została odrzucona, błąd"),
    ("iso8859_2", "Zprávu nebylo možné doručit, uživatel neexistuje, schránka je plná"),
    ("cp1250", "Zprávu nebylo možné doručit. Důvod: uživatel neexistuje, schránka byla zrušena."),
    ("cp1254", "Kullanıcı mevcut değil, iletiniz alıcıya ulaştırılamadı"),
    ("cp1255", "לא ניתן למסור את הודעתך כי המשתמש אינו קיים"),
    ("cp1256", "تعذر تسليم رسالتك لأن المستخدم غير موجود"),
    ("iso8859_6", "تعذر تسليم رسالتك لأن المستخدم غير موجود"),
    ("cp874", "ไม่สามารถส่งข้อความถึงผู้รับได้"),
]
# Said to be Western, as many systems say of whatever they send.
MISNAMED = [case for case in CASES if case[0] != "cp1252"] + [
    ("utf_8", "Votre message n’a pas pu être délivré à élodie"),
    ("utf_8", "Wiadomość została odrzucona"),
]


@pytest.mark.parametrize(("charset", "text"), CASES)
def test_undeclared_text_is_read(charset: str, text: str) -> None:
    assert decode(text.encode(charset)) == text


@pytest.mark.parametrize(("charset", "text"), MISNAMED)
def test_text_that_is_called_western_is_read(charset: str, text: str) -> None:
    assert decode(text.encode(charset), "iso-8859-1") == text


@pytest.mark.parametrize("text", [text for charset, text in CASES if charset == "cp1252"])
def test_western_text_stays_western(text: str) -> None:
    assert decode(text.encode("cp1252"), "iso-8859-1") == text


def test_korean_escapes_are_no_japanese_ones() -> None:
    assert decode("존재하지 않는 사용자".encode("iso2022_kr")) == "존재하지 않는 사용자"


@given(st.binary(max_size=300))
def test_any_octets_have_a_charset(octets: bytes) -> None:
    octets.decode(guess_charset(octets), "replace")
