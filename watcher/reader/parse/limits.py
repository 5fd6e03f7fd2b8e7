"""Say how much of a mail is read, so that no mail costs more than its size."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds; what lies beyond them is left out, with a note on the message."""

    depth: int = 12  # multiparts within multiparts, and messages within messages
    parts: int = 1_000  # of one message, all levels together
    header_fields: int = 4_000  # of one header block
    header_block: int = 1 << 20  # letters of one header block
    header_value: int = 1 << 15  # letters of one field's value
    content: int = 4 << 20  # octets of one part that are transfer-decoded
    text: int = 1 << 20  # letters of one part's, or one mail's, readable text
    groups: int = 2_000  # field groups of one delivery-status part
    mailboxes: int = 1_000  # addresses read from one header field


LIMITS = Limits()
