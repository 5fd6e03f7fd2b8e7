"""Judge whether a message in a file is about mail of ours: as the daemon would, but nobody is asked.

A file has no INTERNALDATE, so signatures are judged as of the message's own date.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from watcher.authenticity import Answers, Ours, ReturnPathKey, authenticate
from watcher.cli.options import domains_of, open_config
from watcher.errors import ConfigError
from watcher.model import Report
from watcher.reader.parse.message import parse_message


if TYPE_CHECKING:
    from watcher.config.shape import Config


def ours_of(ctx: click.Context, config: "Config") -> Ours:
    """Give what is ours by a config; without the keys of return-paths where they cannot be read."""
    from watcher.config.returnpath import return_path_domain

    return Ours(
        domains=domains_of(config),
        return_path_domain=return_path_domain(config),
        keys=_keys(ctx) if config.return_path.keys else (),
        dkim_keys=config.authenticity.dkim_keys,
        trusted_authserv=config.authenticity.trusted_authserv,
        contradict=config.trust_mode != "off",
    )


def judged(raw: bytes, report: Report, ours: Ours) -> Report:
    """Give the report with its level."""
    date = report.message.date
    received = datetime.now(UTC) if date is None else datetime.fromisoformat(date)
    return authenticate(parse_message(raw), report, ours, Answers(), received)


def _keys(ctx: click.Context) -> tuple[ReturnPathKey, ...]:
    from watcher.config.returnpath import keys_of

    try:
        return keys_of(open_config(ctx))
    except ConfigError:
        click.echo("return_path.keys: not every secret can be read; no return-path is verified", err=True)
        return ()
