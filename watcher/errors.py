"""The errors that a person can act on.

    WatcherError               never raised itself; exit_code says how a command ends
     +-- AbsentError           what was asked for is not there                    exit 1
     +-- UsageError            wrong arguments                                    exit 2
     +-- ConfigError           the config file; carries every problem found       exit 2
     +-- RuleError             a rule file                                        exit 2
     +-- ServerError           a server cannot be reached or refuses              exit 3
     |    +-- ConnectError     no connection, or it broke: trying again may help
     |    |    +-- BrokenError the server hung up or fell silent in the middle of it
     |    +-- TlsError         the certificate is not to be trusted
     |    +-- SignInError      user, password or mechanism refused
     |    +-- FolderError      a folder is missing, or cannot be made or written
     |    |    +-- FilingError some mail could not be filed; all else was done
     |    +-- PortTakenError   our own listener's port is in use
     +-- LookupFailedError     DNS or the send log gave no answer; never ends a command but `check`   exit 3
     +-- StoreError            the state file cannot be used                      exit 4

Each text is one line: the place, the value, the way out; lower case, no full stop.
Odd mail is no error: it is read as far as it goes, with a note that says what was odd.
"""

from typing import ClassVar, Final


INTERRUPTED: Final = 130  # the exit code of who was told to stop (128 and SIGINT)


class WatcherError(Exception):
    """Anything that ends a command, or one try at a server, with one clear line."""

    exit_code: ClassVar[int] = 1


class AbsentError(WatcherError):
    """What was named, by an id that we once gave out, is not there: an answer, and the answer is no."""

    exit_code = 1


class UsageError(WatcherError):
    """Wrong arguments of a command."""

    exit_code = 2


class ConfigError(WatcherError):
    """One or more faults of a config file, each a whole line `FILE:LINE: key.path: fault; way out`."""

    exit_code = 2

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class RuleError(WatcherError):
    """A rule file that cannot be used as it is."""

    exit_code = 2


class ServerError(WatcherError):
    """A server that cannot be reached or refuses; `retry` says whether waiting can help."""

    exit_code = 3
    retry: bool = True
    retry_after: float | None = None  # seconds, where the server named a time

    def __init__(self, text: str, *, retry: bool | None = None, retry_after: float | None = None) -> None:
        super().__init__(text)
        if retry is not None:
            self.retry = retry
        self.retry_after = retry_after


class ConnectError(ServerError):
    """No connection, or one that broke."""


class BrokenError(ConnectError):
    """A connection that broke while it was in use."""


class TlsError(ServerError):
    """A certificate that is not to be trusted, or no TLS where it is demanded."""

    retry = False


class SignInError(ServerError):
    """The server refuses the user, the password or the mechanism."""

    retry = False


class FolderError(ServerError):
    """A folder that is missing, or that cannot be made or written to."""

    retry = False


class FilingError(FolderError):
    """A folder that takes no mail, told after all other mail was read and filed."""


class PortTakenError(ServerError):
    """Our own listener's address is in use."""

    retry = False


class LookupFailedError(WatcherError):
    """DNS or the send log gave no answer; it is no verdict on anything."""

    exit_code = 3


class StoreError(WatcherError):
    """The state file cannot be opened, read or written, or belongs to a newer version."""

    exit_code = 4
