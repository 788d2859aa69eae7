"""The ledger browser, in the real window, over a real local log."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest

from bims_desktop.app import harvest
from bims_desktop.app.carriage import Carriage, Stuck
from bims_desktop.app.named import name_of
from bims_desktop.app.save import Report
from bims_desktop.files.derived import write_derived
from bims_desktop.ledger.base import Entry
from bims_desktop.ledger.reader import LogReader
from bims_desktop.ui import Desktop
from bims_desktop.ui.ledger import work as ledger_work
from bims_desktop.ui.ledger.browser import LedgerBrowser, open_ledger_browser
from bims_desktop.ui.ledger.found_table import FILE, PLACE, STATE, STATEMENT, WHO
from bims_desktop.ui.ledger.words import who
from bims_desktop.ui.words import homely


@pytest.fixture
def saved(desktop: Desktop, nuclei: Path, tmp_path: Path) -> list[Report]:
    """A smoothed image, and the mask that was made from its file."""
    session = desktop.session
    first = session.save(session.run("gaussian", session.open(nuclei), sigma=1), tmp_path / "smooth.ome.tif")
    mask = session.run("threshold_otsu", session.open(first.path))
    return [first, session.save(mask, tmp_path / "mask.ome.tif")]


@pytest.fixture
def browser(desktop: Desktop, saved: list[Report], pump: Any) -> LedgerBrowser:
    return opened(desktop, pump)


def opened(desktop: Desktop, pump: Callable[..., None], deed: str = "") -> LedgerBrowser:
    browser = open_ledger_browser(desktop, deed)
    settle(desktop, pump)
    return browser


def settle(desktop: Desktop, pump: Callable[..., None]) -> None:
    for _ in range(3):  # a search may begin another job
        desktop.wait()
        pump(10)


def column(browser: LedgerBrowser, number: int) -> list[str]:
    model = browser.entries.model
    return [model.index(row, number).data() for row in range(model.rowCount())]


def test_an_empty_ledger_says_how_to_fill_it(desktop: Desktop, pump: Any) -> None:
    browser = opened(desktop, pump)
    assert "Save an image with provenance" in browser.entries.empty.text()
    assert browser.entries.empty.isVisible()
    assert not browser.export_button.isEnabled()
    browser.show_conflicts()
    assert "goes to no consortium" in browser.stuck.empty.text()


def test_the_entries_stand_as_sentences_newest_first(browser: LedgerBrowser) -> None:
    assert column(browser, STATEMENT) == ["Threshold by Otsu's method", "Gaussian smoothing"]
    assert column(browser, FILE) == ["mask.ome.tif", "smooth.ome.tif"]
    assert column(browser, STATE) == ["stands", "stands"]
    assert column(browser, PLACE) == ["entry 2", "entry 1"]
    assert column(browser, WHO) == ["you", "you"]
    assert browser.tabs.tabText(0) == "Entries: 2 records"


def test_who_it_was_is_said_in_one_form_whether_the_contents_are_known_or_not(browser: LedgerBrowser) -> None:
    bare = browser.entries.model.rows[0]
    key = str(bare.entry.body["agent"])
    told = replace(bare, agent="Ada Robert", organisation="Institute of Cell Biology")
    own = {key: "Ada Robert"}
    assert [name_of(found, own) for found in (bare, told)] == ["Ada Robert (you)"] * 2
    assert [name_of(found, {}) for found in (bare, told)] == [f"key {key[7:15]}…", "Ada Robert"]
    assert who(told, own) == "Ada Robert (you), Institute of Cell Biology"
    assert name_of(bare, {key: ""}) == "you"


def test_operations_stand_in_the_order_in_which_they_were_done(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any
) -> None:
    session = desktop.session
    labels = session.run("label", session.run("threshold_otsu", session.open(nuclei)))
    session.save(labels, tmp_path / "labels.ome.tif")
    browser = opened(desktop, pump)
    assert column(browser, STATEMENT) == ["Threshold by Otsu's method, Label objects"]


def test_records_of_the_same_pixels_have_each_their_own_file(
    desktop: Desktop, nuclei: Path, tmp_path: Path, pump: Any
) -> None:
    session = desktop.session
    smooth = session.run("gaussian", session.open(nuclei), sigma=1)
    for name in ("a.ome.tif", "b.ome.tif"):
        session.save(smooth, tmp_path / name)
    browser = opened(desktop, pump)
    assert column(browser, FILE) == ["b.ome.tif", "a.ome.tif"]
    for name in ("a.ome.tif", "b.ome.tif"):
        browser.look_for((tmp_path / name).rename(tmp_path / f"moved_{name}"))
        settle(desktop, pump)
        assert [file.name for file in browser.entries.files] == [name], "the entry of the very file"


def test_a_record_of_which_no_file_was_seen_says_so(desktop: Desktop, pump: Any) -> None:
    desktop.session.ledger.append(Entry("record", {"record": f"sha256:{7:064x}"}))
    browser = opened(desktop, pump)
    assert column(browser, FILE) == [""]
    assert "No file of it was seen" in browser.entries.model.index(0, FILE).data(Qt.ItemDataRole.ToolTipRole)
    browser.entries.choose(f"sha256:{7:064x}")
    settle(desktop, pump)
    detail = browser.entries.detail
    detail.tabs.setCurrentIndex(2)
    assert (detail.no_macro.isVisible(), detail.macro_lead.isVisible()) == (True, False)
    browser.ask("retract")
    assert browser.entries.deed.lead.text().startswith("Take back this record?")


def test_a_limit_shows_the_newest_and_says_so(
    desktop: Desktop, browser: LedgerBrowser, pump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ledger_work.MOST, "local", 1)
    browser.search()
    settle(desktop, pump)
    assert column(browser, PLACE) == ["entry 2"]
    assert "the newest 1" in browser.notice.text


def test_a_search_is_stopped_in_the_middle(
    desktop: Desktop, browser: LedgerBrowser, pump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ledger is asked for its second page only after the search was told to stop."""
    records = [f"sha256:{number:064x}" for number in range(3 * harvest.PAGE)]
    desktop.session.ledger.append_many([Entry("record", {"record": record}) for record in records])
    pages, about, reached, go_on = [], LogReader.about, Event(), Event()

    def slowly(log: LogReader, asked: Any) -> Any:
        pages.append(len(asked))
        if len(pages) == 2:
            reached.set()
            assert go_on.wait(10)
        return about(log, asked)

    monkeypatch.setattr(LogReader, "about", slowly)
    browser.search()
    assert reached.wait(10)
    browser.job.stop()
    go_on.set()
    settle(desktop, pump)
    assert len(pages) == 2
    assert browser.entries.model.rowCount() == 2, "what was shown before stays"


