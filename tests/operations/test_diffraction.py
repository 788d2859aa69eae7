"""Point-spread functions against the closed forms that they have in the focal plane and on the axis."""

from __future__ import annotations

from threading import Event
from typing import Any

import numpy as np
import pytest
import scipy

from bims_desktop.errors import BadParameter, Cancelled
from bims_desktop.model.image import Image
from bims_desktop.operations.deconvolution import richardson_lucy
from bims_desktop.operations.diffraction import confocal_psf, widefield_psf
from bims_desktop.operations.psf import gaussian_psf
from bims_desktop.operations.running import monitored

BOTH = pytest.mark.parametrize("make", [widefield_psf, confocal_psf])


def grid(axes: str, *steps: float, unit: str = "nm") -> Image:
    return Image(np.zeros((4,) * len(axes)), axes, steps, (unit,) * len(axes))


def psf(make: Any, image: Image, **options: Any) -> np.ndarray[Any, Any]:
    result = make(image, **options).result
    assert isinstance(result, Image)
    return result.array()


@pytest.mark.parametrize("aperture", [0.3, 1.0, 1.4])
def test_the_focal_plane_is_the_airy_pattern(aperture: float) -> None:
    found = psf(widefield_psf, grid("YX", 20, 10), numerical_aperture=aperture, wavelength=500.0, radius=40)
    y, x = np.mgrid[-40:41, -40:41] * np.array([20, 10])[:, None, None]
    v = 2 * np.pi / 500 * aperture * np.hypot(y, x)
    v[40, 40] = 1
    airy = (2 * scipy.special.j1(v) / v) ** 2
    airy[40, 40] = 1
    np.testing.assert_allclose(found, airy / airy.sum(), rtol=0, atol=1e-12)


def test_the_width_at_half_maximum() -> None:
    def width(values: np.ndarray[Any, Any], step: float) -> float:
        half = values[len(values) // 2 :] / values.max()
        return float(2 * step * np.interp(-0.5, -half, np.arange(half.size)))

    image = grid("ZYX", 10, 5, 5)
    wide = psf(widefield_psf, image, numerical_aperture=1.0, wavelength=500.0, radius=60, depth=150)
    sharp = psf(confocal_psf, image, numerical_aperture=1.0, wavelength=500.0, excitation_wavelength=500.0, radius=60)
    assert width(wide[150, 60], 5) == pytest.approx(0.5145 * 500 / 1.0, rel=1e-3)
    # sinc²(u / 4) falls to half at u = 5.566, u being the phase between the middle and the rim, twice.
    along = 2 * 5.566 / 2 / (2 * np.pi / 500 * (1.515 - np.sqrt(1.515**2 - 1)))
    assert width(wide[:, 60, 60], 10) == pytest.approx(along, rel=0.02)
    assert width(sharp[len(sharp) // 2, 60], 5) == pytest.approx(0.3694 * 500, rel=1e-3)


def test_the_axis_is_dark_where_a_whole_wave_fits() -> None:
    wave, aperture = 500.0, 0.3
    dark = wave / (1 - np.sqrt(1 - aperture**2))
    found = psf(widefield_psf, grid("ZYX", dark / 50, 300, 300), numerical_aperture=aperture, wavelength=wave,
                refractive_index=1.0, radius=1, depth=60)  # fmt: skip
    axis = found[60:, 1, 1] / found[60, 1, 1]
    u = np.arange(61) / 50 * np.pi
    np.testing.assert_allclose(axis, np.sinc(u / np.pi) ** 2, atol=2e-3)
    assert axis[50] < 1e-3


def test_no_light_is_lost_out_of_focus() -> None:
    image = grid("ZYX", 0.2, 0.1, 0.1, unit="µm")
    planes = psf(widefield_psf, image, radius=100, depth=3).sum(axis=(1, 2))
    np.testing.assert_allclose(planes / planes[3], 1, atol=1e-3)
    # What a pinhole keeps out is what makes sections.
    sections = psf(confocal_psf, image, radius=100, depth=3).sum(axis=(1, 2))
    assert sections[0] < 0.3 * sections[3]


@BOTH
@pytest.mark.parametrize(("axes", "steps"), [("YX", (130, 130)), ("ZYX", (300, 100, 120))])
def test_shape_sum_symmetry_and_calibration(make: Any, axes: str, steps: tuple[float, ...]) -> None:
    found = make(grid(axes, *steps))
    result = found.result
    values = result.array()
    assert values.dtype == np.float64
    assert all(size % 2 for size in values.shape)
    assert values.sum() == pytest.approx(1, abs=1e-12)
    assert np.unravel_index(values.argmax(), values.shape) == tuple(size // 2 for size in values.shape)
    for axis in range(values.ndim):
        np.testing.assert_array_equal(values, np.flip(values, axis))
    assert (result.axes, result.scale, result.units) == (axes, steps, ("nm",) * len(axes))
    assert found.values["size"] == f"{' x '.join(map(str, values.shape))} pixels, {axes}"


@BOTH
def test_the_size_asked_for(make: Any) -> None:
    image = grid("TCZYX", 1, 1, 300, 100, 100)
    assert psf(make, image, radius=5, depth=2).shape == (5, 11, 11)
    assert psf(make, image, radius=5, depth=0).shape == (1, 11, 11)


def test_the_gaussian_lies_near_it() -> None:
    image = grid("YX", 20, 20)
    options = {"numerical_aperture": 0.5}
    disc, near = psf(widefield_psf, image, **options), psf(gaussian_psf, image, **options)
    middle = [values[values.shape[0] // 2] / values.max() for values in (disc, near)]
    tens = [row[row.size // 2 : row.size // 2 + 10] for row in middle]
    np.testing.assert_allclose(*tens, atol=0.05)


def test_deconvolution_with_it_brings_a_point_back() -> None:
    image = grid("YX", 100, 100)
    spread = widefield_psf(image, numerical_aperture=0.6).result
    assert isinstance(spread, Image)
    point = np.zeros((41, 41))
    point[20, 20] = 1000
    seen = scipy.signal.fftconvolve(point, spread.array(), "same").clip(0)
    sharp = richardson_lucy(Image(seen, "YX", (100, 100), ("nm", "nm")), spread, num_iter=50).array()
    assert sharp[20, 20] > 5 * seen[20, 20]


@BOTH
@pytest.mark.parametrize(
    ("image", "options", "match"),
    [
        (grid("YX", 100, 100), {"numerical_aperture": 1.6}, "not below the refractive index"),
        (grid("YX", 1, 1, unit=""), {}, "no pixel size"),
        (grid("YX", 1, 1, unit="s"), {}, "no pixel size"),
        (Image(np.zeros((2, 2, 2)), "ZYX", (1, 1, 1), ("µm", "nm", "nm")), {}, "different units"),
        (grid("YX", 1, 1, unit="pm"), {}, "larger than anybody needs"),
        (grid("YX", 1, 1, unit="m"), {}, "far larger than the function"),
    ],
)
def test_what_has_no_such_function(make: Any, image: Image, options: dict[str, Any], match: str) -> None:
    with pytest.raises(BadParameter, match=match):
        make(image, **options)


def test_it_can_be_stopped() -> None:
    stop = Event()
    with pytest.raises(Cancelled), monitored(lambda fraction: stop.set() if fraction > 0.2 else None, stop):
        widefield_psf(grid("ZYX", 300, 100, 100))
