"""The recipes of docs/returnpath.md make what the watcher verifies, to the letter what it makes itself."""

import json
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.servers.fixtures import skip_without
from tests.servers.unpacked import surroundings, tree_of
from watcher.authenticity import ReturnPathKey, sign_return_path, verify_return_path


DOCS = Path(__file__).parents[2] / "docs" / "returnpath.md"
CODE = dict(re.findall(r"^```(python|js|php|perl)\n(.*?)^```$", DOCS.read_text(), re.MULTILINE | re.DOTALL))
KEY = ReturnPathKey("a", b"0123456789abcdef0123")
LAST = date(2026, 12, 22)
OURS = "bounces.example.org"
CASES = [
    ("User@Example.com", ""),
    ("user+tag@example.com", ""),
    ("a..b=c'd@example.com", "C-77"),
    ("a.very.long.name.of.a.person@subdomain.of.a.long.example.com", "camp_7"),
]
EXPECTED = [sign_return_path(recipient, KEY, OURS, LAST, name or None) for recipient, name in CASES]
EXIM = tree_of("exim") / "usr/sbin/exim4"
DAYS = (LAST - date(1970, 1, 1)).days


def run(*command: str | Path, env: dict[str, str] | None = None) -> list[str]:
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def program(name: str) -> str:
    found = shutil.which(name)
    skip_without(name, found is not None)
    assert found is not None
    return found


def test_node(tmp_path: Path) -> None:
    script = tmp_path / "recipe.js"
    script.write_text(f"""{CODE["js"]}
for (const [recipient, id] of {json.dumps(CASES)})
  console.log(signReturnPath(recipient, {{
    keyId: "a", key: "{KEY.secret.decode()}", domain: "{OURS}", lastDay: {DAYS}, id }}));
""")
    assert run(program("node"), script) == EXPECTED


def test_php(tmp_path: Path) -> None:
    script = tmp_path / "recipe.php"
    script.write_text(f"""<?php
{CODE["php"]}
foreach (json_decode('{json.dumps(CASES).replace("'", chr(92) + "'")}') as [$recipient, $id])
    echo sign_return_path($recipient, 'a', '{KEY.secret.decode()}', '{OURS}', {DAYS}, $id), "\\n";
""")
    assert run(program("php"), script) == EXPECTED


def test_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "return-path-key").write_bytes(KEY.secret + b"\n")
    monkeypatch.chdir(tmp_path)
    exec(CODE["python"].replace('open("return-path-key", "rb").read()', repr(KEY.secret)), {})
    assert is_genuine(capsys.readouterr().out.strip())


def test_perl_of_exim(tmp_path: Path) -> None:
    secret = tmp_path / "key"
    secret.write_bytes(KEY.secret + b"\n")
    script = tmp_path / "recipe.pl"
    calls = "".join(
        f"print return_path(q({recipient}), 'a', '{secret}', '{OURS}', 30), qq(\\n);\n"
        for recipient, _ in CASES
    )
    script.write_text(CODE["perl"] + calls)
    addresses = run(program("perl"), script)
    assert len(addresses) == len(CASES)
    for address, (recipient, _) in zip(addresses, CASES, strict=True):
        assert is_genuine(address, recipient)


def test_expression_of_exim(tmp_path: Path) -> None:
    skip_without("exim", EXIM.exists())
    (tmp_path / "key").write_bytes(KEY.secret + b"\n")
    (tmp_path / "return_path.pl").write_text(CODE["perl"] + "\n1;\n")
    config = tmp_path / "exim.conf"
    config.write_text(f"perl_startup = do '{tmp_path}/return_path.pl'\nperl_at_start\n")
    found = re.search(r"return_path = (\$\{perl.*\})$", DOCS.read_text(), re.MULTILINE)
    assert found is not None
    expression = found[1].replace("/etc/exim4/return-path-key", f"{tmp_path}/key")
    expression = expression.replace("$local_part@$domain", "user@example.com")
    assert is_genuine(*run(EXIM, "-C", config, "-be", expression, env=surroundings(tree_of("exim"))))


def test_the_address_shown_is_of_the_form() -> None:
    shown = re.findall(r"\bb1a-\S+@bounces\.example\.org", DOCS.read_text())
    assert shown
    assert all(verify_return_path(address, [KEY], LAST).outcome != "none" for address in shown)


def is_genuine(address: str, recipient: str = "user@example.com") -> bool:
    return verify_return_path(
        address, [KEY], datetime.now(UTC).date() + timedelta(days=29), [recipient]
    ).valid
