"""Records by digests: their own, or those of their pixels."""

from __future__ import annotations

import re

import pytest

from bims_desktop.app.home import Home
from bims_desktop.app.naming import called, own_record
from bims_desktop.errors import EntryConflict, LedgerError
from bims_desktop.ledger.base import Entry

ONE, TWO, THREE, ALONE, SHARED, NOTHING = ("sha256:" + 64 * digit for digit in "123abc")


@pytest.fixture
def mine(home: Home) -> Home:
    for record, pixels in ((ONE, ALONE), (TWO, SHARED), (THREE, SHARED)):
        home.ledger.append(Entry("record", {"record": record, "pixels": pixels}))
    return home


@pytest.mark.parametrize(("digest", "record"), [(ONE, ONE), (THREE, THREE), (ALONE, ONE)])
def test_a_digest_names_the_one_record_that_has_it(mine: Home, digest: str, record: str) -> None:
    assert own_record(mine, digest) == record


@pytest.mark.parametrize(
    ("digest", "error", "words"),
    [
        (SHARED, EntryConflict, "2 records of this ledger are of the pixels bbbbbbbb…"),
        (NOTHING, LedgerError, "No record of this ledger has the digest cccccccc…"),
    ],
)
def test_a_digest_that_names_none_is_refused(mine: Home, digest: str, error: type[LedgerError], words: str) -> None:
    with pytest.raises(error, match=re.escape(words)):
        own_record(mine, digest)


def test_a_record_is_called_by_its_file_where_one_is_known(mine: Home) -> None:
    assert called(mine, ONE) == "the record 11111111…"
    mine.remember_input(ONE, mine.folder / "cells.ome.tif")
    assert called(mine, ONE) == "that of cells.ome.tif (record 11111111…)"
