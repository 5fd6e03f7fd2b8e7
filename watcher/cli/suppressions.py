"""`suppressions`: the list of addresses not to mail, for people and for programs."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any

import click

from watcher.cli.options import common_options, open_config
from watcher.cli.state import (
    by_option,
    form_option,
    keeper_of,
    open_state,
    said_why,
    who,
    write_rows,
)
from watcher.cli.suppression_lists import MOST_TOLD, export, import_
from watcher.decide.history import STATES
from watcher.errors import UsageError


if TYPE_CHECKING:
    from watcher.store import Store

_COLUMNS = (("address", 36), ("state", 11), ("reason", 24), ("since", 20), ("until", 20), ("source", 24))
_AT_ONCE = 500  # addresses that are looked up together


@click.group(epilog="Example: bounce-watcher suppressions check user@example.com")
@common_options
def suppressions() -> None:
    """Ask and change who is not to be mailed: one list over all mailboxes."""


suppressions.add_command(import_)
suppressions.add_command(export)


@suppressions.command("list", epilog="Example: bounce-watcher suppressions list --state quarantined")
@click.option(
    "--state", type=click.Choice(STATES), help="Only those that stand so; watch is shown on demand."
)
@click.option("--reason", metavar="REASON", help="Only those on it for this reason.")
@click.option("--source", metavar="SOURCE", help="Only those that came from there, such as import:sendgrid.")
@form_option
@common_options
@click.pass_context
def list_(
    ctx: click.Context, state: str | None, reason: str | None, source: str | None, form: str | None
) -> None:
    """List the addresses that are not to be mailed, in the order of the alphabet."""
    config = open_config(ctx, secrets=False)
    from watcher.service.answers import listed_to_dict
    from watcher.service.wanted import wanted_of

    given = {"state": state, "reason": reason, "source": source}
    with open_state(config) as store:
        wanted = wanted_of({name: word for name, word in given.items() if word is not None}, store)
        rows = store.suppressions(wanted, datetime.now(UTC))
        write_rows((listed_to_dict(row) for row in rows), _COLUMNS, form)


@suppressions.command(epilog="Example: bounce-watcher suppressions check --format csv < recipients.txt")
@click.argument("addresses", nargs=-1, metavar="[ADDRESS...]")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "jsonl", "csv", "plain")),
    help="plain: the addresses alone. Default: table on a terminal, else jsonl.",
)
@common_options
@click.pass_context
def check(ctx: click.Context, addresses: tuple[str, ...], form: str | None) -> int:
    """Print those of the addresses that are not to be mailed; end with 1 if there are any.

    Without arguments, or with -, addresses are read from standard input, one a line.  Quarantined ones count.
    What is no address is named, and ends it with 2 after all others were looked up.
    """
    config = open_config(ctx, secrets=False)
    from watcher.service.answers import standing_to_row

    named = ((f"'{address}'", address) for address in addresses)
    given = _lines(sys.stdin) if addresses in {(), ("-",)} else named
    odd: list[str] = []
    with open_state(config) as store:
        found = _blocked(store, given, odd)
        if form == "plain":
            blocked = [address for address, _ in found]
            count = len(blocked)
            click.echo("".join(f"{address}\n" for address in blocked), nl=False)
        else:
            count = write_rows((standing_to_row(*each) for each in found), _COLUMNS, form)
    if odd:
        more = f", and {len(odd) - MOST_TOLD} more" if len(odd) > MOST_TOLD else ""
        raise UsageError(
            "\n".join(f"{each}: no address; write user@example.com" for each in odd[:MOST_TOLD]) + more
        )
    return 1 if count else 0


def _lines(stream: IO[str]) -> Iterator[tuple[str, str]]:
    """Give the addresses, each with its place."""
    for number, line in enumerate(stream, 1):
        if address := line.strip():
            yield f"-:{number}: '{address}'", address


def _blocked(store: "Store", given: Iterable[tuple[str, str]], odd: list[str]) -> Iterator[tuple[str, Any]]:
    """Give those that are not to be mailed; the places of those that are no addresses are put into `odd`."""
    from itertools import islice

    from watcher.service.exchange.reading import is_address

    rest = iter(given)
    while some := list(islice(rest, _AT_ONCE)):
        known = store.check([address for _, address in some], datetime.now(UTC))
        for (place, _), (address, standing) in zip(some, known, strict=True):
            if standing is not None and standing.blocks:
                yield address, standing
            elif standing is None and not is_address(address):  # mail may have told of any odd one
                odd.append(place)


@suppressions.command(
    epilog="Example: bounce-watcher suppressions add user@example.com --reason 'asked by phone'"
)
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--reason", required=True, metavar="TEXT", callback=said_why, help="Why, for the log.")
@click.option("--ban", is_flag=True, help="Never again: no release without --force.")
@click.option("--for", "duration", metavar="DURATION", help="Only for so long, such as 30d.")
@by_option
@common_options
@click.pass_context
def add(
    ctx: click.Context,
    addresses: tuple[str, ...],
    reason: str,
    ban: bool,
    duration: str | None,
    by: str | None,
) -> None:
    """Put addresses on the list; @example.com is a whole domain.  Endpoints hear of it."""
    config = open_config(ctx, secrets=False)
    from watcher.config.units import parse_duration
    from watcher.decide.history import Act, Verb

    _refuse_what_is_none(addresses)
    if ban and duration is not None:
        raise UsageError("--ban and --for: a ban is for good; give one of them")
    now = datetime.now(UTC)
    try:
        until = None if duration is None else now + parse_duration(duration)
    except OverflowError:
        raise UsageError(f"--for: '{duration}' ends after all time; leave it out for good") from None
    except ValueError as error:
        raise UsageError(f"--for: {error}") from None
    if until == now:
        raise UsageError(f"--for: '{duration}' is over at once; write a time such as 30d")
    verb = Verb.BAN if ban else Verb.SUPPRESS
    with open_state(config, readonly=False, new=True) as store:
        keeper = keeper_of(config, store)
        for address in addresses:
            act = Act(address, verb, "manual", "manual", "manual", who(by), now, until, reason)
            changed = keeper.act(act, now)
            click.echo(f"{address}: {'unchanged' if changed is None else changed.state}", err=True)


@suppressions.command(
    epilog="Example: bounce-watcher suppressions remove user@example.com --reason 'mailbox is back'"
)
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@click.option("--reason", required=True, metavar="TEXT", callback=said_why, help="Why, for the log.")
@click.option("--force", is_flag=True, help="Also those that complained or are banned.")
@by_option
@common_options
@click.pass_context
def remove(ctx: click.Context, addresses: tuple[str, ...], reason: str, force: bool, by: str | None) -> int:
    """Let addresses be mailed again.

    What was reported of them until now counts no more; what comes after does.  Ends with 1 if one of them was
    not on the list.
    """
    config = open_config(ctx, secrets=False)
    from watcher.decide.history import Act, Verb
    from watcher.service.listing import refuse_release

    _refuse_what_is_none(addresses)
    now, absent = datetime.now(UTC), 0
    with open_state(config, readonly=False) as store:
        keeper, standings = keeper_of(config, store), dict(store.check(addresses, now))
        for address, standing in standings.items():
            refuse_release(address, standing, force=force)
        for address, standing in standings.items():
            if standing is None:
                click.echo(f"{address}: not on the list", err=True)
                absent += 1
                continue
            act = Act(address, Verb.RELEASE, "manual", "manual", "manual", who(by), now, None, reason)
            keeper.act(act, now)
            click.echo(f"{address}: released", err=True)
    return 1 if absent else 0


def _refuse_what_is_none(addresses: Iterable[str]) -> None:
    from watcher.service.exchange.reading import is_address

    for address in addresses:
        if not is_address(address):
            raise UsageError(f"'{address}': no address; write user@example.com, or @example.com for a domain")
