"""The words of a mail come in the form in which people read them and rules compare them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reader.parse.samples import REPORT
from watcher.reader.parse.limits import Limits
from watcher.reader.parse.message import parse_message
from watcher.reader.parse.text import body_text, fold, html_to_text


FOLDED = [
    # Each case: what it shows, a text, its folded form.
    ("case", "User UNKNOWN", "user unknown"),
    ("blanks", "  user\t\n unknown ", "user unknown"),
    ("no-break blanks", "user\u00a0unknown", "user unknown"),
    ("sharp s", "GRÜẞE Straße", "grüsse strasse"),
    ("full width", "Ｕｓｅｒ　５５０", "user 550"),
    ("ligatures", "ﬁle", "file"),
    ("curly quotes", "doesn’t “exist”", 'doesn\'t "exist"'),
    ("grave accent as a quote", "doesn`t", "doesn't"),
    ("dashes", "over–quota—now", "over-quota-now"),
    ("letters nobody sees", "mail\u200bbox fu\u00adll\ufeff", "mailbox full"),
    ("composed and not", "boi\u0302te", "boîte"),
    ("nothing", "", ""),
]


@pytest.mark.parametrize(("text", "folded"), [case[1:] for case in FOLDED], ids=[case[0] for case in FOLDED])
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


@given(st.text(max_size=200))
def test_fold_takes_any_text(text: str) -> None:
    assert "  " not in fold(text)


PAGES = [
    # Each case: what it shows, HTML, its text.
    ("plain", "hello", "hello"),
    ("tags fall away", "<b>User</b> <i class='x'>unknown</i>", "User unknown"),
    ("a word across tags", "un<b>known</b>", "unknown"),
    ("blocks become lines", "<p>one</p><p>two<br>three<br/>four</p>", "one\ntwo\nthree\nfour"),
    ("line ends are blanks", "one\ntwo\r\n  three", "one two three"),
    ("cells become lines", "<table><tr><td>a</td><td>b</td></tr><tr><th>c", "a\nb\nc"),
    ("entities", "&lt;a&#64;b.example&gt; &amp;&nbsp;&#xe9;&eacute;", "<a@b.example> & éé"),
    ("entities without semicolon", "&lt;a &amp b", "<a & b"),
    ("no entity", "AT&T &nobody; &#9999999; &#xD800; &#0; &", "AT&T &nobody; &"),
    ("script and style", "a<script>if (a<b) x()</script><style>p{}</style>b", "ab"),
    ("script in capitals", "a<SCRIPT>x</Script>b", "ab"),
    ("script never closed", "a<script>b", "a"),
    ("script closed alone", "a</script>b", "ab"),
    ("comments", "a<!-- <b>x</b> -->b", "ab"),
    ("a comment never closed", "a<!-- b", "a"),
    ("declarations", "<!DOCTYPE html><?xml version='1'?>a", "a"),
    ("a bracket in an attribute", "<a title='x>y' href=\"<\">a</a>", "a"),
    ("a tag never closed", "a<b", "a"),
    ("the next tag begins before the end", "a<b <i>c", "ac"),
    ("a less-than sign", "1 < 2 <3", "1 < 2 <3"),
    ("an address in brackets", "&lt;user@example.com&gt;: unknown", "<user@example.com>: unknown"),
    ("other scripts before a hidden part", "Ünbekannt İ<STYLE>x</style> é", "Ünbekannt İ é"),
]


@pytest.mark.parametrize(("html", "text"), [case[1:] for case in PAGES], ids=[case[0] for case in PAGES])
def test_html_to_text(html: str, text: str) -> None:
    assert html_to_text(html) == text


MARKS = [
    "<",
    ">",
    "'",
    '"',
    "<!--",
    "-->",
    "<script",
    "</script>",
    "&",
    "&#",
    "x",
    ";",
    "<p>",
    "=",
    "\n",
    " ",
    "é",
]


@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(MARKS), max_size=60).map("".join)))
def test_any_html_is_read(html: str) -> None:
    html_to_text(html).encode()


def mixed(*parts: str, kind: str = "mixed") -> bytes:
    return (
        f"Content-Type: multipart/{kind}; boundary=b\n\n" + "".join(f"--b\n{part}\n" for part in parts)
    ).encode()


PLAIN, HTML, EMPTY = (
    "Content-Type: text/plain\n\nplain",
    "Content-Type: text/html\n\n<p>html",
    "Content-Type: text/plain\n\n ",
)
BODIES = [
    # Each case: what it shows, a mail, what a person reads.
    ("plain", b"\nhello", "hello"),
    ("HTML", b"Content-Type: text/html\n\n<p>hello</p>", "hello"),
    ("a report", REPORT, "The mail could not be delivered, café.\n"),
    ("both", mixed(PLAIN, HTML), "plain\nhtml"),
    ("alternatives", mixed(PLAIN, HTML, kind="alternative"), "plain"),
    ("the plain alternative is empty", mixed(EMPTY, HTML, kind="alternative"), "html"),
    ("no alternative to read", mixed("Content-Type: image/png\n\nx", kind="alternative"), ""),
    ("no alternative at all", mixed(kind="alternative"), ""),
    ("attached text", mixed(PLAIN, "Content-Disposition: Attachment; filename=a.txt\n\nfile"), "plain"),
    ("a visiting card", mixed(PLAIN, "Content-Type: text/x-vcard\n\nBEGIN:VCARD"), "plain"),
    ("returned headers", mixed(PLAIN, "Content-Type: text/rfc822-headers\n\nSubject: x"), "plain"),
    ("a status alone", b"Content-Type: message/delivery-status\n\nAction: failed", "Action: failed"),
]


@pytest.mark.parametrize(("raw", "text"), [case[1:] for case in BODIES], ids=[case[0] for case in BODIES])
def test_body_text(raw: bytes, text: str) -> None:
    assert body_text(parse_message(raw)) == text


def test_body_text_ends_at_the_limit() -> None:
    message = parse_message(mixed(PLAIN, PLAIN, PLAIN), Limits(text=7))
    assert body_text(message) == "plain\npl"


PIECES = [each for each in MARKS if each not in {"&", "&#", ";"}] + [
    "&nbsp;",
    "&amp;",
    "&#200;",
    "ab",
    "<td>",
    "<i>",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.integers(1, 60))
def test_a_part_of_html_shows_what_all_of_it_begins_with(pieces: list[str], most: int) -> None:
    html = "".join(pieces)
    assert html_to_text(html, most)[:most].rstrip() == html_to_text(html)[:most].rstrip()
