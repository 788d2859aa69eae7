"""What the status bar says of the ledger and of the way to the consortium; the carrier is a fake."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from bims_desktop.app.carriage import Carriage, Stuck
from bims_desktop.app.home import Home
from bims_desktop.app.settings import Fabric, Settings
from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ui import Desktop
from bims_desktop.ui.ledger.browser import LedgerBrowser
from bims_desktop.ui.ledger.words import carried, carried_in_full
from bims_desktop.ui.proving import announce_proof
from tests.ui.fake_carrier import FakeCarrier

STUCK = Stuck(0, "Org2MSP holds another record under this name.", "ab" * 32)
PLACE = "block 7, transaction 3f2a91c0"

SAID: list[tuple[Carriage, str]] = [
    (Carriage(2, 0, (), "", True), "consortium: 2 waiting ○"),
    (Carriage(2, 3, (), PLACE, False), "consortium: 2 waiting, out of reach ▲"),
    (Carriage(0, 5, (), PLACE, True), "consortium: all in, block 7 ✓"),
    (Carriage(0, 0, (), "", True), "consortium: all in ✓"),
    (Carriage(4, 5, (STUCK,), PLACE, True), "consortium: 1 conflict ▲"),
    (Carriage(0, 5, (STUCK, STUCK), PLACE, True), "consortium: 2 conflicts ▲"),
]


@pytest.mark.parametrize(("carriage", "text"), SAID)
def test_words(carriage: Carriage, text: str) -> None:
    assert carried(carriage) == text
    assert (PLACE in carried_in_full(carriage)) == bool(carriage.last)


@pytest.mark.parametrize(
    ("carriage", "text"),
    [(SAID[1][0], "consortium: 2 waiting ▲"), (SAID[2][0], "consortium: all in ✓"), (SAID[4][0], SAID[4][1])],
)
def test_words_for_a_narrow_window(carriage: Carriage, text: str) -> None:
    assert carried(carriage, briefly=True) == text


@pytest.fixture
def carrier(monkeypatch: pytest.MonkeyPatch) -> FakeCarrier:
    carrier = FakeCarrier(Carriage(1, 0, (), "", None))
    monkeypatch.setattr(Home, "carrier", property(lambda home: carrier if home.settings.fabric else None))
    return carrier


@pytest.fixture
def joined(carrier: FakeCarrier, desktop: Desktop, pump: Callable[..., None]) -> Desktop:
    """A window whose settings name a consortium."""
    desktop.session.home.settings = Settings(fabric=Fabric("profile.json", "Org1MSP", "cert.pem", "key.pem"))
    desktop.main_window.resize(1590, 900)  # a narrower one says it in fewer words
    desktop.consortium.carry()
    desktop.wait()
    pump(20)
    return desktop


def test_without_a_consortium_only_the_local_ledger_is_told(desktop: Desktop, pump: Any) -> None:
    pump(100)
    assert desktop._status.ledger.text() == "ledger: local, no records yet ✓"
    assert not desktop.consortium.isVisible()


def test_the_carrier_begins_with_the_window_and_ends_with_it(carrier: FakeCarrier, joined: Desktop, pump: Any) -> None:
    assert carrier.started == 1
    assert joined.consortium.text() == "consortium: 1 waiting ○"
    joined.close()
    assert carrier.stopped == 1
    assert carrier.heard == []


def test_news_from_the_carriers_thread_shows(carrier: FakeCarrier, joined: Desktop, pump: Any) -> None:
    speaking = Thread(target=lambda: carrier.say(Carriage(0, 1, (), PLACE, True)))
    speaking.start()
    speaking.join()
    pump(20)
    assert joined.consortium.text() == "consortium: all in, block 7 ✓"
    assert PLACE in joined.consortium.toolTip()


def test_a_click_on_a_conflict_opens_its_list(carrier: FakeCarrier, joined: Desktop, pump: Any) -> None:
    carrier.say(Carriage(0, 1, (STUCK,), PLACE, True))
    pump(20)
    joined.consortium.click()
    joined.wait()
    (browser,) = joined.main_window.findChildren(LedgerBrowser)
    assert browser.tabs.currentWidget() is browser.stuck
    assert browser.stuck.text.text() == STUCK.text
    browser.stuck.again_button.click()
    joined.wait()
    assert carrier.retried == [0]


def test_leaving_the_consortium_ends_the_carrying(carrier: FakeCarrier, joined: Desktop, pump: Any) -> None:
    joined.session.home.settings = Settings()
    joined.consortium.carry()
    joined.wait()
    pump(20)
    assert (carrier.stopped, carrier.heard) == (1, [])
    assert not joined.consortium.isVisible()


def test_a_save_is_told_when_the_consortium_has_it(carrier: FakeCarrier, joined: Desktop, pump: Any) -> None:
    joined.consortium.expect(SimpleNamespace(entry=4, path=Path("mask.ome.tif")))  # type: ignore[arg-type]
    assert carrier.nudged == 1
    carrier.say(Carriage(1, 2, (), "block 6, transaction aa", True))
    pump(20)
    assert "mask.ome.tif" not in joined.viewer.status
    carrier.places[3] = PLACE
    carrier.say(Carriage(0, 3, (), PLACE, True))
    pump(20)
    assert joined.viewer.status == f"mask.ome.tif stands in the consortium's ledger: {PLACE}."


@pytest.mark.parametrize("proven_first", [True, False])
def test_the_replay_and_the_consortium_are_told_in_one_line(
    carrier: FakeCarrier, joined: Desktop, pump: Any, proven_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    report: Any = SimpleNamespace(entry=4, number=2, path=Path("mask.ome.tif"))
    monkeypatch.setattr(joined.session, "prove", lambda _: SimpleNamespace(verdict="identical"))
    joined.consortium.expect(report)
    carrier.places[3] = PLACE

    def prove() -> None:
        announce_proof(joined, report)
        joined.wait()

    def carry() -> None:
        carrier.say(Carriage(0, 4, (), PLACE, True))

    for step in (prove, carry) if proven_first else (carry, prove):
        step()
        pump(20)
    assert joined.viewer.status == (
        "Saved mask.ome.tif as record 2, replay proven identical. "
        f"mask.ome.tif stands in the consortium's ledger: {PLACE}."
    )


def test_a_save_that_is_not_taken_is_told_too(carrier: FakeCarrier, joined: Desktop, pump: Any) -> None:
    joined.consortium.expect(SimpleNamespace(entry=1, path=Path("mask.ome.tif")))  # type: ignore[arg-type]
    carrier.say(Carriage(0, 3, (STUCK,), "", True))
    pump(20)
    assert joined.viewer.status == f"The consortium did not take mask.ome.tif: {STUCK.text}"


def test_a_save_that_a_checkpoint_covers_is_told(carrier: FakeCarrier, joined: Desktop, pump: Any) -> None:
    joined.consortium.expect(SimpleNamespace(entry=4, path=Path("mask.ome.tif")))  # type: ignore[arg-type]
    carrier.covered = 4
    carrier.say(Carriage(0, 4, (), PLACE, True))
    pump(20)
    assert PLACE in joined.viewer.status


def test_a_ledger_out_of_reach_is_said(desktop: Desktop, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(home: Home) -> Any:
        raise LedgerUnavailable("The log cannot be opened.", "Check the folder.")

    monkeypatch.setattr(type(desktop.session), "ledger", property(refuse))
    desktop._status.ledger.refresh()
    assert desktop._status.ledger.text() == "ledger out of reach ✕"
    assert "Check the folder." in desktop._status.ledger.toolTip()
