"""Replay: inputs found, bound, missing or changed; other parameters; edits on other data; stored edits."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.replay import Replay, replay
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.errors import (
    BadParameter,
    FileChanged,
    MissingInput,
    NoRecord,
    NotTrusted,
    RecordDamaged,
    ReplayStopped,
)
from bims_desktop.files.companion import SUFFIX
from bims_desktop.files.readers import read
from bims_desktop.model.image import Image
from tests.app.forge import edit_record
from tests.conftest import put
from tests.images import textured

ROOT = Path(__file__).parents[2]


@pytest.fixture
def nowhere(tmp_path: Path) -> Home:
    """Somebody who never saw the inputs."""
    return Home(tmp_path / "nowhere")


@pytest.fixture
def saved(home: Home, cells: Path, tmp_path: Path) -> Path:
    """Smoothed, thresholded, painted; beside its input."""
    with Session(tmp_path / "session", home=home) as session:
        mask = session.run("threshold_otsu", session.run("gaussian", session.open(cells), sigma=1.0))
        painted = session.paint(session.run("label", mask), at=[(5, 5), (9, 12)], brush_size=3, value=7)
        return session.save(painted, tmp_path / "painted.ome.tif").path


@pytest.fixture
def smooth(home: Home, cells: Path, tmp_path: Path) -> Path:
    """Without a manual edit."""
    with Session(tmp_path / "session", home=home) as session:
        smooth = session.run("gaussian", session.open(cells), sigma=1.0)
        return session.save(session.run("threshold_otsu", smooth), tmp_path / "mask.ome.tif").path


def other(tmp_path: Path, seed: int = 9) -> Path:
    return put(tmp_path / "other.tif", textured("YX", seed=seed))


def test_identical(saved: Path, home: Home) -> None:
    heard = []
    result = replay(saved, home=home, on_step=heard.append)
    assert (result.verdict, result.digest) == ("identical", result.expected)
    assert [step.number for step in heard] == [1, 2, 3, 4, 5]
    assert [step.state for step in result.steps] == ["done"] * 5
    assert all(step.seconds >= 0 and step.sentence for step in result.steps)
    assert result.image is not None
    assert result.table is None


def test_the_input_is_found_beside_the_file(saved: Path, cells: Path, nowhere: Home, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.move(saved, folder)
    shutil.move(cells, folder)
    assert replay(folder / saved.name, home=nowhere).verdict == "identical"


def test_the_input_is_found_where_it_was_seen(saved: Path, home: Home, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    assert replay(shutil.move(saved, tmp_path / "elsewhere"), home=home).verdict == "identical"


def test_an_input_named_by_hand_may_have_any_name(saved: Path, cells: Path, nowhere: Home, tmp_path: Path) -> None:
    renamed = shutil.move(cells, tmp_path / "renamed.tif")
    assert replay(saved, {"cells": renamed}, home=nowhere).verdict == "identical"


def test_a_missing_input(saved: Path, cells: Path, nowhere: Home) -> None:
    cells.unlink()
    with pytest.raises(MissingInput, match=r"cells\.tif cannot be found") as caught:
        replay(saved, home=nowhere)
    assert (caught.value.name, "--" in str(caught.value)) == ("cells", False)


def test_a_changed_input(saved: Path, cells: Path, home: Home) -> None:
    put(cells, textured("YX", seed=77))
    with pytest.raises(FileChanged, match="pixels are not those"):
        replay(saved, home=home)


def test_an_input_that_is_no_image_any_more(saved: Path, cells: Path, home: Home) -> None:
    cells.write_text("gone")
    with pytest.raises(FileChanged):
        replay(saved, home=home)


@pytest.mark.parametrize(
    "name", ["x" * 300 + ".tif", "..", ".", "", "\udcff.tif", "a\0b.tif", "/etc/passwd", "../a.tif"]
)
def test_a_hostile_file_name_in_a_macro_is_only_missing(name: str, nowhere: Home, tmp_path: Path) -> None:
    from bims_desktop.macro.plan import Plan, Step
    from bims_desktop.macro.source import render

    step = Step(("cells",), "load", {}, {"digest": "sha256:" + 64 * "0", "name": name})
    path = tmp_path / "macro.py"
    path.write_text(render(Plan((step,))))
    with pytest.raises(MissingInput):
        replay(path, home=nowhere)


def test_other_data_derive(smooth: Path, home: Home, tmp_path: Path) -> None:
    result = replay(smooth, {"cells": other(tmp_path)}, home=home)
    assert result.verdict == "derived"
    assert result.digest != result.expected


def test_the_same_pixels_in_another_file_do_not_derive(smooth: Path, cells: Path, home: Home, tmp_path: Path) -> None:
    copy = put(tmp_path / "copy.tif", read(cells).image)
    assert replay(smooth, {"cells": copy}, home=home).verdict == "identical"


def test_an_unknown_input(saved: Path, home: Home, tmp_path: Path) -> None:
    with pytest.raises(MissingInput, match=r"no input 'nuclei'.*cells"):
        replay(saved, {"nuclei": other(tmp_path)}, home=home)


def test_painting_on_other_data_stops(saved: Path, home: Home, tmp_path: Path) -> None:
    with pytest.raises(ReplayStopped, match="manual edit of other data"):
        replay(saved, {"cells": other(tmp_path)}, home=home)
    allowed = replay(saved, {"cells": other(tmp_path)}, home=home, allow_edits=True)
    assert allowed.verdict == "derived"
    assert allowed.image is not None
    assert allowed.image.array()[5, 5] == 7


def test_painting_after_another_parameter_stops(saved: Path, home: Home) -> None:
    with pytest.raises(ReplayStopped, match="manual edit"):
        replay(saved, set={"gaussian.sigma": 3}, home=home)


def test_painting_on_another_shape_is_refused_even_where_allowed(saved: Path, home: Home, tmp_path: Path) -> None:
    small = put(tmp_path / "small.tif", np.random.default_rng(0).integers(0, 255, (12, 12), np.uint8))
    with pytest.raises(BadParameter, match="shape"):
        replay(saved, {"cells": small}, home=home, allow_edits=True)


SETTINGS = [
    ({"gaussian.sigma": 3}, "derived"), ({"gaussian_1.sigma": 3.0}, "derived"), ({"gaussian.sigma": 1}, "identical"),
    ({"gaussian.sigma": 3, "threshold_otsu.nbins": 16}, "derived"),
]  # fmt: skip


@pytest.mark.parametrize(("settings", "verdict"), SETTINGS)
def test_set_parameters(smooth: Path, home: Home, settings: dict[str, float], verdict: str) -> None:
    result = replay(smooth, set=settings, home=home)
    assert result.verdict == verdict
    assert (result.digest == result.expected) is (verdict == "identical")


@pytest.mark.parametrize(
    ("address", "value"),
    [("gaussian.sigma", -1), ("gaussian.sigma", "big"), ("gaussian.sgima", 1), ("median.radius", 1), ("sigma", 1),
     ("cells.digest", "sha256:" + 64 * "0"), ("cells.name", "x.tif"), ("", 1), ("gaussian.", 1)],
)  # fmt: skip
def test_parameters_that_do_not_fit(smooth: Path, home: Home, address: str, value: object) -> None:
    with pytest.raises(BadParameter):
        replay(smooth, set={address: value}, home=home)


def test_a_parameter_set_back_is_the_recorded_one(smooth: Path, home: Home) -> None:
    prepared = Replay(smooth, home)
    for value, derived in ((3, True), (1, False), (2, True), (1.0, False)):
        prepared.set("gaussian", "sigma", value)
        assert prepared.derived is derived
    assert prepared.result(tuple(prepared.steps())).verdict == "identical"


def test_an_input_bound_back_is_the_recorded_one(smooth: Path, cells: Path, home: Home, tmp_path: Path) -> None:
    prepared = Replay(smooth, home)
    for path, verdict in ((other(tmp_path), "derived"), (cells, "identical")):
        prepared.bind("cells", path)
        assert prepared.result(tuple(prepared.steps())).verdict == verdict


def test_the_last_binding_counts(smooth: Path, cells: Path, home: Home, tmp_path: Path) -> None:
    prepared = Replay(smooth, home)
    prepared.bind_image("cells", textured("YX", seed=9))
    prepared.bind("cells", cells)
    assert prepared.result(tuple(prepared.steps())).verdict == "identical"
    prepared.bind_image("cells", textured("YX", seed=9))
    assert prepared.result(tuple(prepared.steps())).verdict == "derived"


def test_steps_left_out(saved: Path, home: Home) -> None:
    prepared = Replay(saved, home)
    prepared.leave_out("paint_1")
    result = prepared.result(tuple(prepared.steps()))
    assert result.verdict == "derived"
    assert [step.name for step in result.steps] == ["cells", "gaussian_1", "threshold_otsu_1", "label_1"]


def test_a_step_left_out_takes_those_that_need_it(saved: Path, home: Home) -> None:
    prepared = Replay(saved, home)
    prepared.leave_out("threshold_otsu_1")
    assert [step.name for step in prepared.plan] == ["cells", "gaussian_1"]


def test_a_macro_as_text(smooth: Path, cells: Path, nowhere: Home, tmp_path: Path) -> None:
    macro = tmp_path / "macro.py"
    macro.write_text(read_record(smooth).macro)
    result = replay(macro, home=nowhere)
    assert (result.verdict, result.expected) == ("not compared", "")
    assert result.digest == replay(smooth, home=nowhere).expected


def test_a_macro_edited_by_hand_is_refused_with_the_line(smooth: Path, nowhere: Home, tmp_path: Path) -> None:
    macro = tmp_path / "macro.py"
    macro.write_text(read_record(smooth).macro.replace("sigma=1.0", "sigma=1"))
    from bims_desktop.errors import MacroRefused

    with pytest.raises(MacroRefused, match=r"Line 11 .*sigma=1\.0"):
        replay(macro, home=nowhere)


def test_the_text_alone_lacks_the_stored_edits(saved: Path, nowhere: Home, tmp_path: Path) -> None:
    macro = tmp_path / "macro.py"
    macro.write_text(read_record(saved).macro)
    with pytest.raises(MissingInput, match="stored edit"):
        replay(macro, home=nowhere)


def test_no_record_and_no_file(cells: Path, home: Home, tmp_path: Path) -> None:
    with pytest.raises(NoRecord):
        replay(cells, home=home)
    with pytest.raises(MissingInput):
        replay(tmp_path / "nothing.tif", home=home)


def test_a_snapshot_replays_without_its_cause(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(cells)
        flipped = data.image.with_pixels(data.image.array()[:, ::-1].copy())
        taken = session.snapshot(data, flipped, cause="a plugin flipped it")
        draft = session.draft(taken)
        report = session.save(session.run("invert", taken), tmp_path / "flipped.ome.tif")
    assert any("snapshot" in warning for warning in draft.warnings)
    assert any("snapshot" in warning for warning in report.warnings)
    assert [action.operation for action, _ in report.kept] == ["snapshot", "invert"]
    cells.unlink()
    assert replay(report.path, home=home).verdict == "identical"


@pytest.fixture
def large(home: Home, tmp_path: Path) -> Path:
    """An image whose stored edit is too large for the record."""
    noise = np.random.default_rng(0).integers(0, 2**16, (700, 800), np.uint16)
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(put(tmp_path / "noise.tif", noise))
        taken = session.snapshot(data, Image(noise[::-1].copy(), "YX"), cause="turned over")
        return session.save(taken, tmp_path / "large.ome.tif").path


def test_a_large_edit_lies_in_a_companion_file(large: Path, home: Home) -> None:
    assert len(list(large.parent.glob(f"*{SUFFIX}"))) == 1
    assert replay(large, home=home).verdict == "identical"


def test_a_missing_companion(large: Path, home: Home) -> None:
    next(large.parent.glob(f"*{SUFFIX}")).unlink()
    with pytest.raises(MissingInput, match="companion"):
        replay(large, home=home)


def test_a_changed_companion(large: Path, home: Home) -> None:
    companion = next(large.parent.glob(f"*{SUFFIX}"))
    companion.write_bytes(companion.read_bytes()[:-1] + b"x")
    with pytest.raises(RecordDamaged, match="companion"):
        replay(large, home=home)


@pytest.mark.parametrize("name", ["sha256:../../etc/passwd", "/etc/passwd", "sha256:" + "0" * 400, 5, ["a"], {"a": 1}])
def test_a_hostile_companion_name(large: Path, home: Home, name: object) -> None:
    edit_record(large, lambda content: content["blobs"].update(companion=name))
    with pytest.raises((MissingInput, RecordDamaged)):
        replay(large, home=home)


@pytest.mark.parametrize("steps", [[1, 2, 3, 4, 5], [{}] * 5, [{"entry": 1}] * 5, [{"entry": {"found": 1}}] * 5, {}, 5])
def test_hostile_steps(saved: Path, home: Home, steps: object) -> None:
    edit_record(saved, lambda content: content.update(steps=steps))
    with pytest.raises(RecordDamaged):
        replay(saved, home=home)


@pytest.mark.parametrize("blobs", [None, [], "x", {"inline": []}, {"inline": {"sha256:0": 5}}, {"inline": {"a": "!"}}])
def test_hostile_blobs(saved: Path, home: Home, blobs: object) -> None:
    edit_record(saved, lambda content: content.update(blobs=blobs))
    with pytest.raises((MissingInput, RecordDamaged)):
        replay(saved, home=home)


def test_a_third_party_step_needs_trust(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        data = session.open(cells)
        (made,) = session.call(
            "somebodys_package.module.run",
            {"image": data, "size": 3},
            [(data.image, "made")],
            package="somebodys-package 1",
        )
        draft = session.draft(made)
        report = session.save(made, tmp_path / "made.ome.tif")
    assert "needs somebodys-package 1" in draft.warnings[0]
    with pytest.raises(NotTrusted, match=r"runs .* of the package somebodys_package") as caught:
        replay(report.path, home=home)
    assert (caught.value.name, "--" in str(caught.value)) == ("somebodys_package", False)
    with pytest.raises(NotTrusted):
        replay(report.path, home=home, trust=("another", "somebodys"))
    with pytest.raises(ReplayStopped, match="somebodys_package"):
        replay(report.path, home=home, trust=("somebodys_package",))


ALONE = """
import json, sys
from importlib.abc import MetaPathFinder

