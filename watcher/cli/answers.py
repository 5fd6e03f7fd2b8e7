"""Answer for many messages, in input order, by one process or several.

Workers take chunks of places and read the files themselves; what comes back is text ready to be written.  No
more chunks are under way than keep the workers busy, so that memory stays bounded however much is asked.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from watcher.authenticity import Ours
from watcher.cli.inputs import Place
from watcher.cli.judging import judged
from watcher.cli.rows import Writer, csv_lines, json_line, table_lines
from watcher.model import Kind
from watcher.reader.analyse import analyse
from watcher.reader.ruleset import Rules
from watcher.rules import load_rules


if TYPE_CHECKING:
    from concurrent.futures import Future

CHUNK = 200  # messages that a worker takes at a time
AHEAD = 3  # chunks under way for each worker

_WRITERS: Mapping[str, Writer] = {"jsonl": json_line, "table": table_lines, "csv": csv_lines}


@dataclass(frozen=True, slots=True)
class Question:
    """How every message is to be answered."""

    form: str
    profile: str = "default"
    rules: tuple[str, ...] = ()  # files of the user's own
    ours: Ours | None = None  # by the config, where there is one


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of some messages: the text, their number, and how many could not be read."""

    text: bytes
    messages: int
    unreadable: int
    faults: tuple[str, ...] = ()


@cache
def _rules(paths: tuple[str, ...]) -> Rules:
    return load_rules([Path(path) for path in paths])


def answer(question: Question, places: Iterable[Place]) -> Answer:
    """Read and answer for a chunk of messages."""
    rules, write = _rules(question.rules), _WRITERS[question.form]
    texts, faults, messages, unreadable = [], [], 0, 0
    for place in places:
        messages += 1
        try:
            raw = place.read()
        except OSError as error:
            faults.append(f"{place.source}: {(error.strerror or 'unreadable').lower()}; skipped")
            unreadable += 1
            continue
        report = analyse(raw, rules, question.profile)
        if question.ours is not None:
            report = judged(raw, report, question.ours)
        unreadable += report.kind is Kind.UNREADABLE
        texts.append(write(report, place.source))
    # What is not UTF-8 in a path is escaped as JSON does it.
    return Answer("".join(texts).encode(errors="backslashreplace"), messages, unreadable, tuple(faults))


def answers(question: Question, places: Iterator[Place], jobs: int) -> Iterator[Answer]:
    """Give the answers in the order of the places."""
    _rules(question.rules)  # before the workers fork, so that they have them too
    if jobs == 1:
        for place in places:
            yield answer(question, (place,))
    else:
        yield from _by_workers(question, places, jobs)


def _by_workers(question: Question, places: Iterator[Place], jobs: int) -> Iterator[Answer]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        try:
            yield from _in_order(lambda chunk: pool.submit(answer, question, chunk), places, jobs)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _in_order(
    submit: Callable[[list[Place]], "Future[Answer]"], places: Iterator[Place], jobs: int
) -> Iterator[Answer]:
    waiting: deque[Future[Answer]] = deque()
    while chunk := list(islice(places, CHUNK)):
        waiting.append(submit(chunk))
        if len(waiting) >= jobs * AHEAD:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()
