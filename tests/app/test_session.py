"""The session: what scripts and the window hold on to."""

from __future__ import annotations

import dataclasses
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np
import pytest

from bims_desktop.app import session as session_module
from bims_desktop.app.home import Home
from bims_desktop.app.session import Session
from bims_desktop.app.settings import Settings
from bims_desktop.app.transfer import export_home, import_home
from bims_desktop.errors import (
    BadParameter,
    BimsError,
    Cancelled,
    OperationFailed,
    SaveFailed,
    SessionBusy,
    SessionExists,
    UnknownOperation,
    UnreadableFile,
)
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations.running import monitored
from bims_desktop.provenance.journal import FILE, entries
from bims_desktop.provenance.recorder import Change
from tests.conftest import put
from tests.images import textured


@pytest.fixture
def session(home: Home, tmp_path: Path) -> Iterator[Session]:
    with Session(tmp_path / "session", home=home) as session:
        yield session


def test_actions_say_what_was_found(session: Session, cells: Path) -> None:
    data = session.open(cells, name="Zellen")
    mask = session.run("threshold_otsu", data)
    action = session.actions[-1]
    assert action.sentence == f"Thresholded Zellen by Otsu's method, at {action.found['threshold']}"
    assert (action.effect, action.status, action.version) == ("pixels", "replayable", 1)
    assert action.duration > 0
    assert [layer.name for layer in session.layers] == ["Zellen", "threshold_otsu_1"]
    assert mask.image.kind == "mask"


