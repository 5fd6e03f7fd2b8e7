"""`init`: write a commented config, and tell the next step."""

import base64
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from watcher.cli.options import common_options, options
from watcher.cli.style import paint
from watcher.errors import UsageError


SECRET_NAME = "webhook-secret"  # noqa: S105 - the file's name
PASSWORD_NAME = "imap-password"  # noqa: S105 - the file's name
KEY_NAME = "return-path-key"


@dataclass(frozen=True, slots=True)
class Answers:
    """What the config is made from."""

    host: str
    port: int | None
    ca_file: str | None
    username: str
    password_file: str
    webhook_url: str
    secret_file: str
    state: str
    tls: str
    domains: tuple[str, ...] = ()


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
    _, _, domain = username.rpartition("@")
    default = domain if "." in domain and domain != username else ""
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

    from watcher.config.kinds import CaFile, Domain, Host, StateFile, Url, is_loopback
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


def quoted(text: str) -> str:
    """Write a text as YAML takes it literally."""
    return json.dumps(text, ensure_ascii=False)


def config_text(answers: Answers) -> str:
    """Give the config with the answers in their places; all else stands at its default."""
    return f"""\
# Bounce Watcher.  Every key and its default: config.example.yaml.
# Paths are relative to this file.  Prove it with: bounce-watcher check

# What the watcher knows: histories, suppressions, events that wait.  Keep it.
state: {quoted(answers.state)}

mailboxes:
  # The mailbox that your return-path leads to.  Its mail is filed into folders by what it is.
  - host: {quoted(answers.host)}
    tls: {answers.tls}
{_where(answers)}    username: {quoted(answers.username)}
    password: {{file: {quoted(answers.password_file)}}}
    # folders:
    #   ordinary: null            # null leaves such mail where it is
    #   bounce.hard: Bounces/Hard

webhooks:
  # Where your application hears of dead addresses; it checks each event with the secret in this file.
  - url: {quoted(answers.webhook_url)}
    secret: {{file: {quoted(answers.secret_file)}}}
    # events: [bounce.hard, bounce.escalated, complaint.received, suppression.added]

# The domains you send from.  Anybody can send your mailbox a bounce: it puts an address on the suppression
# list only where the mail that it gives back came from one of these.
{_authenticity(answers)}
# Signed return-paths prove which bounces are yours: docs/returnpath.md.  Once there is a key, all others wait
# for a person, so let your mailer sign first.  Make the key with:
#   (umask 077; openssl rand -base64 32 > {KEY_NAME})
# return_path:
{_return_path_domain(answers)}#   keys: [{{id: a, secret: {{file: {KEY_NAME}}}}}]
"""


def _authenticity(answers: Answers) -> str:
    """Give the section, or how it would look where no domain was given."""
    if answers.domains:
        return f"authenticity:\n  domains: [{', '.join(map(quoted, answers.domains))}]\n"
    _, at, domain = answers.username.rpartition("@")
    without = (
        f"{quoted(domain)}, of the username, makes a report plausible, and proves none"
        if at
        else "bounces suppress nothing"
    )
    return f"# While this is left out, {without}.\n# authenticity:\n#   domains: [example.com]\n"


def _return_path_domain(answers: Answers) -> str:
    """Give the line that the hint needs where the username names no domain."""
    if "@" in answers.username:
        return ""
    return "#   domain: lists.example.com  # whose mail this mailbox gets; the username names none\n"


def _where(answers: Answers) -> str:
    """Give the lines that most servers need none of."""
    port = f"    port: {answers.port}\n" if answers.port else ""
    return port + (f"    ca_file: {quoted(answers.ca_file)}\n" if answers.ca_file else "")


def _tell_next(target: Path, answers: Answers) -> None:
    password = target.parent / answers.password_file
    click.echo(f"{target} is written, its signing secret is in {target.parent / answers.secret_file}")
    if not password.exists():
        click.echo(f"put the password into {password} and chmod 600 it")
    click.echo(f"next: {paint(f'bounce-watcher check -c {target}', 'green')}")
