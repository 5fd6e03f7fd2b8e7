"""Tell a post that waits for a moderator by what comes with it, in whatever language.

From the address of a list's keepers the post itself comes back to its author, or goes to those who decide.
mlmmj, Sympa and Mailman do so.  A refusal has the same form; its words show it, and are asked for before.
Whoever forwards a mail to its writer from `office-admin@` can be answered, and greets or asks.
"""

from typing import Final

from watcher.model import Evidence, Kind
from watcher.reader.findings import Recognition
from watcher.reader.parse.address import parse_mailboxes, parse_writer
from watcher.reader.parse.header import Headers
from watcher.reader.parse.list_address import find_kept
from watcher.reader.parse.mime import EMBEDDED
from watcher.reader.recognise.claimed import asks
from watcher.reader.recognise.view import View


CONFIDENCE: Final = 0.8


def find_held_post(view: View) -> Recognition | None:
    """Return a notice where a list's keepers' address sends a post to its author or to its moderators."""
    headers, children = view.message.headers, view.message.root.children
    if not children or view.is_reply or view.is_threaded:
        return None
    kept = (find_kept(parse_writer(headers)) or "").lower()
    enclosed = next((part for part in children if part.content_type in EMBEDDED), None) if kept else None
    post = enclosed.embedded() if enclosed is not None else None
    if post is None or kept not in _mailboxes(post.headers, "To", "Cc"):
        return None
    readers, authors = _mailboxes(headers, "To"), _mailboxes(post.headers, "From")
    if not any(reader in authors or (find_kept(reader) or "").lower() == kept for reader in readers):
        return None
    if view.is_answerable and (view.spoken.greets_someone or asks(view)):
        return None
    evidence = Evidence("notice.held_post", kept, "from")
    return Recognition(Kind.NOTICE, "moderation_notice", CONFIDENCE, (evidence,))


def _mailboxes(headers: Headers, *names: str) -> set[str]:
    return {each.lower() for name in names for each in parse_mailboxes(headers.first(name))}
