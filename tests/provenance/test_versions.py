"""Versions: what memory does not hold lies on disk, with the same pixels and the same digest."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from bims_desktop.errors import BadParameter, SaveFailed
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.image import Image
from bims_desktop.model.table import Table
from bims_desktop.provenance import spill
from bims_desktop.provenance.budget import memory_budget
from bims_desktop.provenance.versions import Versions

SIZE = 100 * 100 * 2
RNG = np.random.default_rng(3)


def image(seed: int = 0, dtype: str = "uint16") -> Image:
    return Image(np.random.default_rng(seed).integers(0, 2, (100, 100)).astype(dtype), "YX")


@pytest.fixture
def versions(tmp_path: Path) -> Iterator[Versions]:
    versions = Versions(tmp_path, budget=3 * SIZE)
    yield versions
    versions.close()


def add(versions: Versions, value: Image, shown: tuple[int, ...] = ()) -> int:
    (value,) = versions.admit([value], shown)
    (number,) = versions.reserve(1)
    versions.add(number, value, 1, "x")
    return number


def on_disk(versions: Versions) -> list[int]:
    return [n for n in range(1, len(versions) + 1) if isinstance(versions[n].value.pixels, np.memmap)]


def test_the_least_recently_used_go_first(versions: Versions) -> None:
    for seed in range(3):
        add(versions, image(seed))
    assert (versions.nbytes, versions.spilled) == (3 * SIZE, 0)
    assert versions[1].number == 1
    add(versions, image(3))
    add(versions, image(4))
    assert on_disk(versions) == [2, 3]
    assert (versions.nbytes, versions.spilled) == (3 * SIZE, 2 * SIZE)


def test_what_is_allowed_can_change(versions: Versions) -> None:
    for seed in range(3):
        add(versions, image(seed))
    versions.allow(SIZE, shown=(1,))
    assert (versions.budget, on_disk(versions)) == (SIZE, [2, 3])
    assert isinstance(versions.empty((100, 100), np.dtype(np.uint16)), np.memmap)
    versions.allow(9 * SIZE)
    assert not isinstance(versions.empty((100, 100), np.dtype(np.uint16)), np.memmap)
    add(versions, image(4))
    assert versions.nbytes == 2 * SIZE


def test_what_is_on_a_layer_goes_last(versions: Versions) -> None:
    for seed in range(3):
        add(versions, image(seed))
    add(versions, image(3), shown=(1, 2))
    assert on_disk(versions) == [3]


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int32", "float64", "complex64"])
def test_pixels_and_digest_stay_and_cannot_be_written(versions: Versions, dtype: str) -> None:
    first = image(1, dtype)
    before = first.array().copy()
    number = add(versions, first)
    digest = versions[number].digest.result()
    for seed in range(9):
        add(versions, image(seed, "float64"))
    found = versions[number].value
    assert isinstance(found, Image)
    assert number in on_disk(versions)
    assert versions[number].digest.result() == digest == pixel_digest(found)
    np.testing.assert_array_equal(found.array(), before)
    assert found.dtype == before.dtype
    with pytest.raises(ValueError, match="read-only"):
        found.array()[0, 0] = 1


def test_views_that_are_not_contiguous(versions: Versions) -> None:
    array = RNG.integers(0, 9, (4, 5, 6), np.uint16).transpose(2, 0, 1)
    stored = versions._spill.put(array)
    np.testing.assert_array_equal(stored, array)


def test_versions_that_share_pixels_share_them_on_disk(versions: Versions) -> None:
    one = image()
    numbers = [add(versions, one), add(versions, one)]
    for seed in range(3):
        add(versions, image(seed))
    assert set(numbers) <= set(on_disk(versions))
    assert versions.spilled == SIZE


def test_more_than_the_budget_at_once_goes_to_disk_itself(versions: Versions) -> None:
    large = Image(RNG.integers(0, 9, (4, 100, 100), np.uint16), "ZYX")
    number = add(versions, large)
    assert on_disk(versions) == [number]
    assert versions.nbytes == 0


def test_large_results_are_made_on_disk(versions: Versions) -> None:
    small, large = versions.empty((10, 10), np.dtype(np.uint8)), versions.empty((200, 100), np.dtype(np.uint8))
    assert [isinstance(array, np.memmap) for array in (small, large)] == [False, True]
    large[:] = 7
    number = add(versions, Image(large, "YX"))
    assert (versions.nbytes, versions.spilled) == (0, large.nbytes)
    assert int(versions[number].value.array().sum()) == 7 * large.size


def test_tables_stay_in_memory(versions: Versions) -> None:
    table = Table({"x": np.arange(1000.0)})
    versions.add(*versions.reserve(1), table, 1, "t")
    for seed in range(5):
        add(versions, image(seed))
    assert versions[1].value is table


def test_files_have_no_name_and_go_with_the_last_array(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spill, "SEGMENT", 2 * SIZE)
    versions = Versions(tmp_path, budget=1)
    for seed in range(8):
        add(versions, image(seed))
    held = versions[1].value
    assert list(tmp_path.iterdir()) == []
    assert open_files(tmp_path) > 3
    versions.close()
    del versions
    assert open_files(tmp_path) == 1
    assert held.array().max() == 1


def open_files(folder: Path) -> int:
    """How many maps of this process lie over files of `folder`, named or not."""
    return len({line.split()[4] for line in Path("/proc/self/maps").read_text().splitlines() if str(folder) in line})


def test_thousands_of_versions_need_few_files(tmp_path: Path) -> None:
    versions = Versions(tmp_path, budget=1)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for seed in range(300):
        add(versions, image(seed % 5))
    assert len(list(Path("/proc/self/fd").iterdir())) - before < 5
    versions.close()


def test_a_full_disk_is_an_error_and_nothing_is_lost(versions: Versions, monkeypatch: pytest.MonkeyPatch) -> None:
    for seed in range(3):
        add(versions, image(seed))

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(SaveFailed, match=r"do not fit on the disk of .*No space left"):
        versions.admit([image(3)])
    with pytest.raises(SaveFailed):
        versions.empty((200, 100), np.dtype(np.uint8))
    assert [int(versions[n].value.array().sum()) for n in (1, 2, 3)] == [int(image(s).array().sum()) for s in range(3)]
    monkeypatch.undo()
    assert add(versions, image(3)) == 4


def test_many_threads(versions: Versions) -> None:
    def work(first: int) -> None:
        for seed in range(first, first + 20):
            add(versions, image(seed))

    threads = [Thread(target=work, args=(100 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert versions.nbytes >= 0
        assert versions.spilled % SIZE == 0
    for thread in threads:
        thread.join()
    found = {int(np.packbits(versions[n].value.array()[0] > 0)[:8].view(np.uint64)[0]) for n in range(1, 81)}
    seeds = [100 * n + seed for n in range(4) for seed in range(20)]
    assert found == {int(np.packbits(image(s).array()[0] > 0)[:8].view(np.uint64)[0]) for s in seeds}
    assert versions.nbytes <= 3 * SIZE + 4 * SIZE


def test_budget_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIMS_MEMORY", "64")
    assert memory_budget() == memory_budget(kept=1) == 64 << 20
    monkeypatch.delenv("BIMS_MEMORY")
    assert memory_budget(kept=5) == 5
    assert memory_budget() == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 4
    for wrong in ("0", "-1", "1 GB", "²"):
        monkeypatch.setenv("BIMS_MEMORY", wrong)
        with pytest.raises(BadParameter, match="no number of MiB"):
            memory_budget()
