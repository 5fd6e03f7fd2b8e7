"""Messages are found whole, wherever they lie."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from watcher.cli.classify import tell
from watcher.cli.inputs import find_messages


MESSAGE = st.lists(
    st.sampled_from([b"Subject: x", b"", b"From me, in the text", b">From quoted", b"text", b"\xff\x00"]),
    min_size=1,
    max_size=8,
).map(lambda lines: b"A: b\n" + b"".join(line + b"\n" for line in lines))


def as_mbox(messages: list[bytes]) -> bytes:
    """Write messages as the form called mboxrd has it."""
    pieces = []
    for message in messages:
        lines = [
            b">" + line if line.lstrip(b">").startswith(b"From ") else line for line in message.split(b"\n")
        ]
        pieces.append(b"From a@example.com Sun Nov 22 04:19:00 2026\n" + b"\n".join(lines) + b"\n")
    return b"".join(pieces)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(messages=st.lists(MESSAGE, min_size=1, max_size=4))
def test_mbox_gives_back_what_was_put_in(tmp_path: Path, messages: list[bytes]) -> None:
    path = tmp_path / "box"
    path.write_bytes(as_mbox(messages))
    assert [place.read() for place in find_messages([str(path)], tell, bytes)] == messages


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200).map(lambda raw: b"From " + raw))
def test_any_bytes_are_messages(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "box"
    path.write_bytes(raw)
    places = list(find_messages([str(path)], tell, bytes))
    assert places
    assert sum(len(place.read()) for place in places) <= len(raw)


def test_lines_may_end_as_windows_has_it(tmp_path: Path) -> None:
    one = b"A: b\r\n\r\none\r\n"
    path = tmp_path / "box"
    path.write_bytes((b"From x Sun Nov 22 04:19:00 2026\r\n" + one + b"\r\n") * 2)
    assert [place.read() for place in find_messages([str(path)], tell, bytes)] == [one, one]


def test_folder_that_leads_back_to_itself_ends(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_text("A: b\n")
    (tmp_path / "loop").symlink_to(tmp_path)
    told: list[str] = []
    places = list(find_messages([str(tmp_path)], lambda text, **_: told.append(text), bytes))
    assert [Path(place.source).name for place in places] == ["one.eml"]
    assert [line.partition(": ")[2] for line in told] == ["neither file nor folder; skipped"]


def test_of_many_files_that_are_no_message_some_are_named_and_all_counted(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_text("A: b\n")
    for number in range(10):
        (tmp_path / f"{number}.json").write_text("{}")
    told: list[str] = []
    assert len(list(find_messages([str(tmp_path)], lambda text, **_: told.append(text), bytes))) == 1
    assert told == [
        *(f"{tmp_path}/{number}.json: no .eml and no mbox; skipped" for number in range(3)),
        f"{tmp_path}: 7 more files that are no .eml and no mbox; skipped",
    ]