class Blocker(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("napari", "PySide6", "PyQt5", "PyQt6", "qtpy", "magicgui", "superqt", "vispy"):
            raise ImportError(f"{name} is blocked here")

sys.meta_path.insert(0, Blocker())
import bims_desktop as bims
result = bims.replay("macro.py")
print(json.dumps({"digest": result.digest, "verdict": result.verdict}))
"""


def test_a_fresh_process_without_qt_and_without_the_saved_file(smooth: Path, cells: Path, tmp_path: Path) -> None:
    """An empty folder, the macro's text and the input: nothing there could tell the process what to come to."""
    folder = tmp_path / "alone"
    folder.mkdir()
    shutil.copy(cells, folder)
    record = read_record(smooth)
    (folder / "macro.py").write_text(record.macro)
    environment = {**os.environ, "BIMS_HOME": str(folder / "home"), "PYTHONPATH": str(ROOT)}
    expected = record.content["image"]["pixels"]
    assert expected not in record.macro
    done = subprocess.run(
        [sys.executable, "-c", ALONE], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"digest": expected, "verdict": "not compared"}


def test_a_record_cannot_lend_itself_the_name_of_a_trusted_package(home: Home, cells: Path, tmp_path: Path) -> None:
    """What a package is called is asked of the installation, never of the record."""
    with Session(home=home) as session:
        opened = session.open(cells)
        results = [(opened.image, "forged")]
        (forged,) = session.call("os.system", {"command": "exit 3"}, results, package="napari-skimage 0.7.1")
        report = session.save(forged, tmp_path / "forged.ome.tif")
    with pytest.raises(NotTrusted, match=r"os\.system"):
        replay(report.path, home=home, trust=("napari-skimage", "napari_skimage"))


def test_a_trusted_package_does_not_lend_what_it_only_imported(home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(home=home) as session:
        opened = session.open(cells)
        function = "skimage.data._fetchers.file_hash"  # of pooch, found in a module of the package
        arguments = {"fname": str(cells)}
        (forged,) = session.call(function, arguments, [(opened.image, "forged")], package="scikit-image 0.26.0")
        report = session.save(forged, tmp_path / "forged.ome.tif")
    with pytest.raises(ReplayStopped, match="not of skimage"):
        replay(report.path, home=home, trust=("scikit-image",))
