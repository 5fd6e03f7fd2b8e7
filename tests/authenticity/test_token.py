"""A signed return-path leads back to its recipient, whatever mail systems do to it, and to nobody else."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watcher.authenticity import ReturnPathKey, TokenCheck, sign_return_path, verify_return_path
from watcher.reader.parse.return_path import parse_form


KEY = ReturnPathKey("a", b"0123456789abcdef0123")
OTHER = ReturnPathKey("b", b"another key of twenty")
DAY = date(2026, 11, 22)
LAST = DAY + timedelta(days=30)
OURS = "bounces.example.org"
LONG = "a.very.long.name.of.a.person@subdomain.of.a.long.example.com"


def sign(recipient: str = "user@example.com", name: str | None = None, key: ReturnPathKey = KEY) -> str:
    return sign_return_path(recipient, key, OURS, LAST, name)


def verify(address: str, *candidates: str, day: date = DAY) -> TokenCheck:
    return verify_return_path(address, (KEY, OTHER), day, candidates)


def changed(address: str, place: int) -> str:
    """Give the address with one character of its local part made another."""
    return f"{address[:place]}{'1' if address[place] == '0' else '0'}{address[place + 1 :]}"


CARRIED = [
    # Each case: what it shows, the recipient, the id.
    ("as most are", "user@example.com", None),
    ("with an id", "user@example.com", "c77"),
    ("an id of other letters", "user@example.com", "C-77.b/é"),
    ("a tag", "user+tag@example.com", None),
    ("hyphens and dots", "a-b.c_d@mail-1.example.com", None),
    ("an equals sign", "a=b@example.com", None),
    ("an apostrophe", "o'neil@example.com", None),
    ("quoted", '"a b"@example.com', None),
    ("two dots", "a..b@example.com", None),
    ("beyond ASCII", "jürgen@bücher.example", None),
    ("a local part like a token", "b1a-000@example.com", None),
]


@pytest.mark.parametrize(("recipient", "name"), [c[1:] for c in CARRIED], ids=[c[0] for c in CARRIED])
def test_recipient_and_id_are_carried(recipient: str, name: str | None) -> None:
    address = sign(recipient, name)
    local, _, domain = address.rpartition("@")
    assert len(local) <= 64
    assert domain == OURS
    assert local == local.lower()
    assert "+" not in local
    assert verify(address) == TokenCheck("pass", recipient, name, "a", LAST)
    assert parse_form(address) == parse_form(address.upper().replace(OURS.upper(), OURS)).__class__(
        address, "token", recipient, name
    )


def test_plain_recipient_stands_as_user_and_domain() -> None:
    assert "-user=example.com@" in sign("User@Example.COM")


def test_long_recipient_is_known_by_its_hash() -> None:
    address = sign(LONG)
    assert len(address.rpartition("@")[0]) <= 64
    assert verify(address).recipient is None
    assert verify(address).valid
    assert verify(address).id is not None
    assert verify(address, "else@example.com", LONG) == TokenCheck(
        "pass", LONG, verify(address).id, "a", LAST
    )
    assert verify(address, "else@example.com").outcome == "other_recipient"
    assert verify(sign(LONG, "camp_7")).id == "camp_7"


def test_another_recipient_is_told_from_the_right_one() -> None:
    assert verify(sign(), "USER@example.COM").valid
    found = verify(sign(), "victim@example.com")
    assert (found.valid, found.outcome, found.recipient) == (False, "other_recipient", "user@example.com")


ADDRESS = sign()
MANGLED = [
    ("in capitals", ADDRESS.upper()),
    ("quoted", f'"{ADDRESS.partition("@")[0]}"@{OURS}'),
    ("after a plus", f"bounces+{ADDRESS}"),
    ("as xtext", ADDRESS.replace("=", "+3D")),
    ("by SRS0", f"SRS0=Ab1c=X9={OURS}={ADDRESS.partition('@')[0]}@forwarder.example"),
    ("by SRS1", f"SRS1=Ab1c=first.example==Zz2=X9={OURS}={ADDRESS.partition('@')[0]}@second.example"),
    ("by BATV", f"prvs=2345abcdef={ADDRESS}"),
    ("under another domain of ours", ADDRESS.replace(OURS, "lists.example.org")),
]


@pytest.mark.parametrize("address", [c[1] for c in MANGLED], ids=[c[0] for c in MANGLED])
def test_token_survives(address: str) -> None:
    assert verify(address, "user@example.com").valid


FORGED = [
    ("another key under the same id", sign(key=ReturnPathKey("a", b"somebody else's secret")), "fail"),
    ("the id of another key", ADDRESS.replace("b1a-", "b1b-"), "fail"),
    ("an unknown key", ADDRESS.replace("b1a-", "b1z-"), "unknown_key"),
    ("another recipient", ADDRESS.replace("user=", "victim="), "fail"),
    ("another domain of the recipient", ADDRESS.replace("=example.com", "=example.net"), "fail"),
    ("a homoglyph", ADDRESS.replace("user=", "us=d0=b5r="), "fail"),
    ("an id put in", ADDRESS.replace("-user=", ".c1-user="), "fail"),
    ("another day", changed(ADDRESS, 6), "fail"),
    ("plain VERP", f"bounce+user=example.com@{OURS}", "none"),
    ("a signature cut off", ADDRESS.replace("-user=", "user="), "none"),
    ("something behind", ADDRESS.replace("@", "+x@"), "none"),
    ("nothing", "", "none"),
]


@pytest.mark.parametrize(("address", "outcome"), [c[1:] for c in FORGED], ids=[c[0] for c in FORGED])
def test_forgery_proves_nothing(address: str, outcome: str) -> None:
    found = verify(address)
    assert (found.outcome, found.valid, found.recipient) == (outcome, False, None)


def test_last_day_is_the_last() -> None:
    assert verify(ADDRESS, day=LAST).valid
    late = verify(ADDRESS, day=LAST + timedelta(days=1))
    assert (late.outcome, late.recipient, late.expires) == ("expired", "user@example.com", LAST)


@pytest.mark.parametrize("place", range(4, len(ADDRESS.partition("@")[0])))
def test_every_letter_is_signed(place: int) -> None:
    assert verify(changed(ADDRESS, place)).outcome in {"fail", "none"}


def test_an_address_that_is_none_is_refused() -> None:
    for wrong in ("nobody", "@example.com", "user@", "a b@example.com", "<user@example.com>", ""):
        with pytest.raises(ValueError, match="is no address"):
            sign(wrong)
    with pytest.raises(ValueError, match="at most 23"):
        sign(name="x" * 24 + "y")


@pytest.mark.parametrize("mark", ["/", "!", " ", ",", ".."])
def test_the_beginning_of_an_address_is_not_signed_for_it(mark: str) -> None:
    """`user@example.com!evil.example` is nobody's, and no token for `user@example.com` goes to its host."""
    with pytest.raises(ValueError, match="is no address"):
        sign(f"user@example.com{mark}evil.example")
    with pytest.raises(ValueError, match="is no address"):
        sign(f"user@example.com{mark}.evil.example")


