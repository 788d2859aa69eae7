"""What a killed process left behind is removed by the next save, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bims_desktop.files import atomic
from bims_desktop.files.atomic import MARK, replacing, sweep

WRITER = """
import sys, time
from bims_desktop.files.atomic import replacing
with replacing(sys.argv[1]) as part:
    part.write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def leftovers(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"{MARK}*"))


def aged(path: Path) -> None:
    os.utime(path, (time.time() - 3600,) * 2)


@pytest.fixture
def writer(tmp_path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path / "cells.ome.tif")], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    return process


def test_the_leftover_of_a_killed_process_goes_with_the_next_save(
    tmp_path: Path, writer: subprocess.Popen[str]
) -> None:
    (part,) = leftovers(tmp_path)
    aged(part)
    sweep(tmp_path)
    assert leftovers(tmp_path) == [part], "its process lives"
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    with replacing(tmp_path / "other.txt") as other:
        other.write_text("whole")
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]


def test_a_young_one_stays(tmp_path: Path, writer: subprocess.Popen[str]) -> None:
    writer.kill()
    writer.wait()
    sweep(tmp_path)
    assert len(leftovers(tmp_path)) == 1


def foreign(folder: Path) -> Path:
    path = folder / ".cells-12345678.tif"
    path.write_text("somebody's")
    return path


def link(folder: Path) -> Path:
    path = folder / f"{MARK}abcdefgh-link.tif"
    path.symlink_to(folder / "precious.tif")
    return path


def directory(folder: Path) -> Path:
    path = folder / f"{MARK}abcdefgh-folder.tif"
    path.mkdir()
    return path


@pytest.mark.parametrize("make", [foreign, link, directory])
def test_what_is_not_ours_stays(tmp_path: Path, make: Callable[[Path], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(atomic, "_OLD", -3600.0)
    (tmp_path / "precious.tif").write_text("precious")
    made = make(tmp_path)
    sweep(tmp_path)
    assert made.exists()
    assert (tmp_path / "precious.tif").read_text() == "precious"


def test_a_name_of_any_length_and_alphabet(tmp_path: Path) -> None:
    target = tmp_path / ("🔬" * 60 + ".tif")
    with replacing(target) as part:
        part.write_text("whole")
    assert target.read_text() == "whole"
