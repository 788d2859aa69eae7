"""The project itself: the lock installs what is declared and names no place, documents link to what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
DOCUMENTS = sorted(
    path
    for path in ROOT.rglob("*.md")
    if not any(part.startswith(".") or part in ("build", "node_modules") for part in path.parts)
)


def locked() -> dict[str, list[str]]:
    """Name of each locked package and its hashes."""
    blocks = re.split(r"\n(?=\S)", LOCK.strip())
    return {block.partition("==")[0].lower(): re.findall(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks}


def test_every_package_is_locked_with_hashes() -> None:
    found = locked()
    assert len(found) > 100
    assert all(found.values())
    declared = [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["test"]]
    names = {re.match(r"[\w.-]+", line)[0].lower().replace("_", "-") for line in declared}  # type: ignore[index]
    assert names <= set(found)


def test_the_lock_names_no_place() -> None:
    assert "://" not in LOCK
    assert not re.search(r"^\s*(-i|--index-url|--extra-index-url|--find-links)", LOCK, re.MULTILINE)


def test_dependencies_are_bounded() -> None:
    assert [line for line in PROJECT["dependencies"] if "<" not in line and "==" not in line] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


@pytest.mark.parametrize("script", ["start", "test", "setup", ".ci/run"])
def test_scripts_can_be_run(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    assert path.read_text().startswith("#!/usr/bin/env bash\n")


def test_every_row_of_the_table_of_attacks_names_tests_that_are_there() -> None:
    written = (ROOT / "docs/ledger/attacks.md").read_text()
    rows = [line for line in written.splitlines() if line.startswith("| ") and not line.startswith("| attack")]
    assert len(rows) > 40
    assert [
        row for row in rows if "`test_" not in row and "::test_" not in row and not row.endswith("| the same |")
    ] == []
    sources = {str(path): path.read_text() for path in (ROOT / "tests").rglob("test_*.py")}
    named = [("test_attacks_local.py", name) for name in re.findall(r"`(test_\w+)`", written)]
    named += re.findall(r"`([\w/]+\.py)::(test_\w+)`", written)
    lost = [
        (file, name)
        for file, name in named
        if not any(path.endswith(f"/{file}") and f"def {name}(" in text for path, text in sources.items())
    ]
    assert lost == []
