"""`check`: prove a config without changing anything."""

import click

from watcher.cli.options import common_options, open_config, options
from watcher.cli.style import paint


@click.command(epilog="Example: bounce-watcher check -c /etc/bounce-watcher/config.yaml --send-test")
@click.option("--send-test", is_flag=True, help="Send every webhook one signed webhook.test event.")
@common_options
@click.pass_context
def check(ctx: click.Context, send_test: bool) -> int:
    """Prove a config: every key, each mailbox, each webhook, the state file, the rules.

    Nothing is changed anywhere: mailboxes are opened for reading, no folder is made, no event is sent but the
    one of --send-test.  Ends with 2 for a fault of the config or rules, 3 of a server, 4 of the store.
    """
    config = open_config(ctx)
    from watcher.cli.probes import probe
    from watcher.config import find_config

    _tell("ok", "green", "config", str(find_config(options(ctx).config)))
    code = 0
    for found in probe(config, send_test=send_test):
        code = code or found.exit_code
        if found.exit_code:
            _tell("FAIL", "red", found.about, found.text)
        else:
            _tell("ok", "green", found.about, found.text)
    return code


def _tell(word: str, colour: str, about: str, text: str) -> None:
    line = "".join(c if c.isprintable() else "�" for c in f"{about}: {text}")
    click.echo(f"{paint(f'{word:4}', colour, bold=True)}  {line}")
