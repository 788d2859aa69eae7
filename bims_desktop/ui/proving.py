"""`announce_proof`: what was saved is replayed beside the window, and a line says what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bims_desktop.errors import BimsError, Cancelled

if TYPE_CHECKING:
    from bims_desktop.app.save import Report
    from bims_desktop.ui import Desktop


def announce_proof(desktop: Desktop, report: Report, *rest: Report) -> None:
    """Replay what was saved beside the window, one after the other, and say in a line what came of each."""

    def done(result: Any) -> None:
        said = f"Saved {report.path.name} as record {report.number}, replay proven {result.verdict}."
        desktop.consortium.proven(report, said)
        go_on()

    def failed(error: BaseException) -> None:
        if isinstance(error, Cancelled):
            return
        if isinstance(error, BimsError):
            desktop.notifier.show_error(error)
        go_on()

    def go_on() -> None:
        if rest:
            announce_proof(desktop, *rest)

    desktop.jobs.start(f"Replaying {report.path.name}", lambda: desktop.session.prove(report), done, failed)
