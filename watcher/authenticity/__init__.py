"""Tell how sure we are that a report is about mail of our own; sign the return-paths that prove it.

For applications that send mail themselves:

    from datetime import date, timedelta
    from watcher.authenticity import ReturnPathKey, sign_return_path

    key = ReturnPathKey("a", secret)
    last_day = date.today() + timedelta(days=30)
    sender = sign_return_path("user@example.com", key, "bounces.example.org", last_day)

`docs/returnpath.md` describes the form, and how to make it in other languages.
"""

from watcher.authenticity.known import Answers, Ours, Questions, Sent
from watcher.authenticity.level import authenticate, questions
from watcher.authenticity.token import ReturnPathKey, TokenCheck, sign_return_path, verify_return_path


__all__ = [
    "Answers",
    "Ours",
    "Questions",
    "ReturnPathKey",
    "Sent",
    "TokenCheck",
    "authenticate",
    "questions",
    "sign_return_path",
    "verify_return_path",
]
