"""What tables are called: by the step that measured them, and after the image that was measured."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bims_desktop.app.data import Data
    from bims_desktop.app.session import Session
    from bims_desktop.provenance.action import Action


def titles(session: Session) -> dict[Data, str]:
    """Each table of `session` by the sentence of its step, with the step's number where others have the same one.

    Examples
    --------
    >>> import tempfile, numpy, pathlib, tifffile
    >>> from bims_desktop.app.home import Home
    >>> from bims_desktop.app.session import Session
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> tifffile.imwrite(folder / "cells.tif", numpy.eye(8, dtype="uint8"))
    >>> with Session(folder / "session", home=Home(folder / "home")) as session:
    ...     objects = session.run("label", session.run("threshold_otsu", session.open(folder / "cells.tif")))
    ...     for _ in range(2):
    ...         _ = session.run("regionprops_table", objects)
    ...     list(titles(session).values()), measured_in(session.tables[0])
    (['Measured 1 object of label_1 (step 4)', 'Measured 1 object of label_1 (step 5)'], 'label_1')
    """
    steps = {data: _step(data) for data in session.tables}
    counts = Counter(step.sentence for step in steps.values())
    return {
        data: f"{step.sentence} (step {step.number})" if counts[step.sentence] > 1 else step.sentence
        for data, step in steps.items()
    }


def title_of(data: Data) -> str:
    """What an image or a table is called: a layer by its name, a table as in `titles`."""
    return data.name if data.table is None else titles(data.session)[data]


def measured_in(data: Data) -> str:
    """The name of the first image that a table was measured in; of the table itself where there was none."""
    first = next(iter(_step(data).arguments.values()), None)
    return data.name if first is None else data.session.data(first).name


def _step(data: Data) -> Action:
    return data.session.actions[data.session.recorder.writers[data.version] - 1]
