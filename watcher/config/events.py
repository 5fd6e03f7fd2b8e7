"""The events that a webhook may ask for."""

EVENT_TYPES = frozenset({
    "bounce.hard", "bounce.soft", "bounce.block", "bounce.undetermined", "bounce.escalated",
    "delay.reported", "delivery.confirmed", "complaint.received", "address.changed", "auto_reply.received",
    "challenge.received", "receipt.received", "request.unsubscribe", "review.needed",
    "suppression.added", "suppression.removed", "authenticity.rejected",
    "mailbox.failing", "mailbox.recovered", "webhook.test",
})  # fmt: skip
