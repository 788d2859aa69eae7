"""Environments: what a record states of its own, how two differ, and one built from a folder of wheels."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.app.environment import APART, PROGRAM, environment, name_in, needs, used_packages
from bims_desktop.app.environment_build import build
from bims_desktop.app.environment_facts import Facts
from bims_desktop.app.environment_lock import Requirements, own_lock
from bims_desktop.app.environment_pip import _BEAT_S, pip_install
from bims_desktop.app.environment_python import find_python, version_of
from bims_desktop.app.environment_replay import recorded_facts, replay_there, used_here, used_there
from bims_desktop.app.environment_wheel import write_wheel
from bims_desktop.app.home import Home
from bims_desktop.app.replay import replay
from bims_desktop.errors import BimsError, NotTrusted, RecordDamaged, ReplayStopped
from tests.app.forge import edit_record, saved

HERE = Facts.of_json(environment(["gaussian"]))
HEADLESS = {name for name in map(name_in, needs(PROGRAM)) if name not in APART}
GIVEN = {name: f"{number}.5" for number, name in enumerate(sorted(HEADLESS))}
STATED = Facts(HERE.python, packages={**GIVEN, PROGRAM: HERE.program})


@pytest.fixture
def wheels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small package for each that a replay needs, and no network beside it."""
    folder = tmp_path / "wheels"
    folder.mkdir()
    for name, version in GIVEN.items():
        write_wheel(folder, name, version, {f"tiny_{name.replace('-', '_')}.py": f"version = {version!r}\n".encode()})
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    return folder


