"""The recorder: actions, versions and layers over undo and redo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from bims_desktop.errors import SaveFailed
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table, table_digest
from bims_desktop.provenance.action import Action
from bims_desktop.provenance.journal import Journal, entries
from bims_desktop.provenance.recorder import Change, Intent, Recorder, on_layer, on_new_layers


def image(seed: int = 0) -> Image:
    return Image(np.random.default_rng(seed).integers(0, 255, (5, 6), np.uint8), "YX")


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    recorder = Recorder(Journal(tmp_path / "session"))
    yield recorder
    recorder.abandon()


def load(recorder: Recorder, seed: int = 0, name: str = "cells") -> Action:
    parameters = {"digest": "sha256:" + 64 * "0", "name": f"{name}.tif"}
    return recorder.record(
        Intent("load", "Opened", parameters=parameters), [(image(seed), name)], on_new_layers(recorder.new_layer_id)
    )


def invert(recorder: Recorder, version: int, seed: int, layer: int | None = None) -> Action:
    place = on_layer(layer) if layer else on_new_layers(recorder.new_layer_id)
    intent = Intent("invert", "Inverted", arguments={"image": version}, parameters={"signed_float": False})
    return recorder.record(intent, [(image(seed), "")], place)


def test_numbers_and_names(recorder: Recorder) -> None:
    first, second = load(recorder), invert(recorder, 1, 1)
    assert [first.number, second.number] == [1, 2]
    assert (first.writes, second.reads, second.writes) == ((1,), (1,), (2,))
    assert [(layer.id, layer.name, layer.version) for layer in recorder.layers] == [(1, "cells", 1), (2, "invert_1", 2)]
    assert second.code == "invert_1 = op.invert(cells, signed_float=False)"
    assert first.started.endswith("Z")
    assert len({first.salt, second.salt}) == 2


def test_undo_and_redo_move_layers_and_keep_versions(recorder: Recorder) -> None:
    load(recorder)
    done = invert(recorder, 1, 1)
    pixels = recorder.versions[2].value
    undo = recorder.undo()
    assert undo is not None
    assert undo.parameters == {"step": 2}
    assert undo.sentence == "Undid step 2: Invert"
    assert [layer.version for layer in recorder.layers] == [1]
    assert recorder.undone == {done.number}
    assert recorder.versions[2].value is pixels
    redo = recorder.redo()
    assert redo is not None
    assert [layer.version for layer in recorder.layers] == [1, 2]
    assert recorder.undone == set()
    assert [action.operation for action in recorder.actions] == ["load", "invert", "undo", "redo"]


def test_nothing_to_undo_or_redo(recorder: Recorder) -> None:
    assert (recorder.undo(), recorder.redo(), recorder.can_undo, recorder.can_redo) == (None, None, False, False)
    load(recorder)
    assert recorder.can_undo
    assert recorder.redo() is None
    recorder.undo()
    assert (recorder.can_undo, recorder.can_redo) == (False, True)
    load(recorder, 5)
    assert not recorder.can_redo, "a new action ends what could be done again"
    assert len(recorder.actions) == 3


def test_an_undone_action_falls_out_of_the_slice_of_its_layer(recorder: Recorder) -> None:
    load(recorder)
    invert(recorder, 1, 1, layer=1)
    recorder.undo()
    invert(recorder, 1, 2, layer=1)
    current = recorder.layers[0].version
    found = recorder.slice(current)
    assert [action.number for action, _ in found.kept] == [1, 4]
    assert {action.number: reason for action, reason in found.dropped} == {2: "undone", 3: "took a step back"}


def test_what_changes_no_layer_cannot_be_undone(recorder: Recorder) -> None:
    load(recorder)
    recorder.record(Intent("display", "Set gamma", effect="display"))
    recorder.undo()
    assert recorder.layers == ()
    assert recorder.undone == {1}


def test_versions_are_read_only(recorder: Recorder) -> None:
    value = image()
    table = Table({"area": np.array([1.0, 2.0])})
    recorder.record(Intent("load", "x", parameters={"digest": "d", "name": "x"}), [(value, "x")])
    recorder.record(Intent("regionprops_table", "x", arguments={"label_image": 1}), [(table, "t")])
    for array in (value.array(), table.columns["area"]):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert recorder.versions[1].digest.result() == pixel_digest(value)
    assert recorder.versions[2].digest.result() == table_digest(table)
    assert recorder.versions.nbytes == 30 + 16


def test_subscribers_hear_of_every_change_once(recorder: Recorder) -> None:
    heard: list[Change] = []
    stop = recorder.subscribe(heard.append)
    load(recorder)
    recorder.undo()
    recorder.redo()
    stop()
    load(recorder)
    assert [change.action.operation for change in heard] == ["load", "undo", "redo"]
    assert [len(change.layers) for change in heard] == [1, 0, 1]


def test_a_journal_that_fails_changes_nothing(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    load(recorder)
    heard: list[Change] = []
    recorder.subscribe(heard.append)

    def full(*new: object) -> None:
        raise SaveFailed("The disk is full.")

    with monkeypatch.context() as broken:
        broken.setattr(recorder.journal, "append", full)
        with pytest.raises(SaveFailed):
            invert(recorder, 1, 1)
        with pytest.raises(SaveFailed):
            recorder.undo()
    assert ([a.number for a in recorder.actions], len(recorder.layers), heard) == ([1], 1, [])
    assert recorder.undone == set()
    again = invert(recorder, 1, 1)
    assert again.number == 2
    recorder.undo()
    recorder.close()
    told = list(entries(recorder.journal.folder))
    assert [kind for kind, _ in told if kind != "digest"] == ["action", "action", "action", "end"]
    assert {number for kind, body in told if kind == "digest" for number in body} == {"1", str(again.writes[0])}
    assert [body["action"]["number"] for kind, body in told if kind == "action"] == [1, 2, 3]


def test_digests_are_in_the_journal_by_its_end(recorder: Recorder) -> None:
    load(recorder)
    invert(recorder, 1, 1)
    recorder.close()
    found = {}
    for kind, body in entries(recorder.journal.folder):
        if kind == "digest":
            found.update(body)
    assert found == {"1": pixel_digest(image(0)), "2": pixel_digest(image(1))}


def test_threads_never_lose_an_action(recorder: Recorder) -> None:
    load(recorder)
    threads = [Thread(target=lambda n=n: [invert(recorder, 1, n * 10 + k) for k in range(5)]) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [action.number for action in recorder.actions] == list(range(1, 22))
    assert len(recorder.layers) == 21
    assert len({layer.id for layer in recorder.layers}) == 21
    recorder.close()
    assert sum(kind == "action" for kind, _ in entries(recorder.journal.folder)) == 21


def test_home_of_a_version_follows_its_layer(recorder: Recorder) -> None:
    load(recorder)
    invert(recorder, 1, 1, layer=1)
    home = recorder.home_of(1)
    assert home is not None
    assert (home.id, home.version) == (1, 2)
    recorder.undo()
    home = recorder.home_of(2)
    assert home is not None
    assert home.version == 1
    recorder.undo()
    assert recorder.home_of(1) is None
