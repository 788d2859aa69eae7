"""A laptop that was away for a day, or whose clock is a day off: nothing is lost, nothing doubled."""

from __future__ import annotations

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bims_desktop.app.carrier import Carrier
from bims_desktop.app.home import Home
from bims_desktop.app.settings import Settings
from bims_desktop.ledger.local import LocalLog
from bims_network import Network
from bims_network.waiting import wait_until
from tests.faults.laboratory import Laboratory, fabric_of, record

pytestmark = pytest.mark.fabric

DAY_S = 86_400.0
RECORDS = 20


def test_what_was_saved_yesterday_is_carried_today(network: Network, tmp_path: Path) -> None:
    laboratory = Laboratory(tmp_path / "home", network, first=60_000, count=0)
    home = laboratory.home
    origin = home.ledger.origin
    home.close()
    yesterday = LocalLog(
        home.folder / "ledger" / "log.sqlite", home.log_signer, clock=lambda: datetime.now(UTC) - timedelta(days=1)
    )
    laboratory.entries = [record(60_000 + number) for number in range(RECORDS)]
    yesterday.append_many(laboratory.entries)
    assert yesterday.origin == origin
    yesterday.close()
    with laboratory.carrier() as carrier:
        laboratory.check_carried(carrier)


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_off_is_named_and_loses_nothing(network: Network, tmp_path: Path, days: int) -> None:
    laboratory = Laboratory(tmp_path / "home", network, first=61_000 + 100 * days, count=RECORDS)
    wrong = Carrier(laboratory.home, laboratory.fabric, clock=lambda: time.time() + days * DAY_S)
    wrong.start()
    try:
        wait_until(lambda: "clock" in wrong.status.error, "nobody named the clock")
        assert (wrong.status.committed, wrong.status.waiting) == (0, RECORDS)
    finally:
        wrong.close()
    with laboratory.carrier() as carrier:
        laboratory.check_carried(carrier)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # the end that is meant
def test_an_envelope_that_was_signed_yesterday_and_never_sent_is_made_anew(network: Network, tmp_path: Path) -> None:
    laboratory = Laboratory(tmp_path / "home", network, first=62_000, count=1)

    class LaptopClosed(BaseException):
        """The program ends between signing and sending."""

    def close_the_lid(stage: str) -> None:
        if stage == "prepared":
            raise LaptopClosed

    with laboratory.carrier(close_the_lid) as carrier:
        wait_until(lambda: bool(carrier.outbox.items("prepared")), "nothing was signed")
        outbox = carrier.outbox.path
    assert outbox is not None
    with sqlite3.connect(outbox) as database:
        assert database.execute("UPDATE items SET prepared = prepared - ?", (DAY_S,)).rowcount == 1
    with laboratory.carrier() as carrier:
        laboratory.check_carried(carrier)


def test_a_home_of_another_folder_is_another_user(network: Network, tmp_path: Path) -> None:
    """Two computers of one person carry logs of their own, and neither waits for the other."""
    folders = [tmp_path / "desk", tmp_path / "laptop"]
    for number, folder in enumerate(folders):
        Settings(fabric=fabric_of(network)).save(folder)
        home = Home(folder)
        home.ledger.append(record(63_000 + number))
        carrier = Carrier(home, fabric_of(network))
        assert carrier.sync(60.0).committed == 1
        carrier.close()
        home.close()
