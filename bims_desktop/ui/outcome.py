"""What the panel says after a run: what was measured, or why it stopped and what stays."""

from __future__ import annotations

from collections.abc import Sequence

from bims_desktop.errors import BimsError, Cancelled
from bims_desktop.model.table import Table
from bims_desktop.ui.words import several


def measured(tables: Sequence[Table]) -> str:
    """How many objects the tables hold.

    Examples
    --------
    >>> import numpy as np
    >>> table = Table({"area": np.ones(3)})
    >>> measured([table]), measured([table, table])
    ('Measured 3 objects.', 'Measured 6 objects in 2 layers.')
    """
    objects = several(sum(table.rows for table in tables), "object")
    layers = f" in {several(len(tables), 'layer')}" if len(tables) > 1 else ""
    return f"Measured {objects}{layers}."


def stopped(error: BaseException, done: int, count: int) -> tuple[str, str]:
    """Why a run of `count` parts ended after `done` of them, and the state to show it in.

    Examples
    --------
    >>> stopped(Cancelled("", ""), 0, 1)
    ('Cancelled; nothing was changed.', 'unknown')
    >>> stopped(Cancelled("", ""), 2, 5)[0]
    'Cancelled. 2 of 5 layers were done and stay; Undo takes them back.'
    """
    stays = f"{done} of {count} layers were done and stay; Undo takes them back." if done else ""
    if isinstance(error, Cancelled):
        return (f"Cancelled. {stays}" if stays else "Cancelled; nothing was changed."), "unknown"
    if isinstance(error, BimsError):
        return f"{error.what}\n{error.todo}\n{stays}".strip(), "bad"
    return f"Something unexpected stopped it. {type(error).__name__}: {error}\n{stays}".strip(), "bad"
