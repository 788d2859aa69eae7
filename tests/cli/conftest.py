"""The command line as a person runs it: in a process of its own, with a home of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "resources" / "samples" / "nuclei.tif"


@dataclass(frozen=True)
class Ran:
    """What one command line did."""

    code: int
    out: str
    err: str


Bims = Callable[..., Ran]


def run(home: Path, *args: str | Path) -> Ran:
    """`bims` with these arguments, for the user whose folder is `home`."""
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")}
    environment |= {"BIMS_HOME": str(home), "BIMS_KEYRING": "off"}
    command = [sys.executable, "-m", "bims_desktop", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    return Ran(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session")
def bims(home: Path) -> Bims:
    return lambda *args: run(home, *args)


@pytest.fixture(scope="session")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Bims:
    """`bims` as somebody else runs it, who knows nothing of the first one's keys and ledger."""
    other = tmp_path_factory.mktemp("other")
    return lambda *args: run(other, *args)


@pytest.fixture(scope="session")
def saved(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Labels of the sample image, saved with provenance by the example program."""
    folder = tmp_path_factory.mktemp("saved")
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "pipeline.py"), str(SAMPLE), str(folder)],
        env={**os.environ, "BIMS_HOME": str(home), "BIMS_KEYRING": "off"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "identical" in done.stdout
    return folder / "nuclei-labels.ome.tif"
