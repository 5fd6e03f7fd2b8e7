"""Find the marks that challenge systems leave in any language: codes, and where to go or to write.

BoxTrapper ends a subject in `verify#k7Fq0PzL2`, and its text in a link that holds the code again; ASK ends
one in `(conf#…)` or `(conf-…)` and hexadecimal digits, both behind words that their owners translate.
TMDA has an address to answer to, others a page of their own.
"""

import re


MAX_PLACES = 20  # links and addresses of one mail that are looked at
# A code holds digits and letters: `#4711` is the number of a ticket, `conf-a` a word.
_CODE = re.compile(
    r"(?:(?<!\S)([a-z]{2,20})#((?=[a-z]{0,63}\d)(?=\d{0,63}[a-z])[a-z\d]{6,64})"
    r"|\(([a-z]{2,20})[#-]((?=[a-f]{0,63}\d)(?=\d{0,63}[a-f])[a-f\d]{20,64})\))\s{0,4}$",
    re.IGNORECASE,
)


def find_code(subject: str, text: str) -> str:
    """Return the word before the code that a subject ends in, and a word in the code's place.

    Monitors write such codes as well: one without parentheses stands in the text again.
    """
    found = _CODE.search(subject) if "#" in subject or "-" in subject else None
    if found is None:
        return ""
    bare, code, enclosed, _ = found.groups()
    return f"{enclosed or bare} somecode ." if enclosed or code in text else ""


def find_places(text: str, *, links: bool = False) -> str:
    """Return the links and addresses of a text, or its links alone."""
    marks = ("://",) if links else ("://", "@")
    return " ".join([each for each in text.split() if any(mark in each for mark in marks)][:MAX_PLACES])
