"""`events`: what was sent, what waits, what is dead; and sending it again."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.numbers import WholeNumber
from watcher.cli.options import common_options, open_config
from watcher.cli.state import form_option, open_state, write_rows
from watcher.errors import UsageError
from watcher.service.event_rows import COLUMNS, find_moment, row_of, whole


if TYPE_CHECKING:
    from watcher.config.shape import Config
    from watcher.store import Store
    from watcher.store.delivery_records import DeliveryFilter, DeliveryRow

_STATES = click.Choice(["due", "delivered", "dead"])


def _moment(_ctx: click.Context, _param: click.Parameter, value: str | None) -> datetime | None:
    try:
        return None if value is None else find_moment(value, datetime.now(UTC))
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


def _selection(command: Any) -> Any:
    """Add the options that say which events are meant."""
    for option in (
        click.option("--until", metavar="WHEN", callback=_moment, help="Queued before: a time, or 3d ago."),
        click.option("--since", metavar="WHEN", callback=_moment, help="Queued since: a time, or 3d ago."),
        click.option("--type", "kind", metavar="TYPE", help="Of this type, such as bounce.hard."),
        click.option("--state", type=_STATES, help="In this state."),
        click.option("--endpoint", metavar="NAME", help="To this webhook."),
    ):
        command = option(command)
    return command


@click.group(epilog="Example: bounce-watcher events list --state dead --format table")
@common_options
def events() -> None:
    """Show events and their deliveries, and send them again."""


@events.command("list", epilog="Example: bounce-watcher events list --state dead --since 7d")
@_selection
@click.option("--limit", type=WholeNumber(min=1), metavar="N", help="At most so many, the first queued.")
@form_option
@common_options
@click.pass_context
def list_events(ctx: click.Context, /, limit: int | None, form: str | None, **selection: Any) -> int:
    """List deliveries in the order in which they were queued: one row for each event and webhook."""
    from itertools import islice

    config = open_config(ctx, secrets=False)
    with open_state(config) as store:
        _refuse_unknown(config, store, selection)
        rows = islice(store.find_deliveries(_filter((), selection)), limit)
        write_rows(map(row_of, rows), COLUMNS, form)
    return 0


@events.command("show", epilog="Example: bounce-watcher events show d54641f910d7")
@click.argument("event_id", metavar="ID")
@common_options
@click.pass_context
def show_event(ctx: click.Context, event_id: str) -> int:
    """Show the deliveries of one event, with its body, one JSON object a webhook.

    ID is the event's id (webhook-id), or its first letters.  Ends with 1 where there is none.
    """
    with open_state(open_config(ctx, secrets=False)) as store:
        found = list(store.find_deliveries(_filter((event_id,), {}), bodies=True)) if event_id else []
    if not _is_one(found, event_id):
        return 1
    for row in found:
        click.echo(json.dumps(whole(row), ensure_ascii=False, indent=2))
    return 0


@events.command(
    "replay", epilog="Example: bounce-watcher events replay --endpoint app --state dead --since 3d"
)
@click.argument("event_ids", nargs=-1, metavar="[ID]...")
@_selection
@click.option("--dry-run", is_flag=True, help="Tell which, and send nothing.")
@common_options
@click.pass_context
def replay_events(ctx: click.Context, /, event_ids: tuple[str, ...], dry_run: bool, **selection: Any) -> int:
    """Send events again: those named by ID, or those that the options mean.

    Without IDs and --state, the dead ones.  They keep their ids, and say "replay": true.  A running watcher
    sends them within half a minute, `once` at once.  Ends with 1 where there is none.
    """
    config = open_config(ctx, secrets=False)
    given = any(value is not None for value in selection.values())
    if not event_ids and not given:
        raise click.UsageError(
            "name events by ID, or say which by --state, --endpoint, --type, --since or --until"
        )
    if not event_ids and selection["state"] is None:
        selection["state"] = "dead"
    with open_state(config, readonly=dry_run) as store:
        _refuse_unknown(config, store, selection)
        for event_id in event_ids:
            if not _is_one(list(store.find_deliveries(_filter((event_id,), {}))), event_id):
                return 1
        wanted = _filter(event_ids, selection)
        count = sum(1 for _ in store.find_deliveries(wanted)) if dry_run else _replay(store, config, wanted)
    click.echo(f"{count} {'would be' if dry_run else 'to be'} sent again", err=True)
    return 0 if count else 1


@events.command("resume", epilog="Example: bounce-watcher events resume app")
@click.argument("endpoint", metavar="NAME")
@common_options
@click.pass_context
def resume_endpoint(ctx: click.Context, endpoint: str) -> int:
    """Send to a webhook again that is paused since it answered 410 Gone.  Ends with 1 if it is not paused."""
    config = open_config(ctx, secrets=False)
    with open_state(config, readonly=False) as store:
        _refuse_endpoint(endpoint, "", config, store)
        resumed = store.resume(endpoint)
    click.echo(f"{endpoint}: {'resumed' if resumed else 'is not paused'}", err=True)
    return 0 if resumed else 1


def _refuse_unknown(config: "Config", store: "Store", selection: dict[str, Any]) -> None:
    """Refuse names that no event can have: an empty answer would be believed."""
    from watcher.config.events import EVENT_TYPES
    from watcher.nearest import did_you_mean

    kind, endpoint = selection.get("kind"), selection.get("endpoint")
    if kind is not None and kind not in EVENT_TYPES:
        raise UsageError(f"--type: '{kind}': no type of event; {did_you_mean(kind, EVENT_TYPES)}")
    if endpoint is not None:
        _refuse_endpoint(endpoint, "--endpoint: ", config, store)


def _refuse_endpoint(name: str, flag: str, config: "Config", store: "Store") -> None:
    from watcher.nearest import did_you_mean
    from watcher.store.delivery_records import DeliveryFilter

    known = {hook.name for hook in config.webhooks}
    # One that the config no longer names may have events, too.
    if name in known or name in store.pauses() or any(store.find_deliveries(DeliveryFilter(endpoint=name))):
        return
    raise UsageError(f"{flag}'{name}': no such webhook; {did_you_mean(name, known)}")


def _replay(store: "Store", config: "Config", wanted: "DeliveryFilter") -> int:
    from watcher.deliver.shapes.shape import again

    hooks = {hook.name: hook for hook in config.webhooks}

    def remake(row: "DeliveryRow") -> tuple[str, bytes]:
        return again(row.format, row.body or b"", hooks.get(row.endpoint))

    return store.replay(wanted, datetime.now(UTC), remake)


def _filter(event_ids: tuple[str, ...], selection: dict[str, Any]) -> "DeliveryFilter":
    from watcher.store.delivery_records import DeliveryFilter

    return DeliveryFilter(
        event_ids=tuple(each.removesuffix("…") for each in event_ids),  # as the table cuts them
        endpoint=selection.get("endpoint"),
        state=selection.get("state"),
        type=selection.get("kind"),
        since=selection.get("since"),
        until=selection.get("until"),
    )


def _is_one(found: "list[DeliveryRow]", event_id: str) -> bool:
    """Say what is wrong where an id means no event, or several."""
    ids = {row.event_id for row in found}
    if len(ids) == 1 or event_id in ids:
        return True
    text = (
        "no such event; see: bounce-watcher events list"
        if not ids
        else "means several events; write more of it"
    )
    click.echo(f"{event_id}: {text}", err=True)
    return False
