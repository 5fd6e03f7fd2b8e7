"""What the checks of a report rest on: what is ours, what is to be asked, and what was answered.

Values only.  Whoever asks DNS and the send log stands outside; an answer that is not there proves nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watcher.authenticity.token import ReturnPathKey


@dataclass(frozen=True, slots=True)
class Ours:
    """What is ours, as the config has it."""

    domains: tuple[str, ...] = ()
    # Domains that make a report plausible and prove nothing: others have mail in them too, as at a provider.
    familiar: tuple[str, ...] = ()
    return_path_domain: str | None = None
    keys: tuple[ReturnPathKey, ...] = ()
    # DKIM records or bare keys, by `selector._domainkey.domain`
    dkim_keys: Mapping[str, str] = field(default_factory=dict)
    trusted_authserv: tuple[str, ...] = ()
    contradict: bool = True  # False in the mode `off`, where nothing speaks against a report

    def owns(self, domain: str | None) -> bool:
        """Tell whether a domain is one of ours or below it."""
        name = plain(domain or "")
        mine = (*self.domains, *(key.partition("._domainkey.")[2] for key in self.dkim_keys))
        return any(name == own or name.endswith(f".{own}") for own in map(plain, mine) if own)


@dataclass(frozen=True, slots=True)
class Sent:
    """Asks the send log whether a message went to a recipient; None where an id is to tell the recipient."""

    recipient: str | None
    message_id: str | None
    id: str | None


@dataclass(frozen=True, slots=True)
class Questions:
    """What is to be asked outside before a report can be judged."""

    dkim: tuple[str, ...] = ()  # names of TXT records
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered; what could not be asked is missing."""

    # the record by name; empty where there is none
    dkim: Mapping[str, str] = field(default_factory=dict)
    sent: Mapping[Sent, tuple[str, ...]] | None = None  # to whom; None: there is no send log


def plain(domain: str) -> str:
    """Give a domain in the form in which it is compared."""
    return domain.strip().strip(".").lower()
