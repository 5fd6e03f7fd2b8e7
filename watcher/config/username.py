"""The domain that a mailbox's user name tells."""


def domain_of(username: str) -> str | None:
    """Give the domain of `bounces@example.com`; a bare name tells none."""
    return username.rpartition("@")[2] or None if "@" in username else None
