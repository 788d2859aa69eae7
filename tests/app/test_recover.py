"""After ``kill -9`` the log is whole up to the last action that was done, and the session comes back."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.lost_work import LostWork, lost_work
from bims_desktop.app.recover import dismiss, recover, recoverable
from bims_desktop.app.replay import replay
from bims_desktop.app.session import Session
from bims_desktop.errors import FileChanged, JournalDamaged, MissingInput, ReplayStopped, SessionBusy
from bims_desktop.model.image import Image
from bims_desktop.operations.paint import fill
from bims_desktop.provenance.journal import FILE, entries
from tests.conftest import put
from tests.images import textured

ROOT = Path(__file__).parents[2]


def state(session: Session) -> dict[str, object]:
    """What must be the same after a recovery."""
    return {
        "actions": [action.to_json() for action in session.actions],
        "layers": [[layer.id, layer.name, layer.version] for layer in session.layers],
        "undone": sorted(session.undone),
        "digests": {str(v): session.data(v).digest for v in sorted(session.recorder.writers)},
        "can": [session.can_undo, session.can_redo],
        "saved": {str(version): str(path) for version, path in session.saved.items()},
    }


def plain(value: object) -> object:
    return json.loads(json.dumps(value))


def work(session: Session, folder: Path) -> None:
    """A bit of everything."""
    cells = session.open(folder / "cells.tif")
    labels = session.open(folder / "labels.tif", name="cells.tif")
    smooth = session.run("gaussian", cells, sigma=2)
    mask = session.run("threshold_otsu", smooth)
    session.rename(mask, "Maske µ")
    session.paint(mask, at=[(3, 4), (9, 9)], brush_size=3)
    session.undo()
    session.undo()
    session.redo()
    painted = session.stroke(labels, fill(labels.image, (1, 1), value=5))
    session.run("regionprops_table", painted, intensity_image=cells, properties=["label", "area", "intensity_mean"])
    session.run("watershed", smooth, mask=mask)
    session.run("rescale_intensity", cells, in_range=(2, 200.0), out_range="dtype")
    session.duplicate(cells, "again")
    session.snapshot(smooth, Image(smooth.image.array()[::-1].copy(), "YX"), cause="turned over")
    session.snapshot(None, cells.image, cause="from somewhere", name="new")
    session.display(cells, "contrast_limits", [0, 2.0])
    session.view("Zoomed in")
    session.remove(cells)
    session.undo()
    session.save(painted, folder / "painted.ome.tif")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path / "cells.tif", textured("YX", seed=1))
    put(tmp_path / "labels.tif", textured("YX", "labels", seed=2))
    return tmp_path


def die(session: Session) -> None:
    """As if the process had died: the journal does not end, and its lock goes."""
    session.recorder.abandon()
    session.home.close()


def test_everything_comes_back(home: Home, folder: Path) -> None:
    session = Session(home=home)
    work(session, folder)
    before = plain(state(session))
    die(session)
    assert recoverable(home) == (session.folder,)
    back = recover(session.folder, home)
    assert plain(state(back)) == before
    assert back.folder == session.folder
    with back:
        assert recoverable(home) == (), "it is open now"
        back.run("invert", back.data(1))
        report = back.save(back.data(back.layers[-1].version), folder / "after.ome.tif")
    assert replay(report.path, home=home).verdict == "identical"
    assert recoverable(home) == ()
    assert [body["action"]["number"] for kind, body in entries(session.folder) if kind == "action"] == list(
        range(1, len(back.actions) + 1)
    )


def test_drafts_are_the_same_after_recovery(home: Home, folder: Path) -> None:
    session = Session(home=home)
    work(session, folder)
    versions = sorted(session.recorder.writers)
    before = {v: (session.draft(session.data(v)).macro, session.draft(session.data(v)).warnings) for v in versions}
    die(session)
    with recover(session.folder, home) as back:
        assert {v: (back.draft(back.data(v)).macro, back.draft(back.data(v)).warnings) for v in versions} == before


def test_undo_and_redo_go_on_after_recovery(home: Home, folder: Path) -> None:
    session = Session(home=home)
    cells = session.open(folder / "cells.tif")
    session.run("invert", cells)
    session.rename(cells, "one")
    session.rename(cells, "two")
    session.undo()
    die(session)
    with recover(session.folder, home) as back:
        assert [layer.name for layer in back.layers] == ["one", "invert_1"]
        back.redo()
        assert [layer.name for layer in back.layers] == ["two", "invert_1"]
        for _ in range(4):
            back.undo()
        assert back.layers == ()
        assert back.undo() is None
        data = back.open(folder / "cells.tif")
        assert data.version == 3
        assert len({layer.id for layer in back.layers}) == 1
        assert back.layers[0].id > 2, "an id of a layer that was undone is not given again"


def test_a_session_that_ended_is_not_offered(home: Home, folder: Path) -> None:
    with Session(home=home) as session:
        session.open(folder / "cells.tif")
    assert recoverable(home) == ()


def test_an_empty_session_is_not_offered(home: Home) -> None:
    die(Session(home=home))
    assert recoverable(home) == ()


def test_an_open_session_is_not_offered(home: Home, folder: Path) -> None:
    session = Session(home=home)
    session.open(folder / "cells.tif")
    assert recoverable(home) == ()
    with pytest.raises(SessionBusy):
        recover(session.folder, home)
    session.close()


def test_dismiss(home: Home, folder: Path) -> None:
    session = Session(home=home)
    session.open(folder / "cells.tif")
    die(session)
    dismiss(session.folder)
    assert recoverable(home) == ()
    assert recover(session.folder, home).actions[0].operation == "load", "the log is still there"


def test_lost_work_is_told_by_its_images_and_steps(home: Home, folder: Path) -> None:
    session = Session(folder / "session", home=home)
    cells = session.open(folder / "cells.tif")
    session.run("gaussian", cells)
    session.display(cells, "gamma", 0.5)
    die(session)
    assert lost_work(folder / "session") == LostWork(folder / "session", 2, ("cells.tif",))
    journal = folder / "session" / FILE
    journal.write_bytes(journal.read_bytes().replace(b"gaussian", b"goussian", 1))
    assert lost_work(folder / "session") == LostWork(folder / "session")


def test_a_damaged_log_hides_no_other(home: Home, folder: Path) -> None:
    folders = []
    for _ in range(3):
        session = Session(home=home)
        session.rename(session.open(folder / "cells.tif"), "x")
        session.run("invert", session.data(1))
        die(session)
        folders.append(session.folder)
    journal = folders[1] / FILE
    journal.write_bytes(journal.read_bytes().replace(b"Renamed", b"renamed", 1))
    offered = recoverable(home)
    assert set(offered) == set(folders)
    with pytest.raises(JournalDamaged):
        recover(folders[1], home)
    dismiss(folders[1])
    assert set(recoverable(home)) == {folders[0], folders[2]}
    assert b"renamed" in journal.read_bytes(), "a damaged log stays as it is"


CHANGES = {
    "changed": (lambda path: put(path, textured("YX", seed=50)), FileChanged),
    "gone": (lambda path: path.unlink(), MissingInput),
    "no image": (lambda path: path.write_text("x"), FileChanged),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_input_that_is_not_as_it_was(home: Home, folder: Path, name: str) -> None:
    change, error = CHANGES[name]
    session = Session(home=home)
    work(session, folder)
    die(session)
    log = (session.folder / FILE).read_bytes()
    (folder / "away").mkdir()
    original = shutil.copy(folder / "cells.tif", folder / "away" / "original")
    change(folder / "cells.tif")
    with pytest.raises(error):
        recover(session.folder, home)
    assert (session.folder / FILE).read_bytes() == log
    assert recoverable(home) == (session.folder,)
    shutil.move(original, folder / "under another name")
    with recover(session.folder, home) as again:
        assert again.inputs[1].path == folder / "under another name"


def test_a_step_that_gives_other_pixels(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session(home=home)
    session.run("invert", session.open(folder / "cells.tif"))
    assert session.data(2).digest
    session.view("so that the digest is written")
    die(session)
    import skimage as ski

    monkeypatch.setattr(ski.util, "invert", lambda pixels, **_: pixels.copy())
    with pytest.raises(ReplayStopped, match="other pixels than before"):
        recover(session.folder, home)


RUN = """
import json, sys, random
from pathlib import Path
from bims_desktop.app.session import Session
folder, seed = Path(sys.argv[1]), int(sys.argv[2])
rng = random.Random(seed)
session = Session()
print(json.dumps(str(session.folder)), flush=True)
cells = session.open(folder / "cells.tif")
while True:
    layer = rng.choice(session.layers)
    data = session.data(layer.version)
    move = rng.choice("run run run paint undo redo rename duplicate remove snapshot save".split())
    if move == "run":
        session.run("gaussian" if data.image.kind == "intensity" else "binary_opening", data)
    elif move == "paint":
        mask = session.run("threshold_otsu", cells)
        session.paint(mask, at=[(rng.randrange(24), rng.randrange(28))], brush_size=4)
    elif move == "rename":
        session.rename(data, f"name {rng.random()}")
    elif move == "duplicate":
        session.duplicate(data)
    elif move == "remove" and len(session.layers) > 1:
        session.remove(data)
    elif move == "snapshot":
        session.snapshot(data, data.image.with_pixels(data.image.array()[::-1].copy()), cause="x")
    elif move == "save":
        session.save(data, folder / "out.ome.tif")
    elif move == "undo" and len(session.actions) > 1 and len(session.layers) > 1:
        session.undo()
    elif move == "redo":
        session.redo()
    print(json.dumps({
        "actions": [a.number for a in session.actions], "sentence": session.actions[-1].sentence,
        "layers": [[l.id, l.name, l.version] for l in session.layers],
        "digests": {l.version: session.data(l.version).digest for l in session.layers},
    }), flush=True)
