"""Every sample mail says where it comes from, and there are enough of each kind and each bounce reason.

`recorded`: a real system wrote it in the lab (tests/lab).  `documented`: its wording is public, the source is
named.  `composed`: written by hand to show one thing.
"""

import csv
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.reader.rulebook import RULES
from watcher.model import Report
from watcher.reader import analyse


ROOT = Path(__file__).parents[2]
MAIL, DEMO = ROOT / "tests/mail", ROOT / "watcher/demo/mail"
ORIGINS = {"recorded", "documented", "composed"}
# What gave up after temporary refusals has expired: no report of a failure carries this reason.
NEVER_IN_A_REPORT = {"undetermined_temporary"}
TAXONOMY = ROOT / "watcher/reader/classify/rules/taxonomy.csv"


def rows() -> list[dict[str, Any]]:
    files = sorted(MAIL.glob("origins*.toml"))
    return [row for file in files for row in tomllib.loads(file.read_text("utf-8"))["sample"]]


@cache
def reports() -> tuple[Report, ...]:
    """Read every sample, the demo's too."""
    paths = (*MAIL.rglob("*.eml"), *DEMO.rglob("*.eml"))
    return tuple(analyse(path.read_bytes(), RULES) for path in paths)


def test_every_sample_has_its_row_and_every_row_its_sample() -> None:
    named = sorted(row["file"] for row in rows())
    found = sorted(path.relative_to(MAIL).as_posix() for path in MAIL.rglob("*.eml"))
    assert named == found, "a new sample mail needs a row in one of tests/mail/origins*.toml"


def test_every_row_tells_its_origin() -> None:
    for row in rows():
        assert row["origin"] in ORIGINS, row
        assert row["shows"].strip(), row
        if row["origin"] != "composed":
            assert row["source"].strip(), row


def test_each_kind_has_six_samples() -> None:
    with TAXONOMY.open(newline="", encoding="utf-8") as file:
        kinds = {row["kind"] for row in csv.DictReader(file)} | {"ordinary", "unreadable"}
    count = Counter(str(report.kind) for report in reports())
    assert {kind: count[kind] for kind in kinds if count[kind] < 6} == {}


def test_each_bounce_reason_has_three_samples() -> None:
    with TAXONOMY.open(newline="", encoding="utf-8") as file:
        reasons = {row["reason"] for row in csv.DictReader(file) if row["kind"] == "bounce"}
    count: Counter[str] = Counter()
    for report in reports():
        count.update({str(recipient.reason) for recipient in report.recipients})
    assert {reason: count[reason] for reason in reasons - NEVER_IN_A_REPORT if count[reason] < 3} == {}


def test_there_are_four_hundred_samples() -> None:
    assert len(rows()) >= 400
    assert sum(row["origin"] == "recorded" for row in rows()) >= 250


# Each oddity that mail is known for, and the samples that show it.
ODDITIES = {
    "a status part in base64": "bounce/dsn_status_base64",
    "a status part in multipart/mixed": "bounce/odd_status_in_mixed",
    "a status part as plain text": "bounce/dsn_status_as_plain_text",
    "a report that a list passed on": "bounce/dsn_passed_on_by_list",
    "list fields on a report to the owners": "bounce/odd_list_fields_to_owner",
    "message/global-delivery-status": "bounce/odd_global_status",
    "a delay that is final": "bounce/dsn_opensmtpd_expired",
    "a failure with a status of success": "bounce/odd_failed_with_success_status",
    "a comment where a status belongs": "bounce/odd_comment_for_status",
    "a comment beside status and action": "bounce/odd_comment_beside_status",
    "no reason but the Received lines": "bounce/odd_too_many_hops",
    "several status parts in one mail": "bounce/odd_several_status_parts",
    "a receipt that is a quota refusal": "bounce/sieve_reject_mailbox_full",
    "a wrong charset": "bounce/odd_wrong_charset",
    "no blank line": "bounce/case_missing_blank_line_between",
    "folded header lines without indent": "bounce/odd_header_lost_indents",
    "an original that quotes an older bounce": "bounce/case_original_dsn_quoted_within_original",
    "an address with a plus sign": "bounce/odd_plus_address",
    "an address in quotes": "bounce/odd_quoted_address",
    "an address in UTF-8": "bounce/odd_global_status",
    "a percent hack": "bounce/odd_percent_hack",
    "an X.400 address": "bounce/odd_x400_address",
    "an address relayed to another": "bounce/odd_relayed_to",
    "an alias with its final recipient": "bounce/odd_alias_two_addresses",
    "an alias that Exim hides": "bounce/dsn_exim_undisclosed",
    "a pipe": "bounce/exim_pipe_from_an_alias",
}


@pytest.mark.parametrize("sample", ODDITIES.values(), ids=ODDITIES)
def test_each_oddity_has_a_sample(sample: str) -> None:
    """Bare CR is every sample's, in test_golden."""
    assert (MAIL / f"{sample}.eml").is_file()
