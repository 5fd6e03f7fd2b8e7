"""Read a YAML file into plain values that remember their lines.

Every scalar stays the text that was written, or None: `password: 0123`, `mode: off` and `since: 2026-01-01`
mean what they say, and the shape turns texts into numbers where it wants them.  PyYAML composes the nodes; no
object is ever constructed, unknown tags and duplicate keys are problems, and merge keys (`<<: *first`) are
followed.  Texts are never echoed here: any of them may be a secret.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from watcher.config.problem import KeyPath, Problem


MOST_NODES = 20_000  # aliases of aliases grow without bound
MOST_LEVELS = 20
SECRET_KEYS = frozenset({"password", "secret", "token", "basic_auth", "headers", "keys", "oauth2"})

_KNOWN_TAGS = "tag:yaml.org,2002:"
_MERGE = _KNOWN_TAGS + "merge"
_NULL = _KNOWN_TAGS + "null"
_QUOTED = re.compile(r"'(?!<[a-z ]{1,30}>'|\\.')[^']{2,}'|\"[^\"]{2,}\"")


@dataclass(slots=True)
class Document:
    """The values of a file, the line of each, and what was wrong with the YAML itself."""

    values: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    def line(self, path: KeyPath) -> int:
        """Give the line of a key, or of the nearest section around it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def refuse(self, path: KeyPath, text: str, line: int | None = None) -> None:
        """Note a problem with the YAML."""
        self.problems.append(Problem(line or self.line(path), path, text))


def parse_document(text: str) -> Document:
    """Turn YAML text into a document; what is wrong with it stands in `problems`."""
    document = Document()
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        document.problems.append(_syntax_problem(error, text))
        return document
    except RecursionError:
        document.refuse((), "lists or sections are nested too deeply; see config.example.yaml for the shape")
        return document
    if root is not None:
        document.lines[()] = root.start_mark.line + 1
        document.values = _value(root, (), document)
    return document


def _syntax_problem(error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is not None:
        line = mark.line + 1
        fault = getattr(error, "problem", None) or "unexpected text"
    else:
        line = text.count("\n", 0, getattr(error, "position", 0)) + 1
        fault = "a character that YAML does not allow"
    fault = _QUOTED.sub("'…'", str(fault))
    way_out = "check indents and colons, quote text that begins with a sign"
    return Problem(line, (), f"not valid YAML: {fault[:1].lower()}{fault[1:]}; {way_out}")


def _value(node: yaml.Node, path: KeyPath, document: Document) -> Any:
    document.nodes += 1
    if len(path) > MOST_LEVELS or document.nodes > MOST_NODES:
        if document.nodes <= MOST_NODES or not document.problems:
            document.refuse(
                path[:3], "nested too deeply, or aliases that grow too large; write it out plainly"
            )
        return None
    if not node.tag.startswith(_KNOWN_TAGS):
        document.refuse(path, "a YAML tag (!…) has no meaning here; quote text that begins with !")
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        values = []
        for number, item in enumerate(node.value):
            document.lines[(*path, number)] = item.start_mark.line + 1
            values.append(_value(item, (*path, number), document))
        return values
    return None if node.tag == _NULL else str(node.value)


def _mapping(node: yaml.MappingNode, path: KeyPath, document: Document) -> dict[str, Any]:
    values: dict[str, Any] = {}
    merged: dict[str, Any] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if key.tag == _MERGE:
            for source in _merge_sources(value):
                found = _value(source, path, document)
                merged = {**(found if isinstance(found, dict) else {}), **merged}
            continue
        if not isinstance(key, yaml.ScalarNode) or not key.tag.startswith(_KNOWN_TAGS):
            document.refuse(path, "a key that is no plain word; write `key: value`", line)
            continue
        name = str(key.value)
        if name in values:
            first = document.lines[(*path, name)]
            place = path if SECRET_KEYS.intersection(path) else (*path, name)
            document.refuse(place, f"stands here twice, first on line {first}; remove one", line)
            continue
        document.lines[(*path, name)] = line
        values[name] = _value(value, (*path, name), document)
    return {**merged, **values}


def _merge_sources(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    else:
        yield node
