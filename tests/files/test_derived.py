"""Pictures carry what they are derived from, and nothing that they say is believed unread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image as Picture
from PIL.PngImagePlugin import PngInfo

from bims_desktop.errors import RecordDamaged, SaveRefused, UnreadableFile
from bims_desktop.files.derived import KEYWORD, MOST, NAMESPACE, read_derived, write_derived
from bims_desktop.files.readers import read

NOTE: dict[str, Any] = {"layers": [{"look": {"name": "µ <&> ]]>"}, "record": "sha256:" + 64 * "0"}], "v": 1}
PIXELS = np.random.default_rng(0).integers(0, 255, (20, 30, 4)).astype(np.uint8)


@pytest.mark.parametrize("name", ["view.png", "view.jpg", "view.JPEG"])
def test_a_note_comes_back(tmp_path: Path, name: str) -> None:
    write_derived(tmp_path / name, name, PIXELS, NOTE)
    assert read_derived(tmp_path / name) == NOTE
    assert read(tmp_path / name).image.shape == (20, 30, 3)


def test_a_png_keeps_every_pixel(tmp_path: Path) -> None:
    write_derived(tmp_path / "view.png", "view.png", PIXELS, NOTE)
    assert np.array_equal(read(tmp_path / "view.png").image.array(), PIXELS[..., :3])


@pytest.mark.parametrize("name", ["plain.png", "plain.jpg", "plain.tif"])
def test_other_pictures_say_nothing(tmp_path: Path, name: str) -> None:
    Picture.fromarray(PIXELS[..., :3]).save(tmp_path / name)
    assert read_derived(tmp_path / name) is None


def test_refusals(tmp_path: Path) -> None:
    with pytest.raises(SaveRefused, match="neither"):
        write_derived(tmp_path / "a.gif", "a.gif", PIXELS, NOTE)
    with pytest.raises(SaveRefused, match="too many layers"):
        write_derived(tmp_path / "a.png", "a.png", PIXELS, {"layers": ["x" * MOST], "v": 1})
    with pytest.raises(UnreadableFile):
        read_derived(tmp_path / "none.png")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"v":2,"layers":[]}', '{"v":1,"layers":{}}', "[" * 50_000, '{"v":1,"layers":[NaN]}']
)
@pytest.mark.parametrize("ending", ["png", "jpg"])
def test_hostile_notes_are_damaged(tmp_path: Path, ending: str, text: str) -> None:
    path, picture = tmp_path / f"view.{ending}", Picture.fromarray(PIXELS[..., :3])
    if ending == "png":
        info = PngInfo()
        info.add_itxt(KEYWORD, text)
        picture.save(path, pnginfo=info)
    else:
        packet = f'<a xmlns:b="{NAMESPACE}"><b:derived>{text}</b:derived></a>'
        picture.save(path, xmp=packet.encode())
    with pytest.raises(RecordDamaged):
        read_derived(path)


@pytest.mark.parametrize(
    "packet",
    [f"<{NAMESPACE}", f'<!DOCTYPE a [<!ENTITY x "y">]><a xmlns:b="{NAMESPACE}"><b:derived>&x;</b:derived></a>'],
)
def test_hostile_packets_are_damaged(tmp_path: Path, packet: str) -> None:
    Picture.fromarray(PIXELS[..., :3]).save(tmp_path / "view.jpg", xmp=packet.encode())
    with pytest.raises(RecordDamaged):
        read_derived(tmp_path / "view.jpg")


def test_a_note_compressed_beyond_the_bound_is_refused(tmp_path: Path) -> None:
    info = PngInfo()
    info.add_itxt(KEYWORD, "a" * (4 << 20), zip=True)
    Picture.fromarray(PIXELS[..., :3]).save(tmp_path / "view.png", pnginfo=info)
    with pytest.raises(UnreadableFile):
        read_derived(tmp_path / "view.png")
