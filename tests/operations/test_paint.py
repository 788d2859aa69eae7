"""Strokes: what they encode, what brush and bucket make, and how they are applied; hostile bytes too."""

from __future__ import annotations

import hashlib
import struct

import numpy as np
import pytest

from bims_desktop.errors import BadParameter
from bims_desktop.operations.paint import Strokes, brush, decode, fill, from_atoms, paint
from bims_desktop.operations.registry import get
from tests.operations.examples import labels, mask, same_calibration, wrap


def strokes() -> Strokes:
    return Strokes("ZYX", (2, 3, 4), np.array([1, 5, 23]), np.array([7, 0, -2]))


def test_the_bytes_are_those_of_the_format() -> None:
    expected = (
        b'{"axes":"ZYX","n":3,"shape":[2,3,4],"v":1}\x00' + struct.pack("<3Q", 1, 4, 18) + struct.pack("<3q", 7, 0, -2)
    )
    assert strokes().encode() == expected
    assert strokes().digest == f"sha256:{hashlib.sha256(expected).hexdigest()}"


@pytest.mark.parametrize(
    "given", [strokes(), Strokes("YX", (1, 1), np.empty(0, np.uint64), np.empty(0, np.int64))], ids=["three", "none"]
)
def test_round_trip(given: Strokes) -> None:
    read = decode(given.encode())
    assert (read.axes, read.shape) == (given.axes, given.shape)
    np.testing.assert_array_equal(read.indices, given.indices)
    np.testing.assert_array_equal(read.values, given.values)
    assert read.encode() == given.encode()


def blob(header: str, indices: tuple[int, ...] = (), values: tuple[int, ...] = ()) -> bytes:
    packed = struct.pack(f"<{len(indices)}Q", *indices) + struct.pack(f"<{len(values)}q", *values)
    return header.encode() + b"\x00" + packed


