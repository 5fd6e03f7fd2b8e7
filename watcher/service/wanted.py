"""Say which rows of the suppression list are asked for; what no row can have is refused.

An empty answer to a misspelt word would be believed.
"""

from collections.abc import Callable, Collection, Mapping

from watcher.decide.history import STATES
from watcher.errors import UsageError
from watcher.nearest import did_you_mean, nearest_reason
from watcher.rules import reasons
from watcher.service.exchange import FORMS
from watcher.store import Store
from watcher.store.records import Wanted


WayOut = Callable[[str, Collection[str]], str]
_SAID = ("manual", "unsubscribe", "bounce", "complaint")  # by people and in imported lists
_MESSAGE = "sha256:"  # a fingerprint: the source of what a message led to


def wanted_of(query: Mapping[str, str], store: Store) -> Wanted:
    """Read `state`, `reason` and `source`; UsageError for a word that is none.

    A word that a row has is one, wherever it came from.
    """
    refuse_unknown(query, "state", STATES)
    reason, source = query.get("reason"), query.get("source")
    if reason is not None and reason not in _SAID:
        known = {*(row.name for row in reasons()), *_SAID, *store.listed_words("reason")}
        refuse_unknown(query, "reason", known, nearest_reason)
    if source is not None and not source.startswith(_MESSAGE):
        listed = (word for word in store.listed_words("source") if not word.startswith(_MESSAGE))
        refuse_unknown(query, "source", {"manual", *(f"import:{form}" for form in FORMS), *listed})
    return Wanted(query.get("state"), reason, source)


def refuse_unknown(
    query: Mapping[str, str], name: str, known: Collection[str], way_out: WayOut = did_you_mean
) -> None:
    """Refuse a word that is not known."""
    value = query.get(name)
    if value is not None and value not in known:
        raise UsageError(f"{name}: '{value[:40]}' is none; {way_out(value, known)}")
