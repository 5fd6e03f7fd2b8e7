"""`init`: write a commented config, and tell the next step."""

import base64
import os
import secrets
import sys
from pathlib import Path

import click

from watcher.cli.first_config import Answers, config_text
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
@click.option("--port", type=click.IntRange(1, 65535), help="Its port, where it is not the usual one.")
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
    host = host or _ask("--host", "IMAP server")
    username = username or _ask("--username", "Name to sign in with")
    answers = Answers(
        host=host,
        port=port,
        ca_file=_beside(ca_file, target) if ca_file else None,
        username=username,
        password_file=_beside(password_file, target) if password_file else PASSWORD_NAME,
        webhook_url=webhook_url or _ask("--webhook-url", "URL that events are sent to"),
        secret_file=SECRET_NAME,
        state=state,
        tls=tls,
        domains=domains or _ask_domains(username),
    )
    check_answers(answers, target)
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


def _ask(flag: str, question: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError(f"{flag}: is missing, and there is no terminal to ask on; give it")
    answer: str = click.prompt(question, err=True)
    return answer.strip()


def _ask_domains(username: str) -> tuple[str, ...]:
    """Ask for the domains that mail is sent from; where nobody can be asked, there are none."""
    if not sys.stdin.isatty():
        return ()
    from watcher.config.username import domain_of

    domain = domain_of(username) or ""
    default = domain if "." in domain else ""
    question = "Domains you send from (bounces of other domains' mail suppress nothing)"
    answer: str = click.prompt(question, default=default, show_default=bool(default), err=True)
    return tuple(answer.replace(",", " ").split())


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


def check_answers(answers: Answers, target: Path) -> None:
    """Refuse what the config, at its place, would refuse, before anything is written."""
    from pydantic import TypeAdapter, ValidationError

    from watcher.config.kinds import CaFile, StateFile
    from watcher.config.network import Domain, Host, Url, is_loopback
    from watcher.config.secret import Surroundings

    given = [
        ("--host", Host, answers.host),
        ("--webhook-url", Url, answers.webhook_url),
        ("--state", StateFile, answers.state),
        *(("--domain", Domain, domain) for domain in answers.domains),
    ]
    if answers.ca_file is not None:
        given.append(("--ca-file", CaFile, answers.ca_file))
    for flag, kind, value in given:
        try:
            TypeAdapter(kind).validate_python(value, context=Surroundings(base=target.absolute().parent))
        except ValidationError as error:
            raise UsageError(f"{flag}: {error.errors()[0]['ctx']['error']}") from None
    if answers.tls == "none" and not is_loopback(answers.host):
        raise UsageError(
            f"--tls: none would send the password to '{answers.host}' in the clear; give implicit or starttls"
        )


def _tell_next(target: Path, answers: Answers) -> None:
    password = target.parent / answers.password_file
    click.echo(f"{target} is written, its signing secret is in {target.parent / answers.secret_file}")
    if not password.exists():
        click.echo(f"put the password into {password} and chmod 600 it")
    if not answers.knows_domains:
        click.echo("no domain of yours is known: bounces suppress nothing; set authenticity.domains in it")
    click.echo(f"next: {paint(f'bounce-watcher check -c {target}', 'green')}")
