"""What the header alone says of how a mail came, and of what it answers."""

import re
from dataclasses import dataclass

from watcher.reader.parse.message import Message
from watcher.reader.recognise.once import once


# RFC 5322 section 3.6.5 knows only "Re: "; the others are what mail programs write.
_REPLY_MARKS = (
    "re r fwd? aw wg sv vs vb vl rv tr antw doorst odp pd rif res enc i ynt i̇lt ilt bls trs vá továbbítás "
    "απ πρθ отв відп رد השב תגובה הועבר ตอบกลับ ส่งต่อ 返信 転送 回复 回覆 转发 轉寄 答复 답장 회신 전달"
)
_REPLY = re.compile(
    r"\s{0,4}(?:\[[^\]]{1,60}\]\s{0,4})?"
    rf"(?:{'|'.join(_REPLY_MARKS.split())}|trả lời|chuyển tiếp|إعادة توجيه)"
    r"\s{0,2}(?:\[\d{1,3}\])?\s{0,2}[:：]",
    re.IGNORECASE,
)
# Where list managers (Mailman, ezmlm, majordomo) take their bounces; list fields may be on them, too.
_OWNERS = re.compile(
    r"[-+_](?:bounces?|owner|admin|request)(?:\+[^@\s]{1,100})?@|(?:^|[<\s])owner-", re.IGNORECASE
)
_LISTED = ("list-post", "list-id", "mailing-list", "x-mailing-list", "list-unsubscribe")
_LIST_FIELDS = frozenset(_LISTED)
THREAD_FIELDS = frozenset({"in-reply-to", "references"})


@dataclass
class HeaderFacts:
    """One message's header; what costs is looked up when first asked for."""

    message: Message

    @once
    def subject(self) -> str:
        """The subject as it came, decoded."""
        return self.message.headers.first("Subject") or ""

    @once
    def label(self) -> str:
        """What stands before the first colon of the subject; all of it where there is none."""
        return self._parts_of_subject[0]

    @once
    def title(self) -> str:
        """What stands behind the first colon of the subject: of an answer, the subject answered."""
        return self._parts_of_subject[2]

    @once
    def _parts_of_subject(self) -> tuple[str, str, str]:
        return self.subject.replace("：", ":").partition(":")

    @once
    def is_null_sender(self) -> bool:
        """Whether the return-path is the null one, or was rewritten from it by a mailing list's host."""
        path = self.message.headers.raw("Return-Path")
        if (self.message.headers.raw("From") or "x").rstrip().endswith("<>"):
            return True  # QUIRK: Jetmail, dma
        return path is not None and (
            path.strip() in {"<>", ""} or path.strip().lower().startswith("<mailer-daemon")
        )

    @once
    def is_reply(self) -> bool:
        """Whether the subject is that of an answer or of something passed on."""
        return _REPLY.match(self.subject) is not None

    @once
    def is_threaded(self) -> bool:
        """Whether it answers another mail."""
        return self.message.headers.has_any(THREAD_FIELDS)

    @once
    def is_listed(self) -> bool:
        """Whether it came through a mailing list to its readers, and not to the address of its owners."""
        return self.message.headers.has_any(_LIST_FIELDS) and not self.is_to_owner

    @once
    def is_to_owner(self) -> bool:
        """Whether it went to the address where the list that its fields name takes bounces."""
        to = (self.message.headers.raw("To") or "").lower()
        if not _OWNERS.search(to):
            return False
        given = " ".join(value for name in _LISTED if (value := self.message.headers.raw(name))).lower()
        return not given or to.rpartition("@")[2].strip(' <>,;"').partition(">")[0] in given

    @once
    def auto_submitted(self) -> str:
        """RFC 3834: `no`, `auto-generated`, `auto-replied`, or nothing."""
        return (
            (self.message.headers.first("Auto-Submitted") or "")
            .partition(";")[0]
            .partition("(")[0]
            .strip()
            .lower()
        )

    @once
    def precedence(self) -> str:
        """The old word for what machines write: bulk, junk, list."""
        return (self.message.headers.first("Precedence") or "").strip().lower()

    def is_suppressing(self) -> bool:
        """Whether it asks not to be answered automatically, as Exchange's own messages do."""
        return "X-Auto-Response-Suppress" in self.message.headers