def test_what_only_looks_like_an_address_is_not_signed_for_it() -> None:
    with pytest.raises(ValueError, match="is no address"):
        sign("\u212aevin@example.com")


@pytest.mark.parametrize("dot", ["\u3002", "\uff0e", "\uff61", "\u00ad."])
def test_a_dot_of_another_script_ends_no_domain(dot: str) -> None:
    address = sign(f"user@example.com{dot}evil.example")
    assert verify(address).recipient == "user@example.com.evil.example"


def test_a_domain_literal_is_signed_whole() -> None:
    for recipient in ("user@[192.0.2.1]", "user@[IPv6:2001:db8::1]"):
        assert verify(sign(recipient), recipient).valid


def test_a_key_does_not_show_its_secret() -> None:
    assert "0123456789" not in repr(KEY)


LOCALS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=60)


@given(LOCALS, st.one_of(st.none(), st.text("abcXYZ-._/12", min_size=1, max_size=7)))
def test_whatever_is_signed_verifies_for_its_recipient_alone(local: str, name: str | None) -> None:
    recipient = f"{local}@example.com"
    try:
        address = sign(recipient, name)
    except ValueError:
        return
    assert len(address.rpartition("@")[0]) <= 64
    assert address.isascii()
    assert verify(address, recipient).valid
    assert verify(address.upper(), recipient).valid
    assert local.startswith('"') or not verify(address, f"x{recipient}").valid


@given(st.text(max_size=120))
def test_any_text_is_taken(text: str) -> None:
    assert not verify(text).valid


def test_a_token_speaks_for_no_other_owner_of_a_similar_name() -> None:
    for signed, other in (
        ("user@faß.example", "user@fass.example"),
        ("weiß@example.com", "weiss@example.com"),
        ("jÜrgen@example.com", "jürgen@example.com"),
    ):
        address = sign_return_path(signed, KEY, "b.example.com", LAST)
        assert verify_return_path(address, [KEY], LAST, [signed]).outcome == "pass"
        assert verify_return_path(address, [KEY], LAST, [other]).outcome == "other_recipient"