GOOD = '{"axes":"YX","n":1,"shape":[2,2],"v":1}'
HOSTILE = {
    "empty": b"",
    "no end of header": b"{" * 2000,
    "header too long": b" " * 1024 + blob(GOOD, (0,), (1,)),
    "not JSON": blob("nonsense"),
    "bottomless": b"[" * 1000 + b"\x00",
    "a list": blob("[1]"),
    "missing key": blob('{"axes":"YX","n":0,"shape":[2,2]}'),
    "extra key": blob('{"axes":"YX","n":0,"shape":[2,2],"v":1,"w":1}'),
    "other version": blob('{"axes":"YX","n":0,"shape":[2,2],"v":2}'),
    "version is true": blob('{"axes":"YX","n":0,"shape":[2,2],"v":true}'),
    "not canonical": blob('{"axes":"YX", "n":0,"shape":[2,2],"v":1}'),
    "float count": blob('{"axes":"YX","n":1.0,"shape":[2,2],"v":1}', (0,), (1,)),
    "count below zero": blob('{"axes":"YX","n":-1,"shape":[2,2],"v":1}'),
    "true count": blob('{"axes":"YX","n":true,"shape":[2,2],"v":1}', (0,), (1,)),
    "count beyond the bytes": blob('{"axes":"YX","n":9007199254740991,"shape":[2,2],"v":1}'),
    "more than pixels": blob('{"axes":"YX","n":2,"shape":[1,1],"v":1}', (0, 1), (1, 1)),
    "axes a number": blob('{"axes":1,"n":0,"shape":[2,2],"v":1}'),
    "axes lower case": blob('{"axes":"yx","n":0,"shape":[2,2],"v":1}'),
    "axes of another number": blob('{"axes":"ZYX","n":0,"shape":[2,2],"v":1}'),
    "shape of zero": blob('{"axes":"YX","n":0,"shape":[0,2],"v":1}'),
    "no shape": blob('{"axes":"","n":0,"shape":[],"v":1}'),
    "shape beyond all": blob('{"axes":"YX","n":0,"shape":[9007199254740991,9007199254740991],"v":1}'),
    "index beyond": blob(GOOD, (4,), (1,)),
    "index far beyond": blob(GOOD, (2**64 - 1,), (1,)),
    "index twice": blob('{"axes":"YX","n":2,"shape":[2,2],"v":1}', (1, 0), (1, 1)),
    "index that wraps": blob('{"axes":"YX","n":2,"shape":[2,2],"v":1}', (3, 2**64 - 2), (1, 1)),
    "cut": blob(GOOD, (0,), (1,))[:-1],
    "longer": blob(GOOD, (0,), (1,)) + b"\x00",
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(BadParameter) as caught:
        decode(data)
    assert caught.value.what


def test_the_good_bytes_beside_them_are_not() -> None:
    assert decode(blob(GOOD, (3,), (1,))).indices.tolist() == [3]


def test_painting_changes_a_copy() -> None:
    image = labels("TCZYX")
    before = image.array().copy()
    given = Strokes(image.axes, image.shape, np.array([0, 77]), np.array([300, 0]))
    found = paint(image, given.encode())
    expected = before.copy()
    expected.flat[[0, 77]] = [300, 0]
    np.testing.assert_array_equal(found.result.array(), expected)
    np.testing.assert_array_equal(image.array(), before)
    assert found.values["pixels"] == np.count_nonzero(expected != before)
    assert found.values["labels"] == [0, 300]
    assert (found.result.dtype, found.result.kind) == (np.int32, "labels")
    assert same_calibration(found.result, image)


def test_painting_a_mask_and_its_sentence() -> None:
    image = mask("YX")
    found = paint(image, brush(image, [(5, 5)], brush_size=4, value=1).encode())
    assert found.result.kind == "mask"
    assert found.result.array()[5, 5]
    said = get("paint").say({"image": "mask", **found.values})
    assert said == f"Painted {found.values['pixels']} pixels of mask with label 1"


@pytest.mark.parametrize(
    ("dtype", "value"),
    [("uint8", 256), ("uint8", -1), ("int32", 2**31), ("bool", 2)],
    ids=["high", "low", "int32", "mask"],
)
def test_labels_that_the_dtype_cannot_hold(dtype: str, value: int) -> None:
    image = wrap(np.zeros((3, 3), dtype), "YX", "mask" if dtype == "bool" else "labels")
    with pytest.raises(BadParameter, match="does not fit"):
        brush(image, [(1, 1)], value=value)
    with pytest.raises(BadParameter, match="does not fit"):
        fill(image, (1, 1), value=value)
    with pytest.raises(BadParameter, match="does not fit"):
        paint(image, Strokes("YX", (3, 3), np.array([0]), np.array([value])).encode())


def test_strokes_of_another_shape_are_refused() -> None:
    with pytest.raises(BadParameter, match="belong to an image"):
        paint(labels("YX"), strokes().encode())


@pytest.mark.parametrize(
    "at",
    [[], [(1,)], [(1, 2, 3)], [(np.nan, 1)], [(1, np.inf)], [(1, 1), (1e300, 1)], [(-1e6, 0)]],
    ids=str,
)
def test_positions_that_are_none(at: list[tuple[float, ...]]) -> None:
    with pytest.raises(BadParameter, match="position"):
        brush(labels("YX"), at)


def test_settings_out_of_bounds() -> None:
    with pytest.raises(BadParameter, match="size"):
        brush(labels("YX"), [(1, 1)], brush_size=0)
    with pytest.raises(BadParameter, match="3 axes"):
        brush(labels("YX"), [(1, 1)], n_edit_dimensions=3)
    with pytest.raises(BadParameter, match="no index 9"):
        brush(labels("ZYX"), [(9, 1, 1)])
    with pytest.raises(BadParameter, match="cannot be painted"):
        brush(wrap(np.zeros((3, 3)), "YX"), [(1, 1)])


def test_a_brush_outside_paints_nothing() -> None:
    assert brush(labels("YX"), [(-12, -12)], brush_size=3).indices.size == 0


def test_the_last_write_to_a_pixel_wins() -> None:
    box = (slice(0, 1), slice(0, 2))
    atoms = [
        ((np.array([0, 1]), np.array([1, 2])), np.array([0, 0]), 4),
        (box, None, np.zeros((1, 2)), 5),
        (box, np.array([[False, True]]), np.array([5]), 6),
        ((np.array([1]), np.array([2])), np.array([4]), np.array([8])),
    ]
    found = from_atoms((2, 3), "YX", atoms)
    assert dict(zip(found.indices.tolist(), found.values.tolist(), strict=True)) == {0: 5, 1: 6, 5: 8}


@pytest.mark.parametrize(
    "atom", [((np.array([2]), np.array([0])), None, 1), ((slice(0, 1),), None, None, 1)], ids=["index", "axes"]
)
def test_atoms_outside_are_refused(atom: tuple[object, ...]) -> None:
    with pytest.raises(BadParameter, match="outside"):
        from_atoms((2, 3), "YX", [atom])
