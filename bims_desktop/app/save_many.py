"""Save several images and tables, one after the other; one that fails does not stop the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bims_desktop.app.save import Report
from bims_desktop.errors import BimsError, Cancelled

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session

Outcome = Report | BimsError


def save_many(
    session: Session,
    wanted: Sequence[tuple[Data, Path]],
    *,
    overwrite: bool = True,
    on_each: Callable[[Outcome], None] | None = None,
    on_progress: Callable[[float], None] | None = None,
    **options: Any,
) -> tuple[Outcome, ...]:
    """Save each image as `app.save.save` does and each table as `app.save_table.save_table` does.

    Parameters
    ----------
    session : Session
        Where they came to be.
    wanted : sequence of (Data, Path)
        What is saved where, in this order.
    overwrite : bool
        Whether files that are there may be replaced.
    on_each : callable, optional
        Called after each with its report, or with why it was not saved.
    on_progress : callable, optional
        Called with the share of the whole that is done; what it raises stops before the next file.
    **options
        Of `app.save.save`, for the images.

    Raises
    ------
    Cancelled
        As `on_progress` had it; what was saved before stays.

    Examples
    --------
    >>> import tempfile, numpy, tifffile
    >>> from bims_desktop.app.home import Home
    >>> from bims_desktop.app.session import Session
    >>> folder = Path(tempfile.mkdtemp())
    >>> tifffile.imwrite(folder / "cells.tif", numpy.eye(8, dtype="uint8"))
    >>> with Session(folder / "session", home=Home(folder / "home")) as session:
    ...     cells = session.open(folder / "cells.tif")
    ...     masks = [session.run("threshold", cells, value=value) for value in (0.0, 0.5)]
    ...     wanted = [(mask, folder / f"{mask.name}.ome.tif") for mask in masks]
    ...     [outcome.path.name for outcome in save_many(session, wanted)]
    ['threshold_1.ome.tif', 'threshold_2.ome.tif']
    """
    outcomes: list[Outcome] = []
    for number, (data, path) in enumerate(wanted):

        def advance(share: float, before: int = number) -> None:
            if on_progress is not None:
                on_progress((before + share) / len(wanted))

        advance(0)
        outcome = _saved(session, data, path, advance, overwrite, options)
        outcomes.append(outcome)
        if on_each is not None:
            on_each(outcome)
    return tuple(outcomes)


def _saved(
    session: Session,
    data: Data,
    path: Path,
    advance: Callable[[float], None],
    overwrite: bool,
    options: dict[str, Any],
) -> Outcome:
    try:
        if data.table is not None:
            return session.save_table(data, path, overwrite=overwrite)
        return session.save(data, path, overwrite=overwrite, on_progress=advance, **options)
    except Cancelled:
        raise
    except BimsError as error:
        return error
