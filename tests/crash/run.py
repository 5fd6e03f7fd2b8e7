"""Run one pass in this process and, if told so, end it without warning at a named point.

    python -m tests.crash.run CONFIG [POINT [CALL]]

SPARE_PAGES in the environment bounds the state file, OUTAGE the seconds that an endpoint's outage pauses it.

The points lie around methods and are put there from outside; the code under test knows nothing of them.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.reader.rulebook import RULES
from watcher.config import load_config
from watcher.deliver import circuit
from watcher.errors import StoreError
from watcher.imap.session import Session
from watcher.service.once import run_once
from watcher.service.pipeline import Pipeline
from watcher.service.results import ResultsFile
from watcher.store import messages
from watcher.store.store import Store


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(method: Callable[..., Any]) -> Callable[..., Any]:
    def stopped(*_: Any, **__: Any) -> None:
        die()

    return stopped


def after(method: Callable[..., Any]) -> Callable[..., Any]:
    def stopped(*arguments: Any, **options: Any) -> None:
        method(*arguments, **options)
        die()

    return stopped


def after_half(move: Callable[..., Any]) -> Callable[..., Any]:
    def stopped(session: Session, uids: Any, *rest: Any) -> None:
        uids = sorted(uids)
        move(session, uids[: len(uids) // 2 or 1], *rest)
        die()

    return stopped


def half_a_line(append: Callable[..., Any]) -> Callable[..., Any]:
    def stopped(results: ResultsFile, lines: bytes) -> None:
        append(results, lines[: len(lines) * 2 // 3])
        die()

    return stopped


POINTS: dict[str, tuple[Any, str, Callable[..., Any]]] = {
    "select: the folder is open, nothing fetched": (Session, "select", after),
    "fetch: fetched, nothing read": (Pipeline, "read", before),
    "fetch: read, nothing decided": (Pipeline, "decide", before),
    "record: decided, nothing written": (Store, "record_batch", before),
    "record: written but for the progress": (messages, "set_progress", before),
    "record: written, not committed": (Store, "record_batch", after),
    "results: committed, no line written": (ResultsFile, "append_pending", before),
    "results: in the middle of a line": (ResultsFile, "_append", half_a_line),
    "results: lines written, not marked": (Store, "mark_results", before),
    "file: folder made, nothing moved": (Session, "ensure_folder", after),
    "file: before a move": (Session, "move", before),
    "file: in the middle of a move": (Session, "move", after_half),
    "file: moved, not marked": (Session, "move", after),
    "file: marked": (Store, "mark_moved", after),
    "deliver: taken, not sent": (Store, "take_due", after),
    "deliver: sent, not marked": (Store, "settle", before),
    "deliver: marked": (Store, "settle", after),
    "health: all filed, success not noted": (Store, "mark_mailbox", before),
}


def arm(point: str, call: int) -> None:
    """End the process at the given call of the point's method."""
    owner, name, ending = POINTS[point]
    method = getattr(owner, name)
    count = 0

    def counted(*arguments: Any, **options: Any) -> Any:
        nonlocal count
        count += 1
        return (ending(method) if count == call else method)(*arguments, **options)

    setattr(owner, name, counted)


def main() -> int:
    if pause := os.environ.get("OUTAGE"):
        circuit.PAUSES = (float(pause),)  # type: ignore[assignment]
    config = load_config(Path(sys.argv[1]))
    if len(sys.argv) > 2:
        arm(sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with Store.open(config.state) as store:
        if pages := os.environ.get("SPARE_PAGES"):
            leave_pages(store, int(pages))
        try:
            return run_once(config, store, RULES)
        except StoreError as error:
            print(error, file=sys.stderr)  # noqa: T201
            return error.exit_code


def leave_pages(store: Store, spare: int) -> None:
    """Let the state file grow by so many pages and no more, as on a full disk."""
    with store._database.reading() as sql:
        used = sql.execute("PRAGMA page_count").fetchone()[0]
        sql.execute(f"PRAGMA max_page_count = {used + spare}")


if __name__ == "__main__":
    sys.exit(main())
