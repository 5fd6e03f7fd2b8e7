"""The config: YAML in, a frozen value out, every error at once with its line."""

from watcher.config.load import find_config, load_config


__all__ = ["find_config", "load_config"]
