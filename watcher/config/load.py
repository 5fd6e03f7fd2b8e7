"""Load a config file: all of it, or every fault at once with its line."""

import logging
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from watcher.config.across import check_across
from watcher.config.document import Document, parse_document
from watcher.config.faults import faults_of
from watcher.config.problem import KeyPath, Problem
from watcher.config.secret import Surroundings, reason_of
from watcher.config.shape import Config
from watcher.errors import ConfigError


LARGEST = 1_048_576
SEARCHED = (Path("config.yaml"), Path("/etc/bounce-watcher/config.yaml"))

_log = logging.getLogger(__name__)


def find_config(given: Path | None = None, environ: Mapping[str, str] = os.environ) -> Path:
    """Give the file that holds: the one given, `$BOUNCE_WATCHER_CONFIG`, ./config.yaml, or the system's."""
    if given is not None:
        return given
    named = environ.get("BOUNCE_WATCHER_CONFIG")
    if named:
        return Path(named)
    for path in SEARCHED:
        if path.exists():
            return path
    first, *others = (str(path) for path in SEARCHED)
    raise ConfigError(
        (f"{first}: no config here, nor at {', '.join(others)}; write one with: bounce-watcher init",)
    )


def load_config(path: Path, *, secrets: bool = True) -> Config:
    """Read a config file; ConfigError carries every problem found.

    Without `secrets` none is fetched, and each Secret refuses to reveal itself.
    """
    document = parse_document(_read(path))
    problems = list(document.problems)
    config = None
    if not problems or document.values is not None:
        surroundings = Surroundings(base=path.absolute().parent, warn=_log.warning, secrets=secrets)
        try:
            config = Config.model_validate(document.values or {}, context=surroundings)
        except ValidationError as error:
            problems += _located(faults_of(error), document)
        if isinstance(document.values, dict):
            problems += _located(check_across(document.values), document)
    if problems or config is None:
        raise ConfigError(tuple(dict.fromkeys(problem.render(str(path)) for problem in _in_order(problems))))
    return config


def line_of(path: Path, key: KeyPath) -> int:
    """Give the line of a key in a config file, or of the nearest section around it that stands there."""
    return parse_document(_read(path)).line(key)


def _located(faults: Iterator[tuple[Any, str]], document: Document) -> Iterator[Problem]:
    for path, text in faults:
        while path and isinstance(path[-1], int) and path not in document.lines:
            path = path[:-1]  # noqa: PLW2901 - one secret is read as a list of one
        yield Problem(document.line(path), path, text)


def _in_order(problems: list[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.line)


def _read(path: Path) -> str:
    way_out = "name another with --config, or write one with: bounce-watcher init"
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigError((f"{path}: {reason_of(error)}; {way_out}",)) from None
    if len(raw) > LARGEST:
        raise ConfigError((f"{path}: larger than 1 MiB, which no config is; {way_out}",))
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ConfigError((f"{path}:{line}: not UTF-8 text; save the file as UTF-8",)) from None