REFUSALS: dict[str, tuple[tuple[str, dict[str, Any]], type[BimsError]]] = {
    "unknown operation": (("gausian", {}), UnknownOperation),
    "unknown parameter": (("gaussian", {"sgima": 1}), BadParameter),
    "out of bounds": (("gaussian", {"sigma": -1}), BadParameter),
    "other type": (("gaussian", {"sigma": "big"}), BadParameter),
    "not a number": (("gaussian", {"sigma": float("nan")}), BadParameter),
    "kind of image": (("label", {}), BadParameter),
    "no such axis": (("max_projection", {}), BadParameter),
    "beyond the image": (("crop", {"x_stop": 10_000}), BadParameter),
    "an image for a value": (("gaussian", {"sigma": "cells"}), BadParameter),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_what_fails_is_not_recorded(session: Session, cells: Path, name: str) -> None:
    (operation, options), error = REFUSALS[name]
    data = session.open(cells)
    with pytest.raises(error):
        session.run(operation, data, **{k: data if v == "cells" else v for k, v in options.items()})
    assert len(session.actions) == 1
    assert len(session.layers) == 1
    session.run("invert", data)
    assert [layer.name for layer in session.layers] == ["cells.tif", "invert_1"]


def test_too_many_images(session: Session, cells: Path) -> None:
    data = session.open(cells)
    with pytest.raises(BadParameter, match="takes 1 images"):
        session.run("gaussian", data, data)


def test_a_function_that_stops(session: Session, cells: Path) -> None:
    everywhere = session.run("threshold", session.open(cells), value=-1)
    with pytest.raises(OperationFailed):
        session.run("distance_transform_edt", everywhere)
    assert len(session.actions) == 2


def test_cancel(session: Session, volume: Path) -> None:
    data = session.open(volume)
    cancel = Event()
    cancel.set()
    with monitored(lambda _: None, cancel), pytest.raises(Cancelled):
        session.run("gaussian", data)
    assert len(session.actions) == 1


@pytest.mark.parametrize("content", [b"", b"hello", b"II*\0", b"II*\0\x08\0\0\0\xff\xff", b"\x89PNG\r\n\x1a\n"])
def test_a_file_that_is_no_image(session: Session, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cells.tif"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"cells\.tif"):
        session.open(path)
    assert session.actions == ()
    assert session.layers == ()


def test_a_truncated_image(session: Session, tmp_path: Path) -> None:
    whole = put(tmp_path / "cells.tif", textured("ZYX", "uint16")).read_bytes()
    (tmp_path / "cells.tif").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(UnreadableFile):
        session.open(tmp_path / "cells.tif")
    assert session.actions == ()


def test_paint_moves_the_layer_and_undo_moves_it_back(session: Session, cells: Path) -> None:
    mask = session.run("threshold_otsu", session.open(cells))
    layer = session.layer_of(mask)
    assert layer is not None
    before = mask.image.array().copy()
    painted = session.paint(mask, at=[(4, 4), (9, 9)], brush_size=4, value=1)
    assert session.layer_of(painted) == dataclasses.replace(layer, version=painted.version)
    assert session.layer_of(mask) is None
    assert session.actions[-1].status == "manual"
    assert session.actions[-1].found["pixels"] >= 0
    session.undo()
    assert session.layer_of(mask) == layer
    np.testing.assert_array_equal(mask.image.array(), before)
    assert painted.image.array()[4, 4]


def test_painting_an_earlier_version_makes_a_layer(session: Session, cells: Path) -> None:
    """The layer shows something else by now; painting on the older data must not overwrite that."""
    mask = session.run("threshold_otsu", session.open(cells))
    session.paint(mask, at=[(4, 4)])
    count = len(session.layers)
    session.paint(mask, at=[(9, 9)])
    assert len(session.layers) == count + 1


@pytest.mark.parametrize(("at", "size", "value"), [([(4,)], 3, 1), ([(4, 4)], 0, 1), ([(4, 4)], 3, 2), ([], 3, 1)])
def test_paint_that_does_not_fit(session: Session, cells: Path, at: Any, size: int, value: int) -> None:
    mask = session.run("threshold_otsu", session.open(cells))
    with pytest.raises(BadParameter):
        session.paint(mask, at=at, brush_size=size, value=value)
    assert len(session.actions) == 2


def test_data_are_equal_by_version(session: Session, cells: Path) -> None:
    data = session.open(cells)
    assert data == session.data(1)
    assert hash(data) == hash(session.data(1))
    assert data != session.duplicate(data)
    assert len({data, session.data(1)}) == 1
    with pytest.raises(BadParameter, match="no data version 99"):
        session.data(99)


def test_tables_have_versions_and_no_layer(session: Session, tmp_path: Path) -> None:
    labels = session.open(put(tmp_path / "labels.tif", textured("YX", "labels")))
    table = session.run("regionprops_table", labels)
    assert isinstance(table, Table)
    (data,) = session.tables
    assert data.table is table
    assert len(session.layers) == 1
    with pytest.raises(BadParameter, match="is a table"):
        _ = data.image
    assert [action.operation for action, _ in session.explain(data).kept] == ["load", "regionprops_table"]
    assert "op.regionprops_table(labels" in session.draft(data).macro


def test_a_table_is_drafted_the_same_whatever_the_order_of_its_images(session: Session, tmp_path: Path) -> None:
    labels = session.open(put(tmp_path / "labels.tif", textured("YX", "labels")))
    cells = session.open(put(tmp_path / "cells.tif", textured("YX")))
    session.run("regionprops_table", intensity_image=cells, label_image=labels)
    assert "op.regionprops_table(labels, intensity_image=cells" in session.draft(session.tables[0]).macro


def test_equal_names_stay_apart(session: Session, cells: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    one = session.open(cells)
    two = session.open(put(tmp_path / "other" / "cells.tif", textured("YX", seed=5)))
    three = session.open(cells)
    for data in (one, two, three):
        session.rename(data, "same")
    assert [layer.name for layer in session.layers] == ["same"] * 3
    total = session.run("add", one, two)
    draft = session.draft(total)
    assert [(entry.name, entry.source.path) for entry in draft.inputs] == [
        ("cells", cells), ("cells_2", tmp_path / "other" / "cells.tif"),
    ]  # fmt: skip
    assert [entry.name for entry in session.draft(three).inputs] == ["cells"]


def test_subscribers(session: Session, cells: Path) -> None:
    heard: list[Change] = []
    stop = session.subscribe(heard.append)
    data = session.open(cells)
    session.display(data, "gamma", 0.5)
    session.undo()
    stop()
    session.redo()
    assert [change.action.operation for change in heard] == ["load", "display", "undo"]
    assert [len(change.layers) for change in heard] == [1, 1, 0]


def test_a_subscriber_may_ask_about_what_it_hears(session: Session, cells: Path) -> None:
    """The window draws up the slice of a new layer as soon as it hears of it."""
    macros = []

    def ask(change: Change) -> None:
        macros.append(session.draft(session.data(change.layers[-1].version)).macro)

    session.subscribe(ask)
    session.run("invert", session.open(cells))
    assert [text.count("op.") for text in macros] == [1, 2]


def test_operations_run_side_by_side(session: Session, volume: Path) -> None:
    data = session.open(volume)
    results: list[Any] = []
    threads = [Thread(target=lambda s=s: results.append(session.run("gaussian", data, sigma=s))) for s in (1, 2, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({result.digest for result in results}) == 4
    assert [action.number for action in session.actions] == [1, 2, 3, 4, 5]
    assert len(session.layers) == 5


def test_the_session_folder_is_held(session: Session, home: Home) -> None:
    with pytest.raises(SessionBusy):
        Session(session.folder, home=home)


def test_a_folder_that_holds_a_session_is_not_begun_anew(session: Session, home: Home, cells: Path) -> None:
    """Its numbers would begin again in the middle of the log."""
    session.open(cells)
    session.close()
    log = (session.folder / FILE).read_bytes()
    with pytest.raises(SessionExists, match="holds an earlier session"):
        Session(session.folder, home=home)
    assert (session.folder / FILE).read_bytes() == log


def test_closing_twice(session: Session, cells: Path) -> None:
    session.open(cells)
    session.close()
    session.close()
    assert [kind for kind, _ in entries(session.folder)][-1] == "end"


def test_default_folders_never_meet(home: Home) -> None:
    sessions = [Session(home=home) for _ in range(5)]
    assert len({session.folder for session in sessions}) == 5
    assert {session.folder.parent for session in sessions} == {home.sessions}
    for session in sessions:
        session.close()


CALLS: dict[str, tuple[dict[str, Any], bool]] = {
    "plain values": ({"a": 1, "b": 2.5, "c": "text µ", "d": None, "e": (1, (2.0, "x"))}, True),
    "a list": ({"a": [1, 2.0]}, True),
    "negative": ({"a": -3, "b": -2.5e-8}, True),
    "an object": ({"a": object()}, False),
    "a path": ({"a": Path("x")}, False),
    "an array": ({"a": np.zeros(3)}, False),
    "a dictionary": ({"a": {"b": 1}}, False),
    "not a number": ({"a": float("nan")}, False),
    "infinite": ({"a": float("inf")}, False),
    "too large for JSON": ({"a": 2**60}, False),
    "half a character": ({"a": "\ud800"}, False),
    "deep": ({"a": ((((((((((1,),),),),),),),),),)}, False),
    "long": ({"a": "x" * 20_000}, False),
    "a name beyond ASCII": ({"σ": 1}, False),
    "a keyword for a name": ({"lambda": 1}, False),
    "the verb's own word": ({"function": "x"}, False),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_cannot_be_written_down_is_a_snapshot(session: Session, cells: Path, name: str) -> None:
    plain, written = CALLS[name]
    data = session.open(cells)
    (made,) = session.call("package.run", {"image": data, **plain}, [(data.image, "made")], package="package 1.0")
    action = session.actions[-1]
    assert (action.operation, action.status) == (("call", "replayable") if written else ("snapshot", "snapshot"))
    assert made.name == "made"
    from bims_desktop.macro.source import parse, render

    text = session.draft(made).macro
    assert render(parse(text)) == text


def test_a_call_replaces_its_layer(session: Session, cells: Path) -> None:
    data = session.open(cells)
    inverted = data.image.with_pixels(255 - data.image.array())
    (made,) = session.call("p.run", {"image": data}, [(inverted, "")], package="p 1", replaces=data)
    assert [layer.version for layer in session.layers] == [made.version]
    assert session.actions[-1].sentence == "Ran run of p 1"


def test_snapshots_name_their_predecessor_and_read_nothing(session: Session, cells: Path) -> None:
    data = session.open(cells)
    turned = data.image.with_pixels(data.image.array()[::-1].copy())
    taken = session.snapshot(data, turned, cause="turned over")
    action = session.actions[-1]
    assert (action.reads, dict(action.found), action.status) == ((), {"predecessor": data.version}, "snapshot")
    assert [layer.version for layer in session.layers] == [taken.version]
    assert [a.operation for a, _ in session.explain(taken).kept] == ["snapshot"]


def test_a_snapshot_is_not_changed_by_its_giver(session: Session, cells: Path) -> None:
    """A plugin may keep the array it handed over, and go on writing."""
    base = np.random.default_rng(0).integers(0, 255, (9, 9), np.uint8)
    taken = session.snapshot(None, Image(base[:, :], "YX"), cause="a plugin")
    digest = taken.digest
    base[0, 0] ^= 1
    from bims_desktop.model.digest import pixel_digest

    assert pixel_digest(taken.image) == digest


def test_names_that_are_no_text(session: Session, cells: Path, tmp_path: Path) -> None:
    source = Path(shutil.copy(cells, os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xe4.tif")))
    data = session.open(source)
    session.rename(data, "\ud800 half a character")
    assert [body["action"]["number"] for kind, body in entries(session.folder) if kind == "action"] == [1, 2]


def test_a_home_that_cannot_be_written(cells: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SaveFailed):
        Session(home=Home(tmp_path / "file" / "home"))


def test_settings_come_back(tmp_path: Path) -> None:
    settings = Settings("Ada Lovelace", "Büro", ())
    settings.save(tmp_path / "home")
    assert Settings.load(tmp_path / "home") == settings
    assert Settings.load(tmp_path / "nowhere") == Settings()
    (tmp_path / "home" / "settings.json").write_text("{")
    with pytest.raises(BimsError, match="cannot be read"):
        Settings.load(tmp_path / "home")


def test_agent_and_organisation_stand_in_record_and_verdict(home: Home, cells: Path, tmp_path: Path) -> None:
    from bims_desktop.app.verify import verify

    Settings("Ada Lovelace", "Büro", ()).save(home.folder)
    with Session(tmp_path / "session", home=home) as session:
        report = session.save(session.open(cells), tmp_path / "out.tif")
        session.prove(report)
    verdicts = verify(report.path, home=home)
    assert verdicts.signature.text == "signed by Ada Lovelace of Büro"
    assert verdicts.reproduced.text.startswith("reproduced exactly, by Ada Lovelace of Büro with ")


def test_a_session_goes_on_in_the_log_that_came_back(session: Session, cells: Path, tmp_path: Path) -> None:
    session.save(session.open(cells), tmp_path / "first.ome.tif")
    export_home(session.home, tmp_path / "log")
    origin = session.ledger.origin
    session.home.close()
    shutil.rmtree(session.home.folder / "ledger")
    assert session.ledger.origin != origin, "a new one was begun meanwhile"
    assert import_home(session.home, tmp_path / "log").own
    data = session.run("invert", session.open(cells))
    assert session.save(data, tmp_path / "second.ome.tif").entry == 2
    assert session.ledger.origin == origin


def test_what_a_crash_cut_off_is_settled_once_a_log(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    settled: list[str] = []
    monkeypatch.setattr(session_module, "settle", lambda folder, log: settled.append(log.origin))
    assert session.ledger is session.ledger is session.home.ledger
    session.home.close()
    assert session.ledger is session.home.ledger
    assert settled == 2 * [session.ledger.origin]


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("visible", False, "Hid cells.tif"),
        ("visible", True, "Showed cells.tif"),
        ("gamma", 0.5, "Set gamma of cells.tif to 0.5"),
        ("colormap", "green", "Set colormap of cells.tif to green"),
        ("contrast_limits", [0, 120.5], "Set contrast limits of cells.tif to 0 ... 120.5"),
        ("affine", [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], "Set affine of cells.tif"),
    ],
)
def test_a_display_change_says_what_it_is(
    session: Session, cells: Path, setting: str, value: Any, sentence: str
) -> None:
    session.display(session.open(cells), setting, value)
    assert session.actions[-1].sentence == sentence
