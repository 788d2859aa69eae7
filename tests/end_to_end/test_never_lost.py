"""Never lost: files stripped of their records, the author's database gone, and all comes back by the pixels."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.ledgers import Ledgers, Where
from bims_desktop.app.restore import restore
from bims_desktop.app.session import Session
from bims_desktop.app.settings import Fabric, Settings
from bims_desktop.app.source import read_record
from bims_desktop.app.transfer import export_home, import_home
from bims_desktop.app.verify import verify
from bims_desktop.files.embedding import extract
from bims_desktop.ledger.signing import encode_public
from bims_network import Network
from tests.fabric_network import come_level

LOCAL_FILES = 50
FABRIC_FILES = int(os.environ.get("BIMS_NEVER_LOST", "1000"))
CARRY_S = 900.0


@dataclass(frozen=True)
class Loss:
    """Stripped files, what their records were, and the key of the author who is gone."""

    files: dict[Path, bytes]
    key: str


def save_many(home: Home, folder: Path, count: int) -> list[Path]:
    """`count` images with a record each, all made by operations in a real session."""
    folder.mkdir(parents=True)
    raw = np.random.default_rng(7).random((12, 16), np.float32)
    tifffile.imwrite(folder / "raw.tif", raw)
    with Session(folder / "session", home=home) as session:
        cells = session.open(folder / "raw.tif")
        made = (session.run("gaussian", cells, sigma=0.5 + n / 1000) for n in range(count))
        return [session.save(data, folder / f"{n}.ome.tif", compression="none").path for n, data in enumerate(made)]


def strip_and_burn(home: Home, saved: list[Path], folder: Path) -> Loss:
    """Copies that hold pixels alone; the files themselves and the author's whole home are deleted."""
    folder.mkdir()
    files = {}
    for path in saved:
        envelope = extract(path).envelope
        assert envelope
        copy = folder / path.name.replace(".ome", "")
        tifffile.imwrite(copy, tifffile.imread(path))
        files[copy] = envelope
    key = encode_public(home.agent.public_key, "author")
    home.close()
    shutil.rmtree(home.folder)
    shutil.rmtree(saved[0].parent)
    return Loss(files, key)


def recover_all(loss: Loss, home: Home, where: Where) -> Iterator[Path]:
    """Each file with its record again, its envelope byte for byte the one that was signed."""
    with Ledgers(home, where) as asked:
        for path, envelope in loss.files.items():
            assert extract(path).envelope is None
            restored = restore(path, home, where=asked)
            assert extract(restored.path).envelope == envelope
            yield restored.path


def check(path: Path, home: Home, key: str) -> None:
    verdicts = verify(path, [key], home=home)
    states = (verdicts.pixels.state, verdicts.macro.state, verdicts.signature.state, verdicts.lineage.state)
    assert states == ("good", "good", "good", "good"), dict(verdicts)
    assert "op.gaussian(" in read_record(path).macro


def fabric_of(network: Network, msp: str, who: str) -> Fabric:
    known = network.credentials(msp, who)
    return Fabric(str(network.profile(msp)), msp, str(known.certificate), str(known.key))


def test_from_a_colleagues_copy(tmp_path: Path) -> None:
    """The author once exported the log; a colleague who imported it brings each record back, receipt and all."""
    author, colleague = Home(tmp_path / "author"), Home(tmp_path / "colleague")
    saved = save_many(author, tmp_path / "saved", LOCAL_FILES)
    export_home(author, tmp_path / "log.bims-log")
    assert not import_home(colleague, tmp_path / "log.bims-log").own
    loss = strip_and_burn(author, saved, tmp_path / "stripped")
    recovered = list(recover_all(loss, colleague, "local"))
    assert len(recovered) == LOCAL_FILES
    for path in recovered:
        check(path, colleague, loss.key)
        assert extract(path).receipt


def test_from_the_authors_own_export(tmp_path: Path) -> None:
    """The log's database alone is gone: with the keys and an export everything is as it was."""
    author = Home(tmp_path / "author")
    saved = save_many(author, tmp_path / "saved", LOCAL_FILES)
    origin, records = author.ledger.origin, [read_record(path).digest for path in saved]
    export_home(author, tmp_path / "log.bims-log")
    author.close()
    shutil.rmtree(author.folder / "ledger")
    assert import_home(author, tmp_path / "log.bims-log").own
    assert author.ledger.origin == origin
    assert [stored.entry.body["record"] for stored in author.ledger.entries()] == records


@pytest.mark.fabric
def test_from_the_consortium(network: Network, tmp_path: Path, figures: list[str]) -> None:
    """The author's organisation carried the records; a reader of the other one brings each back."""
    author = Home(tmp_path / "author")
    Settings("Ada", "First organisation", fabric=fabric_of(network, "Org1MSP", "writer")).save(author.folder)
    began = time.monotonic()
    saved = save_many(author, tmp_path / "saved", FABRIC_FILES)
    made = time.monotonic()
    assert author.carrier
    carriage = author.carrier.sync(CARRY_S)
    assert (carriage.waiting, carriage.conflicts) == (0, ()), carriage
    carried = time.monotonic()
    come_level(network)
    loss = strip_and_burn(author, saved, tmp_path / "stripped")
    reader = Home(tmp_path / "reader")
    Settings(fabric=fabric_of(network, "Org2MSP", "reader")).save(reader.folder)
    stripped = time.monotonic()
    recovered = list(recover_all(loss, reader, "fabric"))
    ended = time.monotonic()
    assert len(recovered) == FABRIC_FILES
    for path in recovered[:: max(1, FABRIC_FILES // 50)]:
        check(path, reader, loss.key)
    figures.append(
        f"never lost: {len(recovered)} of {FABRIC_FILES} records back from Fabric by pixel digest; saved in "
        f"{made - began:.0f} s, carried in {carried - made:.0f} s, brought back in {ended - stripped:.0f} s"
    )
