"""What is written is flushed beside the writing; what the disk refuses is said."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from bims_desktop.errors import SaveFailed
from bims_desktop.files import ome_tiff
from bims_desktop.files.atomic import replacing
from bims_desktop.files.flushing import EVERY, flushing
from bims_desktop.model.image import Image


def test_it_flushes_once_enough_was_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.touch()
    flushed: list[int] = []
    ended = Event()

    def flush(handle: int) -> None:
        flushed.append(os.fstat(handle).st_ino)
        ended.set()

    monkeypatch.setattr(os, "fdatasync", flush)
    with flushing(path, every=100) as wrote:
        wrote(99)
        assert flushed == []
        wrote(1)
        assert ended.wait(10)
        wrote(99)
    assert flushed == [path.stat().st_ino]


def test_it_never_waits_for_the_disk_while_more_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    path.touch()
    slow, calls = Event(), []

    def flush(handle: int) -> None:
        calls.append(handle)
        assert slow.wait(10)

    monkeypatch.setattr(os, "fdatasync", flush)
    with flushing(path, every=1) as wrote:
        for _ in range(10):
            wrote(1)
        slow.set()
    assert len(calls) == 1


def test_a_save_to_a_disk_that_fails_says_so_and_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "image.ome.tif"
    path.write_bytes(b"before")

    def fail(handle: int) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "fdatasync", fail)
    pixels = np.zeros((EVERY // 2**21, 1024, 1024), np.uint16)
    with pytest.raises(SaveFailed, match="Input/output error"), replacing(path) as part:
        ome_tiff.write(part, Image(pixels, "ZYX"), compression="none")
    assert path.read_bytes() == b"before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["image.ome.tif"]