def test_a_dropped_file_is_found_by_its_pixels(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], tmp_path: Path, pump: Any
) -> None:
    renamed = saved[0].path.rename(tmp_path / "what.tif")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(renamed))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    browser.form.text.dropEvent(QDropEvent(QPoint(3, 3), Qt.DropAction.CopyAction, mime, buttons, keys))
    settle(desktop, pump)
    assert (browser.form.text.text(), browser.form.digest) == (str(renamed), saved[0].pixel_digest)
    found = browser.entries.found
    assert found is not None
    assert found.record == saved[0].record_digest


def test_a_picture_leads_to_what_it_shows_and_one_of_several_files_is_taken(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], tmp_path: Path, pump: Any
) -> None:
    note = {"layers": [{"record": saved[0].record_digest, "pixels": saved[0].pixel_digest}], "type": "bims-derived"}
    picture = tmp_path / "view.png"
    write_derived(picture, picture.name, np.zeros((8, 9, 3), np.uint8), {**note, "v": 1})
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)) for path in (picture, saved[1].path)])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    event = QDropEvent(QPoint(3, 3), Qt.DropAction.CopyAction, mime, buttons, keys)
    browser.form.text.dropEvent(event)
    assert not event.isAccepted(), "several are for the window, which says what becomes of them"
    browser.dropEvent(event)
    settle(desktop, pump)
    found = browser.entries.found
    assert found is not None
    assert found.record == saved[0].record_digest
    assert browser.notice.text == (
        "One file at a time: of the 2 that were dropped, view.png was taken. "
        f"view.png is a picture; this is the record of {saved[0].path.name}, which it shows."
    )


