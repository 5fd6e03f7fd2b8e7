"""The reader, usable alone as a library: bytes of a mail in, a report out; it opens and changes nothing.

from watcher.reader import analyse
from watcher.rules import load_rules

report = analyse(raw, load_rules())
"""

from watcher.reader.analyse import analyse


__all__ = ["analyse"]
