"""Hold the reader's answers against the truth that the lab's cases know.

    python -m tests.lab.compare OUT [--quiet]

prints by system how many kinds, recipients, reasons and classes were right, and each answer that differs.
The truth: who was written to, why the scripted remote refused, whether the refusal was for ever, and how long
after the mail the answer came.  A report whose words do not hold the remote's reply (some systems drop it, or
turn letters beyond ASCII into question marks) cannot tell the reason: it counts for kind and recipient, and
must not be called hard, but not for reason and class.
"""

import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.cases import ANSWERS, CASES, CLASSES, Case
from watcher.reader import analyse
from watcher.reader.parse.message import parse_message
from watcher.reader.report_json import report_to_dict
from watcher.rules import load_rules


SEVERAL = {
    "anna.berg@example.com": "mailbox_not_found",
    "lena.vogt@webmail.test": "mailbox_full",
    "reader@strict.test": "spam_rejected",
    "fine@example.com": "spam_rejected",  # in one transaction with the one whose content filter refuses
}
GIVEN_UP = 15  # seconds: later than this the lab's systems have given up, before they only warn


@dataclass(frozen=True, slots=True)
class Truth:
    """What the reader should say of one message."""

    kind: str
    recipients: dict[str, tuple[str, ...]]
    bounce_class: str | None = None
    reasons: tuple[str, ...] = ()
    reply: str | None = None
    temporary: bool = False


def truth_of(row: dict[str, Any], raw: bytes) -> Truth | None:
    """Give what is known of a recorded message, or None where nothing is."""
    about, system = row["about"], row["system"]
    if about == "fine@example.com":
        return Truth("delivery", {about: ()})
    user, _, domain = about.partition("@")
    if domain == "quota.example.com":
        reason, name = ("mailbox_full", "soft") if user == "full" else ("mailbox_not_found", "hard")
        return Truth("bounce", {about: (reason,)}, name)
    answer = next((x for x in ANSWERS if about in {f"{x.who}@example.com", f"{x.who}@answers.test"}), None)
    if answer is not None and system in {"dovecot", "vacation", "formail", "exim"}:
        reasons = (answer.reason, *answer.also)
        if answer.kind == "bounce":
            return Truth("bounce", {about: reasons}, CLASSES[answer.reason][0])
        return Truth(answer.kind, {about: ()}, reasons=reasons)
    case = next((x for x in CASES if x.to == about or (".mirror." in about and x.dns == "self")), None)
    if case is None:
        return None
    return _case_truth(case, row, raw)


def _case_truth(case: Case, row: dict[str, Any], raw: bytes) -> Truth:
    early = row["after"] < GIVEN_UP and row["system"] != "haraka"
    # What a system makes of an unreachable domain is its own affair: its report says whether it tries on.
    warning = early and (b"Action: delayed" in raw if case.dns else case.is_temporary)
    to = row["about"]
    reasons = (case.reason, *case.also)
    if case.reason == "undetermined_temporary":
        reasons += ("delivery_expired",)
    recipients = {case.final or to: reasons}
    if case.final:
        recipients[to] = reasons
    if warning:
        return Truth("delay", recipients)
    return Truth("bounce", recipients, case.bounce_class, reply=case.reply, temporary=case.is_temporary)


def holds(raw: bytes, reply: str) -> bool:
    """Say whether a report's words hold the reply's, line breaks and marks left out."""
    message = parse_message(raw)
    texts = [part.as_text() for part in message.walk() if not part.children]
    squeezed = "".join(re.findall(r"\w+", " ".join(texts))).lower()
    return all(
        word in squeezed for line in reply.split("\n") for word in re.findall(r"\w+", line[4:].lower())
    )


def differences(
    row: dict[str, Any], truth: Truth, report: dict[str, Any], raw: bytes
) -> Iterator[tuple[str, str]]:
    """Yield (metric, `right` or what differs) for one message."""
    yield "kind", _same(report["kind"], (truth.kind,))
    if truth.reasons:
        yield "reply_reason", _same(report["reason"], truth.reasons)
    if truth.kind not in {"bounce", "delay", "delivery"}:
        return
    given = {x["address"]: x for x in report["recipients"]}
    found = given.keys() & truth.recipients.keys()
    extra = (
        given.keys()
        - truth.recipients.keys()
        - {x["address"] for x in given.values() if x["original_address"] in truth.recipients}
    )
    yield "recipient", "right" if found and not extra else f"{sorted(given)} not {sorted(truth.recipients)}"
    if truth.kind != "bounce":
        return
    told = truth.reply is None or holds(raw, truth.reply)
    for address in found:
        answer = given[address]
        hard_too = any(CLASSES[reason][truth.temporary] == "hard" for reason in truth.recipients[address])
        if answer["class"] == "hard" and truth.bounce_class != "hard" and not hard_too:
            yield "wrongly_hard", f"hard for {truth.recipients[address][0]}: {answer['reason']}"
        if told:
            yield "reason", _same(answer["reason"], truth.recipients[address])
            allowed = {CLASSES[reason][truth.temporary] for reason in truth.recipients[address]}
            yield "class", _same(answer["class"], (truth.bounce_class or "", *allowed))
        else:
            yield "reply_not_told", "right"


def _same(given: str | None, allowed: tuple[str, ...]) -> str:
    return "right" if given in allowed else f"{given} not {allowed[0]}"


def compare(out: Path) -> Iterator[tuple[dict[str, Any], str, str]]:
    rules = load_rules()
    for line in (out / "arrived.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        raw = (out / row["file"]).read_bytes()
        report = report_to_dict(analyse(raw, rules), row["file"])
        if row["about"] == "issue47@lists.example.org" or "@" not in row["about"]:
            for metric, result in _several(report):
                yield row, metric, result
            continue
        truth = truth_of(row, raw)
        if truth is not None:
            for metric, result in differences(row, truth, report, raw):
                yield row, metric, result


def _several(report: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "kind", _same(report["kind"], ("bounce",))
    for recipient in report["recipients"]:
        address = recipient["address"]
        yield "recipient", "right" if address in SEVERAL else f"{address} was not written to"
        if address in SEVERAL:
            yield "reason", _same(recipient["reason"], (SEVERAL[address],))


def main() -> None:
    out = Path(sys.argv[1])
    right: dict[str, Counter[str]] = defaultdict(Counter)
    total: dict[str, Counter[str]] = defaultdict(Counter)
    for row, metric, result in compare(out):
        for name in (row["system"], "all"):
            right[name][metric] += result == "right"
            total[name][metric] += 1
        if result != "right" and "--quiet" not in sys.argv:
            sys.stdout.write(f"{row['file']}: {metric}: {result}\n")
    for name in sorted(total):
        parts = (f"{metric} {right[name][metric]}/{n}" for metric, n in sorted(total[name].items()))
        sys.stdout.write(f"{name}: {', '.join(parts)}\n")


if __name__ == "__main__":
    main()