def test_an_image_is_found_by_its_typed_path_or_by_a_part_of_a_known_name(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], nuclei: Path, pump: Any
) -> None:
    form = browser.form
    form.text.setText(str(saved[0].path))
    QTest.keyClick(form.text, Qt.Key.Key_Return)
    settle(desktop, pump)
    found = browser.entries.found
    assert (form.digest, found and found.record) == (saved[0].pixel_digest, saved[0].record_digest)
    assert (form.text.text(), browser.copy_button.isEnabled()) == (str(saved[0].path), True)
    assert saved[0].pixel_digest in browser.code
    form.text.setText(str(nuclei))
    QTest.keyClick(form.text, Qt.Key.Key_Return)
    settle(desktop, pump)
    assert f"No record of {nuclei.name} stands here" in browser.entries.empty.text()
    form.text.setText("MASK")
    assert (browser.copy_button.isEnabled(), "no file names" in browser.copy_button.toolTip()) == (False, True)
    QTest.keyClick(form.text, Qt.Key.Key_Return)
    settle(desktop, pump)
    assert column(browser, FILE) == ["mask.ome.tif"]
    form.text.setText("another")
    form.search_button.click()
    settle(desktop, pump)
    assert "A ledger holds no file names" in browser.entries.empty.text()
    assert browser.entries.empty.isVisible()


FILTERS: list[tuple[str, str, int]] = [
    ("operation", "gaussian", 1),
    ("operation", "invert", 0),
    ("agent", "nobody", 0),
    ("first", "2020-01-01", 2),
    ("last", "2020-01-01", 0),
]


@pytest.mark.parametrize(("field", "text", "count"), FILTERS)
def test_filters(desktop: Desktop, browser: LedgerBrowser, pump: Any, field: str, text: str, count: int) -> None:
    editor = getattr(browser.form, field)
    (editor.setEditText if field == "operation" else editor.setText)(text)
    browser.form.search_button.click()
    settle(desktop, pump)
    assert browser.entries.model.rowCount() == count
    assert browser.entries.empty.isVisible() == (count == 0)
    browser.form.clear_button.click()
    settle(desktop, pump)
    assert browser.entries.model.rowCount() == 2


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("text", "sha256:abc", "64"),
        ("text", "/nowhere/cells.tif", "no file /nowhere/cells.tif"),
        ("text", f"/{300 * 'x'}", "no file /xxx"),
        ("first", "yesterday", "write it as"),
    ],
)
def test_what_cannot_be_searched_for_is_said(browser: LedgerBrowser, field: str, text: str, said: str) -> None:
    getattr(browser.form, field).setText(text)
    QTest.keyClick(getattr(browser.form, field), Qt.Key.Key_Return)
    assert said in browser.notice.text
    assert browser.entries.model.rowCount() == 2


def test_the_details_show_facts_macro_and_lineage(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], pump: Any
) -> None:
    assert browser.entries.choose(saved[1].record_digest)
    settle(desktop, pump)
    detail = browser.entries.detail
    assert detail.sentence.text() == "Threshold by Otsu's method"
    assert not detail.reason.isVisible()
    rows = [detail.facts.findItems(name, Qt.MatchFlag.MatchExactly) for name in ("file", "in")]
    assert [row.text(1) for (row,) in rows] == ["mask.ome.tif", homely(saved[1].path.parent)]
    assert "op.threshold_otsu(" in detail.macro.toPlainText()
    assert saved[0].record_digest in detail.lineage.nodes
    detail.lineage.chosen.emit(saved[0].record_digest)
    settle(desktop, pump)
    assert detail.sentence.text() == "Gaussian smoothing"


