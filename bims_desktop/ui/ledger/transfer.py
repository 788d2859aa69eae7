"""Export and import of the ledger: a file is asked for, the rest happens beside the window and is said in a line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app.holdings import held
from bims_desktop.app.transfer import Brought, export_home, import_home
from bims_desktop.ui.file_dialog import ask_to_open, ask_to_save
from bims_desktop.ui.words import several

if TYPE_CHECKING:
    from bims_desktop.ui.window import Desktop

SUFFIX = ".bimslog"
_KINDS = f"Ledgers (*{SUFFIX});;All files (*)"


def choose_export(desktop: Desktop) -> None:
    """Ask where to, and export."""
    chosen = ask_to_save(desktop.main_window, "Export ledger", f"ledger{SUFFIX}", _KINDS)
    if chosen:
        export_ledger(desktop, Path(chosen))


def choose_import(desktop: Desktop) -> None:
    """Ask for the file, and import it."""
    chosen = ask_to_open(desktop.main_window, "Import ledger", "", _KINDS)
    if chosen:
        import_ledger(desktop, Path(chosen))


def export_ledger(desktop: Desktop, path: Path) -> None:
    """Write this computer's ledger, with its records, to one file."""

    def done(count: int) -> None:
        entries = several(count, "entry", "entries")
        desktop.notifier.show_done(f"{entries} exported to {path.name}: {held(desktop.session.ledger.kinds)}.")

    desktop.jobs.start(f"Exporting to {path.name}", lambda: export_home(desktop.session.home, path), done)


def import_ledger(desktop: Desktop, path: Path) -> None:
    """Bring one's own ledger back, or another's as a copy to ask."""

    def done(brought: Brought) -> None:
        desktop.consortium.carry()
        desktop.notifier.show_done(said(brought, path, desktop.session.ledger.kinds))

    desktop.jobs.start(f"Importing {path.name}", lambda: import_home(desktop.session.home, path), done)


def said(brought: Brought, path: Path, kinds: Mapping[str, int]) -> str:
    """What an import did, in a sentence; `kinds` are the entries of this computer's ledger now."""
    log = brought.log
    if not brought.own:
        count = several(log.size, "entry", "entries")
        return f"{path.name} is another ledger: a copy of its {count} is kept, to be searched with yours."
    if not log.added:
        return f"{path.name} holds nothing that your ledger does not."
    return f"{several(log.added, 'entry', 'entries')} came back; your ledger holds {held(kinds)}."
