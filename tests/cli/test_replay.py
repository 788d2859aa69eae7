"""`bims replay`: the same pixels again, or others that say what they are."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tifffile

import bims_desktop
from tests.cli.conftest import SAMPLE, Bims, run


def test_gives_the_same_pixels(bims: Bims, saved: Path) -> None:
    ran = bims("replay", saved)
    assert (ran.code, ran.err) == (0, "")
    lines = ran.out.splitlines()
    assert len(lines) == 6
    assert lines[-2] == "It ran in this program's own environment, which is the record's."
    assert "identical" in lines[-1]
    assert bims("digest", saved).out.split()[0] in lines[-1]


def test_json(bims: Bims, saved: Path) -> None:
    ran = bims("replay", saved, "--json")
    fact = json.loads(ran.out)
    assert sorted(fact) == ["digest", "environment", "expected", "steps", "verdict"]
    assert (fact["verdict"], fact["digest"]) == ("identical", fact["expected"])
    assert [step["name"] for step in fact["steps"]][1:] == ["gaussian_1", "threshold_otsu_1", "label_1"]


def test_in_an_environment(bims: Bims, saved: Path, tmp_path: Path) -> None:
    """The one that runs the tests is one like any other, and what runs in it may save, too."""
    words = ["--environment", sys.prefix, "--set", "gaussian.sigma=3", "-o", tmp_path / "again.ome.tif"]
    fact = json.loads(bims("replay", saved, "--environment", sys.prefix, "--json").out)
    assert (fact["verdict"], fact["environment"]["which"], fact["environment"]["exact"]) == (
        "identical",
        "record",
        True,
    )
    assert bims("replay", saved, *words).out.splitlines()[-2].startswith("The result is derived")
    assert bims("verify", tmp_path / "again.ome.tif").code == 0


def test_in_what_is_no_environment(bims: Bims, saved: Path, tmp_path: Path) -> None:
    ran = bims("replay", saved, "--environment", tmp_path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "bims environment FILE --create FOLDER" in ran.err


def test_what_another_environment_refuses_is_told_in_its_words(bims: Bims, saved: Path) -> None:
    ran = bims("replay", saved, "--environment", sys.prefix, "--set", "gaussian.sgima=1")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "sgima" in ran.err


@pytest.mark.parametrize("step", ["gaussian", "gaussian_1"])
def test_a_changed_parameter_derives(bims: Bims, saved: Path, step: str) -> None:
    ran = bims("replay", saved, "--set", f"{step}.sigma=3", "--json")
    fact = json.loads(ran.out)
    assert (ran.code, fact["verdict"]) == (0, "derived")
    assert fact["digest"] != fact["expected"]


def test_another_input_derives(bims: Bims, saved: Path, tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "other.tif", np.asarray(tifffile.imread(SAMPLE))[:256, :256])
    ran = bims("replay", saved, "--input", f"nuclei={tmp_path / 'other.tif'}", "--json")
    assert (ran.code, json.loads(ran.out)["verdict"]) == (0, "derived")


def test_a_macro_as_text_replays(bims: Bims, saved: Path, tmp_path: Path) -> None:
    macro = tmp_path / "nuclei.py"
    macro.write_text(bims("show", saved).out)
    fact = json.loads(bims("replay", macro, "--input", f"nuclei={SAMPLE}", "--json").out)
    assert fact["digest"] == bims("digest", saved).out.split()[0]


def test_saves_what_it_made(bims: Bims, saved: Path, tmp_path: Path) -> None:
    out = tmp_path / "again.ome.tif"
    ran = bims("replay", saved, "--set", "gaussian.sigma=3", "-o", out)
    assert ran.code == 0
    assert "again.ome.tif" in ran.out
    assert "sigma=3.0" in bims_desktop.read_record(out).macro
    assert bims("verify", out).code == 0


REFUSED = [
    (["--set", "gaussian.sigma=-1"], "sigma"),
    (["--set", "gaussian.sgima=1"], "sgima"),
    (["--set", "median.radius=1"], "median"),
    (["--set", "gaussian=1"], "gaussian.sigma"),
    (["-o", "again.png"], ".ome.tif"),
    (["-o", "no-such-folder/again.ome.tif"], "no-such-folder"),
    (["--set", "gaussian.sigma=__import__('os')"], "sigma"),
    (["--input", f"cells={SAMPLE}"], "cells"),
    (["--input", "nuclei=missing.tif"], "missing.tif"),
]


@pytest.mark.parametrize(("args", "part"), REFUSED, ids=[args[1].split("/")[0] for args, _ in REFUSED])
def test_refuses_what_does_not_fit(bims: Bims, saved: Path, args: list[str], part: str) -> None:
    ran = bims("replay", saved, *args)
    assert (ran.code, ran.out) == (2, "")
    assert part in ran.err
    assert ran.err.count("\n") == 1


def test_what_cannot_be_replayed_names_the_option_here_and_the_bare_facts_to_programs(
    saved: Path, stranger: Bims, tmp_path: Path
) -> None:
    macro = tmp_path / "macro.py"
    macro.write_text(stranger("show", saved).out, encoding="utf-8")
    ran = stranger("replay", macro, "--json")
    assert ran.code == 2
    assert ran.err.endswith("Name it with --input nuclei=PATH, or its new folder with --look-in FOLDER.\n")
    assert ran.err.count("\n") == 1
    fact = json.loads(ran.out)
    assert fact["verdict"] == "not replayable"
    assert (fact["problem"]["kind"], "--" in fact["problem"]["todo"]) == ("MissingInput", False)
    assert fact["problem"]["what"] in ran.err


def test_never_writes_over_its_input(bims: Bims, saved: Path, tmp_path: Path) -> None:
    source = tmp_path / "nuclei.tif"
    source.write_bytes(SAMPLE.read_bytes())
    ran = bims("replay", saved, "--input", f"nuclei={source}", "-o", source)
    assert ran.code == 2
    assert source.read_bytes() == SAMPLE.read_bytes()


HOSTILE = {
    "import": ("from bims_desktop import op", "from os import system as op"),
    "attribute": ("op.gaussian(", "op.gaussian.__globals__("),
    "call of a name": ("op.gaussian(", "eval("),
    "look-alike": ("gaussian_1", "g\u0430ussian_1"),
    "bidi": ("# 2. ", "# 2. \u202e"),
    "control character": ("# 2. ", "# 2. \x1b[2J"),
    "coding cookie": ('"""BIMS', '# -*- coding: utf-7 -*-\n"""BIMS'),
    "nesting": ("sigma=2.0", "sigma=" + 100_000 * "(" + "2.0" + 100_000 * ")"),
    "unknown operation": ("op.gaussian(", "op.gaussien("),
    "unknown version": ("gaussian 1", "gaussian 9"),
    "second statement": ("sigma=2.0", "sigma=2.0); label_1 = op.label(gaussian_1"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_macro_outside_the_dialect_is_refused(bims: Bims, saved: Path, tmp_path: Path, name: str) -> None:
    text = bims("show", saved).out
    assert HOSTILE[name][0] in text
    macro = tmp_path / "macro.py"
    macro.write_text(text.replace(*HOSTILE[name]), encoding="utf-8")
    ran = bims("replay", macro, "--input", f"nuclei={SAMPLE}")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.count("\n") == 1
    assert "program itself failed" not in ran.err


def test_attests_what_it_saw_unless_told_not_to(saved: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    find = f"nuclei={SAMPLE}"
    assert run(home, "replay", saved, "--input", find, "--no-attest").code == 0
    assert "not yet reproduced" in run(home, "verify", saved).out
    assert run(home, "replay", saved, "--input", find).code == 0
    assert "reproduced exactly" in run(home, "verify", saved).out


def test_a_ledger_that_cannot_be_written_takes_nothing_from_the_replay(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "home").write_text("no folder")
    ran = run(tmp_path / "home", "replay", saved, "--input", f"nuclei={SAMPLE}")
    assert (ran.code, "identical" in ran.out) == (0, True)
    assert ran.err.startswith("The verdict was not noted in the ledger: ")
    assert ran.err.count("\n") == 1


def test_progress_is_shown_to_who_watches(home: Path, saved: Path) -> None:
    watched, screen = pty.openpty()
    command = [sys.executable, "-m", "bims_desktop", "replay", str(saved), "--json"]
    done = subprocess.run(
        command,
        env={**os.environ, "BIMS_HOME": str(home), "BIMS_KEYRING": "off"},
        stdout=subprocess.PIPE,
        stderr=screen,
        check=True,
    )
    os.close(screen)
    shown = os.read(watched, 65536).decode()
    os.close(watched)
    assert "Smoothed nuclei with a Gaussian" in shown
    assert shown.endswith("\r\x1b[2K")
    assert json.loads(done.stdout)["verdict"] == "identical"
