"""Ask for the new mail of a folder in groups, oldest or newest first, and tell how far it is read with each.

Of a folder one UID is kept, up to which all is recorded.  Newest first, it stays where it was until all is:
what a sweep had recorded when it was broken off has left the folder, or stands in the rows of the store.
"""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from watcher.config.mailbox import Mailbox
from watcher.imap.session import Fetched, Selected, Session
from watcher.store import Store


class Group(NamedTuple):
    """Mails, and the UID up to which all of the folder is recorded once they are."""

    mails: list[Fetched]
    last_uid: int


class Known(NamedTuple):
    """What is known of a folder before a sweep."""

    after: int  # the UID up to which all is recorded
    recorded: Collection[int] = ()  # UIDs above it, recorded too, whose mails may be there yet
    newest: int = 0  # the highest UID that is recorded


def known_of(store: Store, mailbox: Mailbox, selected: Selected, after: int) -> Known:
    """Ask the store what it has of a folder's mail above a UID."""
    place = (mailbox.name, mailbox.folder, selected.uidvalidity)
    # What once had UIDs yet to be given is gone: see `is_as_known`.
    newest = min(store.highest_uid(*place), (selected.uidnext or 1) - 1)
    return Known(after, store.unfiled_uids(*place, after), newest)


def new_groups(session: Session, mailbox: Mailbox, known: Known) -> Iterator[Group]:
    """Give the mails that are not recorded."""
    found = _newest_first if mailbox.order == "newest" else _oldest_first
    return found(session, known, oldest(mailbox))


def oldest(mailbox: Mailbox) -> date | None:
    """Give the day before which mail is left alone."""
    return None if mailbox.since is None else date.fromisoformat(mailbox.since)


def _oldest_first(session: Session, known: Known, since: date | None) -> Iterator[Group]:
    for uids in session.new_uids(known.after, since=since):
        left = set(uids).difference(known.recorded)
        last_uid = known.after
        for mails in session.fetch_bounded(left):
            left.difference_update(mail.uid for mail in mails)
            # Mails may come in another order than their UIDs: no further than the first that is to come.
            last_uid = min(left) - 1 if left else max(uids)
            yield Group(mails, last_uid)
        if last_uid < max(uids):  # they vanished: whoever had them before us keeps them
            yield Group([], max(uids))


def _newest_first(session: Session, known: Known, since: date | None) -> Iterator[Group]:
    newest = max(known.after, known.newest)
    for uids in session.new_uids(known.after, since=since, newest_first=True):
        newest = max(newest, *uids)
        for mails in session.fetch_bounded(set(uids).difference(known.recorded), newest_first=True):
            yield Group(mails, known.after)
    if newest > known.after:
        yield Group([], newest)