def test_the_lineage_leads_to_records_that_were_not_searched_for(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], pump: Any
) -> None:
    browser.form.operation.setEditText("threshold_otsu")
    browser.search()
    settle(desktop, pump)
    browser.entries.choose(saved[1].record_digest)
    settle(desktop, pump)
    browser.entries.detail.lineage.chosen.emit(saved[0].record_digest)
    settle(desktop, pump)
    assert browser.entries.detail.sentence.text() == "Gaussian smoothing"


def test_retracting_wants_a_reason_and_shows(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], pump: Any
) -> None:
    browser.entries.choose(saved[0].record_digest)
    browser.entries.deed_buttons["retract"].click()
    form = browser.entries.deed
    assert form.isVisible()
    assert form.lead.text().startswith("Take back the record of smooth.ome.tif?")
    assert not form.do_button.isEnabled()
    assert "reason" in form.do_button.toolTip()
    reason = "the wrong channel was segmented, as the " + "second " * 20 + "look showed"
    form.reason.setText(reason)
    form.do_button.click()
    settle(desktop, pump)
    assert not form.isVisible()
    assert "retracted" in browser.notice.text
    assert column(browser, STATE) == ["withdrawal", "stands", "retracted"]
    assert reason in column(browser, STATEMENT)[0]
    assert column(browser, FILE) == ["smooth.ome.tif", "mask.ome.tif", "smooth.ome.tif"]
    detail = browser.entries.detail
    assert (detail.reason.text(), detail.reason.isVisible()) == (f"Reason: {reason}", True)
    again = browser.entries.deed_buttons["retract"]
    assert (again.isEnabled(), again.toolTip()) == (False, "This record was retracted before.")


def test_superseding_takes_the_image_of_the_better_record(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], pump: Any
) -> None:
    browser.entries.choose(saved[0].record_digest)
    browser.ask("supersede")
    form = browser.entries.deed
    form.by.line.dropped.emit(saved[1].path)
    assert form.by.path == saved[1].path
    form.reason.setText("made again")
    QTest.keyClick(form.reason, Qt.Key.Key_Return)
    settle(desktop, pump)
    assert column(browser, STATE) == ["replacement", "stands", "superseded"]
    assert column(browser, STATEMENT)[0] == "Replaced by mask.ome.tif: made again"
    detail = browser.entries.detail
    assert detail.reason.text() == "Replaced by mask.ome.tif. Reason: made again"
    detail.better.click()
    found = browser.entries.found
    assert (found and found.record, detail.better.isVisible()) == (saved[1].record_digest, False)


def test_what_cannot_be_done_is_said_in_place(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], pump: Any
) -> None:
    browser.entries.choose(saved[0].record_digest)
    browser.ask("supersede")
    form = browser.entries.deed
    form.reason.setText("itself")
    for named, said in (
        (saved[0].record_digest, "cannot replace itself"),
        (saved[0].pixel_digest, "cannot replace itself"),
        ("sha256:12", "sha256:12 is no digest"),
        ("a better one.tif", "a better one.tif is neither a digest nor a file that is there"),
        (64 * "0", "No record of this ledger has the digest 00000000…"),
    ):
        form.by.line.setText(named)
        form.do_button.click()
        settle(desktop, pump)
        assert said in browser.notice.text
        assert form.isVisible(), "what was typed is lost"
    assert desktop.session.ledger.size == 2


def test_what_was_said_goes_with_the_form_and_with_the_entry(browser: LedgerBrowser, saved: list[Report]) -> None:
    browser.entries.choose(saved[0].record_digest)
    for leave in (
        lambda: browser.ask("retract"),
        lambda: browser.entries.deed.cancel_button.click(),
        lambda: browser.entries.choose(saved[1].record_digest),
    ):
        browser.notice.say("Of something else.", "bad")
        leave()
        assert browser.notice.text == ""


