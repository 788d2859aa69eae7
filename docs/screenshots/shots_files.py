"""Saving and verifying."""

from __future__ import annotations

from pathlib import Path

from studio import Studio, shown

from bims_desktop.files import embedding, ome_tiff
from bims_desktop.files.readers import read
from bims_desktop.ui.closing_question import ClosingQuestion, hold
from bims_desktop.ui.memory_question import MemoryQuestion
from bims_desktop.ui.question import Question
from bims_desktop.ui.running_question import RunningQuestion
from bims_desktop.ui.save_dialog import SaveDialog, open_save_dialog
from bims_desktop.ui.saving_question import hold_save
from bims_desktop.ui.series import Series
from bims_desktop.ui.verify_dialog import VerifyDialog, open_verify_dialog
from bims_desktop.ui.words import homely


def files(studio: Studio) -> None:
    """Save labels, ask what is asked on the way, verify what was saved."""
    (nuclei,) = studio.open("nuclei.tif")
    nuclei.contrast_limits = (0, 120)
    smooth = studio.run("gaussian", nuclei, sigma=2.0)
    labels = studio.run("label", studio.run("threshold_otsu", smooth))
    _verify_empty(studio)
    _save(studio, labels)
    _save_several(studio, smooth, labels)
    _questions(studio, labels)
    _verify(studio, labels, smooth)


def _save(studio: Studio, labels: object) -> None:
    with shown(open_save_dialog(studio.desktop, studio.desktop.data_of(labels)), studio) as dialog:
        for place, tab in enumerate(("macro", "inputs", "microscope", "record")):
            dialog.tabs.setCurrentIndex(place)
            words = f"Save with Provenance: the steps that are kept and left out, and the tab {tab.title()}."
            studio.take(f"save-{tab}", dialog, words, SaveDialog)
        dialog.destination.file.setText(str(studio.images / "nuclei.ome.tif"))
        (studio.images / "nuclei.ome.tif").touch()
        dialog.save()
        studio.take("save-replace", dialog, "A question in place: a file of this name exists.", SaveDialog)
        dialog.destination.file.setText(homely(studio.images / "results" / "nuclei.ome.tif"))
        studio.take("save-no-folder", dialog, "A folder that is not there can be made.", SaveDialog)
    (studio.images / "nuclei.ome.tif").unlink()
    layer = studio.type('viewer.add_image(viewer.layers["nuclei.tif"].data[::2, ::2], name="halved")')
    with shown(open_save_dialog(studio.desktop, studio.desktop.data_of(layer)), studio) as dialog:
        studio.take("save-snapshot", dialog, "A warning: these pixels have no cause that can run again.", SaveDialog)
    studio.viewer.layers.remove(layer)


def _save_several(studio: Studio, *layers: object) -> None:
    (studio.images / "label_1.ome.tif").mkdir()
    with shown(open_save_dialog(studio.desktop, *map(studio.desktop.data_of, layers)), studio) as dialog:
        studio.take("save-several", dialog, "Several layers: a list on top, the selected one below.", SaveDialog)
        dialog.save()
        dialog.notice.answer.click()
        studio.settle()
        studio.take("save-several-failed", dialog, "One of them could not be saved, and why.", SaveDialog)
    (studio.images / "label_1.ome.tif").rmdir()


def _questions(studio: Studio, labels: object) -> None:
    hold(studio.desktop, lambda: None)
    with shown(studio.desktop.main_window.findChild(ClosingQuestion), studio) as question:
        studio.take("closing-question", question, "Closing with results that no file holds.", ClosingQuestion)
    runs = [Series("Non-local means", [lambda: None], studio.desktop.jobs)]
    RunningQuestion(studio.desktop, runs, lambda: None).open()
    with shown(studio.desktop.main_window.findChild(RunningQuestion), studio) as question:
        studio.take("running-question", question, "Closing while an operation still runs.", RunningQuestion)
    hold_save(studio.desktop, [labels], lambda: None)
    (question,) = studio.desktop.main_window.findChildren(Question)
    with shown(question, studio):
        studio.take("saving-question", question, "napari's own Save would write no provenance.", Question)
    MemoryQuestion(studio.desktop).open()
    with shown(studio.desktop.main_window.findChild(MemoryQuestion), studio) as question:
        studio.take("memory-question", question, "A click on the versions in the status bar.", MemoryQuestion)


def _verify_empty(studio: Studio) -> None:
    with shown(open_verify_dialog(studio.desktop), studio) as dialog:
        studio.take("verify-empty", dialog, "Verify Provenance before a file is chosen.", VerifyDialog)


def _verify(studio: Studio, labels: object, smooth: object) -> None:
    saved = studio.save(labels, "labels.ome.tif")
    studio.session.prove(saved)
    good, other = saved.path, studio.save(smooth, "smooth.ome.tif").path
    changed = _changed(other, studio.images / "changed.ome.tif")
    with shown(open_verify_dialog(studio.desktop, [good]), studio) as dialog:
        studio.take("verify-card", dialog, "One file: six answers, each with its reason.", VerifyDialog)
        words = "The same with its details open."
        studio.take("verify-details", dialog, words, VerifyDialog, pose=lambda: _open_lines(dialog))
    with shown(open_verify_dialog(studio.desktop, [changed]), studio) as dialog:
        studio.take("verify-bad", dialog, "A file whose pixels were changed after it was saved.", VerifyDialog)
    several = [good, other, changed, studio.images / "plate.tif"]
    with shown(open_verify_dialog(studio.desktop, several), studio) as dialog:
        studio.take("verify-table", dialog, "Several files: a table, and the card of the selected one.", VerifyDialog)
        dialog.table.selectRow(len(several) - 1)
        studio.take("verify-no-record", dialog, "A file without a record: no steps to run again.", VerifyDialog)


def _open_lines(dialog: VerifyDialog) -> None:
    assert dialog.card is not None
    for line in dialog.card.lines.values():
        if line.arrow.isEnabled():
            line.arrow.setChecked(True)


def _changed(source: Path, target: Path) -> Path:
    """The same record in a file into whose pixels somebody painted."""
    image = read(source).image
    pixels = image.array().copy()
    pixels[40:80, 40:80] = pixels.max()
    ome_tiff.write(target, image.with_pixels(pixels))
    envelope = embedding.extract(source).envelope
    assert envelope is not None
    embedding.embed(target, envelope, {})
    return target
