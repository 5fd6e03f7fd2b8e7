"""Find the marks that challenge systems leave in any language: codes, and where to go or to write.

BoxTrapper writes `verify#k7Fq0PzL2`, ASK `conf#` or `conf-` and 32 hexadecimal digits, both behind words that
their owners translate; TMDA has an address to answer to, others a page of their own.
"""

import re

from watcher.reader.ruleset.wording import canonical


MAX_PLACES = 20  # links and addresses of one mail that are looked at
# A code holds digits and letters: `#4711` is the number of a ticket, `conf-a` a word.
_CODE = re.compile(
    r"(?<![^\s(\[:])([a-z]{2,20})"
    r"(?:#(?=[a-z]{0,63}\d)(?=\d{0,63}[a-z])[a-z\d]{6,64}|-(?=[a-f]{0,63}\d)(?=\d{0,63}[a-f])[a-f\d]{20,64})"
    r"(?![^\s)\].,:])",
    re.IGNORECASE,
)


def marks_of(subject: str, text: str, reply_to: str) -> str:
    """Return the word of each code of a subject, and the links and addresses of a mail, canonical."""
    marked = "#" in subject or "-" in subject
    coded = [f"{word} somecode ." for word in _CODE.findall(subject)] if marked else []
    named = [reply_to] if reply_to else []
    if "://" in text or "@" in text:
        named += [each for each in text.split() if "://" in each or "@" in each][:MAX_PLACES]
    if not coded and not named:
        return ""
    return canonical(" ".join((*coded, *named)))
