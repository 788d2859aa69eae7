"""`Deposit`: a whole record, kept by a ledger so that a file that lost it can have it back."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO
from typing import Any

import zstandard

from bims_desktop.errors import LedgerError, RecordDamaged
from bims_desktop.model.canonical import parse

MIB = 1 << 20
MAX_ENVELOPE = 32 * MIB
MAX_BLOBS = 256 * MIB  # packed, all of one record
MAX_UNPACKED = 1 << 34

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True)
class Deposit:
    """A record in its envelope, and the stored edits that lie outside it.

    Parameters
    ----------
    envelope : bytes
        DSSE JSON, byte for byte as it is embedded in the file.
    blobs : mapping of str to bytes
        Stored edits kept in a companion file: the zstd-compressed bytes by the digest of
        their content. Those that stand in the record itself are not repeated here.

    Examples
    --------
    >>> Deposit(b'{"payload":"e30="}').record[:15]
    'sha256:44136fa3'
    """

    envelope: bytes
    blobs: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def payload(self) -> bytes:
        """The bytes that are signed and hashed.

        Raises
        ------
        RecordDamaged
            The envelope holds none.
        """
        value: Any = parse(self.envelope)
        try:
            return base64.b64decode(value["payload"], validate=True)
        except (KeyError, TypeError, ValueError, binascii.Error) as error:
            raise RecordDamaged("The envelope holds no payload.", "Use an undamaged copy.") from error

    @cached_property
    def record(self) -> str:
        """Digest of the record: SHA-256 of its payload."""
        return f"sha256:{hashlib.sha256(self.payload).hexdigest()}"

    def check(self, record: str) -> None:
        """Make sure that this is `record`, whole and within bounds.

        Raises
        ------
        LedgerError
            It is larger than a ledger keeps.
        RecordDamaged
            It is another record, or a stored edit is not the one that its digest names.
        """
        if len(self.envelope) > MAX_ENVELOPE or sum(map(len, self.blobs.values())) > MAX_BLOBS:
            raise LedgerError(
                f"The record {record[:19]}… is larger than a ledger keeps.",
                f"Keep its stored edits beside the image: {MAX_BLOBS // MIB} MiB of them is the most.",
            )
        if self.record != record:
            raise RecordDamaged(f"This is not the record {record[:19]}….", "Use an undamaged copy.")
        for digest, packed in self.blobs.items():
            _check_blob(digest, packed)


def _check_blob(digest: str, packed: bytes) -> None:
    wrong = RecordDamaged(f"A stored edit is not the one that was recorded ({digest[:19]}…).", "Use an undamaged copy.")
    if not _DIGEST.fullmatch(digest):
        raise wrong
    content, size = hashlib.sha256(), 0
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(BytesIO(packed)) as reader:
            while part := reader.read(MIB):
                content.update(part)
                size += len(part)
                if size > MAX_UNPACKED:
                    raise wrong
    except zstandard.ZstdError as error:
        raise wrong from error
    if f"sha256:{content.hexdigest()}" != digest:
        raise wrong
