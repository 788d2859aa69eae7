"""How many objects there are, in all or in each of some larger ones."""

from __future__ import annotations

import numpy as np

from bims_desktop.model.table import Table
from bims_desktop.operations.kinds import Labels
from bims_desktop.operations.regions import Array, Index, Region, check_alike, dense, one, read
from bims_desktop.operations.registry import operation
from bims_desktop.operations.rows import gathered
from bims_desktop.operations.spec import Found


@operation(
    title="Count objects",
    menu="Measure",
    sentence="Counted the objects of {label_image}: {objects}",
)
def count_labels(label_image: Labels, within: Labels | None = None, *, axes: Region = "ZYX") -> Found:
    """Count labelled objects in each plane or volume, or in each object of other labels: spots in cells.

    Parameters
    ----------
    label_image : Image
        Labels of what is counted; 0 is background.
    within : Image, optional
        Labels, of the same axes and shape, of what is counted in. An object belongs where most of its
        pixels lie, to the lowest number of equals; 0 is outside of all.
    axes : {"YX", "ZYX"}
        Objects of each plane alone, or of each volume.

    Returns
    -------
    Found
        A `Table`: an index column for each of T, C, Z that a region does not span; with `within`
        one row for each of its labels, and for 0, in the column ``label``; ``objects``, and ``share``, the
        share of the pixels there that they cover. ``objects``, their number, one a region.

    Raises
    ------
    BadParameter
        Axes or shapes differ, or a label is below zero.

    References
    ----------
    `numpy.unique` of the labels, and `numpy.bincount` of the pixels behind the share.

    Examples
    --------
    >>> from bims_desktop.model.image import Image
    >>> spots, cells = (Image(np.array([row], np.int32), "YX", kind="labels") for row in ([1, 0, 2, 3], [5, 5, 8, 8]))
    >>> table = count_labels(spots, cells).result
    >>> table.columns["label"].tolist(), table.columns["objects"].tolist()
    ([0, 5, 8], [0, 1, 2])
    """
    if within is not None:
        check_alike(label_image, within, "within")
    totals = []

    def measure(index: Index, region: Array) -> dict[str, Array]:
        numbers, _ = dense(region)
        places, names = dense(np.zeros_like(region) if within is None else read(within, index))
        counts, covered = _counts(numbers, places, len(names))
        totals.append(int(counts.sum()))
        pixels = np.bincount(places.ravel(), minlength=len(names))
        kept = pixels > 0
        kept[0] = True
        share = covered[kept] / np.maximum(pixels[kept], 1)
        columns = {} if within is None else {"label": names[kept].astype(np.int64)}
        return columns | {"objects": counts[kept], "share": share}

    table = Table(gathered(label_image, axes, measure))
    return Found(table, {"objects": one(totals)})


def _counts(numbers: Array, places: Array, size: int) -> tuple[Array, Array]:
    """Objects that belong to each place, and pixels of objects there."""
    inside = numbers > 0
    pairs, pixels = np.unique(numbers[inside].astype(np.int64) * size + places[inside], return_counts=True)
    objects, where = np.divmod(pairs, size)
    # By object, then most pixels, then the lowest place: the first of each object is where it belongs.
    order = np.lexsort((where, -pixels, objects))
    _, first = np.unique(objects[order], return_index=True)
    return np.bincount(where[order][first], minlength=size), np.bincount(where, pixels, size)
