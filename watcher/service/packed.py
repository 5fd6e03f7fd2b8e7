"""Turn reports into plain tuples and back, which a process sends in a third of the time of the values."""

from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter
from typing import Any

from watcher.model import Authenticity, Evidence, MessageFacts, Original, Recipient, Report, ReturnPath


Packed = tuple[Any, ...]

_NESTED = ("message", "evidence", "recipients", "original", "return_path", "authenticity")


def _flat(kind: type) -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """Name the fields of a value that hold no other values, and give what takes them all at once."""
    names = tuple(each.name for each in fields(kind) if each.name not in _NESTED)
    return names, attrgetter(*names)


_IN_REPORT, _of_report = _flat(Report)
_IN_RECIPIENT, _of_recipient = _flat(Recipient)
_of_evidence, _of_message = _flat(Evidence)[1], _flat(MessageFacts)[1]
_of_original, _of_return_path, _of_authenticity = (
    _flat(kind)[1] for kind in (Original, ReturnPath, Authenticity)
)


# Of these, many mails have the same.
_evidence, _authenticity = lru_cache(4096)(Evidence), lru_cache(1024)(Authenticity)


def pack(report: Report) -> Packed:
    """Give a report as tuples."""
    return (
        _of_report(report),
        _of_message(report.message),
        tuple(map(_of_evidence, report.evidence)),
        tuple((_of_recipient(each), tuple(map(_of_evidence, each.evidence))) for each in report.recipients),
        None if report.original is None else _of_original(report.original),
        None if report.return_path is None else _of_return_path(report.return_path),
        _of_authenticity(report.authenticity),
    )


def unpack(packed: Packed) -> Report:
    """Give the report that was packed."""
    own, message, evidence, recipients, original, return_path, authenticity = packed
    return Report(
        **dict(zip(_IN_REPORT, own, strict=True)),
        message=MessageFacts(*message),
        evidence=tuple(_evidence(*each) for each in evidence),
        recipients=tuple(
            Recipient(
                **dict(zip(_IN_RECIPIENT, each, strict=True)),
                evidence=tuple(_evidence(*one) for one in proofs),
            )
            for each, proofs in recipients
        ),
        original=None if original is None else Original(*original),
        return_path=None if return_path is None else ReturnPath(*return_path),
        authenticity=_authenticity(*authenticity),
    )
