"""Start the command: `bounce-watcher …` or `python -m watcher …`."""

import sys

from watcher.errors import INTERRUPTED


def main() -> None:
    """Run the command line and end the process with its exit code."""
    try:
        from watcher.cli.main import run_command_line  # noqa: PLC0415 - kept out of forked workers' way
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    sys.exit(run_command_line(sys.argv[1:]))


if __name__ == "__main__":
    main()
