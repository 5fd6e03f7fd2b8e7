"""Fetch a secret from where the config says it lies: a file, the environment or systemd's credentials.

No text of this module ever holds the secret, nor anything that was written in its place.
"""

import os
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


LARGEST = 65_536

FORMS = "text, {file: PATH}, {env: NAME} or {credential: NAME}"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a config is read in: the directory that relative paths begin at, the environment, and warnings.

    Without `secrets` none is fetched: for those who do not use them, and may not be allowed to read them.
    """

    base: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    warn: Callable[[str], None] = lambda _: None
    secrets: bool = True

    def path(self, text: str) -> Path:
        """Give a path of the file as an absolute one."""
        return self.base / Path(text).expanduser()


def fetch_secret(value: Any, surroundings: Surroundings) -> str | None:
    """Give the text of a secret, None where none is wanted; a ValueError has the fault and the way out."""
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict) and len(value) == 1:
        ((form, name),) = value.items()
        if form not in {"file", "env", "credential"} or not isinstance(name, str) or not name:
            raise ValueError(f"not a form of secret; write {FORMS}")
        text = _FORMS[form](name, surroundings) if surroundings.secrets else "-"
    else:
        raise ValueError(f"not a secret; write {FORMS}")
    if not text:
        raise ValueError("the secret is empty; give it a value")
    return text if surroundings.secrets else None


def _from_environment(name: str, surroundings: Surroundings) -> str:
    text = surroundings.environ.get(name)
    if text is None:
        raise ValueError(f"the environment variable {name} is not set; set it, or name another")
    return text


def _from_credential(name: str, surroundings: Surroundings) -> str:
    directory = surroundings.environ.get("CREDENTIALS_DIRECTORY")
    if not directory:
        raise ValueError(
            f"no credentials here; start under systemd with LoadCredential={name}:PATH, or use file"
        )
    if "/" in name or name.startswith("."):
        raise ValueError("a credential's name holds no path; write the name as in LoadCredential=")
    return _read(Path(directory) / name, f"add LoadCredential={name}:PATH to the unit")


def _from_file(name: str, surroundings: Surroundings) -> str:
    path = surroundings.path(name)
    text = _read(path, "create it with mode 600, or name another")
    if path.stat().st_mode & stat.S_IROTH:
        surroundings.warn(f"{path}: the secret file is readable by everybody; chmod 600 {path}")
    return text


def _read(path: Path, way_out: str) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except PermissionError:
        raise ValueError(f"{path}: permission denied; let the user who runs this read it") from None
    except OSError as error:
        raise ValueError(f"{path}: {reason_of(error)}; {way_out}") from None
    if len(raw) > LARGEST:
        raise ValueError(f"{path}: too large for a secret; {way_out}")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{path}: not UTF-8 text; {way_out}") from None
    return text.removesuffix("\n").removesuffix("\r")


def reason_of(error: OSError) -> str:
    """Give the system's words for an error, in our style."""
    return (error.strerror or type(error).__name__).lower()


_FORMS: Mapping[str, Callable[[str, Surroundings], str]] = {
    "file": _from_file,
    "env": _from_environment,
    "credential": _from_credential,
}
