"""Read, check and compile the rule files into one frozen `Rules`: ours, and those that the user names."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from watcher.errors import RuleError
from watcher.model import Kind
from watcher.reader.ruleset import Rules
from watcher.reader.ruleset.confidence import Confidence
from watcher.reader.ruleset.dialects import Dialects
from watcher.reader.ruleset.mending import Mending
from watcher.reader.ruleset.nears import Nears, Words
from watcher.reader.ruleset.phrase_set import PhraseSet
from watcher.reader.ruleset.phrases import Phrases, WordRow
from watcher.reader.ruleset.receivers import Receivers
from watcher.reader.ruleset.signs import Signs
from watcher.reader.ruleset.taxonomy import Taxonomy
from watcher.rules.claims import load_claims
from watcher.rules.codes import load_codes
from watcher.rules.concepts import ANSWER_WORDS, load_concepts
from watcher.rules.dialects import DIALECTS, load_dialects
from watcher.rules.files import CLASSIFY, POSTING, read_toml
from watcher.rules.own import check_own, load_own
from watcher.rules.phrases import load_phrases, our_readings
from watcher.rules.profiles import load_profiles
from watcher.rules.receivers import load_receivers
from watcher.rules.samples import check_samples
from watcher.rules.signs import SIGNS, load_signs
from watcher.rules.taxonomy import load_taxonomy
from watcher.rules.words import check_words, load_tongues, load_words


__all__ = ["load_rules", "our_words", "reasons"]


@cache
def reasons() -> Taxonomy:
    """Return the rows of `taxonomy.csv` alone: what each reason means."""
    return load_taxonomy(CLASSIFY / "taxonomy.csv")


def load_rules(extra: Sequence[Path] = ()) -> Rules:
    """Return every rule in force; `extra` are files of the user's own, whose samples are run at once.

    What is ours is read once in a process, and shared by all that is returned.
    """
    ours, words = _load_ours(), our_words()
    if not extra:
        return ours
    signs, dialects = ours.signs, _our_dialects()
    rows: list[WordRow] = []
    known = {row.id for each in (_our_rows(), signs.rows, ours.claims.rows, dialects.rows) for row in each}
    for path in extra:
        own = load_own(Path(path), ours.taxonomy, ours.receivers)
        for name in own.ids:
            if name in known:
                raise RuleError(f"{own.path.name}: rule {name}: this id is taken; give it another")
            known.add(name)
        check_words(own.path.name, own.rules, words)
        check_samples(own.path.name, own.rules, words)
        check_own(own)
        rows = [*own.rules, *rows]
        signs = Signs((*own.signs, *signs.rows)) if own.signs else signs
        dialects = Dialects((*own.dialects, *dialects.rows), dialects.prose)
    phrases = Phrases.build(row for row in (*rows, *_our_rows()) if not row.near)
    own_nears = Nears.build((row for row in rows if row.near), words)
    return replace(
        ours,
        phrases=phrases,
        own_nears=own_nears,
        mending=Mending(phrases, own_nears, ours.nears, ours.readings),
        signs=signs,
        dialects=_with_openings(dialects, signs),
    )


@cache
def _load_ours() -> Rules:
    """Return the rules that the package brings."""
    rows, signs = _our_rows(), load_signs(SIGNS, reasons())
    phrases = Phrases.build(row for row in rows if not row.near)
    nears = Nears.build((row for row in rows if row.near), our_words())
    return Rules(
        taxonomy=reasons(),
        codes=load_codes(CLASSIFY / "codes", reasons()),
        phrases=phrases,
        readings=our_readings(),
        nears=nears,
        mending=Mending(phrases, nears, our_readings()),
        refusals=Nears.build(load_phrases(POSTING / "rows", reasons()), load_words(POSTING / "words")),
        tongues=load_tongues(POSTING / "words"),
        receivers=_our_receivers()[0],
        confidence=Confidence(**read_toml(CLASSIFY / "confidence.toml")),
        profiles=load_profiles(CLASSIFY / "profiles.toml"),
        signs=signs,
        concepts=load_concepts(ANSWER_WORDS, contested=True),
        claims=load_claims(reasons()),
        dialects=_with_openings(_our_dialects(), signs),
    )


@cache
def our_words() -> Words:
    """Return the word lists that rows may name."""
    return load_words(CLASSIFY / "words")


@cache
def _our_dialects() -> Dialects:
    return load_dialects(DIALECTS)


@cache
def _our_receivers() -> tuple[Receivers, list[WordRow]]:
    return load_receivers(CLASSIFY / "receivers", reasons())


@cache
def _our_rows() -> tuple[WordRow, ...]:
    phrases = load_phrases(CLASSIFY / "phrases", reasons())
    return (*phrases, *load_phrases(CLASSIFY / "near", reasons()), *_our_receivers()[1])


def _with_openings(dialects: Dialects, signs: Signs) -> Dialects:
    """Let the words that open a report also mark an address beside them as failed."""
    openings = (
        phrase
        for sign in signs.rows
        if sign.where == "body"
        and (sign.kind is Kind.DELAY or (sign.kind is Kind.BOUNCE and not (sign.near or sign.beside)))
        for phrase in sign.phrases
    )
    prose = dialects.prose
    failures = PhraseSet((*prose.failures.phrases, *prose.delays.phrases, *openings))
    causes = PhraseSet(map(str.strip, our_readings().causes))
    return replace(dialects, prose=replace(prose, failures=failures, possible_causes=causes, signs=signs))
