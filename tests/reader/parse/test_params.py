"""A structured field gives its value and parameters, however they are punctuated."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.params import parse_params, parse_value


FIELDS = [
    # Each case: what it shows, the field, its value, its parameters.
    ("plain", "text/plain; charset=utf-8", "text/plain", {"charset": "utf-8"}),
    ("capitals", "Text/HTML; Charset=UTF-8", "text/html", {"charset": "UTF-8"}),
    ("quoted", 'a/b; boundary="x y;z"', "a/b", {"boundary": "x y;z"}),
    (
        "quoted pairs",
        r'a/b; name="a\"b\\c"',
        "a/b",
        {"name": r"a\"b\\c".replace('\\"', '"').replace("\\\\", "\\")},
    ),
    ("never closed", 'a/b; boundary="xyz', "a/b", {"boundary": "xyz"}),
    ("no semicolons", 'a/b report-type=x boundary="y"', "a/b", {"report-type": "x", "boundary": "y"}),
    ("blanks around equals", "a/b; charset = utf-8 ;x=y", "a/b", {"charset": "utf-8", "x": "y"}),
    ("equals within", "a/b; boundary=a=b", "a/b", {"boundary": "a=b"}),
    ("the first counts", "a/b; x=1; x=2", "a/b", {"x": "1"}),
    ("an encoded word", 'a/b; name="=?utf-8?q?=C3=A9?="', "a/b", {"name": "é"}),
    ("RFC 2231 charset", "a/b; name*=utf-8'en'%C3%A9t%C3%A9", "a/b", {"name": "été"}),
    ("RFC 2231 sections", 'a/b; name*1="b"; name*0="a"; name*2*=%41', "a/b", {"name": "abA"}),
    ("RFC 2231, first encoded", "a/b; name*0*=utf-8''%C3%A9; name*1=x", "a/b", {"name": "éx"}),
    ("RFC 2231, letter split", "a/b; name*0*=utf-8''%C3; name*1*=%A9", "a/b", {"name": "é"}),
    ("RFC 2231, no number", "a/b; name*x=1", "a/b", {}),
    ("RFC 2231, no charset", "a/b; name*=abc", "a/b", {"name": "abc"}),
    ("value in quotes", '"text/plain"; x=y', "text/plain", {"x": "y"}),
    ("a comment after the value", "base64 (as ever)", "base64", {}),
    ("empty", "", "", {}),
]


@pytest.mark.parametrize(
    ("field", "value", "params"), [case[1:] for case in FIELDS], ids=[case[0] for case in FIELDS]
)
def test_fields(field: str, value: str, params: dict[str, str]) -> None:
    assert parse_value(field) == value
    assert parse_params(field) == params


def test_endless_parameters_are_cut() -> None:
    assert len(parse_params("a/b" + "".join(f"; p{number}=x" for number in range(1000)))) == 60


@given(st.text(max_size=200))
def test_any_text_is_taken(text: str) -> None:
    parse_value(text)
    parse_params("a/b; " + text)
