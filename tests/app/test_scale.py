"""Images larger than the memory that a session may take: the same pixels, from disk, region by region."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.recover import recover
from bims_desktop.app.replay import replay
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.errors import Cancelled, SaveFailed
from bims_desktop.files import tiff_series
from bims_desktop.operations.running import monitored
from bims_desktop.provenance.spill import Spill

BENCHMARK = Path(__file__).parents[2] / "benchmarks" / "scale.py"
MEMORY = 16
STACK = 64
STAGES = {
    "open",
    "gaussian",
    "threshold",
    "max_projection",
    "digests",
    "save",
    "save zlib",
    "verify smooth",
    "verify mask",
    "replay mask",
}
SHAPE = (12, 64, 64)


@pytest.mark.parametrize("compression", ["none", "zlib"])
def test_peak_memory_is_that_of_a_few_planes(tmp_path: Path, compression: str) -> None:
    told = [
        "--mib",
        STACK,
        "--side",
        512,
        "--memory",
        MEMORY,
        "--lazy",
        1,
        "--compression",
        compression,
        "--folder",
        tmp_path,
    ]
    done = subprocess.run(
        [sys.executable, str(BENCHMARK), "--json", *map(str, told)], check=True, capture_output=True, timeout=300
    )
    found: dict[str, Any] = json.loads(done.stdout)
    assert set(found["stages"]) == STAGES
    assert found["pixels"] == ["good", "good"]
    assert found["replay"] == "identical"
    assert found["memory"] <= MEMORY
    assert found["disk"] == STACK + STACK // 2
    assert found["ticks"] >= 2 * STACK * 2
    # The stack alone would take all of it, and the session holds it twice over.
    assert found["peak"] - found["base"] < STACK


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    pixels = np.random.default_rng(8).integers(0, 4000, SHAPE, np.uint16)
    tifffile.imwrite(tmp_path / "stack.tif", pixels, metadata={"axes": "ZYX"}, imagej=True)
    return tmp_path / "stack.tif"


@pytest.fixture
def session(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(tiff_series, "LAZY_FROM", 0)
    with Session(tmp_path / "session", home=home, memory=1000) as session:
        yield session


def steps(session: Session, path: Path) -> list[str]:
    opened = session.open(path)
    smooth = session.run("gaussian", opened, sigma=1.0)
    mask = session.run("threshold_otsu", smooth, axes="YX")
    flat = session.run("max_projection", smooth)
    labels = session.run("label", mask)
    painted = session.paint(labels, at=[(0, 5, 5), (0, 9, 12)], brush_size=3, value=7)
    session.undo()
    session.redo()
    return [data.digest for data in (opened, smooth, mask, flat, labels, painted)]


def test_the_same_as_in_memory(session: Session, stack: Path, home: Home, tmp_path: Path) -> None:
    with Session(tmp_path / "roomy", home=home, memory=1 << 30) as roomy:
        expected = steps(roomy, stack)
        assert roomy.recorder.versions.spilled == 0
    assert steps(session, stack) == expected
    versions = session.recorder.versions
    assert versions.nbytes == 0
    assert versions.spilled > 4 * 12 * 64 * 64


def test_saved_from_disk(session: Session, stack: Path, home: Home, tmp_path: Path) -> None:
    mask = session.run("threshold", session.run("gaussian", session.open(stack), sigma=2.0), value=1900)
    assert isinstance(mask.image.pixels, np.memmap)
    session.save(mask, tmp_path / "mask.ome.tif")
    assert verify(tmp_path / "mask.ome.tif", home=home).pixels.state == "good"
    assert replay(tmp_path / "mask.ome.tif", home=home).verdict == "identical"


def test_cancelled_between_two_planes(session: Session, stack: Path) -> None:
    opened, cancel, told = session.open(stack), Event(), list[float]()

    def report(fraction: float) -> None:
        told.append(fraction)
        if fraction >= 0.5:
            cancel.set()

    with pytest.raises(Cancelled), monitored(report, cancel):
        session.run("gaussian", opened, sigma=1.0)
    assert told == pytest.approx([n / 12 for n in range(7)])
    assert [action.operation for action in session.actions] == ["load"]
    assert session.recorder.versions.spilled == 0


def test_a_full_disk_leaves_all_as_it_was(session: Session, stack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = session.open(stack)
    smooth = session.run("gaussian", opened, sigma=1.0)

    def full(self: Spill, size: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Spill, "_new", full)
    with pytest.raises(SaveFailed, match="do not fit on the disk"):
        session.run("invert", smooth)
    monkeypatch.undo()
    assert [layer.version for layer in session.layers] == [1, 2]
    assert session.run("invert", smooth).digest


def test_recovered_within_the_budget(
    session: Session, stack: Path, home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    digests = steps(session, stack)
    session.abandon()
    monkeypatch.setenv("BIMS_MEMORY", "1")
    monkeypatch.setattr("bims_desktop.provenance.budget._MIB", 1000)
    with recover(session.folder, home) as again:
        assert [again.data(n).digest for n in range(1, 7)] == digests
        assert again.recorder.versions.nbytes == 0
