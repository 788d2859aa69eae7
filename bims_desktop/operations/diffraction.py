"""Point-spread functions by scalar diffraction: widefield and confocal."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import scipy

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.psf import Aperture, Index, Wavelength, check_aperture, steps_in_nm
from bims_desktop.operations.regions import Array, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.running import tick
from bims_desktop.operations.spec import Bounds, Found, IfNone

Reach = Annotated[int, Bounds(1, 500, "px"), IfNone("by NA")] | None
# Not "px": the panel converts those by the pixel size along X.
Depth = Annotated[int, Bounds(0, 500, "planes"), IfNone("by NA")] | None
# How far the function reaches where nobody says: in radii of the Airy disc, and in distances to the first dark
# point on the axis.
WIDE, DEEP = 4, 2
# Nodes of a panel, for as many radians at most: four times what they need.
PANEL = 32
MOST_TURNS = 1e5
# Pixels of the largest function that is computed.
MOST = 2**24


@operation(
    title="Widefield point-spread function",
    menu="Deconvolution",
    sentence="Made a widefield point-spread function for {image}, NA {numerical_aperture}, {wavelength} nm ({size})",
)
def widefield_psf(
    image: Image,
    *,
    numerical_aperture: Aperture = 1.4,
    wavelength: Wavelength = 520.0,
    refractive_index: Index = 1.515,
    radius: Reach = None,
    depth: Depth = None,
) -> Found:
    """The image of a point in a widefield fluorescence microscope, with its rings.

    Parameters
    ----------
    image : Image
        Whose pixel size counts; its pixels do not matter. With Z the function is a volume.
    numerical_aperture : float
        Of the objective; less than the refractive index.
    wavelength : float
        Of the emitted light in vacuum, in nanometres.
    refractive_index : float
        Of the immersion medium: 1.515 oil, 1.333 water, 1 air.
    radius : int, optional
        How far the function reaches sideways, in pixels; 4 radii of the Airy disc if not given.
    depth : int, optional
        How far it reaches up and down, in planes; twice as far as the first dark point on the axis if not given.

    Returns
    -------
    Found
        float64 image ZYX or YX of odd sides that sums to 1, mirrored exactly along each axis, with the
        calibration of `image`; ``size``, in words. What lies beyond its borders is left out.

    Raises
    ------
    BadParameter
        The image has no pixel size in units of length, the aperture is not below the refractive
        index, or the function would not fit the memory.

    References
    ----------
    The integral of M. Born and E. Wolf (1959), Principles of Optics, section 8.8, with the phase of defocus
    of S. F. Gibson and F. Lanni (1992), J. Opt. Soc. Am. A 9, 154-166, for a point at the cover slip:
    scalar, without aberration. By Gauss and Legendre's quadrature, in as many panels as
    the phase needs.

    Examples
    --------
    >>> image = Image(np.zeros((9, 9)), "YX", (0.1, 0.1), ("µm", "µm"))
    >>> disc = widefield_psf(image, numerical_aperture=1.0).result
    >>> disc.shape, round(float(disc.array()[13, 13]), 3)
    ((27, 27), 0.12)
    """
    axes, steps = _grid(image, numerical_aperture, refractive_index)
    radii = _reach(axes, steps, numerical_aperture, wavelength, refractive_index, radius, depth)
    return _made(image, axes, _quarter(steps, radii, numerical_aperture, wavelength, refractive_index))


@operation(
    title="Confocal point-spread function",
    menu="Deconvolution",
    sentence="Made a confocal point-spread function for {image}, NA {numerical_aperture}, "
    "{excitation_wavelength} and {wavelength} nm ({size})",
)
def confocal_psf(
    image: Image,
    *,
    numerical_aperture: Aperture = 1.4,
    excitation_wavelength: Wavelength = 488.0,
    wavelength: Wavelength = 520.0,
    refractive_index: Index = 1.515,
    radius: Reach = None,
    depth: Depth = None,
) -> Found:
    """The image of a point in a confocal fluorescence microscope whose pinhole is small.

    Parameters
    ----------
    image : Image
        Whose pixel size counts; its pixels do not matter. With Z the function is a volume.
    numerical_aperture : float
        Of the objective; less than the refractive index.
    excitation_wavelength : float
        Of the laser in vacuum, in nanometres.
    wavelength : float
        Of the emitted light in vacuum, in nanometres.
    refractive_index : float
        Of the immersion medium: 1.515 oil, 1.333 water, 1 air.
    radius : int, optional
        How far the function reaches sideways, in pixels; 4 radii of the Airy disc if not given.
    depth : int, optional
        How far it reaches up and down, in planes; twice as far as the first dark point on the axis if not given.

    Returns
    -------
    Found
        float64 image ZYX or YX of odd sides that sums to 1, mirrored exactly along each axis, with the
        calibration of `image`; ``size``, in words. What lies beyond its borders is left out.

    Raises
    ------
    BadParameter
        The image has no pixel size in units of length, the aperture is not below the refractive
        index, or the function would not fit the memory.

    References
    ----------
    T. Wilson and C. Sheppard (1984), Theory and Practice of Scanning Optical Microscopy: the product of
    the functions of illumination and detection, for a pinhole much smaller than the Airy disc. Each of them as
    in `widefield_psf`. A pinhole of one Airy unit gives a function about as wide as that of widefield
    at the wavelength of excitation.

    Examples
    --------
    >>> image = Image(np.zeros((9, 9)), "YX", (0.1, 0.1), ("µm", "µm"))
    >>> round(float(confocal_psf(image, numerical_aperture=1.0).result.array()[13, 13]), 3)
    0.27
    """
    axes, steps = _grid(image, numerical_aperture, refractive_index)
    radii = _reach(axes, steps, numerical_aperture, wavelength, refractive_index, radius, depth)
    lit, seen = (
        _quarter(steps, radii, numerical_aperture, length, refractive_index)
        for length in (excitation_wavelength, wavelength)
    )
    return _made(image, axes, lit * seen)


def _grid(image: Image, aperture: float, index: float) -> tuple[str, tuple[float, ...]]:
    """The axes of the function, and the steps along them in nanometres."""
    check_aperture(aperture, index)
    axes = span(image, "ZYX")
    return axes, steps_in_nm(image, axes)


def _reach(
    axes: str,
    steps: tuple[float, ...],
    aperture: float,
    wavelength: float,
    index: float,
    radius: int | None,
    depth: int | None,
) -> tuple[int, ...]:
    """How many pixels the function has on either side of its middle, along each axis."""
    disc = 0.61 * wavelength / aperture
    # The phases of the middle and the rim of the pupil differ by a whole wave there.
    dark = wavelength / (index - np.sqrt(index**2 - aperture**2))
    given = {"Z": depth, "Y": radius, "X": radius}
    lengths = {"Z": DEEP * dark, "Y": WIDE * disc, "X": WIDE * disc}
    radii = tuple(
        int(np.ceil(lengths[axis] / step)) if given[axis] is None else int(given[axis] or 0)
        for axis, step in zip(axes, steps, strict=True)
    )
    if np.prod([2.0 * count + 1 for count in radii]) > MOST:
        raise BadParameter("The function would be larger than anybody needs.", "Check the pixel size, or its reach.")
    return radii


def _quarter(
    steps: tuple[float, ...], radii: tuple[int, ...], aperture: float, wavelength: float, index: float
) -> Array:
    """The intensity from the middle on, 1 there: the rest of the function mirrors it."""
    places = [np.arange(count + 1) * step for count, step in zip(radii, steps, strict=True)]
    heights = places[0] if len(places) == 3 else np.zeros(1)
    aside = np.hypot(places[-2][:, np.newaxis], places[-1])
    # The pupil from its middle (0) to its rim (1), and the phases that a point aside and below has there.
    wave_number = 2 * np.pi / wavelength
    turns = wave_number * (aperture * aside.max() + (index - np.sqrt(index**2 - aperture**2)) * heights.max())
    amplitude = np.zeros((heights.size, *aside.shape), complex)
    nodes, weights = _quadrature(float(turns))
    for number, (node, weight) in enumerate(zip(nodes, weights, strict=True)):
        tick(number / nodes.size)
        along = np.sqrt(index**2 - (aperture * node) ** 2) - index
        defocus = np.exp(1j * wave_number * along * heights)
        wave = scipy.special.j0(wave_number * aperture * node * aside)
        amplitude += 2 * weight * node * defocus[:, np.newaxis, np.newaxis] * wave
    intensity = np.square(amplitude.real) + np.square(amplitude.imag)
    return np.asarray(intensity if len(places) == 3 else intensity[0])


def _quadrature(turns: float) -> tuple[Array, Array]:
    """Nodes and weights between 0 and 1 for a function whose phase runs through `turns` radians."""
    if turns > MOST_TURNS:
        raise BadParameter("The pixels are far larger than the function.", "Check the pixel size, or its reach.")
    nodes, weights = np.polynomial.legendre.leggauss(PANEL)
    panels = 1 + int(turns / PANEL)
    starts = np.arange(panels)[:, np.newaxis]
    return ((starts + (nodes + 1) / 2) / panels).ravel(), np.tile(weights / 2 / panels, panels)


def _made(image: Image, axes: str, quarter: Array) -> Found:
    """`quarter` mirrored along each axis, summing to 1, with the calibration of `image`."""
    whole = np.pad(quarter, [(size - 1, 0) for size in quarter.shape], mode="reflect")
    scale, units = tuple(map(image.scale_of, axes)), tuple(map(image.unit_of, axes))
    size = " x ".join(map(str, whole.shape))
    return Found(Image(whole / whole.sum(), axes, scale, units), {"size": f"{size} pixels, {axes}"})
