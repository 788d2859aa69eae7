"""`bims recover`: exit 0 where a record came back, 1 where none was found, 2 where something could not be used."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image as Picture

from tests.cli.conftest import SAMPLE, Bims


@pytest.fixture
def stripped(saved: Path, tmp_path: Path) -> Path:
    """The same pixels, and nothing else."""
    tifffile.imwrite(tmp_path / "stripped.tif", tifffile.imread(saved))
    return tmp_path / "stripped.tif"


def test_a_record_comes_back(bims: Bims, stripped: Path) -> None:
    assert bims("verify", stripped).code == 1
    ran = bims("recover", stripped)
    recovered = stripped.with_name("stripped-recovered.ome.tif")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{recovered}: the record sha256:")
    assert "with its receipt" in ran.out
    assert bims("verify", recovered).code == 0
    assert bims("recover", stripped).code == 2, "it is there already"
    assert bims("recover", stripped, "--overwrite").code == 0


def test_in_place_then_nothing_was_lost(bims: Bims, stripped: Path) -> None:
    assert bims("recover", stripped, "--in-place").code == 0
    assert bims("verify", stripped).code == 0
    ran = bims("recover", stripped)
    assert (ran.code, "nothing was lost" in ran.out) == (0, True)


def test_facts_as_json(bims: Bims, saved: Path, stripped: Path, tmp_path: Path) -> None:
    ran = bims("recover", stripped, "-o", tmp_path / "out.ome.tif", "--json")
    (fact,) = json.loads(ran.out)
    assert ran.code == 0
    assert (fact["restored"], fact["receipt"], fact["changed"]) == (str(tmp_path / "out.ome.tif"), True, [])
    (listed,) = json.loads(bims("recover", stripped, "--list", "--json").out)
    assert fact["record"] in [one["record"] for one in listed["records"]]
    assert {one["state"] for one in listed["records"]} == {"stands"}
    assert listed["pixels"] == json.loads(bims("digest", saved, "--json").out)[0]["digest"]


def test_a_list_for_reading(bims: Bims, stripped: Path) -> None:
    ran = bims("recover", stripped, "--list")
    assert ran.code == 0
    assert "signed by" in ran.out
    assert not list(stripped.parent.glob("*recovered*"))


def test_what_no_ledger_knows(bims: Bims, stranger: Bims, stripped: Path) -> None:
    ran = stranger("recover", stripped)
    assert (ran.code, ran.out) == (1, "")
    assert "No ledger asked here knows the pixels" in ran.err
    assert stranger("recover", stripped, "--list").code == 1
    assert bims("recover", stripped, "--where", "fabric").code == 2


def test_the_worst_file_gives_the_code(bims: Bims, stripped: Path, tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("no image")
    other = Path(shutil.copy(SAMPLE, tmp_path / "other.tif"))
    assert bims("recover", stripped, other).code == 1
    ran = bims("recover", notes, other, stripped, "--overwrite", "--json")
    assert ran.code == 2
    facts = json.loads(ran.out)
    assert [sorted(fact)[0] for fact in facts] == ["error", "error", "changed"]


def test_from_what_is_no_tiff(bims: Bims, tmp_path: Path) -> None:
    pixels = np.asarray(Picture.open(SAMPLE))
    Picture.fromarray(pixels).save(tmp_path / "cells.png")
    ran = bims("recover", tmp_path / "cells.png", "--in-place")
    assert (ran.code, ran.err.count("\n")) == (1, 1)


def test_one_output_for_one_file(bims: Bims, stripped: Path, tmp_path: Path) -> None:
    for wrong in ([stripped, stripped, "-o", tmp_path / "x.tif"], [stripped, "--in-place", "-o", tmp_path / "x.tif"]):
        ran = bims("recover", *wrong)
        assert (ran.code, "-o names one new file" in ran.err) == (2, True)
