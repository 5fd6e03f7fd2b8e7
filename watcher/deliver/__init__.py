"""Deliver: events from the outbox to webhooks, signed, at least once."""
