"""`rules`: list the rules in force, show one with its samples, run the samples of all."""

import difflib
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.options import common_options, open_config, options
from watcher.errors import AbsentError, ConfigError, UsageError
from watcher.nearest import nearest_reason


if TYPE_CHECKING:
    from watcher.rules.catalogue import Entry

FAMILIES = ("own", "receiver", "phrase", "near", "status", "reply", "stage", "sign", "claim", "dialect")
FORMS = ("table", "jsonl", "csv")
_LISTED = (("id", 44), ("family", 8), ("reason", 24), ("phrase", 40), ("seen", 24), ("file", 60))
_PROVED = (("rule", 44), ("sample", 60), ("fault", 60))

_form = click.option(
    "--format", "form", type=click.Choice(FORMS), help="Default: table on a terminal, else jsonl."
)
_files = click.option(
    "--file", "files", multiple=True, metavar="FILE", help="Your own rules, beside the config's; repeatable."
)


@click.group(epilog="Example: bounce-watcher rules show mailbox_full.over_quota")
@common_options
def rules() -> None:
    """List, show and check the rules in force: ours, and those of the config's rule files."""


@rules.command("list", epilog="Example: bounce-watcher rules list --reason mailbox_full")
@click.option("--family", type=click.Choice(FAMILIES), help="Only rules of this family.")
@click.option("--reason", metavar="REASON", help="Only rules that say this.")
@_files
@_form
@common_options
@click.pass_context
def list_(
    ctx: click.Context, files: tuple[str, ...], form: str | None, family: str | None, reason: str | None
) -> None:
    """List every rule: what it looks for, what it says, where it was seen, and its file."""
    entries = _in_force(ctx, files)
    if reason is not None and reason not in (known := {entry.reason for entry in entries}):
        raise UsageError(f"--reason: '{reason}': no rule says this; {nearest_reason(reason, known)}")
    chosen = (
        entry
        for entry in entries
        if (family is None or entry.family == family) and (reason is None or entry.reason == reason)
    )
    rows = ({name: getattr(entry, name) for name, _ in _LISTED} for entry in chosen)
    _write(rows, _LISTED, form)


@rules.command(epilog="Example: bounce-watcher rules show mailbox_full.over_quota")
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_files
@_form
@common_options
@click.pass_context
def show(ctx: click.Context, ids: tuple[str, ...], files: tuple[str, ...], form: str | None) -> None:
    """Show rules with their conditions, their samples and their near misses.

    ID is what evidence names.  Ends with 1 where there is none of that id.
    """
    entries = {entry.id: entry for entry in _in_force(ctx, files)}
    for name in ids:
        if name not in entries:
            near = difflib.get_close_matches(name, entries, n=1)
            way = f"did you mean {near[0]}?" if near else "see: bounce-watcher rules list"
            raise AbsentError(f"{name}: no such rule; {way}")
    chosen = [entries[name] for name in ids]
    if _form_of(form) == "table":
        _print("\n".join(_in_words(entry) for entry in chosen))
    else:
        columns = (*_LISTED, ("conditions", 0), ("matches", 0), ("rejects", 0))
        _write((as_json(entry) for entry in chosen), columns, form)


@rules.command(epilog="Example: bounce-watcher rules check --file own.toml")
@_files
@_form
@common_options
@click.pass_context
def check(ctx: click.Context, files: tuple[str, ...], form: str | None) -> int:
    """Run the samples of every rule; print those that fail, and end with 1 if any does."""
    from watcher.rules.proof import prove

    trials = list(prove(_paths(ctx, files)))
    failed = [trial for trial in trials if trial.fault]
    if failed or form == "csv":
        _write(({name: getattr(trial, name) for name, _ in _PROVED} for trial in failed), _PROVED, form)
    for trial in trials:
        if trial.note:
            click.echo(f"{trial.rule}: {trial.sample!r} {trial.note}", err=True)
    count = len({trial.rule for trial in trials})
    click.echo(f"{count} rules, {len(trials)} samples: {len(failed) or 'none'} failed", err=True)
    return 1 if failed else 0


def as_json(entry: "Entry") -> dict[str, Any]:
    """Give all that is known of one rule."""
    return {**asdict(entry), "conditions": dict(entry.conditions)}


def _in_force(ctx: click.Context, files: Sequence[str]) -> "tuple[Entry, ...]":
    from watcher.rules import load_rules
    from watcher.rules.catalogue import list_rules

    paths = _paths(ctx, files)
    if paths:
        load_rules(paths)  # a faulty file is told as every other command tells it
    return list_rules(paths)


def _paths(ctx: click.Context, files: Sequence[str]) -> list[Path]:
    """Give the user's files: those of the config, where there is one, then those named."""
    from watcher.config import find_config

    config = None
    try:
        find_config(options(ctx).config)
    except ConfigError:
        pass
    else:
        config = open_config(ctx, secrets=False)
    known = {Path(path).resolve(): Path(path) for path in (*(config.rules if config else ()), *files)}
    return list(known.values())  # one that the config names, too, is one file


def _in_words(entry: "Entry") -> str:
    from watcher.cli.rows import printable

    told = [
        ("family", entry.family),
        ("says", entry.reason),
        ("looks for", entry.phrase),
        ("seen", entry.seen),
    ]
    told += [("file", entry.file)]
    told += [(name, json.dumps(value, ensure_ascii=False)) for name, value in entry.conditions if value]
    told += [("matches", sample) for sample in entry.matches]
    told += [("rejects", sample) for sample in entry.rejects]
    lines = [entry.id, *(f"  {name:10} {value}" for name, value in told if value)]
    return "".join(f"{printable(line)}\n" for line in lines)


def _form_of(form: str | None) -> str:
    return form or ("table" if sys.stdout.isatty() else "jsonl")


def _write(rows: Iterable[dict[str, Any]], columns: Sequence[tuple[str, int]], form: str | None) -> None:
    chosen = _form_of(form)
    if chosen == "jsonl":
        for row in rows:
            _print(json.dumps(row, ensure_ascii=False) + "\n")
    else:
        _print("".join(_csv(rows, columns) if chosen == "csv" else _table(rows, columns)))


def _csv(rows: Iterable[dict[str, Any]], columns: Sequence[tuple[str, int]]) -> Iterator[str]:
    from watcher.cli.rows import csv_text

    yield csv_text([tuple(name for name, _ in columns)])
    for row in rows:
        cells = (row[name] for name, _ in columns)
        plain = (each if isinstance(each, str) else json.dumps(each, ensure_ascii=False) for each in cells)
        yield csv_text([tuple(plain)])


def _table(rows: Iterable[dict[str, Any]], columns: Sequence[tuple[str, int]]) -> Iterator[str]:
    from watcher.cli.rows import clip

    for row in ({name: name for name, _ in columns}, *rows):
        yield "  ".join(clip(row[name], width) for name, width in columns).rstrip() + "\n"


def _print(text: str) -> None:
    sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
    sys.stdout.buffer.flush()
