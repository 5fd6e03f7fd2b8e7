"""Mail of strangers, as bad as it gets."""
