"""Facts of every page of an open TIFF that a record binds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from itertools import groupby
from typing import Any

import numpy as np

from bims_desktop.files.tiff_meaning import resolution_of
from bims_desktop.model.canonical import Json


def pages(tiff: Any) -> dict[str, Json]:
    """Page count, and runs of ``[value, pages]`` of what each page's tags say of its look."""
    tiff.pages.useframes = False  # frames leave out the tags that matter here
    facts = [_facts(tiff.pages.get(index, validate=False, cache=False)) for index in range(len(tiff.pages))]
    names = ("photometric", "orientation", "resolution", "color_map")
    return {"pages": len(facts), **{name: _runs(fact[n] for fact in facts) for n, name in enumerate(names)}}


def _facts(page: Any) -> tuple[Json, Json, Json, Json]:
    tags = page.tags
    orientation = int(tags[274].value) if 274 in tags else 1
    return int(page.photometric), orientation, _resolution(page), _color_map(tags)


def _resolution(page: Any) -> Json:
    found = resolution_of(page)
    # libtiff keeps resolutions in single precision and writes them as another fraction.
    return None if found is None else [float(np.float32(found.x)), float(np.float32(found.y)), found.unit]


def _color_map(tags: Any) -> Json:
    if 320 not in tags:
        return None
    colors = np.asarray(tags[320].value, "<u2").tobytes()
    return f"sha256:{hashlib.sha256(colors).hexdigest()}"


def _runs(values: Iterable[Json]) -> Json:
    return [[value, sum(1 for _ in run)] for value, run in groupby(values)]
