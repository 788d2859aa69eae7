"""Help, start-up, errors and exit codes: what all commands have in common."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from bims_desktop.cli.main import COMMANDS, main
from tests.cli.conftest import SAMPLE, Bims

HEAVY = ("napari", "PySide6", "qtpy", "magicgui", "dask", "pandas", "tifffile", "scipy.ndimage", "skimage.filters")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_examples(bims: Bims, command: str) -> None:
    ran = bims(command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert "Examples:" in ran.out
    assert f"bims {command}" in ran.out.partition("Examples:")[2] or command == "app"


@pytest.mark.parametrize("command", ["up", "status", "down"])
def test_help_of_the_network_has_examples(bims: Bims, command: str) -> None:
    ran = bims("network", command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.partition("Examples:")[2].count(f"bims network {command}") >= 3


def test_help_names_every_command(bims: Bims) -> None:
    ran = bims("--help")
    assert ran.code == 0
    assert all(f"\n  {command} " in ran.out for command in COMMANDS)


@pytest.mark.parametrize("args", [["--help"], ["verify", "--help"], ["ops"]])
def test_starts_without_what_it_does_not_need(args: Sequence[str]) -> None:
    code = (
        "import sys; from bims_desktop.cli.main import main; main(print, sys.argv[1:]);"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *args], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


WRONG_CALLS = [
    (["verfy", "x.tif"], "Did you mean verify?"),
    (["verify"], "See bims verify --help."),
    (["verify", "missing.tif"], "missing.tif"),
    (["digest", "missing.tif"], "missing.tif"),
    (["digest", __file__], "test_manners.py"),
    (["show", __file__], "test_manners.py"),
    (["show", str(SAMPLE)], "nuclei.tif"),
    (["replay", str(SAMPLE)], "nuclei.tif"),
    (["replay", __file__], "macro"),
    (["replay", str(SAMPLE), "--input", "cells"], "--input NAME=PATH"),
    (["replay", str(SAMPLE), "--set", "=3"], "--set STEP.PARAM=VALUE"),
    (["ops", "gausian"], "Did you mean gaussian?"),
    (["ops", "--jsn"], "--json"),
    (["log", "no-such-session"], "no-such-session"),
    (["app", str(SAMPLE)], "no display"),
    ([str(SAMPLE)], "no display"),
]


@pytest.mark.parametrize(("args", "part"), WRONG_CALLS, ids=[" ".join(args)[-40:] for args, _ in WRONG_CALLS])
def test_a_wrong_call_is_one_sentence_and_exit_2(bims: Bims, args: list[str], part: str) -> None:
    ran = bims(*args)
    assert (ran.code, ran.out) == (2, "")
    assert part in ran.err
    assert ran.err.count("\n") == 1
    assert "Traceback" not in ran.err


def test_a_folder_stands_for_its_images(tmp_path: Path, bims: Bims) -> None:
    folder = tmp_path / "run 1"
    folder.mkdir()
    assert f"The folder {folder.name} holds no image." in bims(folder).err
    for name in ("t10.tif", "t9.tif", "notes.txt"):
        shutil.copy(SAMPLE, folder / name)
    opened: list[Path] = []
    assert main(opened.extend, [str(SAMPLE), str(folder)]) == 0
    assert opened == [SAMPLE, folder / "t9.tif", folder / "t10.tif"]
    told = [line.partition("  ") for line in bims("digest", folder).out.splitlines()]
    assert [path for _, _, path in told] == [str(path) for path in opened[1:]]
    assert len({digest for digest, _, _ in told}) == 1


def test_a_fault_of_the_program_is_a_sentence_with_its_details_in_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(files: Sequence[Path]) -> None:
        raise ZeroDivisionError("a fault")

    assert main(broken, ["app"]) == 2
    sentence = capsys.readouterr().err
    assert "ZeroDivisionError" in sentence
    assert "Traceback" not in sentence
    details = Path(sentence.rpartition(" in ")[2].strip().rstrip("."))
    assert "Traceback" in details.read_text()
    details.unlink()


def test_ctrl_c_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(files: Sequence[Path]) -> None:
        raise KeyboardInterrupt

    assert main(interrupted, ["app"]) == 130
    assert capsys.readouterr().err.strip() == "Stopped; nothing was changed."


def test_files_open_the_window(tmp_path: Path) -> None:
    opened: list[Path] = []
    inside = Path(shutil.copy(SAMPLE, tmp_path))
    assert main(opened.extend, [str(SAMPLE)]) == 0
    assert main(opened.extend, ["app", str(tmp_path)]) == 0
    assert main(opened.extend, []) == 0
    assert opened == [SAMPLE, inside]


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "bims_desktop", "ops", "--json"]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, "")
