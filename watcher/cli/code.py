"""`code`: what a reply means by the standards, the big receivers and the guides, and what we make of it."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from watcher.cli.classify import PROFILES
from watcher.cli.options import common_options, config_if_told


if TYPE_CHECKING:
    from watcher.reader.code_reading import CodeReading
    from watcher.reader.ruleset import Rules

FORMS = ("text", "table", "jsonl", "csv")
_COLUMNS = ("input", "reply_code", "status", "text", "reason", "class", "code_class", "advice", "confidence")
_WIDTHS = (("input", 56), ("class", 12), ("reason", 24), ("advice", 12), ("confidence", 10))
_NUMBER = re.compile(r"[2-9]\d\d")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_WHOLE = re.compile(r"[\s\"'“„«「]*(?:[2-9]\d\d\W+\w|[245]\.\d{1,3}\.\d{1,3}\s+\w)")
_REFUSAL = re.compile(r"[45](?!00)\d\d")
HINT = "read as one reply; to have an answer each, put each in quotes: code '550 …' '452 …'"


@click.command(epilog="Example: bounce-watcher code 550 5.7.1 mailbox full")
@click.argument("replies", nargs=-1, required=True, metavar="REPLY...")
@click.option("--format", "form", type=click.Choice(FORMS), help="Default: text on a terminal, else jsonl.")
@click.option(
    "--profile", type=click.Choice(PROFILES), help="The policy profile; it changes the class alone."
)
@common_options
@click.pass_context
def code(ctx: click.Context, replies: tuple[str, ...], form: str | None, profile: str | None) -> None:
    """Say what a mail server's reply means: 550 5.7.1 mailbox full, or a bare 552 or 5.2.2.

    The words of one reply need no quotes; of several, each does, but for bare codes: 550 5.1.1 552 are two.
    With - replies are read from standard input, one a line.
    """
    config = config_if_told(ctx)
    from watcher.cli.code_words import load_meanings
    from watcher.reader.code_reading import read_code
    from watcher.rules import load_rules

    chosen = form or ("text" if sys.stdout.isatty() else "jsonl")
    rules = load_rules([Path(path) for path in config.rules] if config else ())
    if chosen == "text":
        rules = load_meanings(rules)
    named = profile or (config.policy.profile if config else "default")
    if may_be_several(replies):
        click.echo(HINT, err=True)
    _print(_head(chosen))
    for given in _lines() if replies == ("-",) else each_reply(replies):
        _print(_answer(read_code(given, rules, named), rules, chosen))


def each_reply(arguments: tuple[str, ...]) -> Iterator[str]:
    """Give the replies that the arguments hold: one of many words, or several, in quotes or as bare codes."""
    if not all(map(_stands_alone, arguments)):
        yield " ".join(arguments)
        return
    reply: list[str] = []
    for argument in arguments:
        if reply and not (_STATUS.fullmatch(argument) and _NUMBER.fullmatch(reply[-1])):
            yield " ".join(reply)
            reply = []
        reply.append(argument)
    yield " ".join(reply)


def _stands_alone(argument: str) -> bool:
    """Say whether an argument may be a reply by itself: a bare code, or words in quotes behind one."""
    return bool(_NUMBER.fullmatch(argument) or _STATUS.fullmatch(argument) or _WHOLE.match(argument))


def may_be_several(arguments: tuple[str, ...]) -> bool:
    """Say whether words that are read as one reply look as if somebody had meant several."""
    if all(map(_stands_alone, arguments)):
        return False
    later = arguments[1:]
    coded = _stands_alone(arguments[0])  # else the numbers are in the midst of words
    return any(
        _WHOLE.match(word) or (_REFUSAL.fullmatch(word) and (coded or not after or _STATUS.fullmatch(after)))
        for word, after in pairwise((*later, ""))
    )


def as_json(reading: "CodeReading") -> dict[str, Any]:
    """Give the contract's JSON of one reply."""
    reply, verdict = reading.reply, reading.told.verdict
    return {
        "input": reading.given,
        "reply_code": reply.reply_code,
        "status": reply.status,
        "text": reply.text,
        "reason": verdict.reason,
        "class": verdict.bounce_class,
        "code_class": verdict.code_class,
        "advice": verdict.advice,
        "confidence": verdict.confidence,
        "evidence": [
            {"rule": each.rule, "matched": each.matched, "where": each.where} for each in verdict.evidence
        ],
    }


def _answer(reading: "CodeReading", rules: "Rules", form: str) -> str:
    from watcher.cli.code_words import in_words
    from watcher.cli.rows import csv_text, printable

    facts = as_json(reading)
    if form == "jsonl":
        return json.dumps(facts, ensure_ascii=False) + "\n"
    if form == "csv":
        return csv_text([tuple(facts[name] for name in _COLUMNS)])
    if form == "table":
        return _row([facts[name] for name, _ in _WIDTHS])
    return "".join(f"{printable(line)}\n" for line in in_words(reading, rules))


def _head(form: str) -> str:
    from watcher.cli.rows import csv_text

    if form == "csv":
        return csv_text([_COLUMNS])
    return _row([name for name, _ in _WIDTHS]) if form == "table" else ""


def _row(cells: Iterable[object]) -> str:
    from watcher.cli.rows import clip

    words = (clip(cell, width) for cell, (_, width) in zip(cells, _WIDTHS, strict=True))
    return "  ".join(words).rstrip() + "\n"


def _lines() -> Iterator[str]:
    """Give the lines of standard input that hold anything; what is not UTF-8 is read as Latin-1."""
    for raw in sys.stdin.buffer:
        try:
            line = raw.decode("utf-8-sig").strip()
        except UnicodeDecodeError:
            line = raw.decode("latin-1").strip()
        if line:
            yield line


def _print(text: str) -> None:
    if text:
        sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
        sys.stdout.buffer.flush()
