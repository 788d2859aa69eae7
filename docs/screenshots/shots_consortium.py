"""A consortium: the network of the tests, in this process; what it says is heard over TLS, as anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from studio import Studio, shown

from bims_desktop.ui.ledger.browser import LedgerBrowser, open_ledger_browser
from bims_desktop.ui.ledger.consortium_status import ConsortiumStatus
from tests.app.fabric_home import fabric_of
from tests.ledger.fabric.fake_contract import FakeContract
from tests.ledger.fabric.fake_gateway import FakeNetwork

_PATIENCE = 600


def consortium(studio: Studio) -> None:
    """Entries wait for a network that is away, and go there once it is back: digests alone."""
    network = FakeNetwork(FakeContract())
    home = studio.session.home
    home.settings = replace(home.settings, fabric=fabric_of(network, home.folder / "membership", keep_contents=False))
    for organisation in network.peers:
        network.stop(organisation)
    (nuclei,) = studio.open("nuclei.tif")
    smooth = studio.run("gaussian", nuclei, sigma=2.0)
    studio.save(smooth, "sent.ome.tif")
    studio.save(studio.run("threshold_otsu", smooth), "sent mask.ome.tif")
    studio.viewer.layers.selection = set()
    _carry(studio, network)
    _browse(studio)
    studio.desktop.consortium.release()
    studio.desktop.consortium.join()
    network.close()


def _carry(studio: Studio, network: FakeNetwork) -> None:
    status, bar = studio.desktop.consortium, studio.desktop.main_window.statusBar()
    status.carry()
    _until(studio, lambda: status.carriage.reachable is False)
    words = "Entries wait on this computer: the consortium is out of reach."
    studio.take("status-bar-waiting", bar, words, ConsortiumStatus)
    for organisation in network.peers:
        network.start(organisation)
    _until(studio, lambda: status.carriage.committed > 0 and status.carriage.settled)
    words = "The consortium has everything, and in which block the last entry stands."
    studio.take("status-bar-carried", bar, words, ConsortiumStatus)


def _browse(studio: Studio) -> None:
    with shown(open_ledger_browser(studio.desktop), studio) as browser:
        browser.show_conflicts()
        studio.live(50)
        studio.take("ledger-conflicts-none", browser, "The consortium took everything.", LedgerBrowser)
        browser.tabs.setCurrentIndex(0)
        browser.form.place.setCurrentText("the consortium")
        browser.search()
        studio.settle()
        browser.entries.table.selectRow(0)
        browser.entries.detail.tabs.setCurrentIndex(2)
        studio.settle(300)
        words = "A record of which the consortium holds the fingerprint alone, its tab Macro."
        studio.take("ledger-no-contents", browser, words, LedgerBrowser)


def _until(studio: Studio, met: Callable[[], bool]) -> None:
    for _ in range(_PATIENCE):
        if met():
            break
        studio.live(50)
    assert met()
    studio.settle(300)
