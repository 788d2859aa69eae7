"""`bims verify`: exit 0 only where nothing is missing that could be known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

import bims_desktop
from tests.cli.conftest import SAMPLE, Bims

NAMES = ["pixels", "macro", "signature", "ledger", "lineage", "reproduced"]


def verdicts(bims: Bims, *args: str | Path) -> tuple[int, dict[str, Any]]:
    """Exit code and verdicts of one file."""
    ran = bims("verify", *args, "--json")
    (fact,) = json.loads(ran.out)
    assert fact["kind"] == "image"
    return ran.code, fact["verdicts"]


def stripped(saved: Path, path: Path) -> None:
    """The same pixels in a new file."""
    Picture.fromarray(np.asarray(Picture.open(saved))).save(path)


def repainted(saved: Path, path: Path) -> None:
    """Another pixel under the old record."""
    with tifffile.TiffFile(saved) as tiff:
        pixels, description = tiff.asarray(), tiff.pages.first.tags["ImageDescription"].value
    pixels[0, 0] += 1
    tifffile.imwrite(path, pixels, description=description.encode(), metadata=None)


def unsigned(saved: Path, path: Path) -> None:
    """An image that never had a record."""
    tifffile.imwrite(path, np.arange(64, dtype=np.uint8).reshape(8, 8))


def test_what_was_just_saved_is_good(bims: Bims, saved: Path) -> None:
    ran = bims("verify", saved)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert lines[0].startswith(f"{saved}: These are the pixels that were saved by you on ")
    assert re.search(r" on \d\d? \w{3} \d{4} \d\d:\d\d; the macro of \d steps is intact; ", lines[0])
    assert [line.split()[1] for line in lines[1:]] == NAMES
    code, found = verdicts(bims, saved)
    assert code == 0
    assert list(found) == NAMES
    assert {found[name]["state"] for name in ("pixels", "macro", "signature")} == {"good"}
    assert all(found[name]["text"] for name in NAMES)


def test_a_key_that_is_not_known_is_unknown_until_it_is_given(bims: Bims, stranger: Bims, saved: Path) -> None:
    code, found = verdicts(stranger, saved)
    assert (code, found["signature"]["state"], found["pixels"]["state"]) == (1, "unknown", "good")
    key = json.loads(bims_desktop.read_record(saved).payload)["agent"]["public_key"]
    code, found = verdicts(stranger, saved, "--key", key)
    assert (code, found["signature"]["state"]) == (0, "good")


def test_a_key_can_be_given_as_a_file(stranger: Bims, saved: Path, tmp_path: Path) -> None:
    path = tmp_path / "anna.pub"
    path.write_text(json.loads(bims_desktop.read_record(saved).payload)["agent"]["public_key"] + "\n")
    assert verdicts(stranger, saved, "--key", path)[0] == 0


def test_what_is_no_key_is_refused(bims: Bims, saved: Path) -> None:
    ran = bims("verify", saved, "--key", "not-a-key")
    assert (ran.code, ran.out) == (2, "")
    assert "not-a-key" in ran.err


@pytest.mark.parametrize("change", [stripped, repainted, unsigned])
def test_a_file_that_is_not_what_was_saved_exits_1(
    bims: Bims, saved: Path, tmp_path: Path, change: Callable[[Path, Path], None]
) -> None:
    change(saved, tmp_path / "changed.tif")
    code, found = verdicts(bims, tmp_path / "changed.tif")
    assert code == 1
    assert found["pixels"]["state"] != "good" or found["signature"]["state"] != "good"
    assert (found["pixels"]["state"] == "bad") == (change is repainted)


def test_the_exit_code_is_that_of_the_worst_file(bims: Bims, saved: Path, tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no image")
    assert bims("verify", saved, saved).code == 0
    assert bims("verify", saved, SAMPLE).code == 1
    ran = bims("verify", text, SAMPLE, saved, "--json")
    assert ran.code == 2
    assert [Path(fact["path"]).name for fact in json.loads(ran.out)] == ["notes.txt", "nuclei.tif", saved.name]
    assert "notes.txt" in ran.err
    assert ran.err.count("\n") == 1
