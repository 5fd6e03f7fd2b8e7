"""Know the address of a list's keepers or robots by its form, and the list that it is of."""

import re
from typing import Final


# RFC 2142 section 6 and the custom of list managers: `owner-x@`, `x-request@`, `x-bounces+user=host@`.
OWNER: Final = re.compile(
    r"(?:owner-(?P<old>[^@\s]{1,64})|(?P<name>[^@\s]{1,64}?)"
    r"[-+_](?:bounces?|owner|admin|request|return|help|approval|ctl|moderators?|editors?|errors?)"
    r"(?:[-+][^@\s]{0,100})?)@(?P<domain>[^@\s]{1,253})$",
    re.IGNORECASE,
)
MANAGERS: Final = frozenset(
    {
        "ecartis", "ezmlm", "listar", "listserv", "listserver", "lyris",
        "mailman", "majordomo", "no-reply", "noreply", "sympa",
    }
)  # fmt: skip


def find_kept(address: str) -> str | None:
    """Return the list that the address of its keepers is of; no manager is a list."""
    kept = OWNER.match(address)
    name = kept and (kept["old"] or kept["name"])
    return f"{name}@{kept['domain']}" if kept and name and name.lower() not in MANAGERS else None
