"""Say for each recipient of a report why it failed, and what follows: `classify` and `explain_classify`."""

from watcher.reader.classify.candidates import Candidate, Tier
from watcher.reader.classify.engine import Explanation, classify, explain_classify


__all__ = ["Candidate", "Explanation", "Tier", "classify", "explain_classify"]
