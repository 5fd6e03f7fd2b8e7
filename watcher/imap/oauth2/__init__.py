"""Get access tokens for signing in: ask for them, keep them while they hold, say in words what is missing."""

from watcher.imap.oauth2.tokens import Tokens, TokenSource


__all__ = ["TokenSource", "Tokens"]
