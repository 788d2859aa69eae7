"""`bims network` as somebody types it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from bims_desktop.cli import main as cli
from tests.fabric_network import require_fabric


def main(words: list[str]) -> int:
    return cli.main(lambda files: None, words)


def test_without_a_network_status_and_down_say_how_to_start_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["network", "status", "--folder", str(tmp_path / "none")]) == 2
    assert "bims network up" in capsys.readouterr().err
    assert main(["network", "down", "--folder", str(tmp_path / "none")]) == 2
    assert not (tmp_path / "none").exists()


def test_without_binaries_up_says_what_to_get(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FABRIC_BIN", str(tmp_path / "no-binaries"))
    assert main(["network", "up", "--folder", str(tmp_path / "net")]) == 2
    assert "hyperledger-fabric-linux" in capsys.readouterr().err


@pytest.mark.fabric
def test_up_status_down(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    require_fabric()
    folder = ["--folder", str(tmp_path / "net")]
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "mine.txt").write_text("stays")
    try:
        assert main(["network", "up", *folder, "--json"]) == 0
        facts = json.loads(capsys.readouterr().out)
        assert {node["kind"] for node in facts["nodes"]} == {"orderer", "peer", "chaincode"}
        assert all(node["ready"] and node["rss"] > 0 for node in facts["nodes"])
        assert main(["network", "status", *folder]) == 0
        assert "✓ peer.org2" in capsys.readouterr().out
        assert main(["network", "down", *folder]) == 0
        assert main(["network", "status", *folder, "--json"]) == 1
    finally:
        main(["network", "down", "--wipe", *folder])
    assert not any(running(node["pid"]) for node in facts["nodes"])
    assert [path.name for path in (tmp_path / "net").iterdir()] == ["mine.txt"]


def running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
