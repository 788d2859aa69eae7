"""The planes of a region one by one, for what is found in several passes over them and not in the whole at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, Index, read, regions
from bims_desktop.operations.running import steps


class Planes:
    """The planes of one region with their indices, read anew for each pass; a single plane is read once."""

    def __init__(self, image: Image, index: Index, step: Callable[[], None]) -> None:
        self._image, self._indices, self._step = image, _within(image, index), step
        self._only = read(image, index) if len(self._indices) == 1 else None

    def __iter__(self) -> Iterator[tuple[Index, Array]]:
        for index in self._indices:
            self._step()
            yield index, read(self._image, index) if self._only is None else self._only


def each_by_planes(image: Image, axes: str, passes: int) -> Iterator[Planes]:
    """Every region over `axes`, whose planes will be gone through `passes` times; progress and cancel between them."""
    indices = list(regions(image, axes))
    step = steps(sum(1 for _ in regions(image, "YX")) * passes)
    for index in indices:
        yield Planes(image, index, step)


def _within(image: Image, index: Index) -> list[Index]:
    place = image.axes.find("Z")
    if place < 0 or not isinstance(index[place], slice):
        return [index]
    return [(*index[:place], number, *index[place + 1 :]) for number in range(image.shape[place])]
