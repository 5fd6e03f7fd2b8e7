"""Turn reports into plain tuples and back, which a process sends in a third of the time of the values."""

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from watcher.model import Authenticity, Evidence, MessageFacts, Original, Recipient, Report, ReturnPath


Packed = tuple[Any, ...]


def _names(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


def _flat(kind: type) -> Callable[[Any], tuple[Any, ...]]:
    """Give what takes all fields of a value at once."""
    return attrgetter(*_names(kind))


_of_report, _of_recipient = _flat(Report), _flat(Recipient)
_of_evidence, _of_message = _flat(Evidence), _flat(MessageFacts)
_of_original, _of_return_path, _of_authenticity = map(_flat, (Original, ReturnPath, Authenticity))

# Where the fields stand that hold other values.
_MESSAGE, _EVIDENCE, _RECIPIENTS, _ORIGINAL, _RETURN_PATH, _AUTHENTICITY = (
    _names(Report).index(name)
    for name in ("message", "evidence", "recipients", "original", "return_path", "authenticity")
)
_PROOFS = _names(Recipient).index("evidence")

# Of these, many mails have the same.
_evidence, _authenticity = lru_cache(4096)(Evidence), lru_cache(1024)(Authenticity)


def pack(report: Report) -> Packed:
    """Give a report as tuples."""
    values = list(_of_report(report))
    values[_MESSAGE] = _of_message(report.message)
    values[_EVIDENCE] = tuple(map(_of_evidence, report.evidence))
    values[_RECIPIENTS] = tuple(map(_pack_recipient, report.recipients))
    values[_ORIGINAL] = report.original and _of_original(report.original)
    values[_RETURN_PATH] = report.return_path and _of_return_path(report.return_path)
    values[_AUTHENTICITY] = _of_authenticity(report.authenticity)
    return tuple(values)


def unpack(packed: Packed) -> Report:
    """Give the report that was packed."""
    values = list(packed)
    values[_MESSAGE] = MessageFacts(*values[_MESSAGE])
    values[_EVIDENCE] = tuple([_evidence(*each) for each in values[_EVIDENCE]])
    values[_RECIPIENTS] = tuple(map(_unpack_recipient, values[_RECIPIENTS]))
    values[_ORIGINAL] = values[_ORIGINAL] and Original(*values[_ORIGINAL])
    values[_RETURN_PATH] = values[_RETURN_PATH] and ReturnPath(*values[_RETURN_PATH])
    values[_AUTHENTICITY] = _authenticity(*values[_AUTHENTICITY])
    return Report(*values)


def _pack_recipient(recipient: Recipient) -> Packed:
    values = list(_of_recipient(recipient))
    values[_PROOFS] = tuple(map(_of_evidence, recipient.evidence))
    return tuple(values)


def _unpack_recipient(packed: Packed) -> Recipient:
    values = list(packed)
    values[_PROOFS] = tuple([_evidence(*each) for each in values[_PROOFS]])
    return Recipient(*values)
