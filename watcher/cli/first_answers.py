"""Take what a first config is made from: refuse what is wrong, and ask for what was not given."""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from watcher.config.username import domain_of
from watcher.errors import UsageError


@dataclass(frozen=True, slots=True)
class Asking:
    """Asks on the terminal; a wrong answer is told in a line, and asked for again."""

    folder: Path  # of the config
    tls: str

    def refuse(self, given: Iterable[tuple[str, str]]) -> None:
        """Raise UsageError for the first of (option, value) that is wrong."""
        for fault in self._faults(given):
            raise UsageError(fault)

    def ask(self, flag: str, question: str) -> str:
        """Ask for the value of an option."""
        if not sys.stdin.isatty():
            raise UsageError(f"{flag}: is missing, and there is no terminal to ask on; give it")
        while True:
            answer = str(click.prompt(question, err=True)).strip()
            if answer and self._is_right([(flag, answer)]):
                return answer

    def ask_domains(self, username: str) -> tuple[str, ...]:
        """Ask for the domains that mail is sent from; where nobody can be asked, there are none."""
        if not sys.stdin.isatty():
            return ()
        domain = domain_of(username) or ""
        default = domain if "." in domain else ""
        question = "Domains you send from (bounces of other domains' mail suppress nothing)"
        while True:
            answer: str = click.prompt(question, default=default, show_default=bool(default), err=True)
            domains = tuple(answer.replace(",", " ").split())
            if self._is_right(("--domain", each) for each in domains):
                return domains

    def _is_right(self, answers: Iterable[tuple[str, str]]) -> bool:
        fault = next(self._faults(answers), None)
        if fault is not None:
            click.echo(fault, err=True)
        return fault is None

    def _faults(self, answers: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Give what the config, in its folder, would refuse."""
        from pydantic import TypeAdapter, ValidationError

        from watcher.config.kinds import CaFile, StateFile
        from watcher.config.network import Domain, Host, Url, is_loopback
        from watcher.config.secret import Surroundings

        kinds = {"--host": Host, "--webhook-url": Url, "--state": StateFile, "--domain": Domain,
                 "--ca-file": CaFile}  # fmt: skip
        for flag, value in answers:
            try:
                TypeAdapter(kinds.get(flag, str)).validate_python(
                    value, context=Surroundings(base=self.folder)
                )
            except ValidationError as error:
                yield f"{flag}: {error.errors()[0]['ctx']['error']}"
            if flag == "--host" and self.tls == "none" and not is_loopback(value):
                way_out = "give implicit or starttls"
                yield f"--tls: none would send the password to '{value}' in the clear; {way_out}"