"""


@pytest.mark.parametrize("seed", range(8))
def test_kill_9_at_a_random_moment(home: Home, folder: Path, seed: int) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder), str(seed)], stdout=subprocess.PIPE, env=environment, text=True
    )
    assert process.stdout
    where = Path(json.loads(process.stdout.readline()))
    told = [process.stdout.readline()]
    time.sleep(random.Random(seed).random() * 0.4)
    process.send_signal(signal.SIGKILL)
    told += [line for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    assert process.wait() == -signal.SIGKILL
    last = json.loads(told[-1])
    numbers = [body["action"]["number"] for kind, body in entries(where) if kind == "action"]
    assert numbers == list(range(1, len(numbers) + 1))
    assert numbers[: len(last["actions"])] == last["actions"], "an action that was reported done is lost"
    assert recoverable(home) == (where,)
    with recover(where, home) as session:
        assert len(session.actions) == len(numbers)
        assert session.actions[len(last["actions"]) - 1].sentence == last["sentence"]
        versions = {str(v): session.data(v).digest for v in session.recorder.writers}
        assert last["digests"].items() <= versions.items()
        if len(numbers) == len(last["actions"]):
            assert [[layer.id, layer.name, layer.version] for layer in session.layers] == last["layers"]
        report = session.save(session.data(session.layers[-1].version), folder / "after.ome.tif")
    assert replay(report.path, home=home).verdict == "identical"
    assert recoverable(home) == ()
