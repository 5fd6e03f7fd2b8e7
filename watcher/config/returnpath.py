"""Give the keys and the domain of our return-paths, as the checks take them."""

from watcher.authenticity import ReturnPathKey
from watcher.config.shape import Config
from watcher.config.username import domain_of


def keys_of(config: Config) -> tuple[ReturnPathKey, ...]:
    """Give the keys, the one to sign with first."""
    return tuple(ReturnPathKey(key.name, key.secret.reveal().encode()) for key in config.return_path.keys)


def return_path_domain(config: Config) -> str | None:
    """Give the domain of our return-paths: as configured, else that of the first mailbox's user name."""
    domain = domain_of(config.mailboxes[0].username)
    return config.return_path.domain or (domain.lower() if domain else None)
