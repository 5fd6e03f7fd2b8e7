"""Follow one answer of a mail server over its lines, and take the codes out that each of them begins with.

RFC 5321 section 4.2.1; folding may have joined the lines (`550-5.1.1 … 550 5.1.1 …`).
"""

import re
from typing import Final


ENHANCED: Final = r"([245]\.\d\.\d{1,3})(?![\w/@])(?![.-]\d)"
_JOINED: Final = re.compile(rf"(?:^|\s)(?:<<<\s{{0,3}})?([2-5]\d\d)(?:[- ]|$)(?:#?{ENHANCED}[ :-]?)?")
_CONTINUED: Final = re.compile(r"(?:(?<=\s)|^)([245]\d\d)-")
_NEXT_LINE: Final = re.compile(r"\n([ \t>]*+(?:<<<[ \t]*+)?)([^\n]*+)")
_REPLY_LINE: Final = re.compile(r"([2-5]\d\d)[ -]")
_WORDS: Final = 4_096  # letters of an answer, where it stands in prose


def join_lines(text: str) -> str:
    """Take the code that begins each further line out of an answer whose lines were made one.

    Postfix folds `550-5.7.1 likely` and `550 5.7.1 unsolicited` so; what they say reaches over the line end.
    A line that begins with a great letter is a sentence of its own, and stays apart.
    """
    first = _CONTINUED.search(text)
    if first is None or f" {first[1]}" not in text[first.end() :]:
        return text
    code = first[1]

    def drop(found: re.Match[str]) -> str:
        begins_anew = text[first.end() + found.end() :][:1].isupper()
        return found[0] if found[1] != code or begins_anew else " "

    return f"{text[: first.end()]}{_JOINED.sub(drop, text[first.end() :])}"


def join_codes(code: str, words: str) -> tuple[str, str | None]:
    """Take the codes that begin each continued line out of the words."""
    status: list[str] = []

    def drop(found: re.Match[str]) -> str:
        if found[1] != code:
            return found[0]
        if found[2]:
            status.append(found[2])
        return " "

    joined = _JOINED.sub(drop, words)
    return joined, status[0] if status else None


def gather_words(text: str, found: re.Match[str]) -> tuple[str, int]:
    """Return the words of an answer in prose, over continued and indented lines, and where they end."""
    line = text.rfind("\n", 0, found.start()) + 1
    indent = len(text[line : line + 40]) - len(text[line : line + 40].lstrip(" \t"))
    end = line_end(text, found.end())
    while end < len(text) and end - found.end() < _WORDS:
        following = _NEXT_LINE.match(text, end)
        if following is None or not following[2].strip():
            break
        coded = _REPLY_LINE.match(following[2])
        if coded:
            if coded[1] != found[1]:
                break
        elif not _is_continued(following, indent):
            break
        end = following.end()
    return text[found.end() : end][:_WORDS], end


def _is_continued(following: re.Match[str], indent: int) -> bool:
    """Tell whether a line goes on with the sentence before it: indented, and about nobody else."""
    margin = following[1]
    if ">" in margin or "<<<" in margin or len(margin) < max(indent, 1):
        return False
    return (
        not (following[2].startswith("<") and following[2].rstrip().endswith((">:", ">")))
        or len(margin) > indent
    )


def line_end(text: str, start: int) -> int:
    """Return where the line ends that a place stands in."""
    end = text.find("\n", start)
    return len(text) if end < 0 else end
