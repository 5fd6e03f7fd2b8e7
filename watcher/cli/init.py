"""`init`: write a commented config, and tell the next step."""

import base64
import os
import secrets
import sys
from pathlib import Path

import click

from watcher.cli.first_answers import Asking
from watcher.cli.first_config import Answers, config_text
from watcher.cli.numbers import WholeNumber
from watcher.cli.options import common_options, options
from watcher.cli.style import paint
from watcher.errors import UsageError


SECRET_NAME = "webhook-secret"  # noqa: S105 - the file's name
PASSWORD_NAME = "imap-password"  # noqa: S105 - the file's name


@click.command(
    epilog="Example: bounce-watcher init --host imap.example.com --username bounces@example.com"
    " --password-file imap-password --webhook-url https://app.example.com/hooks/bounces"
)
@click.option("--host", metavar="HOST", help="The IMAP server.")
@click.option("--port", type=WholeNumber(1, 65535), help="Its port, where it is not the usual one.")
@click.option("--ca-file", metavar="FILE", help="Certificates to trust in place of the system's.")
@click.option("--username", metavar="NAME", help="The name to sign in with.")
@click.option("--password-file", metavar="FILE", help="The file that holds the password.")
@click.option("--webhook-url", metavar="URL", help="Where events are sent to.")
@click.option(
    "--domain", "domains", metavar="DOMAIN", multiple=True,
    help="A domain that you send from; for several, again.",
)  # fmt: skip
@click.option(
    "--tls", type=click.Choice(["implicit", "starttls", "none"]), default="implicit", show_default=True,
    help="How the connection is protected: port 993, STARTTLS on 143, or not at all.",
)  # fmt: skip
@click.option(
    "--state", metavar="FILE", default="state.db", show_default=True, help="Where the state is kept."
)
@click.option(
    "--output", metavar="FILE", type=click.Path(path_type=Path), help="Default: --config, or config.yaml."
)
@click.option("--force", is_flag=True, help="Write over a config that is there.")
@common_options
@click.pass_context
def init(
    ctx: click.Context,
    host: str | None,
    port: int | None,
    ca_file: str | None,
    username: str | None,
    password_file: str | None,
    webhook_url: str | None,
    domains: tuple[str, ...],
    tls: str,
    state: str,
    output: Path | None,
    force: bool,
) -> None:
    """Write a commented config; ask on a terminal for what was not given.

    A new signing secret goes into a file beside it, readable by its owner alone.
    """
    target = output or options(ctx).config or Path("config.yaml")
    if target.exists() and not force:
        raise UsageError(f"{target}: is there already; give --force to write over it, or another --output")
    ca_file = _beside(ca_file, target) if ca_file else None
    asking = Asking(target.absolute().parent, tls)
    given = {"--host": host, "--webhook-url": webhook_url, "--state": state, "--ca-file": ca_file}
    asking.refuse((flag, value) for flag, value in given.items() if value)
    asking.refuse(("--domain", domain) for domain in domains)
    host = host or asking.ask("--host", "IMAP server")
    username = username or asking.ask("--username", "Name to sign in with")
    answers = Answers(
        host=host,
        port=port,
        ca_file=ca_file,
        username=username,
        password_file=_beside(password_file, target) if password_file else PASSWORD_NAME,
        webhook_url=webhook_url or asking.ask("--webhook-url", "URL that events are sent to"),
        secret_file=SECRET_NAME,
        state=state,
        tls=tls,
        domains=domains or asking.ask_domains(username),
    )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if password_file is None and sys.stdin.isatty():
            _keep_password(target.parent / PASSWORD_NAME)
        secret = target.parent / SECRET_NAME
        if not secret.exists():
            write_private(secret, f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
        target.write_text(config_text(answers), encoding="utf-8")
    except OSError as error:
        fault = f"{error.filename}: {str(error.strerror).lower()}"
        raise UsageError(f"{fault}; let this user write there, or give another --output") from None
    _tell_next(target, answers)


def _beside(file: str, target: Path) -> str:
    """Give a path of the command line as the config's own: relative to the config's folder, or absolute."""
    path, folder = Path(file).absolute(), target.absolute().parent
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def _keep_password(path: Path) -> None:
    if path.exists():
        return
    password = click.prompt("Password (kept in a file; empty: later)", hide_input=True, default="", err=True)
    if password:
        write_private(path, f"{password}\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that its owner alone can read, never over another."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _tell_next(target: Path, answers: Answers) -> None:
    password = target.parent / answers.password_file
    click.echo(f"{target} is written, its signing secret is in {target.parent / answers.secret_file}")
    if not password.exists():
        click.echo(f"put the password into {password} and chmod 600 it")
    if not answers.knows_domains:
        click.echo("no domain of yours is known: bounces suppress nothing; set authenticity.domains in it")
    click.echo(f"next: {paint(f'bounce-watcher check -c {target}', 'green')}")
