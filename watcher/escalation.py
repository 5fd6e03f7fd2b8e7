"""Read when bounces make an address hard: `3 over 72h in 30d`, `never`, `at once`, `review at 3 in 90d`.

The notation of `taxonomy.csv` (`3 over >=72h within 30d`) and that of the config are the same to it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Step(StrEnum):
    """What a bounce of some reason leads to."""

    NEVER = "never"  # whatever comes, the address is not to blame
    AT_ONCE = "at once"  # one is enough
    COUNT = "count"  # so many over so long are as good as a hard one
    REVIEW = "review"  # so many are a person's to judge


@dataclass(frozen=True, slots=True)
class Escalation:
    """`count` bounces, first and last at least `span` apart, all of them within `within`."""

    step: Step
    count: int = 1
    span: timedelta = timedelta()
    within: timedelta = timedelta()

    def __str__(self) -> str:
        """Write it as the config has it."""
        if self.step is Step.COUNT:
            return f"{self.count} over {_written(self.span)} in {_written(self.within)}"
        if self.step is Step.REVIEW:
            return f"review at {self.count} in {_written(self.within)}"
        return self.step.value


NEVER = Escalation(Step.NEVER)
AT_ONCE = Escalation(Step.AT_ONCE)

MOST = 100  # bounces that a rule may ask for: the history of an address holds no more than a few hundred
FORM = (
    "write 'N over TIME in TIME', such as '3 over 72h in 30d', or 'review at N in TIME', 'at once' or 'never'"
)
_COUNT = re.compile(r"(\d{1,4}) over (?:>=)?(\d{1,5})(s|m|h|d) (?:in|within) (\d{1,5})(s|m|h|d)", re.ASCII)
_REVIEW = re.compile(r"review at (\d{1,4}) (?:in|within) (\d{1,5})(s|m|h|d)", re.ASCII)
_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


def parse_escalation(text: str) -> Escalation:
    """Read one; ValueError says what is wrong with it, and what to write."""
    words = " ".join(text.split()).lower()
    if words in {Step.NEVER, Step.AT_ONCE}:
        return Escalation(Step(words))
    if found := _COUNT.fullmatch(words):
        count, span, within = int(found[1]), _time(found[2], found[3]), _time(found[4], found[5])
        return _checked(text, Escalation(Step.COUNT, count, span, within))
    if found := _REVIEW.fullmatch(words):
        within = _time(found[2], found[3])
        return _checked(text, Escalation(Step.REVIEW, int(found[1]), timedelta(), within))
    raise ValueError(f"'{text}' is no rule of escalation; {FORM}")


def _checked(text: str, found: Escalation) -> Escalation:
    if not 2 <= found.count <= MOST:
        raise ValueError(f"'{text}': counts to {found.count}; write 2 to {MOST}, or 'at once' for one")
    if not found.within:
        raise ValueError(f"'{text}': no time to count in; write one such as 30d")
    if found.span > found.within:
        raise ValueError(f"'{text}': {_written(found.span)} is longer than the time they are counted in")
    if found.step is Step.COUNT and found.within < timedelta(days=found.count - 1):
        # They count at most once a day.
        raise ValueError(f"'{text}': bounces count once a day; give {found.count} of them more time")
    return found


def _time(number: str, unit: str) -> timedelta:
    return int(number) * _UNITS[unit]


def _written(time: timedelta) -> str:
    for unit, length in _UNITS.items():
        if time and time % length == timedelta() and (unit != "d" or time >= 4 * length):
            return f"{time // length}{unit}"
    return "0s"
