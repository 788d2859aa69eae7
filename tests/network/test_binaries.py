"""Where Fabric's programs and Node.js are looked for, and what is said where they are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bims_desktop.errors import LedgerUnavailable
from bims_network import binaries, find_binaries, find_node
from tests.fabric_network import require_fabric


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer without any of the programs."""
    monkeypatch.delenv("FABRIC_BIN", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def put(folder: Path, *names: str, says: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(f"#!/bin/sh\necho {says}\n")
        (folder / name).chmod(0o755)
    return folder


def test_the_cache_is_looked_at_last(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cached = put(binaries.cache_folder(), *binaries.PROGRAMS)
    assert find_binaries().peer == cached / "peer"
    on_path = put(nowhere / "path", *binaries.PROGRAMS)
    assert find_binaries().peer == on_path / "peer"
    chosen = put(nowhere / "chosen", *binaries.PROGRAMS)
    monkeypatch.setenv("FABRIC_BIN", str(chosen))
    assert find_binaries().osnadmin == chosen / "osnadmin"


def test_a_folder_that_lacks_one_program_does_not_count(nowhere: Path) -> None:
    put(nowhere / "path", "peer", "orderer")
    cached = put(binaries.cache_folder(), *binaries.PROGRAMS)
    assert find_binaries().orderer == cached / "orderer"


def test_the_error_says_where_was_looked_and_what_to_get(nowhere: Path) -> None:
    with pytest.raises(LedgerUnavailable) as caught:
        find_binaries()
    for word in ("FABRIC_BIN", "PATH", str(binaries.cache_folder()), "3.1.5.tar.gz", "releases page", "osnadmin"):
        assert word in str(caught.value)


def test_a_chosen_folder_is_not_silently_replaced(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(binaries.cache_folder(), *binaries.PROGRAMS)
    monkeypatch.setenv("FABRIC_BIN", str(nowhere / "empty"))
    with pytest.raises(LedgerUnavailable, match="empty"):
        find_binaries()


@pytest.mark.parametrize(("required", "outcome"), [("", pytest.skip.Exception), ("1", pytest.fail.Exception)])
def test_a_test_without_binaries_is_skipped_or_fails_but_never_passes(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, required: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("BIMS_REQUIRE_FABRIC", required)
    with pytest.raises(outcome, match="was looked for"):
        require_fabric()


@pytest.mark.parametrize(
    ("programs", "says", "problem"),
    [
        ((), "", "no node"),
        (("node",), "v20.1.0", "no npm"),
        (("node", "npm"), "v16.20.2", "v16.20.2: too old"),
        (("node", "npm"), "", "no known version"),
    ],
)
def test_an_unusable_node_is_named(nowhere: Path, programs: tuple[str, ...], says: str, problem: str) -> None:
    put(nowhere / "path", *programs, says=says)
    with pytest.raises(LedgerUnavailable, match=problem):
        find_node()


def test_a_new_enough_node_is_found(nowhere: Path) -> None:
    put(nowhere / "path", "node", "npm", says="v18.0.0")
    assert find_node().node == nowhere / "path" / "node"
