"""Several files as one series: joined by recorded steps, and undone as one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

from bims_desktop.app.data import Data
from bims_desktop.app.opening import opened
from bims_desktop.app.performing import perform, sort_options
from bims_desktop.errors import BadParameter
from bims_desktop.files.folder import natural, parts, unfolded
from bims_desktop.model.image import Image
from bims_desktop.operations import registry
from bims_desktop.operations.running import storing, tick
from bims_desktop.operations.spec import Value
from bims_desktop.provenance.layer import Layers
from bims_desktop.provenance.recorder import Intent, on_new_layers

if TYPE_CHECKING:
    from bims_desktop.app.session import Session

_AT_ONCE = 4
"""Images that the operations take."""
_COUNTER = re.compile(r"(^|[\W_]+)(t|z|time|frame|plane|slice)?[\W_]*$", re.IGNORECASE)
"""What stands before the number that counts the files, and says nothing of them."""


def alike(images: Sequence[Data], axis: str) -> bool:
    """Whether these can become one series along a new `axis`."""
    return len(images) > 1 and odd_one(images) is None and axis not in images[0].image.axes


def odd_one(images: Sequence[Data]) -> Data | None:
    """The first that differs from those before it in axes, shape, kind or pixel size."""
    return next((data for data in images if _look(data.image) != _look(images[0].image)), None)


def name_of(paths: Sequence[Path]) -> str:
    """What to call the series of these files: what their names have in common before they are counted, or the folder.

    Examples
    --------
    >>> name_of([Path("run 1/HeLa_t01.tif"), Path("run 1/HeLa_t02.tif")]), name_of([Path("run 1/1.tif")])
    ('HeLa', 'run 1')
    """
    names = [parts(path.name.split(".")[0]) for path in paths]
    same = [some[0] for some in takewhile(lambda some: len(set(some)) == 1, zip(*names, strict=False))]
    counted = len(same) % 2 == 1 and len(paths) > 1
    stem = _COUNTER.sub("", "".join(same)) if counted else ""
    folders = {path.parent.name for path in paths}
    return stem or (folders.pop() if len(folders) == 1 else "") or "series"


def open_series(session: Session, paths: Sequence[Path], axis: str, name: str = "") -> Data:
    """The images of these files and folders as one; see `Session.open_series`."""
    registry.get("stack").bind({"axis": axis})  # a wrong axis is refused before anything is read
    files = natural(unfolded(paths))
    images: list[Data] = []
    for number, path in enumerate(files):
        tick(number / len(files))
        images.append(session.enter(*opened(path), shown=False))
        if odd_one(images):
            raise BadParameter(
                f"{path.name} differs from {files[0].name} in shape, axes, type or pixel size.",
                "Leave it out of the series.",
            )
    return join(session, images, axis, name)


def join(session: Session, images: Sequence[Data], axis: str, name: str = "") -> Data:
    """`images` as one along a new `axis`, in one layer instead of theirs; an undo brings theirs back.

    Parameters
    ----------
    session : Session
        Where they were opened.
    images : sequence of Data
        Alike in axes, shape, kind and pixel size, in the order of the series.
    axis : {"T", "Z"}
        The new axis.
    name : str
        Of the layer; by default that of the files.

    Raises
    ------
    BadParameter
        There are fewer than two, or they differ.
    """
    if not alike(images, axis):
        raise BadParameter(
            f"These images do not make one series along {axis}.",
            f"Choose two or more of one shape and pixel size, without {axis}.",
        )
    known = session.inputs
    joining = _Joining(session, axis, name or name_of([known[d.version].path for d in images if d.version in known]))
    level, operation = list(images), "stack"
    while len(level) > _AT_ONCE:
        level, operation = joining.parts(operation, level, len(images)), "concatenate"
    return joining.whole(operation, level, images)


class _Joining:
    """The steps of one `join`: what lies between files and series stands in no layer, and is undone with the series."""

    def __init__(self, session: Session, axis: str, name: str) -> None:
        self._session, self._axis, self._name = session, axis, name
        self._steps: list[int] = []

    def parts(self, operation: str, images: Sequence[Data], count: int) -> list[Data]:
        """`images` by up to four, of a series of `count`."""
        made, end = [], 0
        for group in _groups(images):
            tick(len(self._steps) / count)
            start, end = end + 1, end + sum(data.image.size(self._axis) for data in group)
            intent, image = self._run(operation, group)
            said = replace(intent, sentence=f"Joined images {start} to {end} of {count} along {self._axis}")
            action = self._session.recorder.record(said, [(image, f"{self._name} ({start} to {end})")])
            self._steps.append(action.number)
            made.append(Data(self._session, action.writes[0]))
        return made

    def whole(self, operation: str, parts: Sequence[Data], images: Sequence[Data]) -> Data:
        """The series, in a layer of its own instead of those of `images`."""
        intent, image = self._run(operation, parts)
        said = replace(intent, sentence=f"Joined {len(images)} images along {self._axis} as {self._name}")
        gone = {data.version for data in images}

        def place(layers: Layers, new: Sequence[tuple[int, str]]) -> Layers:
            on_top = on_new_layers(self._session.recorder.new_layer_id)
            return on_top(tuple(layer for layer in layers if layer.version not in gone), new)

        recorder = self._session.recorder
        action = recorder.record(said, [(image, self._name)], place, together=self._steps)
        return Data(self._session, action.writes[0])

    def _run(self, operation: str, images: Sequence[Data]) -> tuple[Intent, Value]:
        given, parameters = sort_options(registry.get(operation), tuple(images), {"axis": self._axis})
        with storing(self._session.recorder.versions.empty):
            intent, (image,) = perform(operation, given, parameters, self._session.blobs.get)
        return intent, image


def _groups(images: Sequence[Data]) -> list[list[Data]]:
    """Parts of up to four; never one alone, for a plane alone has no axis to be joined along."""
    groups = [list(images[start : start + _AT_ONCE]) for start in range(0, len(images), _AT_ONCE)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-1].insert(0, groups[-2].pop())
    return groups


def _look(image: Image) -> tuple[object, ...]:
    return image.axes, image.shape, image.kind, image.scale, image.units
