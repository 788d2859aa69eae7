"""The contract that other software relies on, word by word, on a real image."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

import bims_desktop as bims
from bims_desktop.app.data import Data
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from tests.conftest import DATA, NUCLEI

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
VERDICTS = ["pixels", "macro", "signature", "ledger", "lineage", "reproduced"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with ``cells.tif`` and ``other.tif`` in it."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    shutil.copy(DATA / NUCLEI, "cells.tif")
    shutil.copy(DATA / "xy_8bit__nuclei_noisy_small.tif", "other.tif")
    return folder


@pytest.mark.parametrize("folder", [None, "session"])
def test_the_contract(here: Path, folder: str | None) -> None:
    with bims.Session(folder=folder) as s:
        cells = s.open("cells.tif")
        smooth = s.run("gaussian", cells, sigma=2)
        mask = s.run("threshold_otsu", smooth)
        labels = s.run("label", mask, connectivity=2)
        table = s.run("regionprops_table", labels, intensity_image=cells)
        painted = s.paint(labels, at=[(50, 60)], brush_size=10, value=3)
        s.undo()
        s.redo()
        s.rename(labels, "nuclei")
        copy = s.duplicate(cells)
        s.remove(copy)
        _check_data(cells, smooth, mask, labels, painted, copy)
        _check_table(table)
        _check_actions(s)
        why = s.explain(labels)
        assert [action.operation for action, _ in why.kept] == ["load", "gaussian", "threshold_otsu", "label"]
        assert len(why.kept) + len(why.dropped) == len(s.actions)
        assert all(reason for _, reason in (*why.kept, *why.dropped))
        report = s.save(labels, "nuclei.ome.tif")
        assert report.path == here / "nuclei.ome.tif"
        assert DIGEST.fullmatch(report.record_digest)
        assert report.pixel_digest == labels.digest
        assert [action for action, _ in report.kept] == [action for action, _ in why.kept]
        assert len(report.dropped) == len(why.dropped)
        assert report.warnings == ()
    _check_saved(report)


def _check_data(*given: Data) -> None:
    assert len({data.version for data in given}) == len(given)
    for data in given:
        assert isinstance(data.image, Image)
        assert DIGEST.fullmatch(data.digest)
        assert data.name
        assert not data.image.array().flags.writeable


def _check_table(table: Table) -> None:
    assert isinstance(table, Table)
    assert list(table.to_pandas().columns) == list(table.columns)
    assert set(table.units) <= set(table.columns)
    assert table.rows > 10


def _check_actions(s: bims.Session) -> None:
    assert [action.operation for action in s.actions] == [
        "load", "gaussian", "threshold_otsu", "label", "regionprops_table", "paint",
        "undo", "redo", "rename", "duplicate", "remove",
    ]  # fmt: skip
    assert [action.number for action in s.actions] == list(range(1, 12))
    for action in s.actions:
        assert action.sentence
        assert action.code
        assert action.effect in ("pixels", "calibration", "display", "view", "session")
        assert action.status in ("replayable", "manual", "snapshot", "opaque")
    label = s.actions[3]
    assert (label.reads, label.writes) == ((3,), (4,))
    assert label.found["objects"] > 10
    assert str(label.found["objects"]) in label.sentence
    assert s.actions[5].status == "manual"


def _check_saved(report: object) -> None:
    verdicts = bims.verify("nuclei.ome.tif", keys=())
    assert [name for name, _ in verdicts] == VERDICTS
    states = {name: (getattr(verdicts, name).state, getattr(verdicts, name).text) for name in VERDICTS}
    assert all(state == "good" and text for name, (state, text) in states.items() if name != "reproduced"), states
    assert states["reproduced"][0] == "unknown"
    assert verdicts.good
    record = bims.read_record("nuclei.ome.tif")
    assert record.digest == report.record_digest  # type: ignore[attr-defined]
    assert isinstance(record.payload, bytes)
    assert record.macro.startswith('"""')
    again = bims.replay("nuclei.ome.tif")
    assert (again.verdict, again.digest) == ("identical", report.pixel_digest)  # type: ignore[attr-defined]
    other = bims.replay("nuclei.ome.tif", inputs={"cells": "other.tif"}, set={"gaussian.sigma": 3}, trust=())
    assert other.verdict == "derived"
    assert other.digest != again.digest
    assert other.image is not None
    assert [step.name for step in other.steps] == ["cells", "gaussian_1", "threshold_otsu_1", "label_1"]
    assert dict(other.steps[1].step.parameters)["sigma"] == 3.0


def test_a_renamed_layer_keeps_its_name_over_paint_and_undo(here: Path) -> None:
    with bims.Session("session") as s:
        mask = s.run("threshold_otsu", s.open("cells.tif"))
        painted = s.paint(mask, at=[(5, 5)])
        s.rename(mask, "by an older handle")
        assert (mask.name, painted.name) == ("by an older handle",) * 2
        s.undo()
        s.undo()
        assert s.layers[-1].version == mask.version


def test_files_become_one_series(here: Path) -> None:
    (here / "run 1").mkdir()
    for time in range(3):
        shutil.copy("cells.tif", f"run 1/HeLa_t{time}.tif")
    with bims.Session("session") as s:
        movie = s.open_series("run 1", axis="T")
        assert (movie.name, movie.image.axes, movie.image.shape[0]) == ("HeLa", "TYX", 3)
        s.save(movie, "movie.ome.tif")
        volume = s.open_series(["run 1/HeLa_t2.tif", here / "run 1" / "HeLa_t1.tif"], axis="Z", name="two")
        assert (volume.name, volume.image.axes) == ("two", "ZYX")
    assert bims.replay("movie.ome.tif").verdict == "identical"


def test_data_stays_valid_after_undo(here: Path) -> None:
    with bims.Session("session") as s:
        cells = s.open("cells.tif")
        smooth = s.run("gaussian", cells, sigma=1.0)
        pixels = smooth.image.array().copy()
        s.undo()
        np.testing.assert_array_equal(smooth.image.array(), pixels)
        mask = s.run("threshold_otsu", smooth)
        report = s.save(mask, "mask.ome.tif")
    assert [action.operation for action, _ in report.kept] == ["load", "gaussian", "threshold_otsu"]
    assert bims.replay("mask.ome.tif").verdict == "identical"


def test_known_result(here: Path) -> None:
    """Otsu and label on the real image: 36 and 166, through session, save, verify and replay."""
    with bims.Session("session") as s:
        mask = s.run("threshold_otsu", s.open("cells.tif"))
        labels = s.run("label", mask)
        assert s.actions[1].found == {"threshold": 36}
        assert s.actions[2].found == {"objects": 166}
        report = s.save(labels, "nuclei.ome.tif")
        assert s.prove(report).verdict == "identical"
    verdicts = bims.verify("nuclei.ome.tif")
    assert {verdict.state for _, verdict in verdicts} == {"good"}
    result = bims.replay("nuclei.ome.tif")
    assert result.verdict == "identical"
    assert result.image is not None
    assert int(result.image.array().max()) == 166
    assert [dict(step.found) for step in result.steps] == [{}, {"threshold": 36}, {"objects": 166}]
