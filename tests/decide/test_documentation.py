"""docs/suppression.md tells the rules of the taxonomy, the states, and payloads as they are sent."""

import json
import re
from pathlib import Path

import yaml

from tests.decide.samples import DAY, NOW, decided, policy, refused
from tests.decide.test_escalation import after, days
from watcher.config.reasons import REASONS
from watcher.config.shape import Config
from watcher.decide.history import History
from watcher.decide.standing import PRECEDENCE
from watcher.escalation import Step, parse_escalation
from watcher.model import Kind
from watcher.rules import reasons
from watcher.service.exchange import FORMS
from watcher.web.pages import MOST_ADDRESSES, PAGES


TEXT = (Path(__file__).parents[2] / "docs" / "suppression.md").read_text()
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL))
PAYLOADS = [json.loads(text) for text in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def rows(section: str) -> dict[str, str]:
    """Give the rows of a section's table, first cell to the rest."""
    found = re.findall(r"^\| ([^|]+) \| (.*) \|$", SECTIONS[section], re.MULTILINE)
    return {first.strip(): rest for first, rest in found if first.strip("- ")}


def test_the_rules_are_those_of_the_taxonomy() -> None:
    told = rows("When too many is hard")
    del told["rule"]
    named: dict[str, str] = {}
    for rule, text in told.items():
        named |= dict.fromkeys(re.findall(r"`(\w+)`", text), rule)
    for row in reasons():
        if row.kind is Kind.BOUNCE:
            rule = parse_escalation(row.escalation)
            assert named.get(row.name, "never") == str(rule), row.name
            if rule.step is Step.AT_ONCE:
                assert str(parse_escalation(row.escalation_if_temporary)) == "3 over 72h in 30d"
    assert set(named) <= set(REASONS)


def test_every_state_is_told_and_drawn() -> None:
    told = rows("States")
    del told["state"]
    states = {"active", "watch", "quarantined", "suppressed", "banned"}
    assert set(told) == {f"`{state}`" for state in states}
    drawing = re.findall(r"```text\n(.*?)```", TEXT, re.DOTALL)[0]
    assert all(re.search(rf"\| +{state} +\|", drawing) for state in states)
    words = {"manual": "word"}
    order = [SECTIONS["States"].rindex(words.get(cause, cause)) for cause in PRECEDENCE[:2]]
    assert order == sorted(order)


def test_the_config_shown_is_one() -> None:
    shown = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)[0])
    mailbox = {"host": "imap.example.com", "username": "a@example.org", "password": "-"}
    config = Config.model_validate({"mailboxes": [mailbox], **shown})
    assert {name: str(rule) for name, rule in config.policy.escalation.items()} == shown["policy"][
        "escalation"
    ]


def test_the_escalation_shown_is_what_is_sent() -> None:
    sent = after(days("mailbox_full", 0, 1, 3)).events[1].data["escalation"]
    assert PAYLOADS[0] == {**sent, "bounces": sent["bounces"][:1]}


def test_the_answers_shown_are_those_of_the_pages() -> None:
    one, many = (next(page for page in PAGES if page.path.endswith(end)) for end in ("/{address}", "/check"))
    assert PAYLOADS[1:] == [one.answer, many.body, many.answer]
    assert f"{MOST_ADDRESSES:,} addresses" in TEXT


def test_every_form_of_a_list_is_told() -> None:
    told = rows("Lists of other services")
    del told["`--columns`"]
    assert {name.strip("`") for name in told} == set(FORMS)
    for name, form in FORMS.items():
        written = ",".join(form.written)
        assert written in told[f"`{name}`"], name


def test_what_is_said_of_order_holds() -> None:
    histories: dict[str, History] = {}
    for number, day in ((3, 3), (1, 0), (2, 1)):
        report = refused(number=number)
        found = decided(report, histories, received=NOW + day * DAY, now=NOW + 4 * DAY, policy=policy())
        histories |= found.histories
    standing = histories["user@example.com"].suppression
    assert standing is not None
    assert standing.cause == "escalated"
