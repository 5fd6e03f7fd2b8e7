"""The options that every command takes, before or after its name, and what follows from them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click


if TYPE_CHECKING:
    from watcher.config.shape import Config

F = TypeVar("F", bound=Callable[..., Any])
_META = "watcher.options"


@dataclass(slots=True)
class Options:
    """What was given of the common options."""

    config: Path | None = None
    log_level: str | None = None
    log_format: str | None = None


def common_options(command: F) -> F:
    """Add the common options to a command."""
    for option in (
        click.option("--log-format", type=click.Choice(["text", "json"]), **_kept("Form of the log.")),
        click.option(
            "--log-level",
            type=click.Choice(["debug", "info", "warning", "error"]),
            **_kept("Least level to log."),
        ),
        click.option(
            "-c", "--config", type=click.Path(path_type=Path), metavar="FILE", **_kept("The config file.")
        ),
    ):
        command = option(command)
    return command


def _kept(text: str) -> dict[str, Any]:
    return {"help": text, "expose_value": False, "callback": _keep}


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    # `meta` is shared by the group's context and the command's; the one nearer to the command is read last.
    if value is not None and param.name is not None:
        setattr(options(ctx), param.name, value)


def options(ctx: click.Context) -> Options:
    """Give the common options of this run."""
    found: Options = ctx.meta.setdefault(_META, Options())
    return found


def open_config(ctx: click.Context, *, secrets: bool = True) -> "Config":
    """Load the config that holds for this run, with or without its secrets; set the log up as it says."""
    from watcher.config import find_config, load_config
    from watcher.service.logs import is_set_up, set_up_logging

    given = options(ctx)
    if not is_set_up():  # a config read again must not end the log of the one in force
        set_up_logging(given.log_level or "info", given.log_format or "auto")
    config = load_config(find_config(given.config), secrets=secrets)
    set_up_logging(given.log_level or config.log.level, given.log_format or config.log.format)
    return config


def domains_of(config: "Config") -> tuple[str, ...]:
    """Give the domains that are the user's: those configured, else those of the mailboxes' user names."""
    from watcher.config.username import domain_of

    named = (domain_of(mailbox.username) for mailbox in config.mailboxes)
    return config.authenticity.domains or tuple(domain for domain in named if domain)


def config_if_told(ctx: click.Context) -> "Config | None":
    """Load a config only where one was named, without its secrets: for commands that need neither."""
    return open_config(ctx, secrets=False) if options(ctx).config is not None else None
