"""The reasons that a bounce can have, for `policy.escalation`; a test holds them to the taxonomy."""

REASONS = (
    "mailbox_not_found", "mailbox_disabled", "mailbox_moved", "mailbox_full", "mailbox_unavailable",
    "recipient_unverified", "recipient_rate_limited", "recipient_refused", "address_syntax",
    "address_ambiguous", "address_rejected", "domain_not_found", "domain_no_mail",
    "list_expansion_failed", "list_posting_denied", "dns_failure", "unroutable", "routing_loop",
    "connection_failed", "remote_busy", "remote_system_error", "remote_storage_full",
    "remote_not_accepting", "remote_misconfigured", "greylisted", "delivery_expired",
    "sender_rate_limited", "sender_quota_exceeded", "ip_blocked", "sender_blocked",
    "reputation_low", "policy_rejected", "auth_failed", "dmarc_rejected", "rdns_failed",
    "sender_invalid", "relay_denied", "submission_auth", "tls_required", "protocol_error",
    "too_many_recipients", "spam_rejected", "virus_detected", "attachment_rejected",
    "content_rejected", "message_too_large", "encryption_failed", "utf8_unsupported",
    "upstream_suppressed", "undetermined_permanent", "undetermined_temporary", "undetermined",
)  # fmt: skip
