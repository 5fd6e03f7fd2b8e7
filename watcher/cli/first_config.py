"""The text of a first config: what was answered in its place, all else left at its default and explained."""

import json
from dataclasses import dataclass

from watcher.config.username import domain_of


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

    @property
    def knows_domains(self) -> bool:
        """Whether the config will know a domain that mail is sent from."""
        return bool(self.domains or domain_of(self.username))


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
    domain = domain_of(answers.username)
    without = (
        f"{quoted(domain)}, of the username, makes a report plausible, and proves none"
        if domain
        else "bounces suppress nothing"
    )
    return f"# While this is left out, {without}.\n# authenticity:\n#   domains: [example.com]\n"


def _return_path_domain(answers: Answers) -> str:
    """Give the line that the hint needs where the username names no domain."""
    if domain_of(answers.username):
        return ""
    return "#   domain: lists.example.com  # whose mail this mailbox gets; the username names none\n"


def _where(answers: Answers) -> str:
    """Give the lines that most servers need none of."""
    port = f"    port: {answers.port}\n" if answers.port else ""
    return port + (f"    ca_file: {quoted(answers.ca_file)}\n" if answers.ca_file else "")
