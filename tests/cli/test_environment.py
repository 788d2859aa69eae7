"""`bims environment`: what it prints, and that nothing is built over something."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bims_desktop.cli.environment import environment
from bims_desktop.errors import BimsError, NoRecord
from tests.cli.conftest import SAMPLE


def asked(*words: str | Path) -> Result:
    return CliRunner().invoke(environment, [str(word) for word in words])


def test_prints_what_pip_reads(saved: Path) -> None:
    lines = asked(saved).stdout.splitlines()
    pins = [line.partition("==")[0] for line in lines if line[0].isalpha()]
    assert {"numpy", "scipy", "scikit-image", "tifffile", "imagecodecs"} <= set(pins)
    assert all(line.startswith(("#", "    --hash=sha256:")) or "==" in line for line in lines)
    count = len([line for line in lines if "==" in line and line[0] != "#"])
    assert lines[0].startswith("# Made with Python 3.")
    assert lines[0].endswith(f", and {count} packages:")
    assert any("numpy 2." in line for line in lines[1:20])
    assert max(len(line) for line in lines if line.startswith("#   ")) <= 100


def test_json(saved: Path) -> None:
    fact = json.loads(asked(saved, "--json").stdout)
    assert fact["differences"] == []
    assert fact["packages"]["numpy"]["version"]
    assert sorted(fact) == [
        "chosen", "cpu_features", "differences", "hashed", "packages", "platform", "program", "python"
    ]  # fmt: skip


def test_a_file_without_record() -> None:
    assert isinstance(asked(SAMPLE).exception, NoRecord)


def test_builds_over_nothing(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ran = asked(saved, "--create", tmp_path)
    assert (ran.stdout, type(ran.exception)) == ("", BimsError)
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["mine.txt"]
