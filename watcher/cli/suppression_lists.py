"""`suppressions import` and `export`: whole lists, in the columns of a service or our own."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from watcher.cli.options import common_options, open_config
from watcher.cli.state import by_option, keeper_of, open_state, who
from watcher.decide.history import STATES
from watcher.errors import UsageError


if TYPE_CHECKING:
    from watcher.service.exchange import Fault
    from watcher.service.exchange.importing import Tally

SERVICES = ("watcher", "ses", "sendgrid", "mailgun", "postmark", "listmonk")
MOST_TOLD = 20  # faulty lines that are named


@click.command("import", epilog="Example: bounce-watcher suppressions import bounces.csv --columns sendgrid")
@click.argument("file", metavar="FILE")
@click.option("--columns", type=click.Choice(("auto", *SERVICES)), default="auto", show_default=True)
@click.option("--dry-run", is_flag=True, help="Only say what the file holds.")
@click.option("--events", is_flag=True, help="Tell the endpoints of each address that is added.")
@by_option
@common_options
@click.pass_context
def import_(ctx: click.Context, file: str, columns: str, dry_run: bool, events: bool, by: str | None) -> int:
    """Add the addresses of a list that a service, or another watcher, wrote.

    FILE is CSV, - is standard input.  The head tells whose columns they are.  Rows that cannot be used are
    named; ends with 1 if there are any.  Rows whose time is over are counted, and put nobody on the list.
    """
    config = open_config(ctx, secrets=False)
    from watcher.service.exchange import read_list
    from watcher.service.exchange.importing import count_list, import_list

    now = datetime.now(UTC)
    with _opened(file) as stream:
        try:
            form, entries = read_list(stream, None if columns == "auto" else columns)
        except UsageError as error:
            raise UsageError(f"{file}:1: {error}") from None
        if dry_run:
            tally = _told(count_list(entries, now), file)
        else:
            with open_state(config, readonly=False, new=True) as store:
                keeper = keeper_of(config, store, events=events)
                tally = _told(import_list(entries, keeper, f"import:{form}", who(by), now), file)
    added = f"{tally.added} to add" if dry_run else f"{tally.added} added, {tally.known} known"
    over = f", {tally.over} already over" if tally.over else ""
    unasked = "; which of them are known was not asked" if dry_run else ""
    click.echo(f"{form}: {added}{over}, {tally.faults} passed by{unasked}", err=True)
    return 1 if tally.faults else 0


def _opened(file: str) -> IO[str]:
    """Open a list: a file, a pipe, or standard input."""
    if file != "-" and Path(file).is_dir():
        raise UsageError(f"{file}: is a directory; name a CSV file, or - for standard input")
    try:
        return click.open_file(file, encoding="utf-8", errors="replace")
    except FileNotFoundError:
        raise UsageError(f"{file}: no such file; name a CSV file, or - for standard input") from None
    except OSError as error:
        raise UsageError(f"{file}: {(error.strerror or 'unreadable').lower()}; name another file") from None


def _told(found: "Iterable[Tally | Fault]", file: str) -> "Tally":
    """Name the first of the rows that cannot be used; give what came of all."""
    from watcher.service.exchange.importing import Tally

    tally, told = Tally(), 0
    for each in found:
        if isinstance(each, Tally):
            tally = each
        elif told < MOST_TOLD:
            told += 1
            click.echo(f"{file}:{each.line}: {each.text}; passed by", err=True)
    return tally


@click.command(epilog="Example: bounce-watcher suppressions export --columns postmark > list.csv")
@click.option("--columns", type=click.Choice(SERVICES), default="watcher", show_default=True)
@click.option("--hashed", is_flag=True, help="SHA-256 of each address in place of it.")
@click.option("--state", type=click.Choice(STATES), help="Only those that stand so.")
@common_options
@click.pass_context
def export(ctx: click.Context, columns: str, hashed: bool, state: str | None) -> None:
    """Write the list as CSV, in the columns of a service.

    What a service has no word for is left out, and counted.  A cell that a spreadsheet could take for a
    formula begins with ', which `import` takes back.
    """
    config = open_config(ctx, secrets=False)
    from watcher.service.exchange import write_hashed, write_list
    from watcher.service.exchange.writing import can_say, is_defused
    from watcher.store.records import Listed, Wanted

    left_out = quoted = 0

    def sayable(rows: Iterable[Listed]) -> Iterator[Listed]:
        nonlocal left_out, quoted
        for row in rows:
            if hashed or can_say(row, columns):
                quoted += columns != "watcher" and not hashed and is_defused(row)
                yield row
            else:
                left_out += 1

    with open_state(config) as store:
        rows = sayable(store.suppressions(Wanted(state), datetime.now(UTC)))
        for line in write_hashed(rows) if hashed else write_list(rows, columns):
            click.echo(line.encode(errors="backslashreplace"), nl=False)
    if quoted:
        begin = "1 address begins" if quoted == 1 else f"{quoted} addresses begin"
        click.echo(
            f"{begin} as a formula does, and with ' before it: {columns} may not take that off", err=True
        )
    if left_out:
        rows_are = "1 row" if left_out == 1 else f"{left_out} rows"
        click.echo(
            f"{rows_are} left out: {columns} has no word for {'it' if left_out == 1 else 'them'}", err=True
        )
