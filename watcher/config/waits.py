"""A wait: a duration that is not so short that it would be a busy loop."""

from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator

from watcher.config.units import Duration


def _at_least_a_second(value: timedelta) -> timedelta:
    if value < timedelta(seconds=1):
        raise ValueError("shorter than a second; write 1s or more")
    return value


Wait = Annotated[Duration, AfterValidator(_at_least_a_second)]
