"""The main job with nothing to set up: a mailbox of realistic mail, the watcher, a receiver of its events."""

from watcher.errors import UsageError


def run(*, mails: int, exit_when_idle: bool) -> int:
    """Play the demo and give the exit code; UsageError where its IMAP server is not installed."""
    try:
        import pymap  # noqa: F401, PLC0415 - the extra `demo` may be missing
    except ImportError:
        raise UsageError(
            "demo: its IMAP server is not installed; install it with: pip install 'bounce-watcher[demo]'"
        ) from None
    from watcher.demo.play import play  # noqa: PLC0415 - needs pymap

    return play(mails, exit_when_idle=exit_when_idle)
