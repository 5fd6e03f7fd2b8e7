"""Take one address out of the JSON of a report about several, so that a person can still judge the others.

The others keep their places, their verdicts and their servers' words.  What may tell of the one that goes, in
whatever words, goes with it: the subjects, the fields of the original, the return-path.
"""

import json
from collections.abc import Callable
from typing import Any

from watcher.decide.address import address_key
from watcher.decide.word import ERASED


Named = Callable[[str], bool]  # tells whether a text names the address


def without(text: str, key: str, named: Named) -> str | None:
    """Give the JSON of a report without the address of a key; None where it tells of nobody else."""
    report = json.loads(text)
    recipients = report.get("recipients", [])
    kept = [_blank(each) if _is_about(each, key, named) else _scrubbed(each, named) for each in recipients]
    if not any(each["address"] for each in kept):
        return None
    report["recipients"] = []
    report["message"] |= {"subject": None, "to": []}
    report["return_path"] = None
    if report["original"] is not None:
        report["original"] |= {"to": [], "subject": None, "headers": {}}
    report = _scrubbed(report, named) | {"recipients": kept}
    return json.dumps(report, ensure_ascii=False)


def _is_about(recipient: dict[str, Any], key: str, named: Named) -> bool:
    addresses = [recipient["address"], recipient["original_address"]]
    return any(
        address is not None and (address_key(address) == key or named(address)) for address in addresses
    )


def _blank(recipient: dict[str, Any]) -> dict[str, Any]:
    evidence = [{"rule": ERASED, "matched": "", "where": ""}]
    left = {"code_class": recipient["code_class"], "confidence": 0.0, "evidence": evidence}
    return dict.fromkeys(recipient) | left


def _scrubbed(value: Any, named: Named) -> Any:
    """Empty every text that names the address."""
    match value:
        case str():
            return "" if named(value) else value
        case list():
            return [_scrubbed(each, named) for each in value]
        case dict():
            return {name: _scrubbed(each, named) for name, each in value.items()}
        case _:
            return value
