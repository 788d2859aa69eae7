"""Records of others: whatever stands in them, verifying and replaying answer or refuse, and never break."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.replay import replay
from bims_desktop.app.session import Session
from bims_desktop.app.source import read_record
from bims_desktop.app.verify import verify
from bims_desktop.errors import BimsError
from bims_desktop.files.embedding import embed, extract, set_receipt
from bims_desktop.macro.record import sign
from bims_desktop.model.canonical import canonical

WEIRD: tuple[Any, ...] = (None, 5, -1, 2.5, True, "x", "sha256:" + 64 * "0", [], {}, [[]], {"a": {}}, 2**53 - 1)
EACH = 3


@pytest.fixture
def saved(home: Home, cells: Path, tmp_path: Path) -> Path:
    with Session(tmp_path / "session", home=home) as session:
        labels = session.run("label", session.run("threshold_otsu", session.open(cells)))
        session.run("invert", session.data(1))
        painted = session.paint(labels, at=[(5, 5)], value=2)
        return session.save(painted, tmp_path / "saved.tif").path


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a JSON value, itself included."""
    yield path
    if isinstance(value, dict):
        for key in sorted(value):
            yield from places(value[key], (*path, key))
    elif isinstance(value, list):
        for index in range(min(len(value), 2)):
            yield from places(value[index], (*path, index))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    changed = copy.deepcopy(value)
    target = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = by
    return changed


def changes(content: Any) -> Iterator[tuple[str, Any]]:
    for number, path in enumerate(places(content)):
        for shift in range(EACH):
            weird = WEIRD[(number + shift * 5) % len(WEIRD)]
            yield f"{'/'.join(map(str, path))} = {weird!r}", replaced(content, path, weird)


def test_any_value_anywhere_in_a_record(saved: Path, home: Home) -> None:
    """Signed by the user's own key, so that no signature keeps the program from reading on."""
    content = json.loads(read_record(saved).payload)
    receipt = extract(saved).receipt
    assert receipt
    tried = 0
    for name, changed in changes(content):
        embed(saved, sign(canonical(changed), home.agent), {})
        set_receipt(saved, receipt)
        tried += 1
        try:
            assert not verify(saved, home=home).good or changed == content, "the receipt is that of another record"
            replay(saved, home=home)
        except BimsError:
            continue
        except Exception as error:
            raise AssertionError(f"{name} broke the program") from error
    assert tried > 250
