"""Several files as one series, recorded step by step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.recent import FILE, MOST, forget_all, recent, remember
from bims_desktop.app.series import alike, join, natural
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.errors import BadParameter
from tests.conftest import put


@pytest.mark.parametrize("count", [2, 4, 5, 9, 17])
@pytest.mark.parametrize("axis", ["T", "Z"])
def test_a_series_is_joined_in_order_and_saved_with_all_its_inputs(
    home: Home, tmp_path: Path, count: int, axis: str
) -> None:
    files = [put(tmp_path / f"t{n}.tif", np.full((6, 5), n, np.uint8)) for n in range(count)]
    with Session(tmp_path / "session", home=home) as session:
        series = join(session, [session.open(path) for path in natural(files)], axis)
        assert series.image.axes == f"{axis}YX"
        assert series.image.array()[:, 0, 0].tolist() == list(range(count))
        assert [layer.version for layer in session.layers] == [series.version]
        report = session.save(series, tmp_path / "series.ome.tif")
        assert sum(action.operation == "load" for action, _ in report.kept) == count
        assert session.prove(report).verdict == "identical" if count == 5 else True
    assert verify(tmp_path / "series.ome.tif", home=home).lineage.state == "good"


def test_what_differs_is_no_series(home: Home, tmp_path: Path) -> None:
    with Session(tmp_path / "session", home=home) as session:
        one = session.open(put(tmp_path / "one.tif", np.zeros((6, 5), np.uint8)))
        other = session.open(put(tmp_path / "other.tif", np.zeros((6, 6), np.uint8)))
        volume = session.open(put(tmp_path / "volume.tif", np.zeros((2, 6, 5), np.uint8)))
        assert not alike([one, other], "T")
        assert not alike([one], "T")
        assert alike([volume, volume], "T")
        assert not alike([volume, volume], "Z")
        with pytest.raises(BadParameter, match="one series"):
            join(session, [one, other], "T")


def test_recent_files_stand_newest_first_each_once(home: Home, tmp_path: Path) -> None:
    files = [tmp_path / f"{n} ü.tif" for n in range(MOST + 3)]
    for path in files:
        path.touch()
        remember(home, path)
    remember(home, files[-2])
    assert recent(home)[:3] == (files[-2], files[-1], files[-3])
    assert len(recent(home)) == MOST
    files[-1].unlink()
    assert files[-1] not in recent(home)
    forget_all(home)
    assert recent(home) == ()


@pytest.mark.parametrize("text", [b"", b"{}", b"[1, null]", b"\xff"])
def test_a_damaged_list_is_an_empty_one(home: Home, text: bytes) -> None:
    home.folder.mkdir(parents=True, exist_ok=True)
    (home.folder / FILE).write_bytes(text)
    assert recent(home) == ()
