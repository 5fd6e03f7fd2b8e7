"""Find the marks that challenge systems leave in any language: codes, and where to go or to write.

BoxTrapper writes `verify#k7Fq0PzL2`, ASK `conf#` or `conf-` and 32 hexadecimal digits, both behind words that
their owners translate; TMDA has an address to answer to, others a page of their own.
"""

import re


MAX_PLACES = 20  # links and addresses of one mail that are looked at
# A code holds digits and letters: `#4711` is the number of a ticket, `conf-a` a word.
_CODE = re.compile(
    r"(?<![^\s(\[:])([a-z]{2,20})"
    r"(?:#(?=[a-z]{0,63}\d)(?=\d{0,63}[a-z])[a-z\d]{6,64}|-(?=[a-f]{0,63}\d)(?=\d{0,63}[a-f])[a-f\d]{20,64})"
    r"(?![^\s)\].,:])",
    re.IGNORECASE,
)


def find_codes(subject: str) -> str:
    """Return the word before each code of a subject, each with a word in the code's place."""
    if "#" not in subject and "-" not in subject:
        return ""
    return " ".join(f"{word} somecode ." for word in _CODE.findall(subject))


def find_places(text: str) -> str:
    """Return the links and addresses of a text."""
    return " ".join([each for each in text.split() if "://" in each or "@" in each][:MAX_PLACES])
