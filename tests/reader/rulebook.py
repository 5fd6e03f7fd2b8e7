"""The rules in force, loaded once for all tests of the reader."""

from watcher.rules import load_rules


RULES = load_rules()
