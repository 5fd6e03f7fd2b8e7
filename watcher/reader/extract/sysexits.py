"""Say in words how a delivery program ended, where a report gives the number alone: `X-Unix; 73`.

QUIRK: Sendmail writes the exit code of a local mailer as the diagnostic, and makes up a status that tells of
SMTP: 5.5.4 for a wrong option.  The numbers are those of sysexits.h, the words Sendmail's own in its prose.
"""

import re
from typing import Final


_EXIT: Final = re.compile(r"(?i:x-unix)\s{0,3};\s{0,3}(\d\d)\s{0,3}")
_WORDS: Final = {
    "64": "Command line usage error",
    "65": "Data format error",
    "67": "User unknown",
    "70": "Internal error",
    "71": "System error",
    "72": "System file missing",
    "73": "Can't create output",
    "74": "Input/output error",
    "78": "Local configuration error",
}


def words_of_exit(diagnostic: str) -> str | None:
    """Return what a number means; None for any other diagnostic, and for what says nothing of a cause."""
    found = _EXIT.fullmatch(diagnostic[:40])
    return _WORDS.get(found[1]) if found else None
