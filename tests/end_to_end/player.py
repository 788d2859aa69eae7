"""`Player`: makes random, mostly valid moves in a session, as a person at the window might."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from bims_desktop.app.data import Data
from bims_desktop.app.draft import Draft
from bims_desktop.app.save import Report
from bims_desktop.app.session import Session
from bims_desktop.errors import BimsError
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.operations import registry
from bims_desktop.operations.paint import fill
from bims_desktop.operations.spec import Argument, Operation
from tests.end_to_end.draws import Draw, parameters

NEEDY = ("correct_drift", "correct_bleaching", "rename_axis", "select_channel", "split_channels", "select_planes")
# What these need does not come about by chance: a brighter flat field, a small image of a point.
RARE = ("correct_flat_field", "richardson_lucy", "gaussian_psf", "widefield_psf", "confocal_psf")
# What needs an axis that few images have, then what takes few kinds of image, comes first, where hypothesis looks most.
OPERATIONS = tuple(
    sorted(
        (op for op in registry.operations() if op.id not in ("paint", "duplicate", *RARE) and not op.package),
        key=lambda op: (op.id not in NEEDY and not op.id.endswith("_projection"), len(op.arguments[0].kinds) or 9),
    )
)
NAMES = ("cells", "cells", "nuclei", "Zellen µ", 'a "b" \\ c', "x" * 80)
MOVES = (
    *("run",) * 12, *("paint",) * 2, *("fill",), *("undo",) * 2, *("redo",) * 5, "rename", "duplicate", "remove",
    "display", "view", "snapshot", "open", "save",
)  # fmt: skip


class Player:
    """Draws moves and makes them.

    Parameters
    ----------
    session : Session
        A new one.
    files : sequence of Path
        Images to open.
    folder : Path
        Where to save.
    draw : callable
        Hypothesis' own.
    wanted : collection of str
        Operations to run first, once each, as soon as there is an image for them.
    """

    def __init__(
        self, session: Session, files: tuple[Path, ...], folder: Path, draw: Draw, wanted: Collection[str] = ()
    ) -> None:
        self.session, self.files, self.folder, self.draw = session, files, folder, draw
        self.wanted = set(wanted)
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.saved: list[tuple[Report, Draft]] = []

    def play(self, count: int) -> None:
        """Open an image and make `count` moves, then save what the layers show at the end."""
        self.open()
        self.open()
        for _ in range(count - 2):
            self._move(self.draw(st.sampled_from(MOVES)))
        for layer in self.session.layers[-3:]:
            self._try("save", lambda version=layer.version: self._save(self.session.data(version)))

    def _move(self, name: str) -> None:
        # Where there is nothing to undo or to paint on, an operation is run instead.
        possible = {
            "undo": self.session.can_undo,
            "redo": self.session.can_redo,
            "paint": bool(self._painted()),
            "fill": bool(self._painted()),
        }
        name = name if self.session.layers and possible.get(name, True) else "run" if self.session.layers else "open"
        self._try(name, getattr(self, name))

    def _try(self, name: str, move: Callable[[], Any]) -> None:
        before = len(self.session.actions)
        try:
            move()
        except BimsError as error:
            self.refused[f"{type(error).__name__}: {error.what}"] += 1
            assert len(self.session.actions) == before, "a refused action was recorded"
        else:
            self.done[name] += 1

    def open(self) -> None:
        self.session.open(self.draw(st.sampled_from(self.files)), name=self.draw(st.sampled_from((None, *NAMES))))

    def run(self) -> None:
        possible = [op for op in OPERATIONS if any(self._fits(op, data) for data in self._layers())]
        operation = self.draw(st.sampled_from([op for op in possible if op.id in self.wanted] or possible))
        self.wanted.discard(operation.id)
        first = self.draw(st.sampled_from([data for data in self._layers() if self._fits(operation, data)]))
        images = {operation.arguments[0].name: first}
        for argument in operation.arguments[1:]:
            fitting = [other for other in self._layers() if _takes(argument, other) and _alike(operation, first, other)]
            if fitting and (not argument.optional or self.draw(st.booleans())):
                images[argument.name] = self.draw(st.sampled_from(fitting))
        options = parameters(operation, first.image, self.draw)
        result = self.session.run(operation.id, **images, **options)
        assert all(isinstance(one, (Data, Table)) for one in (result if isinstance(result, tuple) else (result,)))

    def paint(self) -> None:
        data = self.draw(st.sampled_from(self._painted()))
        points = self.draw(st.integers(1, 3))
        at = [[self.draw(st.integers(0, size - 1)) for size in data.image.shape] for _ in range(points)]
        # A drag stays on one plane.
        at = [[*at[0][:-2], *point[-2:]] for point in at]
        self.session.paint(data, at=at, brush_size=self.draw(st.integers(1, 6)), value=self._value(data))

    def fill(self) -> None:
        data = self.draw(st.sampled_from(self._painted()))
        at = [self.draw(st.integers(0, size - 1)) for size in data.image.shape]
        self.session.stroke(data, fill(data.image, at, value=self._value(data)))

    def undo(self) -> None:
        self.session.undo()

    def redo(self) -> None:
        self.session.redo()

    def rename(self) -> None:
        self.session.rename(self._any(), self.draw(st.sampled_from(NAMES)))

    def duplicate(self) -> None:
        self.session.duplicate(self._any(), self.draw(st.sampled_from((None, *NAMES))))

    def remove(self) -> None:
        self.session.remove(self._any())

    def display(self) -> None:
        self.session.display(self._any(), "contrast_limits", [0, self.draw(st.integers(1, 255))])

    def view(self) -> None:
        self.session.view("Turned to slice 2")

    def snapshot(self) -> None:
        data = self._any()
        flipped = data.image.with_pixels(data.image.array()[..., ::-1, :].copy())
        self.session.snapshot(self.draw(st.sampled_from((data, None))), flipped, cause="a plugin µ changed it")

    def save(self) -> None:
        self._save(self._any())

    def _save(self, data: Data) -> None:
        path = self.folder / f"saved-{len(self.saved)}.ome.tif"
        draft = self.session.draft(data)
        report = self.session.save(data, path, compression=self.draw(st.sampled_from(("none", "zlib"))))
        self.saved.append((report, draft))

    def _layers(self) -> list[Data]:
        return [self.session.data(layer.version) for layer in self.session.layers]

    def _any(self) -> Data:
        return self.draw(st.sampled_from(self._layers()))

    def _painted(self) -> list[Data]:
        return [data for data in self._layers() if data.image.kind in ("labels", "mask")]

    def _value(self, data: Data) -> int:
        return self.draw(st.integers(0, 1 if data.image.kind == "mask" else 9))

    def _fits(self, operation: Operation, data: Data) -> bool:
        if not _worth_trying(operation.id, data.image):
            return False
        first, *rest = operation.arguments
        return _takes(first, data) and all(
            argument.optional or any(_takes(argument, d) and _alike(operation, data, d) for d in self._layers())
            for argument in rest
        )


def _worth_trying(id: str, image: Image) -> bool:
    """Whether `image` has what the operation asks for beyond its kind."""
    axes = set(image.axes)
    match id:
        case "select_channel" | "split_channels":
            return "C" in axes
        case "correct_drift" | "correct_bleaching":
            return "T" in axes and bool(image.array().any())
        case "rename_axis":
            return 0 < len(axes & set("TCZ")) < 3
        case "stack":
            return not {"Z", "T"} <= axes
        case "concatenate":
            return image.array().size < 20_000
        case "resize" | "rescale" | "rescale_isotropic":
            return image.array().size < 20_000
        case "rotate":
            return image.scale_of("Y") == image.scale_of("X")
        case "as_labels":
            return image.dtype.kind in "iu" and image.array().min() >= 0
        case "threshold_multiotsu":
            return np.unique(image.array()).size > 9
        case "adjust_gamma" | "poisson_noise" | "manders_coloc_coeff" | "manders_overlap_coeff":
            return bool(image.array().min() >= 0 and image.array().any())
        case "convex_hull_image" | "convex_hull_object":
            return "Z" not in axes
        case _:
            return (not id.endswith("_projection") and id != "select_planes") or bool(axes & set("ZTC"))


def _takes(argument: Argument, data: Data) -> bool:
    return not argument.kinds or data.image.kind in argument.kinds


def _alike(operation: Operation, one: Data, other: Data) -> bool:
    return (one.image.axes, one.image.shape) == (other.image.axes, other.image.shape)
