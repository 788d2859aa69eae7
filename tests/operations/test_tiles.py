"""A region that goes through a filter tile by tile comes out as if it had gone through it whole."""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np
import pytest
import skimage as ski

from bims_desktop.errors import Cancelled
from bims_desktop.model.image import Image
from bims_desktop.operations import tiles
from bims_desktop.operations.registry import get
from bims_desktop.operations.running import monitored
from bims_desktop.operations.spec import Found
from bims_desktop.operations.tiles import Local
from bims_desktop.operations.total_variation import flattened
from tests.operations.examples import wrap

MODES = ("reflect", "nearest", "mirror", "wrap")
CASES: list[tuple[str, dict[str, Any]]] = [
    *(("gaussian", {"sigma": 1.3, "mode": mode}) for mode in (*MODES, "constant")),
    ("gaussian", {"sigma": 0.0}),
    *(("median", {"footprint": shape, "radius": 2, "mode": "mirror"}) for shape in ("disk", "square", "diamond")),
    *(("white_tophat", {"radius": 2, "mode": mode}) for mode in (*MODES, "ignore")),
    *(("black_tophat", {"radius": 2, "mode": mode}) for mode in (*MODES, "ignore")),
    ("erosion", {"radius": 3}),
    ("dilation", {"footprint": "square", "radius": 2, "mode": "mirror"}),
    ("opening", {"radius": 2, "mode": "nearest"}),
    ("closing", {"radius": 2, "mode": "ignore"}),
    ("binary_opening", {"radius": 2}),
    ("binary_closing", {"radius": 2, "mode": "reflect"}),
    ("laplace", {"ksize": 3}),
    ("laplace", {"ksize": 7}),
    *(("sobel", {"mode": mode}) for mode in (*MODES, "constant")),
    ("difference_of_gaussians", {"low_sigma": 0.7, "high_sigma": 1.6, "mode": "reflect"}),
    ("unsharp_mask", {"radius": 1.2, "amount": 2.0}),
    ("rolling_ball", {"radius": 3.7}),
    *(("threshold_local", {"block_size": 7, "method": method}) for method in ("gaussian", "mean", "median")),
    *(("find_boundaries", {"mode": mode}) for mode in ("inner", "outer", "thick")),
]


def scene(id: str, axes: str, dtype: str) -> Image:
    shape = {"YX": (83, 97), "ZYX": (5, 41, 47)}[axes]
    values = np.random.default_rng(4).random(shape)
    kind = get(id).arguments[0].kinds[0]
    if id == "find_boundaries":
        return wrap((values * 4).astype(np.int32), axes, "labels")
    if kind == "mask":
        return wrap(values > 0.4, axes, "mask")
    return wrap((values * 200).astype(dtype), axes)


def outcome(id: str, image: Image, options: dict[str, Any]) -> tuple[np.ndarray[Any, Any], int]:
    ticks: list[float] = []
    with monitored(ticks.append, Event()):
        returned = get(id).function(image, **get(id).bind(options))
    assert ticks == sorted(ticks)
    assert not ticks or ticks[-1] < 1
    return (returned.result if isinstance(returned, Found) else returned).array(), len(ticks)


@pytest.mark.parametrize("axes", ["YX", "ZYX"])
@pytest.mark.parametrize(("id", "options"), CASES, ids=str)
def test_the_same_bytes(id: str, options: dict[str, Any], axes: str, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {**options, "axes": axes}
    monkeypatch.setattr(tiles, "WIDEST", 3)
    for dtype in ("uint16", "float64") if get(id).arguments[0].kinds[0] == "intensity" else ("any",):
        image = scene(id, axes, dtype)
        monkeypatch.setattr(tiles, "WORK", 2**40)
        whole, once = outcome(id, image, told)
        # So little that every tile is about as small as its overlaps allow.
        monkeypatch.setattr(tiles, "WORK", 2000)
        parts, often = outcome(id, image, told)
        assert parts.tobytes() == whole.tobytes()
        assert once == 1
        uncut = options.get("mode") == "wrap" or options.get("method") == "mean"
        assert (often == 1) == uncut


def test_sato_by_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    image = wrap(np.random.default_rng(4).random((190, 300)), "YX")
    monkeypatch.setattr(tiles, "WIDEST", 1)
    options = {"min_sigma": 1.5, "max_sigma": 3.0, "num_sigma": 2}
    whole, once = outcome("sato", image, options)
    monkeypatch.setattr(tiles, "WORK", 1)
    parts, often = outcome("sato", image, options)
    assert parts.tobytes() == whole.tobytes()
    assert (once, often > 1) == (1, True)


def test_cancelled_within_a_plane(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tiles, "WORK", 2000)
    stop, told = Event(), list[float]()

    def report(fraction: float) -> None:
        told.append(fraction)
        if fraction > 0.3:
            stop.set()

    with pytest.raises(Cancelled), monitored(report, stop):
        get("sobel").function(scene("sobel", "YX", "uint16"))
    assert 0.3 < told[-1] < 0.5


@pytest.mark.parametrize("shape", [(1, 1), (7, 300), (3, 64, 65), (0, 5)])
@pytest.mark.parametrize("local", [None, Local(0, 1), Local(2, 10**6), Local(500, 10**6)])
def test_tiles_cover_each_pixel_once(shape: tuple[int, ...], local: Local | None) -> None:
    seen = np.zeros(shape, int)
    for tile in tiles.tiles(shape, local):
        seen[tile.place] += 1
        place = [range(*span.indices(size)) for span, size in zip(tile.place, shape, strict=True)]
        view = [range(*span.indices(size)) for span, size in zip(tile.seen, shape, strict=True)]
        assert [tuple(all_[inside]) for all_, inside in zip(view, tile.inside, strict=True)] == list(map(tuple, place))
    assert (seen == 1).all()


@pytest.mark.parametrize(
    ("id", "options", "least"),
    [("denoise_tv_chambolle", {"weight": 30.0}, 20), ("richardson_lucy", {"num_iter": 9}, 2 * 9)],
)
def test_iterations_tell_how_far_they_are(id: str, options: dict[str, Any], least: int) -> None:
    image = scene("gaussian", "ZYX", "uint16")
    given = {"psf": wrap(np.ones((3, 3)), "YX")} if id == "richardson_lucy" else {}
    told: list[float] = []
    with monitored(told.append, Event()):
        get(id).function(image, **given, **get(id).bind({**options, "axes": "YX"}))
    assert told == sorted(told)
    assert len(told) >= least
    assert 0.8 < told[-1] < 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("shape", [(1, 1), (1, 9), (40, 50), (5, 20, 30)])
def test_total_variation_to_the_last_bit(shape: tuple[int, ...], dtype: str) -> None:
    values = np.random.default_rng(2).normal(100, 20, shape).astype(dtype)
    for weight, eps, most in ((0.5, 2e-4, 200), (40.0, 2e-4, 200), (40.0, 1e-9, 7), (40.0, 2e-4, 1)):
        direct = ski.restoration.denoise_tv_chambolle(values, weight, eps, most)
        assert flattened(values, weight, eps, most).tobytes() == direct.tobytes()
