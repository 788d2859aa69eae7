"""Spots, profiles, colocalisation, registration, deconvolution and noise against the direct calls."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import ndimage
from skimage import feature, measure, registration, restoration

from bims_desktop.errors import BadParameter, OperationFailed
from bims_desktop.model.image import Image
from bims_desktop.operations.colocalisation import manders_coloc_coeff, manders_overlap_coeff, pearson_corr_coeff
from bims_desktop.operations.deconvolution import richardson_lucy
from bims_desktop.operations.denoising import denoise_nl_means, denoise_tv_chambolle, estimate_noise
from bims_desktop.operations.noise import gaussian_noise, poisson_noise
from bims_desktop.operations.profiles import profile_line
from bims_desktop.operations.psf import gaussian_psf
from bims_desktop.operations.registration import correct_drift, phase_cross_correlation
from bims_desktop.operations.spots import blob_dog, blob_log, spot_markers
from tests.operations.examples import DTYPES, GREY_LAYOUTS, LAYOUTS, indices, mask, same_calibration, textured, wrap

Array = np.ndarray[Any, Any]
AXES = ["YX", "ZYX"]


def wide(region: Array) -> Array:
    return region if region.dtype.kind == "f" else region.astype(float)


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("name", ["log", "dog"])
@pytest.mark.parametrize("units", ["both", "physical", "pixels"])
def test_spots(layout: str, axes: str, name: str, units: str) -> None:
    image = textured(layout, "uint16")
    operation, direct = {"log": (blob_log, feature.blob_log), "dog": (blob_dog, feature.blob_dog)}[name]
    found = operation(image, max_sigma=2.0, units=units, axes=axes)  # type: ignore[operator]
    parts = []
    for index in indices(image, axes):
        steps = {"num_sigma": 5} if name == "log" else {}
        region = wide(image.array()[index])
        parts.append(direct(region, max_sigma=2.0, threshold=0.0, threshold_rel=0.2, **steps))
    expected = np.concatenate(parts)
    ndim = expected.shape[1] - 1
    steps_of = (1.0,) * ndim if units == "pixels" else (2.0, 0.5, 0.5)[-ndim:]
    for n, step in enumerate(steps_of):
        np.testing.assert_array_equal(found.result.columns[f"centroid-{n}"], expected[:, n] * step)
    np.testing.assert_array_equal(found.result.columns["sigma"], expected[:, -1])
    assert found.values["spots"] == len(expected)
    widths = {f"sigma-{n}": expected[:, -1] * step for n, step in enumerate(steps_of)} if units == "both" else {}
    named = [*(f"centroid-{n}" for n in range(ndim)), "sigma", *widths]
    assert list(found.result.columns)[-len(named) :] == named
    for column, values in widths.items():
        np.testing.assert_array_equal(found.result.columns[column], values)
    length = "px" if units == "pixels" else "µm"
    assert found.result.units == {column: "px" if column == "sigma" else length for column in named}
    marked = spot_markers(image, method=name, max_sigma=2.0, axes=axes).result  # type: ignore[arg-type]
    for index, part in zip(indices(image, axes), parts, strict=True):
        assert sorted(np.argwhere(marked.array()[index]).tolist()) == sorted(part[:, :-1].astype(int).tolist())


def test_no_spots_give_an_empty_table_of_the_same_columns() -> None:
    dark = wrap(np.zeros((2, 9, 9), np.uint8), "TYX")
    found = blob_log(dark, max_sigma=2.0)
    assert found.values["spots"] == 0
    assert list(found.result.columns) == ["T", "centroid-0", "centroid-1", "sigma", "sigma-0", "sigma-1"]
    with pytest.raises(BadParameter, match="less than min_sigma"):
        blob_dog(dark, min_sigma=3.0, max_sigma=2.0)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", GREY_LAYOUTS)
def test_profiles(layout: str, dtype: str) -> None:
    image = textured(layout, dtype)
    found = profile_line(image, src_y=2.0, src_x=1.5, dst_y=11.0, dst_x=16.0, linewidth=3)
    expected = [
        measure.profile_line(wide(image.array()[index]), (2, 1.5), (11, 16), 3, 1) for index in indices(image, "YX")
    ]
    np.testing.assert_array_equal(found.result.columns["intensity"], np.concatenate(expected))
    distance = found.result.columns["distance"]
    assert distance.max() == pytest.approx(0.5 * np.hypot(9, 14.5))
    assert found.result.units == {"distance": "µm"}
    assert found.values["points"] == len(distance)


@pytest.mark.parametrize("line", [{"dst_x": 0.0}, {"dst_x": 17.0}, {"src_y": 12.5}])
def test_lines_that_leave_the_image_or_have_no_length(line: dict[str, float]) -> None:
    with pytest.raises(BadParameter, match="leaves the image") as caught:
        profile_line(textured("YX"), **line)
    assert caught.value.todo == "Y ends at 12, X at 16."


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_colocalisation(layout: str, axes: str, masked: bool, dtype: str) -> None:
    one, two, there = textured(layout, dtype), textured(layout, dtype, seed=1), mask(layout, seed=2)
    inside = mask(layout) if masked else None
    pearson = pearson_corr_coeff(one, two, inside, axes=axes)  # type: ignore[arg-type]
    share = manders_coloc_coeff(one, there, inside, axes=axes)  # type: ignore[arg-type]
    overlap = manders_overlap_coeff(one, two, inside, axes=axes)  # type: ignore[arg-type]
    for row, index in enumerate(indices(one, axes)):
        first, second = one.array()[index].astype(float), two.array()[index].astype(float)
        where = None if inside is None else inside.array()[index]
        expected = measure.pearson_corr_coeff(first, second, where)
        assert (pearson.result.columns["pearson"][row], pearson.result.columns["p_value"][row]) == expected
        assert share.result.columns["manders"][row] == measure.manders_coloc_coeff(first, there.array()[index], where)
        assert overlap.result.columns["overlap"][row] == measure.manders_overlap_coeff(first, second, where)
        assert pearson.result.columns["pixels"][row] == (first.size if where is None else where.sum())
    assert list(pearson.result.columns)[:-3] == [axis for axis in layout if axis not in axes]


def test_what_has_no_coefficient() -> None:
    image, flat = textured("YX"), wrap(np.full((13, 17), 7, np.uint8), "YX")
    nowhere = wrap(np.zeros((13, 17), bool), "YX", "mask")
    for call, message in (
        (lambda: pearson_corr_coeff(image, flat), "constant"),
        (lambda: pearson_corr_coeff(image, image, nowhere), "empty"),
        (lambda: manders_coloc_coeff(wrap(np.zeros((13, 17)), "YX"), mask("YX")), "none above 0"),
        (lambda: manders_overlap_coeff(textured("YX", "int16"), flat), "negative"),
    ):
        with pytest.raises(OperationFailed, match=message) as caught:
            call()
        assert caught.value.todo
    with pytest.raises(BadParameter, match="image1 has the axes"):
        pearson_corr_coeff(image, textured("ZYX"))


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("factor", [1, 10])
@pytest.mark.parametrize("normalization", ["phase", "none"])
def test_registration(layout: str, axes: str, factor: int, normalization: str) -> None:
    still = textured(layout, "float64")
    moving = wrap(np.roll(still.array(), (2, -3), axis=(-2, -1)), layout)
    found = phase_cross_correlation(
        still, moving, upsample_factor=factor, normalization=normalization, axes=axes  # type: ignore[arg-type]
    )  # fmt: skip
    shifts = []
    for index in indices(still, axes):
        how = None if normalization == "none" else normalization
        one, other = still.array()[index], moving.array()[index]
        shift = registration.phase_cross_correlation(one, other, upsample_factor=factor, normalization=how)[0]
        np.testing.assert_array_equal(found.result.array()[index], ndimage.shift(other, shift, order=1))
        shifts.append(shift.tolist())
    assert found.values["shift"] == (shifts[0] if len(shifts) == 1 else shifts)
    assert all(shift[-2:] == [-2.0, 3.0] for shift in shifts)
    assert same_calibration(found.result, moving)


@pytest.mark.parametrize("layout", ["TYX", "TCYX", "TZYX", "TCZYX"])
@pytest.mark.parametrize("reference", ["first", "previous"])
@pytest.mark.parametrize("axes", AXES)
def test_drift(layout: str, reference: str, axes: str) -> None:
    frame = np.zeros([{"C": 3, "Z": 4, "Y": 20, "X": 20}[axis] for axis in layout[1:]], np.uint8)
    frame[..., 8:11, 7:12] = 9
    ways = [(0, 0), (1, -2), (3, -1)]
    image = wrap(np.stack([np.roll(frame, way, axis=(-2, -1)) for way in ways]), layout)
    found = correct_drift(image, reference=reference, axes=axes)  # type: ignore[arg-type]
    for time in range(3):
        np.testing.assert_array_equal(found.result.array()[time], frame)
    drift = found.values["drift"]
    assert [vector[-2:] for vector in drift] == [[0.0, 0.0], [-1.0, 2.0], [-3.0, 1.0]]
    assert found.values["largest"] == pytest.approx(np.hypot(3, 1))
    assert len(drift[0]) == (3 if axes == "ZYX" and "Z" in layout else 2)


@pytest.mark.filterwarnings("error")
def test_an_empty_moment_stays_where_it_is() -> None:
    frames = np.stack([textured("YX", "uint8").array(), np.zeros(textured("YX", "uint8").shape, np.uint8)])
    found = correct_drift(Image(frames, "TYX"))
    assert found.values["drift"] == [[0.0, 0.0], [0.0, 0.0]]
    assert (found.result.array() == frames).all()


def test_what_has_no_drift() -> None:
    with pytest.raises(BadParameter, match="no axis T"):
        correct_drift(textured("ZYX"))
    with pytest.raises(BadParameter, match="no channel 3"):
        correct_drift(textured("TCZYX"), channel=3)


@pytest.mark.parametrize("layout", GREY_LAYOUTS)
@pytest.mark.parametrize("axes", AXES)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_richardson_lucy(layout: str, axes: str, dtype: str) -> None:
    image = textured(layout, dtype)
    inside = "".join(axis for axis in layout if axis in axes)
    point = np.random.default_rng(0).random((3, 5, 5)[-len(inside) :])
    psf = Image(point, inside)
    result = richardson_lucy(image, psf, num_iter=4, axes=axes)  # type: ignore[arg-type]
    for index in indices(image, axes):
        region = image.array()[index].astype(float)
        direct = restoration.richardson_lucy(region, point / point.sum(), 4, clip=False)
        np.testing.assert_array_equal(result.array()[index], direct.astype(np.float32))
    assert same_calibration(result, image)


def test_what_cannot_be_deconvolved() -> None:
    image, psf = textured("YX", "float32"), Image(np.ones((3, 3)), "YX")
    with pytest.raises(BadParameter, match="axes ZYX, not YX"):
        richardson_lucy(image, Image(np.ones((1, 3, 3)), "ZYX"))
    with pytest.raises(BadParameter, match="another pixel size along Y"):
        richardson_lucy(image, Image(np.ones((3, 3)), "YX", (0.1, 0.1), ("µm", "µm")))
    with pytest.raises(OperationFailed, match="negative pixels"):
        richardson_lucy(wrap(-image.array(), "YX"), psf)
    with pytest.raises(OperationFailed, match="empty"):
        richardson_lucy(image, Image(np.zeros((3, 3)), "YX"))


def test_a_point_blurred_by_theory_becomes_a_point_again() -> None:
    empty = Image(np.zeros((3, 41, 41)), "ZYX", (0.3, 0.1, 0.1), ("µm",) * 3)
    psf = gaussian_psf(empty, numerical_aperture=1.2, refractive_index=1.33).result
    assert psf.axes == "ZYX"
    assert psf.scale == empty.scale
    assert psf.array().sum() == pytest.approx(1)
    blurred = np.zeros((41, 41, 41))
    middle = tuple(slice(20 - size // 2, 21 + size // 2) for size in psf.shape)
    blurred[middle] = 1000 * psf.array()
    sharp = richardson_lucy(Image(blurred, "ZYX", empty.scale, empty.units), psf, num_iter=30).array()
    assert np.unravel_index(sharp.argmax(), sharp.shape) == (20, 20, 20)
    assert sharp.max() > 5 * blurred.max()


@pytest.mark.parametrize("aperture", [0.05, 0.1])
def test_at_small_apertures_the_widths_are_the_paraxial_ones(aperture: float) -> None:
    image = Image(np.zeros((2, 4, 4)), "ZYX", (20.0, 1.0, 1.0), ("µm",) * 3)
    sigma = gaussian_psf(image, numerical_aperture=aperture, wavelength=500.0).values["sigma"]
    wave_number = 2 * np.pi / 0.5
    across, along = np.sqrt(2) / (wave_number * aperture), 2 * np.sqrt(6) * 1.515 / (wave_number * aperture**2)
    assert sigma == pytest.approx([along / 20, across, across], rel=0.01)


def test_what_has_no_theory() -> None:
    with pytest.raises(BadParameter, match="units of length"):
        gaussian_psf(Image(np.zeros((4, 4)), "YX"))
    with pytest.raises(BadParameter, match="refractive index"):
        gaussian_psf(textured("YX"), numerical_aperture=1.4, refractive_index=1.33)
    with pytest.raises(BadParameter, match="larger than any image"):
        gaussian_psf(Image(np.zeros((4, 4)), "YX", (1e-6, 1e-6), ("µm", "µm")))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", ["uint8", "float32"])
def test_noise_is_that_of_numpy_plane_after_plane(layout: str, dtype: str) -> None:
    image = textured(layout, dtype)
    noisy, photons = gaussian_noise(image, sigma=4.0, seed=7), poisson_noise(image, gain=2.0, seed=7)
    one, other = np.random.default_rng(7), np.random.default_rng(7)
    for index in indices(image, "YX"):
        plane = image.array()[index].astype(float)
        for result, values in (
            (noisy, plane + one.normal(0, 4, plane.shape)),
            (photons, other.poisson(plane * 2) / 2),
        ):
            expected = np.clip(np.rint(values), 0, 255) if dtype == "uint8" else values.astype(np.float32)
            np.testing.assert_array_equal(result.array()[index], expected)
    assert (gaussian_noise(image, sigma=4.0, seed=8).array() != noisy.array()).any()


def test_what_are_no_photons() -> None:
    for value in (-1.0, 1e300):
        with pytest.raises(OperationFailed, match="no count of photons"):
            poisson_noise(wrap(np.array([[value]]), "YX"))


def test_the_noise_that_denoising_estimates_stands_in_the_sentence() -> None:
    pixels = 100 + np.random.default_rng(0).normal(0, 6, (2, 64, 64))
    image = wrap(pixels, "TYX")
    for operation, share in ((denoise_tv_chambolle, 1.0), (denoise_nl_means, 0.8)):
        found = operation(image)
        (strengths,) = found.values.values()
        assert strengths == pytest.approx([6 * share] * 2, rel=0.1)
        assert found.result.array().std() < 3
        flat = wrap(np.full((5, 5), 7, np.uint8), "YX")
        np.testing.assert_array_equal(operation(flat).result.array(), flat.array())
    with pytest.raises(OperationFailed, match="too small"):
        estimate_noise(np.zeros((2, 9)))
