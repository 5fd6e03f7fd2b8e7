"""Load `profiles.toml`: the policy profiles."""

from pathlib import Path
from typing import Any

from watcher.model import BounceClass, CodeClass
from watcher.reader.ruleset.profiles import Profile, Profiles
from watcher.rules.files import read_toml


def load_profiles(path: Path) -> Profiles:
    """Read every profile."""
    return Profiles({name: _profile(name, table) for name, table in read_toml(path).items()})


def _profile(name: str, table: dict[str, Any]) -> Profile:
    numbers = {
        str(number): bounce_class
        for bounce_class in BounceClass
        for number in table.get("numbers", {}).get(bounce_class, ())
    }
    others = {CodeClass(key): BounceClass(value) for key, value in table.get("others", {}).items()}
    return Profile(name, table.get("title", ""), numbers, others)