def test_escape_leaves_the_question_and_keeps_the_window(browser: LedgerBrowser, saved: list[Report]) -> None:
    browser.entries.choose(saved[0].record_digest)
    browser.ask("retract")
    QTest.keyClick(browser.entries.deed.reason, Qt.Key.Key_Escape)
    assert browser.isVisible()
    assert not browser.entries.deed.isVisible()
    assert browser.entries.deed_buttons["retract"].isVisible()


def test_attesting_replays_the_file_that_was_saved(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], pump: Any
) -> None:
    browser.entries.choose(saved[0].record_digest)
    browser.ask("attest")
    assert browser.entries.deed.file.path == saved[0].path
    browser.entries.deed.do_button.click()
    settle(desktop, pump)
    assert "exactly the same pixels" in browser.notice.text
    assert "stands in the ledger" in browser.notice.text
    assert browser.entries.model.rows[0].kind == "attestation"
    assert (column(browser, STATE)[0], column(browser, STATEMENT)[0]) == ("check", "Replayed exactly")
    browser.ask("attest")
    browser.entries.deed.do_button.click()
    settle(desktop, pump)
    assert "stood in the ledger already (entry 3); nothing was written" in browser.notice.text


def test_attesting_refuses_the_file_of_another_record(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], pump: Any
) -> None:
    browser.entries.choose(saved[0].record_digest)
    browser.ask("attest")
    browser.entries.deed.file.choose(saved[1].path)
    browser.entries.deed.do_button.click()
    settle(desktop, pump)
    assert "mask.ome.tif carries the record" in browser.notice.text
    assert "not that of smooth.ome.tif" in browser.notice.text
    assert desktop.session.ledger.size == 2


def test_the_menu_asks_about_the_selected_image(desktop: Desktop, saved: list[Report], pump: Any) -> None:
    desktop.viewer.layers.selection.active = desktop.viewer.layers[1]
    browser = opened(desktop, pump, "retract")
    found = browser.entries.found
    assert found is not None
    assert found.record == saved[0].record_digest
    assert browser.entries.deed.isVisible()


def test_the_menu_says_where_the_selected_image_is_in_no_ledger(
    desktop: Desktop, saved: list[Report], pump: Any
) -> None:
    desktop.viewer.layers.selection.active = desktop.viewer.layers[0]
    browser = opened(desktop, pump, "retract")
    assert "stands in no ledger" in browser.notice.text


def test_export_writes_what_is_shown(
    desktop: Desktop, browser: LedgerBrowser, saved: list[Report], tmp_path: Path, pump: Any
) -> None:
    browser.export(tmp_path / "ledger.csv")
    settle(desktop, pump)
    assert "mask.ome.tif" not in (tmp_path / "ledger.csv").read_text(), "file names stay on this computer"
    with (tmp_path / "ledger.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["record"] for row in rows} == {report.record_digest for report in saved}
    assert "2 entries" in browser.notice.text


def test_the_copied_code_gives_the_same_entries(desktop: Desktop, browser: LedgerBrowser, pump: Any) -> None:
    browser.form.operation.setEditText("gaussian")
    browser.copy_button.click()
    names: dict[str, Any] = {}
    exec(QGuiApplication.clipboard().text(), names)
    assert list(names["entries"]["operations"]) == [("gaussian", "load")]


def test_conflicts_have_a_list_with_their_whole_text(desktop: Desktop, browser: LedgerBrowser) -> None:
    text = "The consortium holds another record under this name. Ask its owner, Org2MSP."
    browser.show_carriage(Carriage(conflicts=(Stuck(1, text, "3f" * 32),)))
    browser.show_conflicts()
    assert browser.tabs.tabText(1) == "Conflicts (1)"
    assert browser.stuck.model.index(0, 0).data() == "entry 2"
    assert browser.stuck.text.text() == text
    browser.show_carriage(Carriage())
    assert browser.stuck.empty.isVisible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_follows_the_theme(desktop: Desktop, browser: LedgerBrowser, theme: str) -> None:
    desktop.viewer.theme = theme
    assert browser.colours.theme == theme
    assert browser.entries.model.index(0, STATE).data(Qt.ItemDataRole.DecorationRole) is not None
