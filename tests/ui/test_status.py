"""The status bar has room for what it says, at 1280 pixels too."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pytestqt.qtbot import QtBot

from bims_desktop.app.carriage import Carriage
from bims_desktop.ui import Desktop
from bims_desktop.ui.job_bar import JobBar
from bims_desktop.ui.ledger.words import carried
from tests.ui.conftest import pump_until

WAITING = carried(Carriage(12, 0, (), "", False))


def test_a_full_bar_is_told_in_few_words_and_never_widens_the_window(
    desktop: Desktop, pump: Callable[..., None]
) -> None:
    facts, main = desktop._status, desktop.main_window
    main.resize(1280, 720)
    pump_until(lambda: facts.observed.text() == "every change observed ✓")
    facts.consortium.say(WAITING, "", short="12 waiting ▲")
    facts.consortium.show()
    facts.ledger.say("ledger: local, 128 records, 127 checks of them ✓", "", short="ledger: 128 records ✓")
    pump(50)
    assert facts.observed.text() == "observed ✓"
    assert [facts.ledger.text(), facts.consortium.text()] == ["ledger: 128 records ✓", "12 waiting ▲"]
    go_on = threading.Event()
    desktop.jobs.start("Smoothing an image with a rather long name.tif", lambda: go_on.wait(60), lambda _: None)
    pump_until(facts.job.isVisible)
    assert main.width() == 1280
    go_on.set()
    desktop.wait()
    main.resize(1590, 720)
    pump_until(lambda: facts.observed.text() == "every change observed ✓")


def test_a_long_job_keeps_its_beginning_and_its_share(qtbot: QtBot) -> None:
    whole = JobBar()
    qtbot.addWidget(whole)
    bar = whole.bar
    bar.resize(160, 20)
    bar.setRange(0, 100)
    bar.setValue(30)
    bar.setFormat("Smoothing an image with a rather long name.tif  %p %")
    assert bar.text().startswith("Smooth")
    assert bar.text().endswith("30 %")
    assert bar.fontMetrics().horizontalAdvance(bar.text()) <= 160
