"""The action log in the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication

from bims_desktop.provenance.action import Action
from bims_desktop.ui import Desktop
from bims_desktop.ui.action_table import EFFECT, NUMBER, SENTENCE, STATUS_WORD, TIME, ActionTable
from bims_desktop.ui.signs import STATUS
from tests.ui.palette import PALETTE
from tests.ui.watched import Watched


def sentences(desktop: Desktop) -> list[str]:
    model = desktop.log.model
    return [model.action(row).sentence for row in range(model.rowCount())]


def work(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> Any:
    session = desktop.session
    cells = session.open(nuclei)
    smooth = session.run("gaussian", cells, sigma=2)
    session.run("invert", cells)
    session.display(cells, "contrast_limits", [0, 100])
    pump(80)
    desktop.log.refresh()
    return smooth


def test_an_empty_log_says_how_to_fill_it(desktop: Desktop) -> None:
    assert desktop.log.empty.isVisibleTo(desktop.log)
    assert "Open an image" in desktop.log.empty.text()


def test_actions_appear_as_they_happen(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    desktop.session.open(nuclei)
    pump(120)
    assert sentences(desktop) == ["Opened nuclei.tif"]
    assert not desktop.log.empty.isVisibleTo(desktop.log)


def test_what_only_changed_the_look_is_hidden_until_asked_for(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    work(desktop, nuclei, pump)
    assert not any("contrast" in sentence for sentence in sentences(desktop))
    desktop.log.filters.quiet.setChecked(True)
    assert any("contrast" in sentence for sentence in sentences(desktop))


def test_this_layer_shows_what_a_save_keeps(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    smooth = work(desktop, nuclei, pump)
    desktop.viewer.layers.selection.active = desktop.layer_of(smooth)
    desktop.log.filters.scope.setCurrentIndex(1)
    assert sentences(desktop) == [action.sentence for action, _ in desktop.session.explain(smooth).kept]
    desktop.viewer.layers.selection.active = desktop.viewer.layers[0]
    assert sentences(desktop) == ["Opened nuclei.tif"]


def test_the_search_looks_at_sentences(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    work(desktop, nuclei, pump)
    desktop.log.filters.text.setText("GAUSS")
    assert len(sentences(desktop)) == 1
    desktop.log.filters.text.setText("nothing like it")
    assert "No action fits" in desktop.log.empty.text()


def test_a_selected_action_shows_its_code_and_copies_it(desktop: Desktop, nuclei: Path, pump: Any) -> None:
    session = desktop.session
    session.run("threshold_otsu", session.open(nuclei))
    pump(120)
    desktop.log.table.selectRow(1)
    detail, action = desktop.log.detail, session.actions[1]
    assert detail.isVisibleTo(desktop.log)
    assert detail.code.toPlainText() == action.code
    over = detail.code.viewport().height() - 3 * detail.code.fontMetrics().lineSpacing()
    assert 0 <= over <= 1, "three whole lines"
    assert f"threshold {action.found['threshold']}" in detail.facts.text()
    detail.copy.click()
    assert QGuiApplication.clipboard().text() == action.code


def test_undone_steps_are_struck_through(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    work(desktop, nuclei, pump)
    desktop.session.undo()
    desktop.log.refresh()
    model = desktop.log.model
    struck = [
        model.action(row).operation
        for row in range(model.rowCount())
        if isinstance(font := model.data(model.index(row, SENTENCE), Qt.ItemDataRole.FontRole), QFont)
        and font.strikeOut()
    ]
    assert struck == ["invert"]


def test_the_selection_survives_new_actions(desktop: Desktop, nuclei: Path, pump: Callable[..., None]) -> None:
    work(desktop, nuclei, pump)
    desktop.log.table.selectRow(1)
    desktop.session.run("invert", desktop.session.data(1))
    pump(120)
    assert desktop.log.detail.sentence.text().startswith("2 ")


def test_the_last_step_stays_in_sight_and_who_looks_at_others_is_told(
    desktop: Desktop, nuclei: Path, pump: Callable[..., None]
) -> None:
    work(desktop, nuclei, pump)
    log, session = desktop.log, desktop.session
    bar = log.table.verticalScrollBar()

    def invert(times: int) -> None:
        for _ in range(times):
            session.run("invert", session.data(1))
        pump(120)

    invert(20)
    log.table.selectRow(log.model.rowCount() - 1)
    pump(20)
    invert(2)
    assert bar.value() == bar.maximum() > 0, "a selected last step is no reason to stay behind"
    assert log.below.isHidden()
    log.table.selectRow(1)
    pump(20)
    invert(2)
    assert bar.value() < bar.maximum()
    assert (log.below.isVisible(), log.below.text()) == (True, "↓ 2 new steps below")
    log.below.click()
    assert (bar.value(), log.below.isHidden()) == (bar.maximum(), True)


def test_sign_and_word_tell_the_status() -> None:
    table = ActionTable(PALETTE)
    table.update([log_entry(n, status=status) for n, status in enumerate(STATUS, 1)], frozenset())
    words = [table.index(row, STATUS_WORD).data() for row in range(4)]
    assert words == ["● replayable", "◐ manual", "▲ snapshot", "✕ opaque"]
    assert not table.index(0, SENTENCE).data(Qt.ItemDataRole.DecorationRole).isNull()


def test_columns_say_number_effect_and_time() -> None:
    table = ActionTable(PALETTE)
    table.update([log_entry(1)], frozenset())
    assert table.index(0, NUMBER).data() == "1"
    assert table.index(0, EFFECT).data() == "pixels"
    assert "Nov 2026" in table.index(0, TIME).data()
    assert ".250" in table.index(0, TIME).data(Qt.ItemDataRole.ToolTipRole)


def test_ten_thousand_actions_stay_quick() -> None:
    """One look at each action a filter, none at the old ones when a new one comes."""
    table = ActionTable(PALETTE)
    log = Watched([log_entry(number) for number in range(1, 10_001)])
    every = list(range(10_000))
    table.update(log, frozenset())
    assert log.seen == every
    for words, only in (("step 99", None), ("", frozenset(range(1, 5000)))):
        log.seen.clear()
        table.filter(text=words, quiet=False, only=only)
        assert log.seen == every
    longer = Watched([*log, log_entry(10_001)])
    table.update(longer, frozenset())
    assert longer.seen == [10_000]
    assert table.rowCount() == 4999


def log_entry(number: int, **fields: Any) -> Action:
    fields = {"status": "replayable", **fields}
    return Action(number, "gaussian", sentence=f"Did step {number}", started="2026-11-20T10:00:00.250Z", **fields)


def test_the_dock_takes_ten_thousand_actions_at_once(desktop: Desktop, pump: Callable[..., None]) -> None:
    log, shown = Watched([log_entry(number) for number in range(1, 10_001)]), Watched([])
    desktop.log.model._shown = shown
    desktop.log.model.update(log, frozenset())
    desktop.log.table.show()
    pump()
    assert len(set(shown.seen)) < 100, "only what is seen is drawn"
    desktop.log.filters.text.setText("step 77")
    desktop.log.filters.text.setText("")
    assert len(log.seen) == 3 * 10_000, "once when they came, once a filter"
    assert desktop.log.model.rowCount() == 10_000
