"""The Ledger menu: what each of its lines does, windows being made only when they are asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop

_LOOK, _SAY, _MOVE, _SET = "1_look", "2_say", "3_move", "4_set"


class LedgerCommand(NamedTuple):
    """One line of the menu."""

    id: str
    title: str
    group: str
    run: Callable[[Desktop], object]


def commands() -> tuple[LedgerCommand, ...]:
    """The lines in their order."""
    return (
        LedgerCommand("bims.ledger.browse", "Ledger Browser…", _LOOK, browse),
        LedgerCommand("bims.ledger.recover", "Recover Record of This Image…", _LOOK, recover),
        LedgerCommand("bims.ledger.attest", "Attest by Replay…", _SAY, attest),
        LedgerCommand("bims.ledger.supersede", "Supersede…", _SAY, lambda desktop: browse(desktop, "supersede")),
        LedgerCommand("bims.ledger.retract", "Retract…", _SAY, lambda desktop: browse(desktop, "retract")),
        LedgerCommand("bims.ledger.export", "Export Ledger…", _MOVE, export),
        LedgerCommand("bims.ledger.import", "Import Ledger…", _MOVE, bring),
        LedgerCommand("bims.ledger.settings", "Ledger Settings…", _SET, settings),
    )


def browse(desktop: Desktop, deed: str = "") -> None:
    """Open the browser; with a `deed`, on the record of the selected layer."""
    from bims_desktop.ui.ledger.browser import open_ledger_browser

    open_ledger_browser(desktop, deed)


def recover(desktop: Desktop) -> None:
    """Open the window that puts a lost record back."""
    from bims_desktop.ui.ledger.recover_dialog import open_recover_dialog

    open_recover_dialog(desktop)


def attest(desktop: Desktop) -> None:
    """Open the window that replays and attests."""
    from bims_desktop.ui.ledger.attest_dialog import open_attest_dialog

    open_attest_dialog(desktop)


def settings(desktop: Desktop) -> None:
    """Open the settings."""
    from bims_desktop.ui.ledger.settings import open_ledger_settings

    open_ledger_settings(desktop)


def export(desktop: Desktop) -> None:
    """Ask for a file, and write the ledger to it."""
    from bims_desktop.ui.ledger.transfer import choose_export

    choose_export(desktop)


def bring(desktop: Desktop) -> None:
    """Ask for a file, and import the ledger in it."""
    from bims_desktop.ui.ledger.transfer import choose_import

    choose_import(desktop)
