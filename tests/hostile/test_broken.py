"""Mail broken at random is answered, by the contract; `python -m bench.soak mails` breaks many more."""

import pytest

from tests.hostile.broken import BREAKS, Broken, break_mails
from tests.hostile.contract import find_faults, is_hard
from tests.reader.rulebook import RULES
from watcher.reader import analyse


COUNT = 400
MAILS = tuple(break_mails(seed=20_261_122, count=COUNT))


def test_every_broken_mail_is_answered_by_the_contract() -> None:
    faults = {mail.name: find_faults(analyse(mail.raw, RULES), mail.raw) for mail in MAILS}
    assert {name: found for name, found in faults.items() if found} == {}


def test_no_ordinary_mail_is_broken_into_a_hard_bounce() -> None:
    ordinary = [mail for mail in MAILS if mail.kind == "ordinary"]
    assert [mail.name for mail in ordinary if is_hard(analyse(mail.raw, RULES))] == []
    assert len(ordinary) > COUNT // 20


def test_the_same_seed_breaks_the_same_mails() -> None:
    def names_and_mails(mails: tuple[Broken, ...]) -> list[tuple[str, bytes]]:
        return [(mail.name, mail.raw) for mail in mails]

    assert names_and_mails(tuple(break_mails(20_261_122, 20))) == names_and_mails(MAILS[:20])


@pytest.mark.parametrize("change", BREAKS, ids=[change.__name__.strip("_") for change in BREAKS])
def test_every_break_is_among_those_tried(change) -> None:
    assert any(change.__name__.strip("_") in mail.name for mail in MAILS)
