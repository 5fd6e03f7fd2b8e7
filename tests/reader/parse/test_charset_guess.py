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
]


@pytest.mark.parametrize(("charset", "text"), CASES)
def test_undeclared_text_is_read(charset: str, text: str) -> None:
    assert decode(text.encode(charset)) == text


@given(st.binary(max_size=300))
def test_any_octets_have_a_charset(octets: bytes) -> None:
    octets.decode(guess_charset(octets), "replace")
