"""Say for each recipient of a report why it failed, and what follows."""

from watcher.reader.classify.alike import classify_alike
from watcher.reader.classify.candidates import Candidate, Tier
from watcher.reader.classify.engine import Explanation, classify, explain_classify, find_reason


__all__ = [
    "Candidate",
    "Explanation",
    "Tier",
    "classify",
    "classify_alike",
    "explain_classify",
    "find_reason",
]
