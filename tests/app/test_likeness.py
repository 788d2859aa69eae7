"""The readings of pixels: the recorded one is among them, whatever a tool took away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bims_desktop.app.likeness import MAX_ARRANGEMENTS, likenesses
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from tests.images import textured


def flattened(image: Image) -> Image:
    """Every plane a numbered page, as Pillow writes a stack."""
    height, width = image.shape[-2:]
    return Image(image.array().reshape(-1, height, width), "ZYX")


def as_stored(image: Image) -> Image:
    """A mask as its file holds it."""
    return Image(image.array().astype(np.uint8) * 255, image.axes)


def as_colours(image: Image) -> Image:
    """Channels taken for colours, as tifffile does with three."""
    return Image(np.moveaxis(image.array(), 0, -1), image.axes[1:] + "S", kind="rgb")


def same(image: Image) -> Image:
    return image


def three_channels() -> Image:
    return Image(textured("YXS").array().transpose(2, 0, 1), "CYX")


CASES: dict[str, tuple[Image, Callable[[Image], Image]]] = {
    "as it is": (textured("TCZYX"), same),
    "a stack of everything": (textured("TCZYX", "uint16"), flattened),
    "channels as a stack": (textured("CZYX", "float32"), flattened),
    "times as a stack": (textured("TYX"), flattened),
    "a mask": (textured("YX", "bool"), as_stored),
    "masks as a stack": (textured("TZYX", "bool"), lambda image: flattened(as_stored(image))),
    "channels as colours": (three_channels(), as_colours),
    "a stack taken for times and channels": (
        Image(textured("ZYX").array().repeat(2, 0), "ZYX"),
        lambda image: Image(image.array().reshape(2, 3, 24, 28), "TCYX"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_recorded_image_is_among_the_readings(name: str) -> None:
    recorded, lose = CASES[name]
    wanted = pixel_digest(recorded)
    found = [reading for reading in likenesses(lose(recorded)) if reading.digest == wanted]
    assert len(found) == 1
    pixels = np.asarray(found[0].pixels).reshape(recorded.shape)
    np.testing.assert_array_equal(pixels, recorded.array())


def test_the_first_reading_is_the_image_as_it_is() -> None:
    image = textured("CZYX")
    assert next(likenesses(image)).digest == pixel_digest(image)


def test_readings_are_few_and_each_is_another() -> None:
    many = Image(np.zeros((1440, 1, 1), np.uint16), "ZYX")
    digests = [reading.digest for reading in likenesses(many)]
    assert len(set(digests)) == len(digests) <= MAX_ARRANGEMENTS + 1


def test_other_pixels_are_never_among_them() -> None:
    image = textured("ZYX")
    changed = image.array().copy()
    changed[0, 0, 0] ^= 1
    wanted = pixel_digest(image)
    assert all(reading.digest != wanted for reading in likenesses(Image(changed, "ZYX")))
    swapped = Image(image.array()[::-1], "ZYX")
    assert all(reading.digest != wanted for reading in likenesses(swapped))
