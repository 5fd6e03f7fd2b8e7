"""Ask DNS and the user's send log what the checks of a report rest on; the answers are values.

No fault here is a verdict: what cannot be asked in time is not known, and proves nothing.
"""

from watcher.lookups.asking import Lookups


__all__ = ["Lookups"]
