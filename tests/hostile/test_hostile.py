"""Hostile mail costs no more than its size; `python -m bench.hostile` measures it at full size."""

import time

import pytest

from tests.hostile.contract import find_faults
from tests.hostile.mails import MAILS, Hostile
from tests.reader.rulebook import RULES
from watcher.model import Report
from watcher.reader import analyse


SHARE = 16  # of what a mail server would let through
FLOOR = 0.03  # CPU seconds below which growth is noise
GROWTH = 3.5  # for twice the size: two is linear, four is quadratic


def spend(raw: bytes) -> tuple[float, Report]:
    started = time.process_time()
    report = analyse(raw, RULES)
    return time.process_time() - started, report


@pytest.mark.parametrize("mail", MAILS, ids=[mail.name for mail in MAILS])
def test_hostile_mail_costs_what_its_size_does(mail: Hostile) -> None:
    small, large = mail.build(mail.size // SHARE // 2), mail.build(mail.size // SHARE)
    faults, tries = [], []
    for _ in range(3):
        spent, report = spend(large)
        faults = find_faults(report, large)
        tries.append(spent / max(spend(small)[0], FLOOR))
        if tries[-1] < GROWTH:
            break
    assert faults == []
    assert min(tries) < GROWTH
