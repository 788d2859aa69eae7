"""The chaincode's sources: found, told apart, built once."""

from __future__ import annotations

from pathlib import Path

import pytest

from bims_desktop.errors import LedgerUnavailable
from bims_network import sources

PACKAGE = '{"name": "c", "version": "1.2.0", "scripts": {"build": "mkdir dist && cp src/index.js dist && echo >> %s"}}'


@pytest.fixture
def chaincode(tmp_path: Path) -> Path:
    """A chaincode without dependencies, whose build leaves a line in ``builds``."""
    folder = tmp_path / "chaincode"
    (folder / "src").mkdir(parents=True)
    (folder / "package.json").write_text(PACKAGE % (tmp_path / "builds"))
    (folder / "package-lock.json").write_text('{"name": "c", "lockfileVersion": 3, "packages": {"": {}}}')
    (folder / "tsconfig.json").write_text("{}")
    (folder / "src" / "index.js").write_text("1")
    (folder / "node_modules").mkdir()
    return folder


def test_the_sources_of_this_checkout_are_found() -> None:
    assert (sources.find_sources() / "src" / "index.ts").is_file()


def test_without_sources_the_error_says_where_they_should_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sources, "PLACES", (tmp_path / "nowhere",))
    with pytest.raises(LedgerUnavailable, match="nowhere"):
        sources.find_sources()


@pytest.mark.parametrize("file", ["src/index.js", "src/new.js", "package-lock.json", "tsconfig.json"])
def test_a_change_is_another_version(chaincode: Path, file: str) -> None:
    before = sources.version(chaincode)
    assert before.startswith("1.2.0-")
    (chaincode / file).write_text("other")
    assert sources.version(chaincode) != before


def test_what_is_installed_or_built_beside_the_sources_does_not_count(chaincode: Path) -> None:
    before = sources.version(chaincode)
    (chaincode / "node_modules" / "x.js").write_text("1")
    (chaincode / "dist").mkdir()
    assert sources.version(chaincode) == before


@pytest.mark.fabric
def test_each_state_is_built_once(chaincode: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    built = sources.build(chaincode)
    assert sources.build(chaincode) == built
    assert (built / "dist" / "index.js").read_text() == "1"
    assert len((tmp_path / "builds").read_text().splitlines()) == 1
    (chaincode / "src" / "index.js").write_text("2")
    assert (sources.build(chaincode) / "dist" / "index.js").read_text() == "2"


@pytest.mark.fabric
def test_a_build_that_fails_leaves_nothing(chaincode: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (chaincode / "src" / "index.js").unlink()
    with pytest.raises(LedgerUnavailable, match="npm run"):
        sources.build(chaincode)
    assert [path.name for path in (tmp_path / "cache" / "bims-desktop" / "chaincode").iterdir()] == ["lock"]
