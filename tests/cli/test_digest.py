"""`bims digest`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
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
