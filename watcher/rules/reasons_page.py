"""Write the page that lists every reason: `python -m watcher.rules.reasons_page > docs/reasons.md`.

Its rows are those of `taxonomy.csv`; a test holds the page to them.
"""

import sys
from collections.abc import Iterator

from watcher.model import Kind
from watcher.reader.ruleset.taxonomy import Reason
from watcher.rules import reasons


HEAD = """\
# The reasons

One row a reason, as verdicts, events, rules of your own, `policy.escalation`, `review resolve --as` and
`rules list --reason` name it.  This page is made from `watcher/reader/classify/rules/taxonomy.csv`, by
`python -m watcher.rules.reasons_page`.

- **class** is what a permanent refusal for this reason means for the address, **if temporary** what one for
  now means (4xx, 4.x.x, a server that says to try again): `550 5.1.1` of an unknown user is hard,
  `450 4.1.1` is soft.  `hard`: this address will never receive; `soft`: it may work later; `block`: refused
  for the sender's or the message's sake; `undetermined`: the mail does not say enough.  A profile changes
  the class alone ([rules.md](rules.md#profiles)).
- **fault** is whose it is: the recipient's, the receiving system's, the network's, the sender's or the
  message's.
- **advice** is what to do: `suppress` (mail it no more), `retry` (later), `slow_down`, `fix_sender`
  (reputation, authentication, configuration), `fix_message`, `review` (a person should look),
  `unsubscribe`, `ignore`; after a comma, what to do after a temporary refusal, where that differs.

How many bounces of a reason suppress an address is told in
[suppression.md](suppression.md#when-too-many-is-hard).

## Of bounces

| reason | class | if temporary | fault | advice | it means |
| --- | --- | --- | --- | --- | --- |
"""
OTHERS = """
## Of other mail

| reason | kind | fault | advice | it means |
| --- | --- | --- | --- | --- |
"""


def page() -> str:
    """Give the whole page."""
    every = tuple(reasons())
    bounces = (row for row in every if row.kind is Kind.BOUNCE)
    others = (row for row in every if row.kind is not Kind.BOUNCE)
    return HEAD + "".join(map(_bounce, bounces)) + OTHERS + "".join(map(_other, others))


def _bounce(row: Reason) -> str:
    return _line(f"`{row.name}`", row.bounce_class, row.class_if_temporary, *_rest(row))


def _other(row: Reason) -> str:
    return _line(f"`{row.name}`", row.kind, *_rest(row))


def _rest(row: Reason) -> Iterator[str]:
    yield row.fault.replace("_", " ")
    differs = row.advice_if_temporary and row.advice_if_temporary != row.advice
    yield f"`{row.advice}`, `{row.advice_if_temporary}`" if differs else f"`{row.advice}`"
    yield row.definition


def _line(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
