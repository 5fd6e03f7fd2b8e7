"""With keys no forgery changes how its victim stands, nor is it told as true; without, little."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.forgery.kit import KIT, Forgery
from tests.forgery.letters import (
    FORGER,
    LONG_FORGER,
    NOW,
    OURS,
    VICTIM,
    About,
    Report,
    letter,
    token,
)
from tests.forgery.site import Outcome, config, drive
from watcher.decide.address import address_key
from watcher.decide.policy import TRUSTED


OWN = {address_key(FORGER), address_key(LONG_FORGER)}
HARMLESS = {"review.needed", "authenticity.rejected"}


@pytest.mark.parametrize("forgery", KIT, ids=lambda forgery: forgery.name)
def test_with_keys_nobody_is_suppressed_but_the_forger(forgery: Forgery, tmp_path: Path) -> None:
    outcome = drive(tmp_path / "state.db", config(tmp_path, keys=True), forgery.mails())
    with outcome.store:
        history = outcome.history(VICTIM)
        assert (history.suppression, history.hard, history.soft, history.first_seen) == (None, 0, 0, None)
        assert {key for name, key in outcome.events if name not in HARMLESS} <= OWN
        assert enforced(outcome) == forgery.enforced


@pytest.mark.parametrize("forgery", KIT, ids=lambda forgery: forgery.name)
def test_without_keys_it_does_what_the_page_says(forgery: Forgery, tmp_path: Path) -> None:
    outcome = drive(tmp_path / "state.db", config(tmp_path, keys=False), forgery.mails())
    with outcome.store:
        assert alone(outcome) == forgery.alone


@pytest.mark.parametrize(("after", "silenced"), [({}, False), ({"domain_after": 3}, True)])
def test_genuine_tokens_of_three_aliases_silence_no_provider(
    after: dict[str, int], silenced: bool, tmp_path: Path
) -> None:
    reply = "550 5.1.2 Domain not found"
    mails = [
        Report((About(alias, reply=reply),), token(alias), letter(alias, number), number=number).written()
        for number, alias in enumerate((f"forger{n}@provider.example" for n in range(1, 4)), 1)
    ]
    outcome = drive(tmp_path / "state.db", config(tmp_path, keys=True, policy=after), mails)
    with outcome.store:
        assert {each.authenticity.level for each in outcome.reports} <= TRUSTED
        assert {each.recipients[0].reason for each in outcome.reports} == {"domain_not_found"}
        assert (outcome.history("@provider.example").suppression is not None) is silenced


@pytest.mark.parametrize("place", ["same day", "a day later"])
def test_a_report_met_again_when_its_key_is_retired_changes_nothing(place: str, tmp_path: Path) -> None:
    first = Report((About(),), token(VICTIM), letter(VICTIM)).written()
    with drive(tmp_path / "state.db", config(tmp_path, keys=True), [first]).store as store:
        before = store.histories([VICTIM])[VICTIM]
    assert before.suppression is not None
    assert before.suppression.state == "suppressed"
    new = {"domain": OURS, "keys": [{"id": "b", "secret": "another secret of 20 octets"}]}
    later = NOW if place == "same day" else NOW + timedelta(days=1)
    outcome = drive(
        tmp_path / "state.db", config(tmp_path, keys=True, return_path=new), [replace(first, received=later)]
    )
    with outcome.store:
        assert outcome.reports[0].authenticity.level not in TRUSTED
        assert outcome.history(VICTIM) == before


def enforced(outcome: Outcome) -> str:
    names = {name for name, _ in outcome.events}
    if "authenticity.rejected" in names:
        assert set(outcome.filed) == {"suspicious"}
        return "rejected"
    if names - HARMLESS:
        return "forger"
    return "review" if "review.needed" in names else "nothing"


def alone(outcome: Outcome) -> str:
    named = {key for report in outcome.reports for one in report.recipients if (key := one.address)}
    about = next(
        (one for one in named if "victim" in one.lower() and one.isascii() and "+" not in one), VICTIM
    )
    suppression = outcome.history(about).suppression
    if suppression is not None and suppression.blocks:
        return "suppressed" if suppression.state == "suppressed" else "aside"
    told = outcome.told(about) | {name for name, key in outcome.events if key is None}
    if "authenticity.rejected" in told:
        return "rejected"
    return "told" if told - HARMLESS else "nothing"
