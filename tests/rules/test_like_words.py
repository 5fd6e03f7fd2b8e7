"""Word lists of all languages are looked through together: a word of one must not silence one of another."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import product

from tests.reader.rulebook import RULES
from watcher.model import BounceClass
from watcher.reader.ruleset.entries import canonical_entries
from watcher.reader.ruleset.spelling import ascii_spellings
from watcher.rules.files import CLASSIFY, read_plain, toml_files


def _lists() -> dict[str, dict[str, set[str]]]:
    """Return the single words in ASCII, or spelled so, of each list, by language."""
    found: dict[str, dict[str, set[str]]] = {}
    for path in toml_files(CLASSIFY / "words"):
        content = read_plain(path)
        content.pop("language", None)
        found[path.stem] = {
            name: {
                spelled
                for entry in canonical_entries(entries)
                for spelled in (entry, *ascii_spellings(entry))
                if " " not in spelled and spelled.isascii()
            }
            for name, entries in content.items()
        }
    return found


def _named(parts: tuple[str, ...]) -> set[str]:
    return {each.strip()[1:] for part in parts for each in part.split("|") if each.strip().startswith("@")}


def _taken_back_by() -> dict[str, set[str]]:
    """Return by each list of words that call dead the lists of those that take it back."""
    found: dict[str, set[str]] = defaultdict(set)
    for near in RULES.nears.rows:
        if RULES.taxonomy[near.row.reason].bounce_class is BounceClass.HARD:
            for name in _named(near.row.near):
                found[name] |= _named(near.row.unless) - {name}
    return found


def _languages_of(lists: dict[str, dict[str, set[str]]]) -> dict[str, dict[str, set[str]]]:
    """Return the languages of each entry of each list."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for language, own in lists.items():
        for name, entries in own.items():
            for entry in entries:
                found[name][entry].add(language)
    return found


def _silenced() -> Iterator[str]:
    lists = _lists()
    languages = _languages_of(lists)
    for (name, vetoes), language in product(_taken_back_by().items(), lists):
        for word, veto in product(lists[language].get(name, ()), vetoes):
            alike = {word, *(f"{word[:end]}*" for end in range(1, len(word) + 1))} & languages[veto].keys()
            others = {other for each in alike for other in languages[veto][each]}
            if others and language not in others:
                yield f"{language}: {word} of {name} is taken back by {veto} of {', '.join(sorted(others))}"


def test_no_word_takes_back_what_another_language_says() -> None:
    assert sorted(set(_silenced())) == []
