"""Every message's JSON comes into the results file, also after a crash in the middle of a line."""

import json
import threading
from pathlib import Path

import pytest

from tests.store.samples import NOW, progress, record
from watcher.errors import StoreError
from watcher.service.results import ResultsFile
from watcher.store import Store


CASES = [
    ("an empty file", b"", []),
    ("whole lines", b'{"uid":-1}\n', [-1]),
    ("a torn line", b'{"uid":-1}\n{"uid":-2,"su', [-1]),
    ("nothing but a torn line", b'{"ui', []),
    ("a whole line without its end", b'{"uid":-1}\n{"uid":-2}', [-1, -2]),
]


@pytest.mark.parametrize(("before", "kept"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_append(before: bytes, kept: list[int], tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_bytes(before)
    with Store.open(tmp_path / "state.db") as store:
        store.record_batch([record(uid) for uid in range(1, 450)], progress(450), NOW, results=True)
        ResultsFile(path, store).append_pending()
        assert store.pending_results(1) == []
        ResultsFile(path, store).append_pending()
    assert [json.loads(line)["uid"] for line in path.read_text().splitlines()] == [*kept, *range(1, 450)]


def test_threads_take_turns(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state.db") as store:
        results = ResultsFile(tmp_path / "results.jsonl", store)

        def work(mailbox: str) -> None:
            for uid in range(1, 30):
                store.record_batch(
                    [record(uid, mailbox=mailbox)], progress(uid, mailbox=mailbox), NOW, results=True
                )
                results.append_pending()

        threads = [threading.Thread(target=work, args=(f"box{number}",)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 87


def test_a_full_disk_is_an_error_of_the_store_and_loses_no_line(tmp_path: Path) -> None:
    with Store.open(tmp_path / "state.db") as store:
        store.record_batch([record(1)], progress(1), NOW, results=True)
        with pytest.raises(StoreError, match=r"results: /dev/full: no space left on device; make room"):
            ResultsFile("/dev/full", store).append_pending()
        assert len(store.pending_results(9)) == 1


def test_a_file_that_is_large_enough_is_moved_aside_and_no_line_is_lost(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    lines = [json.dumps({"n": number, "text": "x" * 400}) for number in range(12)]
    with Store.open(tmp_path / "state.db") as store:
        results = ResultsFile(path, store, max_size=1_000, keep=2)
        for line in lines:
            results._append(f"{line}\n".encode())
    assert sorted(entry.name for entry in tmp_path.glob("results*")) == [
        "results.jsonl", "results.jsonl.1", "results.jsonl.2"
    ]  # fmt: skip
    kept = [Path(f"{path}.2"), Path(f"{path}.1"), path]
    assert [line for each in kept for line in each.read_text().splitlines()] == lines[-9:]


def test_a_torn_line_is_mended_before_the_file_is_moved_aside(tmp_path: Path) -> None:
    path = tmp_path / "results.jsonl"
    path.write_text("{}\n" * 400 + '{"torn":')
    with Store.open(tmp_path / "state.db") as store:
        ResultsFile(path, store, max_size=1_000)._append(b'{"n":1}\n')
    assert Path(f"{path}.1").read_text() == "{}\n" * 400
    assert path.read_text() == '{"n":1}\n'
