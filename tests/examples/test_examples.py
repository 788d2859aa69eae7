"""The example programs run as their docstrings say; the pipeline is run by the tests of the command line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from tests.cli.conftest import ROOT, SAMPLE

OTHER = ROOT / "tests" / "data" / "xy_8bit__nuclei_noisy_small.tif"


def example(name: str, home: Path, *args: Path) -> str:
    """What the example prints."""
    command = [sys.executable, str(ROOT / "examples" / name), *map(str, args)]
    environment = {**os.environ, "BIMS_HOME": str(home), "BIMS_KEYRING": "off"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_pipeline_then_many(tmp_path: Path) -> None:
    assert "The result is identical" in example("pipeline.py", tmp_path / "home", SAMPLE, tmp_path)
    told = example("many.py", tmp_path / "home", tmp_path / "nuclei-labels.ome.tif", SAMPLE, OTHER).splitlines()
    assert [line.split(":")[0] for line in told] == [SAMPLE.name, OTHER.name]
    assert told[0].endswith("(identical)")
    assert told[1].endswith("(derived)")


def test_series(tmp_path: Path) -> None:
    folder = tmp_path / "run 1"
    folder.mkdir()
    for time in range(3):
        shutil.copy(SAMPLE, folder / f"HeLa_t{time}.tif")
    told = example("series.py", tmp_path / "home", folder, tmp_path / "series.ome.tif")
    assert told.startswith("HeLa: 3 files, TYX (3, ")


@pytest.mark.ui
def test_window(tmp_path: Path) -> None:
    example("window.py", tmp_path / "home", SAMPLE, tmp_path / "window.png")
    picture = np.asarray(Picture.open(tmp_path / "window.png"))
    assert picture.shape[0] > 600
    assert picture.std() > 10
