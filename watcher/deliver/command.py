"""Hand one event to a command on its standard input; exit code 0 means delivered.

The command is run as it stands, without a shell, in a group of its own that is killed when the time is
over.  It gets an environment of a few names, so that no secret of ours is passed on.
"""

import asyncio
import contextlib
import os
import signal
from datetime import datetime

from watcher.config.webhook import Webhook
from watcher.deliver.faults import place_of_endpoint
from watcher.deliver.outcome import DELIVERED, Outcome, Result
from watcher.deliver.parcel import Packer, Parcel


AT_ONCE = 4  # commands that run at once
GRACE = 0.5  # seconds for the last words on standard error once the command has ended
_LOOK_AGAIN = 0.05  # seconds
_READ = 65_536
_KEPT = 1_000  # letters of standard error that are kept for a person to read
_PASSED_ON = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR")


class Command:
    """The command of one endpoint."""

    def __init__(self, webhook: Webhook) -> None:
        assert webhook.exec is not None
        self._words = webhook.exec
        self._place = place_of_endpoint(webhook)
        self._total = webhook.timeout.total_seconds()
        self._packer = Packer(webhook)

    async def close(self) -> None:
        """Nothing stays open."""

    async def post(self, parcel: Parcel, now: datetime) -> Outcome:
        """Run the command once; never raises for what it does."""
        content = self._packer.content(parcel, int(now.timestamp())) + b"\n"
        try:
            process = await asyncio.create_subprocess_exec(
                *self._words,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
                env=_environment(parcel),
                start_new_session=True,
            )
        except OSError as error:
            why = (error.strerror or "cannot be run").lower()
            return _failed(f"{self._place}: {why}; name a program that this user may run")
        return await self._finish(process, content)

    async def _finish(self, process: asyncio.subprocess.Process, content: bytes) -> Outcome:
        told = bytearray()
        try:
            async with asyncio.timeout(self._total):
                code = await _ended(process, content, told)
        except TimeoutError:
            return _failed(
                f"{self._place}: not done within {self._total:g} s; do the work later, or raise timeout"
            )
        finally:
            with contextlib.suppress(ProcessLookupError):  # its children too
                os.killpg(process.pid, signal.SIGKILL)
            await _exit_code(process)
            process._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - there is no public way
        if code == 0:
            return DELIVERED
        how = f"ended with {code}" if code > 0 else f"was ended by signal {-code}"
        return Outcome(
            Result.FAILED, f"{self._place}: {how}; exit with 0 once the event is safe", _readable(bytes(told))
        )


def _environment(parcel: Parcel) -> dict[str, str]:
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return kept | {"BOUNCE_WATCHER_EVENT_ID": parcel.id, "BOUNCE_WATCHER_EVENT_TYPE": parcel.type}


async def _ended(process: asyncio.subprocess.Process, content: bytes, told: bytearray) -> int:
    """Give the exit code once the command itself has ended, whoever still holds its standard error."""
    pipes = asyncio.gather(_feed(process, content), _listen(process, told), return_exceptions=True)
    try:
        code = await _exit_code(process)
        await asyncio.wait({pipes}, timeout=GRACE)
        return code
    finally:
        pipes.cancel()


async def _exit_code(process: asyncio.subprocess.Process) -> int:
    # QUIRK: until Python 3.13, wait() lasts until all pipes are closed, by children of the command too.
    waiter = asyncio.ensure_future(process.wait())
    try:
        while process.returncode is None:
            await asyncio.wait({waiter}, timeout=_LOOK_AGAIN)
        return process.returncode
    finally:
        waiter.cancel()


async def _feed(process: asyncio.subprocess.Process, content: bytes) -> None:
    assert process.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may not want to read all
        process.stdin.write(content)
        await process.stdin.drain()
    process.stdin.close()


async def _listen(process: asyncio.subprocess.Process, told: bytearray) -> None:
    """Read standard error to its end, so that the command never waits for us; keep the first of it."""
    assert process.stderr is not None
    while chunk := await process.stderr.read(_READ):
        told += chunk[: max(4 * _KEPT - len(told), 0)]


def _readable(told: bytes) -> str:
    text = "".join(letter if letter.isprintable() else " " for letter in told.decode("utf-8", "replace"))
    return " ".join(text.split())[:_KEPT]


def _failed(error: str) -> Outcome:
    return Outcome(Result.FAILED, error)
