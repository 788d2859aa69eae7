"""Scrolling and growing of the action log with 10,000 actions, beside Qt's own model with as many rows of ready text.

Needs Xvfb. That the work for a frame does not grow with the log is tested by counting, in tests/ui.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from collections.abc import Callable

from screen import Screen
from timing import row, seconds

ACTIONS = 10_000
FRAMES = 60


def measure() -> None:
    """Print the rows, in a process that has a screen."""
    from dataclasses import fields

    from PySide6.QtCore import QAbstractItemModel
    from PySide6.QtGui import QStandardItem, QStandardItemModel
    from PySide6.QtWidgets import QApplication, QTableView

    from bims_desktop.provenance.action import Action
    from bims_desktop.ui.action_table import HEADINGS, SENTENCE, ActionTable
    from bims_desktop.ui.rows import as_rows, take_two_lines
    from bims_desktop.ui.theme import Palette

    app = QApplication(sys.argv)
    palette = Palette(**{field.name: "#808080" for field in fields(Palette)} | {"theme": "dark"})
    time = "2026-11-20T10:00:00.250Z"
    log = [Action(number, "gaussian", sentence=f"Did step {number}", started=time) for number in range(1, ACTIONS + 1)]
    ours, peer = ActionTable(palette), QStandardItemModel(0, len(HEADINGS))
    for action in log:
        peer.appendRow([QStandardItem(text) for text in (str(action.number), "", action.sentence, "", "pixels", time)])

    def view(model: QAbstractItemModel) -> QTableView:
        table = QTableView()
        table.setModel(model)
        as_rows(table, "log", stretch=SENTENCE, widths={})
        take_two_lines(table)
        table.resize(700, 600)
        table.show()
        app.processEvents()
        return table

    def frames(table: QTableView) -> list[float]:
        bar = table.verticalScrollBar()

        def scroll(place: int) -> Callable[[], None]:
            def frame() -> None:
                bar.setValue(place)
                table.viewport().repaint()

            return frame

        return [1e3 * seconds(scroll(place)) for place in range(0, bar.maximum(), bar.maximum() // FRAMES)]

    ours.update(log, frozenset({17}))
    ours.highlight(frozenset(range(1, ACTIONS + 1, 3)))
    tables = view(ours), view(peer)
    for name, table in zip(("scrolling 10,000 actions, a frame", "the same, Qt's own model"), tables, strict=True):
        times = frames(table)
        print(row(name, statistics.median(times), "ms", "≤ 33 ms" if table is tables[0] else "", times))

    def grow() -> None:
        log.append(Action(len(log) + 1, "gaussian", sentence="Did one more", started=time))
        ours.update(tuple(log), frozenset({17}))

    def search() -> None:
        ours.filter(text="step 99", quiet=False, only=None)
        ours.filter(text="", quiet=False, only=None)

    for name, work, bound in (("one more action", grow, 10), ("a search in all, and back", search, 250)):
        times = [1e3 * seconds(work) for _ in range(30)]
        print(row(f"10,000 actions: {name}", statistics.median(times), "ms", f"≤ {bound} ms", times))


def main() -> None:
    if len(sys.argv) > 1:
        measure()
        return
    with Screen() as screen:
        settings = {"DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        subprocess.run([sys.executable, __file__, "here"], env=os.environ | settings, check=True)


if __name__ == "__main__":
    main()
