"""Numbers for a point-spread function out of what file and people say."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bims_desktop.app.optics import Told, optics_of, read_optics
from bims_desktop.app.session import Session
from bims_desktop.model.image import Channel, Image

DATA = Path(__file__).parents[1] / "data"
ONE = Image(np.zeros((2, 2)), "YX")
TWO = Image(np.zeros((2, 2, 2)), "CYX", channels=(Channel("FITC"), Channel("Cy5")))


@pytest.mark.parametrize(
    ("item", "text", "image", "channel", "expected"),
    [
        ("numerical_aperture", "1.4", ONE, 0, 1.4),
        ("numerical_aperture", "1.4, 1.4", ONE, 0, 1.4),
        ("numerical_aperture", "1.4, 0.8", ONE, 0, None),
        ("numerical_aperture", "40", ONE, 0, None),
        ("immersion", "Oil", ONE, 0, 1.515),
        ("immersion", "oil, n = 1.518", ONE, 0, 1.518),
        ("immersion", "water", ONE, 0, 1.333),
        ("immersion", "Other", ONE, 0, None),
        ("immersion", "oil, water", ONE, 0, None),
        ("emission", "530.61 nm", ONE, 0, 530.61),
        ("emission", "530 nm, 619 nm", ONE, 0, None),
        ("emission", "530 nm, 619 nm", TWO, 1, 619.0),
        ("emission", "Cy5: 670 nm, FITC: 519 nm", TWO, 1, 670.0),
        ("emission", "FITC: 519 nm, Cy5: ?", TWO, 1, None),
        ("emission", "green", ONE, 0, None),
        ("emission", "5 nm", ONE, 0, None),
    ],
)
def test_only_what_is_beyond_doubt_is_read(
    item: str, text: str, image: Image, channel: int, expected: float | None
) -> None:
    found = read_optics({item: Told(text, "OME-XML")}, image, channel)
    assert list(found.values.values()) == ([] if expected is None else [expected])
    assert list(found.said.values()) == ([] if expected is None else [f"{text} (OME-XML)"])


def test_a_result_has_the_optics_of_its_file_and_a_mixture_none(tmp_path: Path) -> None:
    with Session(tmp_path / "session") as session:
        plate = session.open(DATA / "xyz_8bit__mitotic_plate_calibrated.tif")
        smooth = session.run("gaussian", plate)
        assert optics_of(smooth).values == {"numerical_aperture": 1.4, "refractive_index": 1.518}
        nuclei = session.open(DATA / "xy_8bit__nuclei_noisy_small.tif")
        assert optics_of(nuclei).values == {}
