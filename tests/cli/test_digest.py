"""`bims digest`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image as Picture

from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from tests.cli.conftest import SAMPLE, Bims


def test_does_not_depend_on_the_container(bims: Bims, tmp_path: Path) -> None:
    pixels = np.asarray(Picture.open(SAMPLE))
    Picture.fromarray(pixels).save(tmp_path / "same.png")
    ran = bims("digest", SAMPLE, tmp_path / "same.png")
    digests = [line.split()[0] for line in ran.out.splitlines()]
    assert digests == [pixel_digest(Image(pixels, "YX"))] * 2


def test_json(bims: Bims) -> None:
    (fact,) = json.loads(bims("digest", SAMPLE, "--json").out)
    assert fact["path"] == str(SAMPLE)
    assert (fact["axes"], fact["dtype"], len(fact["shape"])) == ("YX", "uint8", 2)


def test_one_of_several_images(bims: Bims, tmp_path: Path) -> None:
    planes = [np.full((4 + number, 5), number, np.uint8) for number in range(2)]
    with tifffile.TiffWriter(tmp_path / "plate.ome.tif", ome=True) as writer:
        for plane in planes:
            writer.write(plane, metadata={"axes": "YX"})
    ran = bims("digest", tmp_path / "plate.ome.tif", "--series", "1")
    assert ran.out.split()[0] == pixel_digest(Image(planes[1], "YX"))
    assert "no series 7 (it has 2)" in bims("digest", tmp_path / "plate.ome.tif", "--series", "7").err