def test_every_package_that_a_replay_comes_through_is_stated() -> None:
    """What a fresh process imports for a replay is among them, but for two that change no pixels."""
    code = (
        "import sys, bims_desktop.app.replay, bims_desktop.app.session, scipy.ndimage, skimage.filters\n"
        "from importlib.metadata import packages_distributions\n"
        "owners = packages_distributions()\n"
        "print(*{name for module in sys.modules for name in owners.get(module.partition('.')[0], ())})"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    # A .pth loads a finder of the one; NumPy's reader of Fortran would guess encodings with the other.
    imported = set(map(name_in, done.stdout.split())) - {"setuptools", "charset-normalizer"}
    assert len(imported) > 10
    assert imported <= set(used_packages())
    assert not set(used_packages()) & APART
    assert all(distribution(name).version == version for name, version in used_packages().items())


def test_a_record_states_them(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    assert recorded_facts(report.path) == HERE


def test_the_lock_gives_hashes_where_versions_agree() -> None:
    assert len(own_lock()) > 100
    agreed = Requirements.of(HERE)
    lines = agreed.text().splitlines()
    if not agreed.unlocked:
        assert agreed.hashed
        assert all(line.endswith("\\") or line.startswith("    --hash=sha256:") for line in lines)
    other = Requirements.of(replace(HERE, packages={**HERE.packages, "numpy": "1.0"}))
    assert (other.hashed, "numpy" in other.unlocked) == (False, True)
    assert "numpy==1.0" in other.text().splitlines()
    assert "--hash" not in other.text()


def test_what_an_older_record_does_not_state_is_named() -> None:
    old = Requirements.of(Facts("3.11.7", packages={PROGRAM: "0.1.0", "numpy": "2.4.6"}))
    assert {name_in(line) for line in old.chosen} == HEADLESS - {"numpy"}
    third = Requirements.of(replace(STATED, called={"napari-skimage": "0.7.1"}))
    assert {"napari", "pyside6", "napari-skimage==0.7.1"} <= {*third.chosen, *map(name_in, third.chosen)}


DIFFERENT: dict[str, tuple[dict[str, Any], str, bool]] = {
    "nothing": ({}, "", False),
    "patch release": ({"python": f"{HERE.series}.99"}, f"Python {HERE.series}.99 instead of {HERE.python}", False),
    "series": ({"python": "4.0.0"}, f"Python 4.0.0 instead of {HERE.python}", True),
    "version": ({"packages": {**HERE.packages, "numpy": "1.0"}}, "numpy 1.0 instead of", True),
    "missing": ({"packages": {n: v for n, v in HERE.packages.items() if n != "scipy"}}, "is missing", True),
    "more packages": ({"packages": {**HERE.packages, "pytest": "1.0"}}, "", False),
    "code": ({"operations": {"gaussian": "sha256:" + 64 * "0"}}, "other code of gaussian", True),
    "processor": ({"cpu_features": HERE.cpu_features | {"ZZZ"}}, "a processor with ZZZ besides", False),
    "poorer processor": ({"cpu_features": frozenset[str]()}, "a processor without ", False),
    "system": ({"platform": "macOS-15.0-arm64-arm-64bit"}, "macOS-15.0-arm64-arm-64bit instead of", False),
    "kernel": ({"platform": HERE.platform.replace("Linux-", "Linux-99.")}, "", False),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_differences(name: str) -> None:
    change, text, decides = DIFFERENT[name]
    found = HERE.differences(replace(HERE, **change))
    assert [decides] == [each.decides for each in found] if text else found == ()
    assert all(text in each.text for each in found)


HOSTILE: dict[str, Any] = {
    "option as name": {"packages": {"--index-url": "1.0"}},
    "address as version": {"packages": {"numpy": "1 @ https://example.org/numpy.whl"}},
    "second line": {"packages": {"numpy": "1.0\n--extra-index-url x"}},
    "python": {"python": "3; rm -rf"},
    "operation": {"operations": {"a,b\0": "x"}},
    "too many": {"packages": {f"p{number}": "1" for number in range(2000)}},
    "no mapping": {"packages": ["numpy"]},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_statements_are_refused(name: str) -> None:
    with pytest.raises(RecordDamaged):
        Facts.of_json({**environment(["gaussian"]), **HOSTILE[name]})


def test_a_replay_does_not_stop_over_what_is_said_of_the_environment(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    edit_record(report.path, lambda content: content.update(environment={"packages": 1}))
    assert replay(report.path, home=home).verdict == "identical"
    assert used_here(report.path).sentence.endswith("there is no recorded one to hold it against.")
    with pytest.raises(RecordDamaged):
        used_there(Path(sys.prefix), report.path)


def test_builds_exactly_what_is_stated(wheels: Path, tmp_path: Path) -> None:
    """Through the real venv and pip; the program itself is the running one."""
    told: list[tuple[int, int, str]] = []
    built = build(Requirements.of(STATED), tmp_path / "made", tell=lambda *words: told.append(words))
    assert (built.python, built.folder) == (HERE.python, tmp_path / "made")
    assert any("no hashes of" in note for note in built.notes)
    code = (
        "from importlib.metadata import distributions\n"
        "import tiny_numpy, bims_desktop\n"
        "print({d.name: d.version for d in distributions() if d.name not in ('pip', 'setuptools')})\n"
        "print(bims_desktop.__file__)"
    )
    python = tmp_path / "made" / "bin" / "python"
    done = subprocess.run([python, "-I", "-c", code], capture_output=True, text=True, check=True)
    installed, place = done.stdout.splitlines()
    assert {name_in(n): v for n, v in eval(installed).items()} == {**GIVEN, PROGRAM: HERE.program}
    assert place.startswith(str(tmp_path / "made"))
    assert len({total for _, total, _ in told if total}) == 1
    assert {words for _, _, words in told} >= {"unpacking", "BIMS Desktop itself"}
    script = (tmp_path / "made" / "bin" / "bims").read_text()
    assert script.startswith(f"#!{tmp_path / 'made'}/bin/python")
    assert (
        tmp_path / "made" / "lib" / f"python{HERE.series}" / "site-packages/bims_desktop/resources/schemas"
    ).is_dir()
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_what_a_record_leaves_open_is_chosen_by_pip(wheels: Path, tmp_path: Path) -> None:
    """An older record states little: the rest comes in too, and what the stated packages need."""
    write_wheel(wheels, "toolz", "3.0", {"tiny_toolz.py": b""})
    needy = {"METADATA": "Metadata-Version: 2.1\nName: dask\nVersion: 7.7\nRequires-Dist: toolz\n"}
    write_wheel(wheels, "dask", "7.7", {"tiny_dask.py": b""}, needy)
    for name, version in (("click", "8.2"), ("pyyaml", "6.1")):
        write_wheel(wheels, name, version, {f"tiny_{name}.py": b""})
    left_open = {"click", "pyyaml"}
    stated = {**{name: version for name, version in GIVEN.items() if name not in left_open}, "dask": "7.7"}
    facts = replace(STATED, packages={**stated, PROGRAM: HERE.program})
    built = build(Requirements.of(facts), tmp_path / "made")
    assert any("click, pyyaml, or of what they need: pip chose them" in note for note in built.notes)
    subprocess.run([tmp_path / "made" / "bin" / "python", "-I", "-c", "import tiny_toolz, tiny_click"], check=True)


def _not_there(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Facts:
    return replace(STATED, packages={**STATED.packages, "numpy": "99.0"})


def _no_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Facts:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_RETRIES", "0")
    return STATED


def _exchanged(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Facts:
    """Every version as in the lock, from wheels that are not those of the lock."""
    locked = {n: v for n, v in HERE.packages.items() if (n, v) in own_lock()}
    for name, version in locked.items():
        write_wheel(folder, name, version, {"x.py": b""})
    return replace(STATED, packages={**locked, PROGRAM: HERE.program})


FAILURES: dict[str, tuple[Callable[[Path, pytest.MonkeyPatch], Facts], str]] = {
    "no such version": (_not_there, "numpy==99.0 cannot be had"),
    "no network": (_no_network, "index cannot be reached"),
    "other files": (_exchanged, "not the one that is locked"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_failure_is_told_and_leaves_nothing(
    name: str, wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrange, words = FAILURES[name]
    facts = arrange(wheels, monkeypatch)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(BimsError, match=words):
        build(Requirements.of(facts), tmp_path / "made")
    assert sorted(tmp_path.iterdir()) == before


def test_stopped_in_the_middle_leaves_nothing(wheels: Path, tmp_path: Path) -> None:
    def tell(done: int, total: int, words: str) -> None:
        if words.startswith("numpy"):
            raise KeyboardInterrupt

    before = sorted(tmp_path.iterdir())
    with pytest.raises(KeyboardInterrupt):
        build(Requirements.of(STATED), tmp_path / "made", tell=tell)
    assert sorted(tmp_path.iterdir()) == before


def test_stopped_while_nothing_is_heard(tmp_path: Path) -> None:
    """A program that is silent for a minute is ended within a second of the wish."""
    silent_python = tmp_path / "python"
    own = tmp_path / "pid"
    silent_python.write_text(f"#!/bin/sh\necho $$ > {own}\nexec sleep 600\n")
    silent_python.chmod(0o755)

    def tell(done: int, total: int, words: str) -> None:
        if own.exists() and own.read_text().endswith("\n"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pip_install(silent_python, ["numpy"], 1, tell)
    assert _BEAT_S < 1, "it is asked at each of these"
    with pytest.raises(ProcessLookupError):
        os.kill(int(own.read_text()), 0)


REFUSED: dict[str, tuple[Facts, dict[str, Any], type[BimsError], str]] = {
    "a stranger": (replace(STATED, packages={**STATED.packages, "nunpy": "1.0"}), {}, NotTrusted, "--trust nunpy"),
    "a stranger's step": (replace(STATED, called={"evil": "1.0"}), {}, NotTrusted, "--trust evil"),
    "another program": (replace(STATED, packages={**GIVEN, PROGRAM: "99.0"}), {}, BimsError, "--program"),
    "no such Python": (replace(STATED, python="2.99.1"), {}, BimsError, "no Python 2.99 is on this computer"),
    "a wrong Python": (replace(STATED, python="2.99.1"), {"python": Path(sys.executable)}, BimsError, "is not Python"),
    "no Python at all": (STATED, {"python": Path(__file__)}, BimsError, "it does not answer"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name: str, tmp_path: Path) -> None:
    facts, options, kind, words = REFUSED[name]
    with pytest.raises(kind, match=words):
        build(Requirements.of(facts), tmp_path / "made", **options)
    assert not (tmp_path / "made").exists()


def test_takes_no_folder_that_holds_something(tmp_path: Path) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "thesis.txt").write_text("mine")
    with pytest.raises(BimsError, match="is there already"):
        build(Requirements.of(STATED), tmp_path / "made")
    assert (tmp_path / "made" / "thesis.txt").read_text() == "mine"


def test_a_python_of_the_same_series_will_do() -> None:
    found = find_python(f"{HERE.series}.99")
    assert version_of(found).startswith(f"{HERE.series}.")
    assert version_of(find_python(HERE.python)) == HERE.python


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """This environment again, but for the version that one package says it has."""
    folder = tmp_path_factory.mktemp("other") / "env"
    venv.create(folder, symlinks=True)
    inside = folder / "lib" / f"python{HERE.series}" / "site-packages"
    (inside / "defusedxml-99.0.dist-info").mkdir()
    (inside / "defusedxml-99.0.dist-info" / "METADATA").write_text("Name: defusedxml\nVersion: 99.0\n")
    places = [path for path in sys.path if path.endswith("site-packages")] + [str(Path(__file__).parents[2])]
    (inside / "there.pth").write_text("\n".join(places))
    return folder


def test_replays_in_another_environment_and_says_so(home: Home, cells: Path, tmp_path: Path, other: Path) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    told = replay_there(other, report.path, ["--no-attest"])
    assert (told["verdict"], told["digest"]) == ("identical", report.pixel_digest)
    used = used_there(other, report.path)
    version = HERE.packages["defusedxml"]
    assert (used.which, used.exact) == ("another", False)
    assert [each.text for each in used.differences] == [f"defusedxml 99.0 instead of {version}"]
    assert (used_here(report.path).which, used_here(report.path).exact) == ("own", True)


def test_its_own_program_runs_there_whatever_lies_in_the_current_folder(
    home: Home, cells: Path, tmp_path: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    (tmp_path / "bims_desktop.py").write_text("raise SystemExit('planted')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert replay_there(other, report.path, ["--no-attest"])["verdict"] == "identical"


def test_what_cannot_be_replayed_there_is_told(home: Home, cells: Path, tmp_path: Path, other: Path) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    cells.unlink()
    with pytest.raises(ReplayStopped, match=r"could not be done: .*cells\.tif"):
        replay_there(other, report.path)


def test_an_environment_without_the_program(home: Home, cells: Path, tmp_path: Path) -> None:
    report = saved(home, cells, tmp_path / "out.tif")
    venv.create(tmp_path / "empty", symlinks=True)
    with pytest.raises(BimsError, match=r"holds no BIMS Desktop that works: .*No module named"):
        used_there(tmp_path / "empty", report.path)
