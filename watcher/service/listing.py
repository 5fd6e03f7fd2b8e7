"""Change the suppression list without a message: by a person's or a program's word, or because time is up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from watcher.config.webhook import Webhook
from watcher.decide.acts import settled_anew, with_act
from watcher.decide.address import address_key
from watcher.decide.changes import is_added, is_removed
from watcher.decide.history import Act, History, Suppression, SuppressionChange, Verb
from watcher.decide.policy import Policy
from watcher.decide.standing import PRECEDENCE
from watcher.decide.telling import standing_of
from watcher.errors import UsageError
from watcher.events import Event, Listing, make_list_event
from watcher.model import Recipient
from watcher.reader.report_json import recipient_to_dict
from watcher.service.addressing import outbox_rows
from watcher.store import Store


@dataclass(frozen=True, slots=True)
class Keeper:
    """Whoever changes the list, and tells the endpoints of it."""

    store: Store
    policy: Policy
    webhooks: Sequence[Webhook] = ()

    def settle(self, key: str, history: History, now: datetime) -> bool:
        """Write how an address stands now that its time is over; tell whether it may be mailed again."""
        after, change = settled_anew(key, history, self.policy, now)
        if change is None:
            return False
        self.store.change_suppression(change, now)
        before = history.suppression
        if before is None or not is_removed(before, after.suppression) or "@" not in key:
            return False  # of an erased address there is nothing to tell
        listing = self._listing(key, change, before, before.until or now)
        self._tell(_event("suppression.removed", listing, after), listing, now)
        return True

    def act(self, act: Act, now: datetime) -> SuppressionChange | None:
        """Write what was said of an address and what follows from it, with its event; give what changed."""
        key = address_key(act.address)
        with self.store.transaction():
            before = self.store.histories([key])[key]
            if act.verb is Verb.RELEASE:
                act = replace(act, since=max((act.since, *self._dates(key, before))))
            after, change = with_act(key, before, act, self.policy, now)
            if change is None:
                self.store.add_act(act, now)
                return None
            self.store.change_suppression(change, now, act)
            self._tell_of_act(key, change, before.suppression, after, now)
        return change

    def _dates(self, key: str, history: History) -> Iterator[datetime]:
        """Give when all was said that a release lets go, which a clock that was ahead dated after now."""
        domain = f"@{key.rpartition('@')[2]}"
        for standing in (history.suppression, self.store.histories([domain])[domain].suppression):
            if standing is not None:
                yield standing.since
        yield from (fact.received for fact in history.facts)
        yield from (said.since for said in history.acts)

    def is_said(self, act: Act, now: datetime) -> bool:
        """Tell whether an address stands as gravely already as an act would have it."""
        key = address_key(act.address)
        history = self.store.histories([key])[key]
        current = history.suppression
        if current is not None and current.until is not None and current.until <= now:
            current = None
        released = history.released
        if released is not None and act.since <= released:
            return True  # let go since then
        wanted = "banned" if act.verb is Verb.BAN else act.cause
        return current is not None and PRECEDENCE.index(current.cause) <= PRECEDENCE.index(wanted)

    def _tell_of_act(
        self, key: str, change: SuppressionChange, before: Suppression | None, after: History, now: datetime
    ) -> None:
        if not self.webhooks:
            return
        if after.suppression is not None and is_added(before, after.suppression, now):
            listing = self._listing(key, change, after.suppression, now)
            self._tell(_event("suppression.added", listing, after), listing, now)
        elif before is not None and is_removed(before, after.suppression):
            listing = self._listing(key, change, before, now)
            self._tell(_event("suppression.removed", listing, after), listing, now)

    def _listing(self, key: str, change: SuppressionChange, about: Suppression, at: datetime) -> Listing:
        return Listing(change.address, key, about.since, at, self.store.mailbox_of(about.source))

    def _tell(self, event: Event, listing: Listing, now: datetime) -> None:
        self.store.queue_events(outbox_rows([event], listing.mailbox, self.webhooks, now), now)


def refuse_release(address: str, standing: Suppression | None, *, force: bool) -> None:
    """Raise UsageError where a person has to insist: who complained, or is banned, wants no more mail."""
    if standing is not None and standing.cause in {"banned", "complaint"} and not force:
        raise UsageError(
            f"{address}: {standing.state} for {standing.reason}; add --force to let it go all the same"
        )


def _event(event_type: str, listing: Listing, after: History) -> Event:
    standing = standing_of(after, changed=True)
    if after.suppression is not None and not after.suppression.blocks:
        standing = replace(standing, state=None, since=None, until=None)
    return make_list_event(event_type, listing, recipient_to_dict(Recipient(listing.address)), standing)
