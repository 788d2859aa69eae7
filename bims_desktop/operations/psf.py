"""Point-spread functions by theory."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.image import Image
from bims_desktop.operations.regions import Array, span
from bims_desktop.operations.registry import operation
from bims_desktop.operations.spacing import LENGTHS, spacing, unit
from bims_desktop.operations.spec import Bounds, Found

# Beyond this many standard deviations 1 / 3000 of a Gaussian is left.
REACH = 4
MOST = 2**26
Aperture = Annotated[float, Bounds(0.01, 2)]
Wavelength = Annotated[float, Bounds(100, 2000, "nm")]
Index = Annotated[float, Bounds(1, 3)]


@operation(
    title="Gaussian point-spread function",
    menu="Deconvolution",
    sentence="Made a Gaussian point-spread function for {image}, NA {numerical_aperture}, {wavelength} nm ({sigma} px)",
)
def gaussian_psf(
    image: Image,
    *,
    numerical_aperture: Aperture = 1.4,
    wavelength: Wavelength = 520.0,
    refractive_index: Index = 1.515,
) -> Found:
    """The image of a point in a widefield fluorescence microscope, as the Gaussian nearest to it.

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

    Returns
    -------
    Found
        float64 image ZYX or YX of odd sides that reaches to 4 standard deviations, sums to 1
        and has the calibration of `image`; ``sigma``, the standard deviations in pixels.

    Raises
    ------
    BadParameter
        The image has no pixel size in units of length, the aperture is not below the refractive
        index, or the function would not fit the memory.

    References
    ----------
    B. Zhang, J. Zerubia and J.-C. Olivo-Marin (2007), Appl. Opt. 46, 1819-1829: nonparaxial widefield
    model in space, paraxial in planes. It approximates the middle of the function, not its rings;
    `widefield_psf` has those, and `confocal_psf` is narrower.

    Examples
    --------
    >>> found = gaussian_psf(Image(np.zeros((9, 9)), "YX", (0.1, 0.1), ("µm", "µm")), numerical_aperture=1.0)
    >>> found.result.shape, [round(sigma, 3) for sigma in found.values["sigma"]]
    ((11, 11), [1.17, 1.17])
    """
    check_aperture(numerical_aperture, refractive_index)
    axes = span(image, "ZYX")
    steps = steps_in_nm(image, axes)
    wide = _widths(numerical_aperture, wavelength, refractive_index, axes)
    sigmas = [width / step for width, step in zip(wide, steps, strict=True)]
    scale, units = tuple(map(image.scale_of, axes)), tuple(map(image.unit_of, axes))
    return Found(Image(_gaussian(sigmas), axes, scale, units), {"sigma": list(sigmas)})


def check_aperture(aperture: float, index: float) -> None:
    """Refuse an aperture that no objective in this medium has.

    Raises
    ------
    BadParameter
        It is not below the refractive index.
    """
    if aperture >= index:
        raise BadParameter(
            f"The aperture {aperture:g} is not below the refractive index {index:g}.",
            "Choose the index of the immersion medium.",
        )


def steps_in_nm(image: Image, axes: str) -> tuple[float, ...]:
    """The steps along `axes`, in nanometres.

    Raises
    ------
    BadParameter
        They have no unit of length, or different ones.
    """
    if (length := unit(image, axes)) not in LENGTHS:
        raise BadParameter("The image has no pixel size in units of length.", "Set its pixel size first.")
    return tuple(step * LENGTHS[length] for step in spacing(image, axes))


def _widths(aperture: float, wavelength: float, index: float, axes: str) -> list[float]:
    """Standard deviations along `axes`, in nanometres: equations of table 1 for a widefield microscope."""
    wave_number = 2 * np.pi / wavelength
    if axes == "YX":
        return [float(np.sqrt(2) / (wave_number * aperture))] * 2
    cos = float(np.sqrt(1 - (aperture / index) ** 2))
    spread = 7 * (1 - cos**1.5)
    across = np.sqrt(spread / (4 - 7 * cos**1.5 + 3 * cos**3.5)) / (index * wave_number)
    depth = np.sqrt(4 * cos**5 - 25 * cos**3.5 + 42 * cos**2.5 - 25 * cos**1.5 + 4)
    along = 5 * np.sqrt(7) * (1 - cos**1.5) / (np.sqrt(6) * index * wave_number * depth)
    return [float(along), float(across), float(across)]


def _gaussian(sigmas: list[float]) -> Array:
    radii = [int(np.ceil(REACH * sigma)) for sigma in sigmas]
    if np.prod([2.0 * radius + 1 for radius in radii]) > MOST:
        raise BadParameter("The function would be larger than any image.", "Check the pixel size.")
    result = np.ones(())
    for radius, sigma in zip(radii, sigmas, strict=True):
        steps = np.arange(-radius, radius + 1) / sigma
        result = result[..., np.newaxis] * np.exp(-(steps**2) / 2)
    return np.asarray(result / result.sum())
