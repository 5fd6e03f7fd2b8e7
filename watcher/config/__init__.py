"""The config: YAML in, a frozen value out, every error at once with its line."""
