"""Everything that the Ledger menu opens."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import tifffile
from membership import write_membership
from studio import Studio, shown

from bims_desktop.app.carriage import Carriage, Stuck
from bims_desktop.app.consortium import Check
from bims_desktop.ui.ledger.attest_dialog import AttestDialog, open_attest_dialog
from bims_desktop.ui.ledger.browser import LedgerBrowser, open_ledger_browser
from bims_desktop.ui.ledger.recover_dialog import RecoverDialog, open_recover_dialog
from bims_desktop.ui.ledger.settings import LedgerSettings, open_ledger_settings

_BEGUN = (
    Check("Profile", "good", "4 peers of 2 organisations, channel provenance."),
    Check("Certificate", "good", "It names Ada Robert of Org1MSP."),
    Check("Clock", "good", "This computer and the peer differ by less than a second."),
)
_GOOD = (
    *_BEGUN,
    Check("peer0.org1", "good", "It answers, and holds the channel at block 128."),
    Check("Contract", "good", "provenance 1.0 is installed."),
    Check("Second organisation", "good", "Org2MSP endorses as well."),
)
_FAILED = (
    *_BEGUN,
    Check("peer0.org1", "bad", "It does not answer. Look whether the VPN of your institute is on, then test again."),
    Check("Second organisation", "unknown", "Not tried, as no peer of your own answered."),
)
_STUCK = Stuck(1, "Another record of the same pixels stands there since block 12. Supersede one of them.", "3f" * 32)


def ledger(studio: Studio) -> None:
    """From the empty ledger to deeds on its records."""
    _empty(studio)
    (nuclei,) = studio.open("nuclei.tif")
    smooth = studio.save(studio.run("gaussian", nuclei, sigma=2.0), "smoothed.ome.tif").path
    (opened,) = studio.open(smooth.name)
    mask = studio.save(studio.run("threshold_otsu", opened), "mask.ome.tif").path
    (again,) = studio.open(mask.name)
    report = studio.save(studio.run("label", again), "cells.ome.tif")
    studio.session.prove(report)
    studio.viewer.layers.selection = set()
    _browser(studio)
    _attest(studio, mask)
    _recover(studio, mask)
    _settings(studio)
    _retract(studio)


def _empty(studio: Studio) -> None:
    desktop = studio.desktop
    with shown(open_ledger_browser(desktop), studio) as browser:
        studio.take("ledger-empty", browser, "The ledger before the first save.", LedgerBrowser)
        browser.show_conflicts()
        studio.take("ledger-conflicts-empty", browser, "Conflicts, without a consortium.", LedgerBrowser)
    with shown(open_attest_dialog(desktop), studio) as dialog:
        studio.take("attest-empty", dialog, "Attest by Replay before an image is chosen.", AttestDialog)
    with shown(open_recover_dialog(desktop), studio) as dialog:
        studio.take("recover-empty", dialog, "Recover Record before an image is chosen.", RecoverDialog)
    with shown(open_ledger_settings(desktop), studio) as dialog:
        studio.take("ledger-settings", dialog, "The ledger's settings, without a consortium.", LedgerSettings)


def _browser(studio: Studio) -> None:
    with shown(open_ledger_browser(studio.desktop), studio) as browser:
        studio.take("ledger", browser, "Entries of the ledger, newest first; none is selected.", LedgerBrowser)
        browser.entries.table.selectRow(browser.entries.model.rowCount() - 2)
        studio.settle()
        for place, tab in enumerate(("details", "lineage", "macro")):
            browser.entries.detail.tabs.setCurrentIndex(place)
            studio.live(50)
            studio.take(f"ledger-{tab}", browser, f"A record, its tab {tab.title()}.", LedgerBrowser)
        browser.entries.detail.tabs.setCurrentIndex(0)
        for deed in ("attest", "supersede", "retract"):
            browser.ask(deed)
            studio.live(50)
            studio.take(f"ledger-{deed}", browser, f"{deed.title()}: asked for in place.", LedgerBrowser)
        browser.entries.deed.leave()
        browser.form.agent.setText("Nobody")
        browser.search()
        studio.settle()
        studio.take("ledger-no-match", browser, "A search that nothing fits.", LedgerBrowser)
        browser.show_carriage(Carriage(conflicts=(_STUCK,)))
        browser.show_conflicts()
        studio.take("ledger-conflicts", browser, "What the consortium did not take, with its reason.", LedgerBrowser)


def _attest(studio: Studio, saved: Any) -> None:
    with shown(open_attest_dialog(studio.desktop), studio) as dialog:
        dialog.file.choose(saved)
        dialog.attest()
        studio.settle()
        studio.take("attest", dialog, "The verdict of a replay that was attested.", AttestDialog)
        _without_input(studio, dialog)


def _without_input(studio: Studio, dialog: AttestDialog) -> None:
    source, away = studio.images / "smoothed.ome.tif", studio.session.folder / "away"
    source.replace(away)
    dialog.attest()
    studio.settle()
    studio.take("attest-not-replayed", dialog, "An input is gone: it could not be replayed here.", AttestDialog)
    away.replace(source)


def _recover(studio: Studio, saved: Any) -> None:
    stripped = studio.images / "from a messenger.tif"
    tifffile.imwrite(stripped, tifffile.imread(saved))
    for name, path, words in (
        ("recover", stripped, "The records that were found for an image that lost its own."),
        ("recover-nothing", studio.images / "plate.tif", "No ledger knows this image."),
    ):
        with shown(open_recover_dialog(studio.desktop), studio) as dialog:
            dialog.file.choose(path)
            studio.settle()
            studio.take(name, dialog, words, RecoverDialog)
            if dialog.restore_button.isEnabled():
                _replace(studio, dialog)
                dialog.restore()
                studio.settle()
                studio.take("recovered", dialog, "The record was put back, into a file beside it.", RecoverDialog)


def _replace(studio: Studio, dialog: RecoverDialog) -> None:
    there = Path(dialog.target.text())
    there.touch()
    dialog.restore()
    studio.take("recover-replace", dialog, "A question in place: a file of this name exists.", RecoverDialog)
    there.unlink()


def _settings(studio: Studio) -> None:
    with shown(open_ledger_settings(studio.desktop), studio) as dialog:
        dialog.consortium.setChecked(True)
        studio.take("ledger-settings-consortium", dialog, "A consortium, nothing filled in yet.", LedgerSettings)
        dialog.drop(write_membership(studio.images))
        dialog.form.msp.setText("Org1MSP")
        studio.settle()
        for name, checks, words in (
            ("ledger-settings-tested", _GOOD, "A test of the connection that found everything good."),
            ("ledger-settings-failed", _FAILED, "A test that failed: what to do stands below the check."),
        ):
            dialog.checks.clear()
            for check in checks:
                dialog.checks.add(check)
            studio.live(50)
            studio.take(name, dialog, words, LedgerSettings)


def _retract(studio: Studio) -> None:
    with shown(open_ledger_browser(studio.desktop), studio) as browser:
        browser.entries.table.selectRow(browser.entries.model.rowCount() - 2)
        browser.ask("retract")
        browser.entries.deed.reason.setText("The wrong channel was segmented")
        browser.entries.deed.do_button.click()
        studio.settle()
        studio.take("ledger-retracted", browser, "A record that was taken back, and what says so.", LedgerBrowser)
