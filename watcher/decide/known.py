"""Know, while a batch is decided, what the store would know after each of its messages.

A message that is met again takes the place of what it said before: of other recipients, perhaps, and what is
surer stays.  It is the store's rule, kept here for those that come behind it in the same batch.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from watcher.decide.history import Fact, History, corrected, is_weaker, order
from watcher.decide.said import concerned
from watcher.model import Report


class Known:
    """Histories by key, and what each message said, by its fingerprint."""

    def __init__(self, histories: Mapping[str, History], said: Mapping[str, Iterable[Fact]]) -> None:
        self.histories = dict(histories)
        self._said = {name: {fact.place: fact for fact in facts} for name, facts in said.items()}

    def learn(self, report: Report, facts: Sequence[Fact], histories: Mapping[str, History]) -> None:
        """Take in what a decision made of a report: its facts, and the histories of those concerned."""
        self.histories.update(histories)
        name = report.message.fingerprint
        before = self._said.get(name)
        self._said[name] = after = said_after(before or {}, report, facts)
        if before:
            # Of whom else it spoke, it speaks no more; and of these maybe less than was read.
            for key in {key for fact in (*before.values(), *facts) for key in concerned(fact)}:
                if key in self.histories:
                    self.histories[key] = _speaking(self.histories[key], key, name, after.values())


def said_after(before: Mapping[int, Fact], report: Report, facts: Sequence[Fact]) -> dict[int, Fact]:
    """Give by place what a message says once it is met again: no less sure than it was."""
    read = {fact.place: fact for fact in facts}
    last = max(read, default=-1)
    level = report.authenticity.level
    kept = {
        place: fact
        for place, fact in before.items()
        if place <= last or fact.word or is_weaker(level, fact.level)
    }
    return kept | {
        place: corrected(kept[place], fact) if place in kept else fact for place, fact in read.items()
    }


def _speaking(history: History, key: str, name: str, facts: Iterable[Fact]) -> History:
    """Give a history in which a message says these facts, as far as they concern the key, and no others."""
    others = [fact for fact in history.facts if fact.fingerprint != name]
    own = [fact for fact in facts if key in concerned(fact)]
    return replace(history, facts=tuple(sorted([*others, *own], key=order)))
