"""Addresses are read from fields and prose, and brought into one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.reader.parse.address import normalise_address, parse_mailbox, parse_mailboxes
from watcher.reader.parse.address_search import find_addresses


ONE = [
    # Each case: what it shows, a text, the address.
    ("plain", "user@example.com", "user@example.com"),
    ("the local part keeps its case", "User.Name@Example.COM", "User.Name@example.com"),
    ("brackets", "<user@example.com>", "user@example.com"),
    ("half a bracket", "<user@example.com", "user@example.com"),
    ("an address-type", "rfc822;user@example.com", "user@example.com"),
    ("an address-type and blanks", " RFC822 ; user@example.com ", "user@example.com"),
    ("a type before brackets", "RFC822; <user@example.com>", "user@example.com"),
    ("a type within brackets", "<smtp:user@example.com>", "user@example.com"),
    ("a comment after it", "rfc822; user@example.com (expanded)", "user@example.com"),
    ("mailto", "mailto:user@example.com", "user@example.com"),
    ("mailto and an escaped blank", "mailto:%20user@example.com", "user@example.com"),
    ("a display name", '"A. User" <user@example.com>', "user@example.com"),
    ("a source route", "@a.example,@b.example:user@example.com", "user@example.com"),
    ("a source route in brackets", "<@a.example:user@example.com>", "user@example.com"),
    ("a full stop after it", "user@example.com.", "user@example.com"),
    ("a comma after it", "user@example.com,", "user@example.com"),
    ("a bracket after it", "user@example.com)", "user@example.com"),
    ("quotes around it", '"user@example.com"', "user@example.com"),
    ("apostrophes around it", "'user@example.com'", "user@example.com"),
    ("an apostrophe before it", "'user@example.com", "user@example.com"),
    ("quotes that are not needed", '"user"@example.com', "user@example.com"),
    ("quotes that are", '"a user"@example.com', '"a user"@example.com'),
    ("a doubled at sign is part of what failed", "<user@@example.com>", "user@@example.com"),
    ("three at signs", "user@@@example.com", None),
    ("the signs of a patch", "-@@550", None),
    ("a doubled at sign alone", "@@example.com", None),
    ("a tag", "user+tag=x@example.com", "user+tag=x@example.com"),
    ("a percent sign", "user%inner.example@example.com", "user%inner.example@example.com"),
    ("words before it", "to user@example.com", "user@example.com"),
    ("an address literal", "user@[192.0.2.1]", "user@[192.0.2.1]"),
    ("a local host", "root@localhost", "root@localhost"),
    ("IDNA is shown", "user@xn--bcher-kva.example", "user@bücher.example"),
    ("IDNA in capitals", "user@XN--BCHER-KVA.example", "user@bücher.example"),
    ("IDNA that is none", "user@xn--.example", "user@xn--.example"),
    ("IDNA that hides ASCII", "user@xn--example-.com", "user@xn--example-.com"),
    ("IDNA beyond Unicode", "user@xn--99999999.example", "user@xn--99999999.example"),
    ("Unicode", "büro@bücher.example", "büro@bücher.example"),
    ("IDNA that is no letter", "user@xn--i-7iq.example", "user@xn--i-7iq.example"),
    ("marks around letters", "user@हिन्दी.example", "user@हिन्दी.example"),
    ("Unicode in capitals", "Büro@BÜCHER.example", "Büro@bücher.example"),
    ("RFC 6533", r"utf-8; b\x{FC}ro@example.com", "büro@example.com"),
    ("RFC 6533, no letter", r"utf-8; b\x{D800}ro@example.com", r"b\x{D800}ro@example.com"),
    (
        "an encoded word is meant literally",
        "=?utf-8?q?b=C3=BCro?=@example.com",
        "=?utf-8?q?b=C3=BCro?=@example.com",
    ),
    ("X.400", "x400;/C=US/A=ATT/S=User/", "/C=US/A=ATT/S=User/"),
    ("X.400 without type", "/C=US/A=ATT/S=User/", "/C=US/A=ATT/S=User/"),
    ("no address", "postmaster", None),
    ("no local part", "@example.com", None),
    ("no domain", "user@", None),
    ("no domain but a mark", "user@ !", None),
    ("only brackets before the sign", "<'@example.com", None),
    ("a control letter", "us\x00er@example.com", None),
    ("null return-path", "<>", None),
    ("nothing", "", None),
    ("endless", "x" * 300 + "@example.com", None),
]


@pytest.mark.parametrize(("text", "address"), [case[1:] for case in ONE], ids=[case[0] for case in ONE])
def test_normalise_address(text: str, address: str | None) -> None:
    assert normalise_address(text) == address


FIELDS = [
    # Each case: what it shows, a field, its addresses.
    ("one", "user@example.com", ("user@example.com",)),
    ("a display name", "A User <user@example.com>", ("user@example.com",)),
    (
        "several",
        "a@example.com, B <b@example.com>,c@example.com",
        ("a@example.com", "b@example.com", "c@example.com"),
    ),
    ("each once", "a@example.com, <a@EXAMPLE.com>", ("a@example.com",)),
    ("a comma in quotes", '"User, A" <a@example.com>', ("a@example.com",)),
    ("a comma without quotes", "User, A <a@example.com>", ("a@example.com",)),
    ("an escaped quote", r'"A \" <x@example.com>" <a@example.com>', ("a@example.com",)),
    ("an address as the name", '"b@example.com" <a@example.com>', ("a@example.com",)),
    ("an address as the name, bare", "b@example.com <a@example.com>", ("a@example.com",)),
    ("a comment", "a@example.com (A, User (me))", ("a@example.com",)),
    ("a comment before", "(A, User) a@example.com", ("a@example.com",)),
    ("a comment never closed", "a@example.com (A, b@example.com", ("a@example.com", "b@example.com")),
    ("brackets that close alone", "A) a@example.com", ("a@example.com",)),
    ("a group", "team: a@example.com, b@example.com;", ("a@example.com", "b@example.com")),
    ("an empty group", "undisclosed-recipients:;", ()),
    ("semicolons, as Outlook writes", "a@example.com; b@example.com", ("a@example.com", "b@example.com")),
    ("a null return-path", "<>", ()),
    ("a name in brackets", "<nobody> a@example.com", ("a@example.com",)),
    ("a bracket never closed", "A <a@example.com", ("a@example.com",)),
    ("a quoted local part", '"a user"@example.com, b@example.com', ('"a user"@example.com', "b@example.com")),
    ("mailto", "mailto:a@example.com", ("a@example.com",)),
    ("nothing", "", ()),
    ("absent", None, ()),
]


@pytest.mark.parametrize(
    ("field", "addresses"), [case[1:] for case in FIELDS], ids=[case[0] for case in FIELDS]
)
def test_parse_mailboxes(field: str | None, addresses: tuple[str, ...]) -> None:
    assert parse_mailboxes(field) == addresses
    assert parse_mailbox(field) == (addresses[0] if addresses else None)


def test_a_thousand_mailboxes_are_enough() -> None:
    field = ", ".join(f"a{number}@b.example" for number in range(170_000))
    assert len(parse_mailboxes(field)) == 1000


PROSE = [
    # Each case: what it shows, prose, its addresses.
    ("none", "meet me @ noon, @all", ()),
    ("brackets and a colon", "<user@example.com>: unknown", ("user@example.com",)),
    ("the end of a sentence", "It failed for user@example.com.", ("user@example.com",)),
    ("quotes", "'user@example.com' was \"other@example.com\"", ("user@example.com", "other@example.com")),
    ("each once, in order", "b@example.com a@example.com b@Example.com", ("b@example.com", "a@example.com")),
    ("a quoted local part", 'to "a user"@example.com', ('"a user"@example.com',)),
    ("a quote that ends before it", 'say "@example.com', ()),
    ("a tag", "user+tag@example.com", ("user+tag@example.com",)),
    ("an apostrophe within", "o'neil@example.com", ("o'neil@example.com",)),
    ("VERP", "bounce+user=example.com@lists.example.org", ("bounce+user=example.com@lists.example.org",)),
    ("a variable", "RECIPIENT=user@example.com", ("user@example.com",)),
    ("a log field", "smtp.mailfrom=user@example.com;", ("user@example.com",)),
    ("a type", "rfc822;user@example.com", ("user@example.com",)),
    ("mailto", "<a href=mailto:user@example.com>", ("user@example.com",)),
    ("bold", "*user@example.com*", ("user@example.com",)),
    ("Unicode", "für büro@bücher.example.", ("büro@bücher.example",)),
    ("words of another script around", "宛先user@example.comです", ("宛先user@example.comです",)),
    ("a host name alone, in brackets", "<user@host>", ("user@host",)),
    ("a host name alone", "user@host", ()),
    ("localhost", "user@localhost", ("user@localhost",)),
    ("an address literal", "user@[192.0.2.1] said", ("user@[192.0.2.1]",)),
    ("a host by its number", "user@192.0.2.1", ()),
    ("a dot before the sign", "user.@example.com", ()),
    ("a URL", "https://user@example.com/", ()),
    ("two signs", "a@b.example@c.example", ("a@b.example",)),
    ("an encoded word", "<=?utf-8?q?b=C3=BCro?=@example.com>", ("=?utf-8?q?b=C3=BCro?=@example.com",)),
    ("nothing", "", ()),
]


@pytest.mark.parametrize(("text", "addresses"), [case[1:] for case in PROSE], ids=[case[0] for case in PROSE])
def test_find_addresses(text: str, addresses: tuple[str, ...]) -> None:
    assert find_addresses(text) == addresses


MARKS = st.lists(
    st.sampled_from([*"@<>\"'(),;:.=+-?x ", "a@b.c", "é", "xn--", "\\", "\n", "mailto:"]), max_size=60
)


@given(st.one_of(st.text(max_size=200), MARKS.map("".join)))
def test_any_text_is_taken(text: str) -> None:
    find_addresses(text)
    parse_mailboxes(text)
    address = normalise_address(text)
    if address and not address.startswith("/"):
        assert "@" in address
        assert normalise_address(address) == address


@pytest.mark.parametrize(
    "text", ["/G=Jo/S=Ex\x00", "x400; /S=Ex\x1b[31m", "rfc822; a\x9b@example.com", "a\x07b@example.com"]
)
def test_an_address_holds_no_control_letter(text: str) -> None:
    address = normalise_address(text)
    assert address is None or address.isprintable()
