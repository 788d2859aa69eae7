"""What every test gets: a home of its own, no keyring, images to work on, and a real network of Fabric for who asks."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from bims_desktop.app.home import Home
from bims_desktop.files.ome_tiff import write
from bims_desktop.model.image import Image
from tests.fabric_network import network, own_network
from tests.images import textured

__all__ = ["network", "own_network"]

DATA = Path(__file__).parent / "data"
NUCLEI = "xy_8bit__nuclei_PLK1_control.tif"

# napari looks where its settings are while it is imported, which test modules do: a fixture would be too late. Qt keeps
# the folders that its dialogs showed.
_settings = tempfile.TemporaryDirectory(prefix="settings-")
os.environ |= {"NAPARI_CONFIG": f"{_settings.name}/napari.yaml", "XDG_CONFIG_HOME": _settings.name}


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, keys, ledger and sessions of one test, so that no test sees the user's or another's."""
    monkeypatch.setenv("BIMS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BIMS_KEYRING", "off")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def nuclei(tmp_path: Path) -> Path:
    """A copy of a real image, called ``cells.tif``."""
    return Path(shutil.copy(DATA / NUCLEI, tmp_path / "cells.tif"))


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    """A small textured image, ``cells.tif``."""
    return put(tmp_path / "cells.tif", textured("YX", seed=1))


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    """A small textured stack with channels and times, ``volume.tif``."""
    return put(tmp_path / "volume.tif", textured("TCZYX", "uint16", seed=2))


def put(path: Path, image: Image | np.ndarray) -> Path:
    """Write an image file that carries no record."""
    write(path, image if isinstance(image, Image) else Image(image, "ZYX"[-image.ndim :]))
    return path
