"""Load `receivers/<name>.toml`: how a receiver is recognised, its words, and its codes.

Codes are written "5.4.1", "x.4.1" for both classes, "5.7.606-5.7.649" for a run, or "550" for a reply.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from watcher.errors import RuleError
from watcher.reader.parse.text import fold
from watcher.reader.ruleset.codes import CodeRow
from watcher.reader.ruleset.phrases import WordRow
from watcher.reader.ruleset.receivers import Receiver, Receivers
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.rules.files import read_toml, toml_files
from watcher.rules.row import check_reason, read_row


_RUN = re.compile(r"([45x])\.(\d{1,3})\.(\d{1,3})(?:-\1\.\2\.(\d{1,3}))?")


def load_receivers(
    folder: Path, taxonomy: Taxonomy, *, whole: bool = False
) -> tuple[Receivers, list[WordRow]]:
    """Read every file; the rows on words go to the phrases, each bound to its receiver."""
    receivers, rows = [], []
    for path in toml_files(folder):
        content = read_toml(path, whole=whole)
        receiver = _receiver(path.name, content, taxonomy)
        receivers.append(receiver)
        rows += [
            read_row(path.name, entry, taxonomy, reason=None, receiver=receiver.name)
            for entry in content.get("rule", [])
        ]
    return Receivers(tuple(receivers)), rows


def _receiver(place: str, content: dict[str, Any], taxonomy: Taxonomy) -> Receiver:
    head = content["receiver"]
    codes = {}
    for entry in content.get("code", []):
        for row in code_rows(place, head["name"], entry):
            check_reason(f"{place}: rule {row.id}", row.reason, taxonomy)
            if row.code in codes:
                raise RuleError(f"{place}: code {row.code}: stands there twice; leave out one of them")
            codes[row.code] = row
    return Receiver(
        name=head["name"],
        hosts=tuple(f".{host}" for host in head.get("hosts", ())),
        domains=tuple(head.get("domains", ())),
        words=tuple(fold(words) for words in head.get("words", ())),
        codes=codes,
    )


def code_rows(place: str, receiver: str, entry: dict[str, Any]) -> Iterator[CodeRow]:
    """Yield the rows of one entry: a run of codes has one for each."""
    for key in ("code", "reason"):
        if key not in entry:
            raise RuleError(f"{place}: a [[code]] without {key}; give it both, code and reason")
    for code in _codes(place, str(entry["code"])):
        yield CodeRow(f"{receiver}.{code}", code, entry["reason"], meaning=entry.get("meaning", ""))


def _codes(place: str, written: str) -> Iterator[str]:
    if written.isdigit():
        yield written
        return
    run = _RUN.fullmatch(written)
    if run is None:
        raise RuleError(f"{place}: code '{written}'; write 5.4.1, x.4.1, 5.7.606-5.7.649 or 550")
    digit, subject, first, last = run.groups()
    for detail in range(int(first), int(last or first) + 1):
        for each in "45" if digit == "x" else digit:
            yield f"{each}.{subject}.{detail}"
