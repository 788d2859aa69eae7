from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from bims_desktop.errors import FileTooLarge, SaveFailed, UnreadableFile
from bims_desktop.files.atomic import replacing
from bims_desktop.files.guard import GIB, Budget, file_digest


def test_file_digest(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc" * 1_000_000)
    assert file_digest(path) == f"sha256:{hashlib.sha256(b'abc' * 1_000_000).hexdigest()}"
    with pytest.raises(UnreadableFile, match="b cannot be read"):
        file_digest(tmp_path / "b")


def test_small_files_may_be_as_empty_as_they_like() -> None:
    Budget().check_pixels("mask.tif", decoded=GIB, stored=100)
    with pytest.raises(FileTooLarge, match="2 GiB of pixels in a file of 100 bytes"):
        Budget().check_pixels("mask.tif", decoded=2 * GIB, stored=100)


def test_a_new_file_takes_the_place_of_the_old(tmp_path: Path) -> None:
    target = tmp_path / "image.ome.tif"
    target.write_text("old")
    with replacing(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.suffix == ".tif"
        temporary.write_text("new")
        assert target.read_text() == "old"
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_the_mode_is_that_of_an_ordinary_file(tmp_path: Path) -> None:
    ordinary = tmp_path / "ordinary"
    ordinary.touch()
    with replacing(tmp_path / "saved") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "saved").stat().st_mode == ordinary.stat().st_mode


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_after_an_error_the_old_file_stays(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "image.tif"
    target.write_text("old")

    def save() -> None:
        with replacing(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        save()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk(tmp_path: Path) -> None:
    target = tmp_path / "image.tif"
    target.write_text("old")
    with pytest.raises(SaveFailed, match=f"{tmp_path}: No space left.* Free some space or"), replacing(target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    assert list(tmp_path.iterdir()) == [target]


def test_a_folder_that_is_not_there_or_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in ("missing", "file"):
        told = f"{folder}.* Make that folder first, or"
        with pytest.raises(SaveFailed, match=told), replacing(tmp_path / folder / "a.tif"):
            pytest.fail("nothing could be written")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to read-only folders")
def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(SaveFailed, match="Permission denied"), replacing(tmp_path / "a.tif"):
        pytest.fail("nothing could be written")
