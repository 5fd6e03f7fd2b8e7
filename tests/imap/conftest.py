"""The watcher's surroundings, for failures that show only in the whole of it."""

from tests.service.conftest import dovecot_house, house


__all__ = ["dovecot_house", "house"]
