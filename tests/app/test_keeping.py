"""What a replay made is kept: as layers of a session, or as a file with its record."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from bims_desktop.app.bound import Bound
from bims_desktop.app.data import Data
from bims_desktop.app.home import Home
from bims_desktop.app.keeping import Keeping
from bims_desktop.app.recover import recover
from bims_desktop.app.replay import Replay, replay
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.transcript import Transcript
from bims_desktop.app.verify import verify
from bims_desktop.errors import BimsError, Cancelled, FileChanged, SaveRefused, UnreadableFile
from bims_desktop.files.sidecar import sidecar_of
from bims_desktop.macro.source import parse
from bims_desktop.operations.running import monitored
from tests.conftest import put
from tests.images import textured

GAUSSIAN = "napari_skimage.skimage_filter_widget.gaussian_filter_widget"


@pytest.fixture
def painted(home: Home, cells: Path, tmp_path: Path) -> Path:
    """Smoothed, thresholded, labelled, painted on twice."""
    with Session(tmp_path / "earlier", home=home) as session:
        mask = session.run("threshold_otsu", session.run("gaussian", session.open(cells), sigma=1.0))
        labels = session.paint(session.run("label", mask), at=[(5, 5), (9, 12)], brush_size=3, value=7)
        again = session.paint(labels, at=[(20, 20)], brush_size=3, value=8)
        return session.save(again, tmp_path / "painted.ome.tif").path


@pytest.fixture
def session(tmp_path: Path, home: Home, painted: Path) -> Iterator[Session]:
    with Session(tmp_path / "session", home=Home(home.folder)) as session:
        yield session


def played(
    session: Session, source: Path, inputs: Mapping[str, Path | Data] | None = None, **settings: Any
) -> tuple[Keeping, Replay]:
    """A macro run to its end, as the window does it: other inputs by name, parameters as ``gaussian__sigma=2``."""
    own, bound = Replay(source, session.home), {}
    own.allow_edits, own.trust = True, frozenset({"napari_skimage"})
    for address, value in settings.items():
        own.set(*address.split("__"), value)
    for name, step in own.plan.inputs.items():
        chosen = (inputs or {}).get(name)
        if isinstance(chosen, Path):
            own.bind(name, chosen)
        bound[name] = Bound.to(chosen if isinstance(chosen, Data) else own.chosen(step) or own.find(step))
        own.bind_image(name, bound[name].image)
    return Keeping(session, own, tuple(own.steps()), bound), own


def test_kept_as_if_it_had_been_done_there(session: Session, painted: Path, home: Home, tmp_path: Path) -> None:
    keeping, own = played(session, painted, gaussian__sigma=2.0)
    made = keeping.as_layers()
    assert keeping.on_layers
    assert [layer.name for layer in session.layers] == ["cells.tif", "gaussian_1", "threshold_otsu_1", "label_1"]
    assert [data.name for data in made] == ["cells.tif", "gaussian_1", "threshold_otsu_1", *["label_1"] * 3]
    draft = session.draft(made[-1])
    assert [replace(step, found={}) for step in draft.plan] == [replace(step, found={}) for step in own.plan]
    assert "sigma=2.0" in draft.macro
    saved = session.save(made[-1], tmp_path / "kept.ome.tif").path
    assert verify(saved, home=home).good
    assert replay(saved, home=home).verdict == "identical"
    assert session.undo() is not None
    assert session.layers[-1].version == made[-2].version


def test_sentences_name_the_layers_of_the_session(session: Session, painted: Path, cells: Path) -> None:
    session.run("gaussian", session.open(cells), sigma=5.0)
    made = played(session, painted)[0].as_layers()
    sentences = [session.actions[session.recorder.writers[data.version] - 1].sentence for data in made]
    assert sentences[2].startswith("Thresholded gaussian_2 by Otsu")


def test_saved_as_the_command_line_does(session: Session, painted: Path, home: Home, tmp_path: Path) -> None:
    keeping, _ = played(session, painted, gaussian__sigma=2.0)
    report = keeping.as_file(tmp_path / "window.ome.tif")
    with Session(tmp_path / "line", home=Home(home.folder)) as line:
        transcript = Transcript.of(line, painted, {})
        replay(painted, set={"gaussian.sigma": 2.0}, home=home, allow_edits=True, on_step=transcript)
        other = line.save(transcript.result, tmp_path / "line.ome.tif")
    assert read_record(report.path).macro == read_record(other.path).macro
    assert report.pixel_digest == other.pixel_digest
    assert verify(report.path, home=home).good
    assert (session.layers, session.can_undo) == ((), False)


def test_written_down_once_however_often_it_is_saved(session: Session, painted: Path, tmp_path: Path) -> None:
    keeping, _ = played(session, painted)
    made = keeping.as_layers()
    before = len(session.actions)
    for name in ("one.ome.tif", "two.ome.tif"):
        assert keeping.as_file(tmp_path / name).pixel_digest == made[-1].digest
    assert [action.operation for action in session.actions[before:]] == ["save", "save"]


def test_written_down_once_when_it_is_kept_after_a_save(session: Session, painted: Path, tmp_path: Path) -> None:
    keeping, _ = played(session, painted)
    path = keeping.as_file(tmp_path / "one.ome.tif").path
    made = keeping.as_layers()
    operations = [action.operation for action in session.actions]
    assert operations == ["load", "gaussian", "threshold_otsu", "label", "paint", "paint", "save", "show"]
    assert [layer.name for layer in session.layers] == ["cells.tif", "gaussian_1", "threshold_otsu_1", "label_1"]
    assert session.layers[-1].version == made[-1].version
    assert session.actions[-1].sentence == "Showed cells.tif, gaussian_1, threshold_otsu_1, label_1 as layers"
    again = session.save(made[-1], tmp_path / "two.ome.tif").path
    assert read_record(again).macro == read_record(path).macro
    assert keeping.as_layers() == made
    assert len(session.layers) == 4, "kept twice is kept once"
    session.undo()
    assert session.layers == ()
    session.redo()
    assert len(session.layers) == 4


def test_a_layer_that_stood_in_stays_that_layer(session: Session, painted: Path, home: Home, tmp_path: Path) -> None:
    layer = session.run("median", session.open(put(tmp_path / "other.tif", textured("YX", seed=4))), radius=1)
    shown = session.layers
    keeping, _ = played(session, painted, {"cells": layer})
    report = keeping.as_file(tmp_path / "file.ome.tif")
    assert session.layers == shown
    made = keeping.as_layers()
    assert layer not in made
    assert session.layers[: len(shown)] == shown
    assert [layer.name for layer in session.layers[len(shown) :]] == ["gaussian_1", "threshold_otsu_1", "label_1"]
    steps = [step.operation for step in parse(read_record(report.path).macro)]
    assert steps == ["load", "median", "gaussian", "threshold_otsu", "label", "paint", "paint"]
    assert replay(report.path, home=home).verdict == "identical"


def test_a_layer_that_the_macro_paints_on_keeps_its_pixels(
    session: Session, painted: Path, home: Home, tmp_path: Path
) -> None:
    with Session(tmp_path / "strokes", home=home) as first:
        stroked = first.paint(first.open(painted), at=[(3, 3)], brush_size=3, value=9)
        source = first.save(stroked, tmp_path / "stroked.ome.tif").path
    layer = session.open(painted)
    (made,) = played(session, source, {"painted": layer})[0].as_layers()
    assert [shown.version for shown in session.layers] == [layer.version, made.version]
    assert layer.digest != made.digest == read_record(source).subject


def test_a_file_that_stood_in_is_opened(session: Session, painted: Path, tmp_path: Path) -> None:
    other = put(tmp_path / "other.tif", textured("YX", seed=9))
    made = played(session, painted, {"cells": other})[0].as_layers()
    source = session.inputs[made[0].version]
    assert (source.name, source.unchanged(), made[0].name) == ("other.tif", True, "other.tif")


def test_a_file_that_changed_meanwhile_is_refused(session: Session, painted: Path, cells: Path, tmp_path: Path) -> None:
    keeping, _ = played(session, painted)
    for spoil, error in ((lambda: put(cells, textured("YX", seed=8)), FileChanged), (cells.unlink, UnreadableFile)):
        spoil()
        for keep in (keeping.as_layers, lambda: keeping.as_file(tmp_path / "never.ome.tif")):
            with pytest.raises(error, match=r"cells\.tif"):
                keep()
    assert (session.actions, session.layers, keeping.on_layers) == ((), (), False)
    assert not (tmp_path / "never.ome.tif").exists()


def test_what_is_stopped_in_time_leaves_nothing(session: Session, painted: Path) -> None:
    keeping, _ = played(session, painted)
    stop = Event()
    stop.set()
    with monitored(lambda share: None, stop), pytest.raises(Cancelled):
        keeping.as_layers()
    assert (session.actions, session.layers) == ((), ())


def test_a_save_that_is_stopped_can_be_done_again(session: Session, painted: Path, tmp_path: Path) -> None:
    keeping, _ = played(session, painted)
    stop, path = Event(), tmp_path / "file.ome.tif"

    def stop_before_writing(share: float) -> None:
        if share >= 0.3:
            stop.set()

    with monitored(stop_before_writing, stop), pytest.raises(Cancelled):
        keeping.as_file(path)
    assert not path.exists()
    written = len(session.actions)
    assert keeping.as_file(path).path == path
    assert len(session.actions) == written + 1


@pytest.mark.parametrize("which", ["source", "input", "another"])
def test_what_is_there_is_not_replaced(
    session: Session, painted: Path, cells: Path, tmp_path: Path, which: str
) -> None:
    another = Path(shutil.copy(cells, tmp_path / "another.tif"))
    path = {"source": painted, "input": cells, "another": another}[which]
    before = path.read_bytes()
    with pytest.raises(SaveRefused, match=path.name):
        played(session, painted)[0].as_file(path, overwrite=False)
    assert path.read_bytes() == before
    assert session.layers == ()


def test_a_table(session: Session, home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "measured", home=home) as first:
        opened = first.open(cells)
        mask = first.run("threshold_otsu", opened)
        table = first.run("regionprops_table", first.run("label", mask), intensity_image=opened)
        source = first.save_table(table, tmp_path / "first.csv").path
    keeping, _ = played(session, source)
    made = keeping.as_layers()
    assert [data.table is not None for data in made] == [False, False, False, True]
    assert len(session.layers) == 3
    path = keeping.as_file(tmp_path / "again.csv").path
    assert path.read_bytes() == source.read_bytes()
    assert sidecar_of(path).is_file()


def test_snapshots_and_functions_of_others(session: Session, home: Home, cells: Path, tmp_path: Path) -> None:
    with Session(tmp_path / "foreign", home=home) as first:
        taken = first.snapshot(first.open(cells), textured("YX", seed=3), cause="a plugin")
        arguments = {"img_layer": taken, "sigma": 1.0, "preserve_range": False, "mode": "reflect"}
        (called,) = first.call(GAUSSIAN, arguments, [(taken.image, "x")], package="napari-skimage 0.0.1")
        source = first.save(called, tmp_path / "foreign.ome.tif").path
    made = played(session, source)[0].as_layers()
    ran = session.actions[-1]
    assert [action.status for action in session.actions] == ["snapshot", "replayable"]
    assert ran.package == f"napari-skimage {version('napari-skimage')}"  # what ran, not what the record had
    saved = session.save(made[-1], tmp_path / "now.ome.tif").path
    assert replay(saved, home=home, trust=["napari_skimage"]).verdict == "identical"


def test_what_was_kept_outlives_a_crash(session: Session, painted: Path, tmp_path: Path, home: Home) -> None:
    keeping, _ = played(session, painted, gaussian__sigma=2.0)
    keeping.as_file(tmp_path / "file.ome.tif")
    made = keeping.as_layers()
    digests, layers = [data.digest for data in made], session.layers
    session.abandon()
    with recover(session.folder, home=Home(home.folder)) as back:
        assert back.layers == layers
        assert [back.data(data.version).digest for data in made] == digests


def test_errors_say_what_to_do(session: Session, painted: Path, cells: Path) -> None:
    keeping, _ = played(session, painted)
    put(cells, textured("YX", seed=8))
    with pytest.raises(BimsError) as caught:
        keeping.as_layers()
    assert caught.value.todo == "Choose it again, and run again."
