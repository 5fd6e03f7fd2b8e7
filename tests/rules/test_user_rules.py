"""Rules of the user's own: what they can say, and what is refused with one clear line."""

from pathlib import Path

import pytest

from watcher.errors import RuleError
from watcher.model import Action
from watcher.reader.classify import classify, explain_classify
from watcher.reader.findings import Clue, Extract, Finding
from watcher.rules import load_rules


def _write(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return path


def _finding(text: str, **facts) -> Finding:
    facts.setdefault("action", Action.FAILED)
    return Finding("user@example.com", diagnostic=text, clues=(Clue(text, "diagnostic-code"),), **facts)


def test_words_of_the_users_beat_all_of_ours(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
[[rule]]
id = "own.left"
reason = "mailbox_moved"
phrase = "user unknown"
when = "permanent"
matches = ["550 user unknown"]
""",
    )
    rules = load_rules([path])
    assert classify(_finding("550 user unknown", reply_code=550), Extract(), rules).reason == "mailbox_moved"
    assert (
        classify(_finding("450 user unknown", reply_code=450), Extract(), rules).reason == "mailbox_not_found"
    )


def test_a_rule_on_codes_alone_is_evidence_with_the_codes(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
reason = "ip_blocked"
[[rule]]
id = "own.code"
status = ["x.7.999"]
reply_code = [550, 450]
matches = ["550 5.7.999 sic"]
rejects = ["554 5.7.999 sic", "550 5.7.998 sic"]
""",
    )
    rules = load_rules([path])
    given = classify(_finding("550 5.7.999 sic", reply_code=550, status="5.7.999"), Extract(), rules)
    assert (given.reason, given.evidence[0].rule, given.evidence[0].matched) == (
        "ip_blocked",
        "own.code",
        "550 5.7.999",
    )
    assert (
        classify(_finding("554 5.7.999 sic", reply_code=554, status="5.7.999"), Extract(), rules).reason
        != "ip_blocked"
    )


def test_a_pattern_is_searched_in_folded_text_and_quoted(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
reason = "spam_rejected"
[[rule]]
id = "own.score"
regex = 'score [0-9]{1,3}\\.[0-9]'
literal = "score"
priority = 5
strength = "strong"
matches = ["550 Score 12.5 is too much"]
rejects = ["550 score is too much"]
""",
    )
    told = explain_classify(
        _finding("550 Score 12.5 is too much", reply_code=550), Extract(), load_rules([path])
    )
    assert told.verdict.evidence[0].matched == "score 12.5"
    assert told.candidates[0].position == 4


def test_a_rule_can_be_bound_to_receiver_command_and_place(tmp_path: Path) -> None:
    path = _write(
        tmp_path,
        """
reason = "recipient_refused"
[[rule]]
id = "own.bound"
phrase = "sic transit"
receiver = "google"
command = ["data"]
local = false
matches = ["550 sic transit"]
""",
    )
    rules = load_rules([path])
    bound = _finding("550 sic transit", reply_code=550, remote_mta="mx.google.com", command="DATA")
    loose = _finding("550 sic transit", reply_code=550, remote_mta="mx.example.com", command="DATA")
    assert classify(bound, Extract(), rules).reason == "recipient_refused"
    assert classify(loose, Extract(), rules).reason == "undetermined_permanent"


RULE = '[[rule]]\nid = "own.a"\nreason = "mailbox_full"\n'
GOOD = RULE + 'phrase = "sic"\nmatches = ["550 sic"]\n'

SIGN = '[[sign]]\nid = "own.a"\nkind = "auto_reply"\n'

FAULTS = [
    # Each case: what it shows, the file, then the line that is raised.
    ("not TOML", "rule = [", "own.toml: invalid value (at end of document); write it as TOML"),
    ("too deep", f"a = {'[' * 5_000}", "own.toml: lists are nested too deeply; write it as TOML"),
    ("empty", "", "own.toml: no rule in it; begin one with [[rule]]"),
    ("rule is no list", "rule = 3", "own.toml: no rule in it; begin one with [[rule]]"),
    (
        "unknown key atop",
        'name = "x"\n' + GOOD,
        "own.toml: unknown key 'name'; a rule file holds reason and [[rule]]",
    ),
    (
        "no id",
        '[[rule]]\nphrase = "sic"',
        'own.toml: a rule without an id; give it one, as in id = "mailbox_full.over_quota"',
    ),
    (
        "no table",
        "rule = [3]",
        'own.toml: a rule without an id; give it one, as in id = "mailbox_full.over_quota"',
    ),
    (
        "bad id",
        '[[rule]]\nid = "Mine"',
        "own.toml: rule Mine: not an id; write small letters, digits, _ and at least one dot",
    ),
    (
        "unknown key",
        GOOD + 'phrases = "x"',
        "own.toml: rule own.a: unknown key 'phrases'; did you mean phrase?",
    ),
    ("wrong type", GOOD + 'priority = "1"', "own.toml: rule own.a: 'priority' is '1'; write a whole number"),
    (
        "bool for a number",
        GOOD + "priority = true",
        "own.toml: rule own.a: 'priority' is True; write a whole number",
    ),
    ("text for a list", GOOD + 'status = "5.1.1"', "own.toml: rule own.a: 'status' is '5.1.1'; write a list"),
    (
        "text for a bool",
        GOOD + 'local = "yes"',
        "own.toml: rule own.a: 'local' is 'yes'; write true or false",
    ),
    (
        "no reason",
        '[[rule]]\nid = "own.a"\nphrase = "sic"',
        'own.toml: rule own.a: no reason; write reason = "…" in the rule or atop the file',
    ),
    (
        "unknown reason",
        '[[rule]]\nid = "own.a"\nreason = "full"\nphrase = "sic"',
        "own.toml: rule own.a: 'full' is no reason of a bounce; docs/reasons.md lists the reasons",
    ),
    (
        "misspelt reason",
        '[[rule]]\nid = "own.a"\nreason = "mailbox_ful"\nphrase = "sic"',
        "own.toml: rule own.a: 'mailbox_ful' is no reason of a bounce; did you mean mailbox_full?",
    ),
    (
        "misspelt reason of a sign",
        f'{SIGN}reason = "out_of_ofice"\nwhere = "subject"\nphrases = ["sic"]\nmatches = ["sic"]',
        "own.toml: sign own.a: reason: 'out_of_ofice' is none; did you mean out_of_office?",
    ),
    (
        "rules for rule",
        GOOD.replace("[rule]", "[rules]"),
        "own.toml: unknown key 'rules'; write [[rule]], one for each",
    ),
    ("signs for sign", "[[signs]]", "own.toml: unknown key 'signs'; write [[sign]], one for each"),
    (
        "reason of another kind",
        '[[rule]]\nid = "own.a"\nreason = "out_of_office"\nphrase = "sic"',
        "own.toml: rule own.a: 'out_of_office' is no reason of a bounce; docs/reasons.md lists the reasons",
    ),
    (
        "nothing to find",
        RULE,
        "own.toml: rule own.a: nothing to look for; write phrase, near, regex, status or reply_code",
    ),
    ("two to find", GOOD + 'regex = "x"', "own.toml: rule own.a: both phrase and regex; keep one of them"),
    (
        "no word",
        RULE + 'phrase = "--"',
        "own.toml: rule own.a: phrase '--' holds no word; write the words to find",
    ),
    (
        "bad strength",
        GOOD + 'strength = "big"',
        "own.toml: rule own.a: strength 'big'; write strong or weak or last",
    ),
    ("bad when", GOOD + 'when = "now"', "own.toml: rule own.a: when 'now'; write permanent or temporary"),
    (
        "bad status",
        GOOD + 'status = ["511"]',
        'own.toml: rule own.a: status \'511\'; write "5.1.1", or "x.1.1" for both classes',
    ),
    (
        "bad reply code",
        GOOD + 'reply_code = ["550"]',
        "own.toml: rule own.a: reply_code '550'; write a number as in [550, 554]",
    ),
    ("bad regex", RULE + 'regex = "("', "own.toml: rule own.a: regex: missing ), unterminated subpattern"),
    (
        "slow regex",
        RULE + 'regex = "a+"',
        "own.toml: rule own.a: regex: '+' repeats without end; write {0,80}",
    ),
    (
        "unknown receiver",
        GOOD + 'receiver = "nobody"',
        "own.toml: rule own.a: receiver 'nobody'; known are aliyun, aol, charter, comcast, cox,",
    ),
    ("no sample", RULE + 'phrase = "sic"', "own.toml: rule own.a: 'matches' is empty; give one real reply"),
    (
        "a sample that is not found",
        RULE + 'phrase = "sic"\nmatches = ["550 sick"]',
        "own.toml: rule own.a: matches '550 sick' is not found by it; mend rule or sample",
    ),
    (
        "a near miss that is found",
        GOOD + 'rejects = ["550 so sic"]',
        "own.toml: rule own.a: rejects '550 so sic' is found by it; mend rule or sample",
    ),
    ("an id twice", GOOD + GOOD, "own.toml: rule own.a: this id is taken; give it another"),
    (
        "an id of ours",
        GOOD.replace("own.a", "mailbox_full.over_quota"),
        "own.toml: rule mailbox_full.over_quota: this id is taken; give it another",
    ),
]


@pytest.mark.parametrize(("text", "line"), [case[1:] for case in FAULTS], ids=[case[0] for case in FAULTS])
def test_a_fault_is_one_line_with_its_place_and_the_way_out(tmp_path: Path, text: str, line: str) -> None:
    with pytest.raises(RuleError) as raised:
        load_rules([_write(tmp_path, text)])
    assert str(raised.value).startswith(line)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(
        RuleError, match=r"missing\.toml: no such file or directory; name a file that can be read"
    ):
        load_rules([tmp_path / "missing.toml"])
    path = tmp_path / "own.toml"
    path.write_bytes(b'reason = "\xff"')
    with pytest.raises(RuleError, match=r"own\.toml: byte 10: not UTF-8; save it as UTF-8"):
        load_rules([path])


def test_the_same_id_in_two_files_is_refused(tmp_path: Path) -> None:
    first, second = tmp_path / "a.toml", tmp_path / "b.toml"
    first.write_text(GOOD, "utf-8")
    second.write_text(GOOD, "utf-8")
    with pytest.raises(RuleError, match=r"b\.toml: rule own\.a: this id is taken"):
        load_rules([first, second])
