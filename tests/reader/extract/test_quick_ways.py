"""Where a cheap look says that a costly one would find nothing, the costly one finds nothing."""

import re

from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.extract.original_address import _ORIGINAL, may_have_original
from watcher.reader.extract.transcript import _read, find_refusals
from watcher.reader.recognise.mentions import hide_addresses


SESSION = [
    "RCPT TO:<a@b.example>",
    ">>> DATA",
    "<<< ",
    "550 5.1.1 no",
    "550-no",
    "a@b.example... no",
    " ",
    "x",
    "\n",
]
ALIAS = ["generated", "Forwarded", "ALIASED", "received", " from", " From", " ", "a@b.example", "<", "\n"]
MAIL = ["a", "b.example", "@", " ", "<", ">", '"', "(", "'", ".", "-", "\n", "x" * 70, "é"]


@given(st.lists(st.sampled_from(SESSION), max_size=12).map("".join))
def test_a_session_is_read_wherever_one_stands(text: str) -> None:
    lines = text.split("\n")
    assert bool(find_refusals(lines)) == bool(list(_read(lines)))


@given(st.lists(st.sampled_from(ALIAS), max_size=8).map("".join))
def test_an_alias_is_looked_for_wherever_one_stands(text: str) -> None:
    assert may_have_original(text) or not _ORIGINAL.search(text)


@given(st.lists(st.sampled_from(MAIL), max_size=16).map("".join))
def test_addresses_are_hidden_as_by_a_pattern(text: str) -> None:
    pattern = r"[^\s<>()\"'@]{1,64}@[\w.-]{1,250}\w"
    assert hide_addresses(text) == re.sub(pattern, " someaddress ", text)


def test_an_address_ends_where_a_script_without_spaces_begins() -> None:
    assert hide_addresses("後任の鈴木（jo@example.com）まで") == "後任の鈴木（ someaddress ）まで"
    assert hide_addresses("请发到jo@example.com谢谢") == "请发到 someaddress 谢谢"
