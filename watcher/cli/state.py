"""Open the state file for a command, or say that there is none yet; write rows as the user wants them."""

import getpass
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.errors import StoreError


if TYPE_CHECKING:
    from watcher.config.shape import Config
    from watcher.service.listing import Keeper
    from watcher.store import Store

FORMS = ("table", "jsonl", "csv")
form_option = click.option(
    "--format", "form", type=click.Choice(FORMS), help="Default: table on a terminal, else jsonl."
)
by_option = click.option("--by", metavar="NAME", help="Who says so, for the log; default: the user.")


def said_why(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    """Refuse a reason that says nothing: the callback of `--reason`."""
    if value is not None and not value.strip():
        raise click.BadParameter("says nothing; write why, for the log")
    return value if value is None else value.strip()


def open_state(config: "Config", *, readonly: bool = True, new: bool = False) -> "Store":
    """Open the state; StoreError where there is none, unless it may be made anew."""
    from watcher.store import Store

    if not new and not Path(config.state).exists():
        raise StoreError(f"{config.state}: no state yet; make a first pass with: bounce-watcher once")
    # The watcher itself looks for damage when it starts.
    return Store.open(config.state, readonly=readonly, checked=False)


def who(by: str | None) -> str:
    """Give who says so."""
    if by:
        return by
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no entry of this user's anywhere
        return "unknown"


def write_rows(rows: Iterable[dict[str, Any]], columns: Sequence[tuple[str, int]], form: str | None) -> int:
    """Write rows one by one, as they come; give their number."""
    chosen = form or ("table" if sys.stdout.isatty() else "jsonl")
    count = 0
    for line in _head(columns, chosen):
        click.echo(line, nl=False)
    for row in rows:
        count += 1
        click.echo(_row(row, columns, chosen).encode(errors="backslashreplace"), nl=False)
    return count


def _head(columns: Sequence[tuple[str, int]], form: str) -> Iterator[str]:
    from watcher.cli.rows import clip, csv_text

    if form == "csv":
        yield csv_text([tuple(name for name, _ in columns)])
    elif form == "table":
        yield "  ".join(clip(name, width) for name, width in columns).rstrip() + "\n"


def _row(row: dict[str, Any], columns: Sequence[tuple[str, int]], form: str) -> str:
    from watcher.cli.rows import clip, csv_text

    if form == "jsonl":
        return json.dumps(row, ensure_ascii=False) + "\n"
    if form == "csv":
        return csv_text([tuple(_cell(row[name]) for name, _ in columns)])
    return "  ".join(clip(_cell(row[name]), width) for name, width in columns).rstrip() + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def keeper_of(config: "Config", store: "Store", *, events: bool = True) -> "Keeper":
    """Give who changes the list; he tells the endpoints, unless not to."""
    from watcher.rules import reasons
    from watcher.service.listing import Keeper
    from watcher.service.policy import policy_of

    return Keeper(store, policy_of(config, reasons()), config.webhooks if events else ())
