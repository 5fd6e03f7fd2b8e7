"""One field may list several recipients, and is one recipient's in any other form."""

import pytest

from watcher.reader.extract.status_fields import MAX_LISTED, parse_recipients
from watcher.reader.parse.fields import parse_groups


CASES = [
    # Each case: what it shows, the field, then whom it names.
    ("one", "rfc822; a@x.example", ["a@x.example"]),
    ("by commas", "rfc822; a@x.example, b@x.example", ["a@x.example", "b@x.example"]),
    ("each with its type", "rfc822;a@x.example rfc822;b@x.example", ["a@x.example", "b@x.example"]),
    ("where one led", "rfc822; a@x.example (relayed to b@x.example)", ["a@x.example"]),
    ("with a quoted name", 'rfc822; "a, b@c"@x.example', ['"a, b@c"@x.example']),
    ("too many", f"rfc822; {', '.join(['a@x.example'] * 500)}", ["a@x.example"] * (MAX_LISTED - 1)),
]


@pytest.mark.parametrize(("field", "named"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_parse_recipients(field: str, named: list[str]) -> None:
    (group,) = parse_groups(f"Final-Recipient: {field}\nAction: failed\nStatus: 5.1.1\n")
    assert [row.address for row in parse_recipients(group, lambda: False)] == named
