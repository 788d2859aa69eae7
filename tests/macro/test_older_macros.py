"""Macros of before a default changed say every parameter: they give what they gave."""

from __future__ import annotations

import numpy as np

from bims_desktop.macro.replay import Context, run
from bims_desktop.macro.source import parse
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table, table_digest

TEXT = '''"""BIMS macro, dialect 1.

blob_dog 1
blob_log 1
clear_border 1
expand_labels 1
find_boundaries 1
random_walker 1
select_labels 1
"""
from bims_desktop import op

# 1. Opened spots
spots = op.load("sha256:0000000000000000000000000000000000000000000000000000000000000000", name="spots.tif")
# 2. Opened cells
cells = op.load("sha256:1111111111111111111111111111111111111111111111111111111111111111", name="cells.tif")
# 3. Removed what touches the border
whole = op.clear_border(cells, buffer_size=0, axes="YX")
# 4. Grew them
grown = op.expand_labels(whole, distance=2.0, spacing="pixels", axes="YX")
# 5. Drew outlines
lines = op.find_boundaries(cells, mode="inner", connectivity=1, axes="YX")
# 6. Walked
walked = op.random_walker(spots, labels=cells, beta=130.0, spacing="pixels", axes="YX")
# 7. Kept large ones
large = op.select_labels(cells, property="area", minimum=30.0, maximum=None, units="pixels", axes="ZYX")
# 8. Found spots
log = op.blob_log(spots, min_sigma=1.0, max_sigma=3.0, num_sigma=3, threshold=0.0, threshold_rel=0.2, overlap=0.5, \
units="physical", axes="ZYX")
# 9. Found spots
dog = op.blob_dog(spots, min_sigma=1.0, max_sigma=3.0, sigma_ratio=1.6, threshold=0.0, threshold_rel=0.2, overlap=0.5, \
units="pixels", axes="ZYX")
'''
# What these operations gave while their defaults were these axes, and units "physical" for spots, "pixels" for labels.
DIGESTS = {
    "whole": "sha256:e38c20181efbe6e7a903957d633be9a33ee172e58e9ce6fb3f68e288e17573d5",
    "grown": "sha256:68f6c538733cfca861898a6b124938d685d8762ea1e55d75caf4e1f31be117c3",
    "lines": "sha256:ad2ae08c5ee5b9c8af5e897f226682021a1e4b2c6be49802f066678544717787",
    "walked": "sha256:9bd451f6ec9acc8c4c8bf9b2214f520efc4978e88d1558ae0ba387fe7d3a57ca",
    "large": "sha256:335860054471b7ea2647eb9caa55b289c58a077f60cfc48de68d68963b97a12a",
    "log": "sha256:c42ed9caa7349fce622b82b86172d132b663637ce261354851477a551eaf6af8",
    "dog": "sha256:b712d91fd94f352e49f08798a44ae32f658d5269579baa543bab83fa3301d1ea",
}


def spots() -> Image:
    pixels = np.zeros((5, 24, 28), np.uint8)
    for number, (z, y, x) in enumerate([(2, 6, 7), (2, 16, 9), (3, 11, 20)]):
        pixels[z - 1 : z + 2, y - 1 : y + 2, x - 1 : x + 2] = 90 + 20 * number
        pixels[z, y, x] = 250
    return Image(pixels, "ZYX", (2.0, 0.5, 0.5), ("µm",) * 3)


def cells() -> Image:
    """One object from the first plane to the last, one that touches the side in one plane alone, one within."""
    pixels = np.zeros((5, 24, 28), np.int32)
    pixels[:, 4:9, 5:10] = 1
    pixels[1:4, 14:19, 7:12] = 2
    pixels[2, 14:19, :7] = 2
    pixels[2:4, 9:12, 18:22] = 3
    return Image(pixels, "ZYX", (2.0, 0.5, 0.5), ("µm",) * 3, kind="labels")


def replayed(text: str) -> dict[str, Image | Table]:
    """The result of each step of the macro."""
    inputs = {"spots": spots(), "cells": cells()}
    done = run(parse(text), Context(load=lambda step: inputs[step.name]))
    return {result.name: result.values[0] for result in done if result.name not in inputs}


def test_they_replay_identically() -> None:
    results = replayed(TEXT).items()
    assert {
        name: table_digest(value) if isinstance(value, Table) else pixel_digest(value) for name, value in results
    } == DIGESTS


def test_by_volume_no_object_is_torn() -> None:
    torn = replayed(TEXT)["whole"]
    whole = replayed(TEXT.replace('buffer_size=0, axes="YX"', 'buffer_size=0, axes="ZYX"'))["whole"]
    assert isinstance(torn, Image)
    assert isinstance(whole, Image)
    assert [int((plane == 2).sum()) for plane in torn.array()] == [0, 25, 0, 25, 0]
    assert np.unique(whole.array()).tolist() == [0, 3]
