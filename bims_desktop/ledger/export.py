"""A whole log as one stream of lines, verified while it is read. The format: ``docs/formats/ledger.md``."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any, TypeAlias

import zstandard

from bims_desktop.errors import BimsError, ProofRefused
from bims_desktop.ledger.audit import Audit
from bims_desktop.ledger.checkpoint import MAX_BATCH, parse_checkpoint, parse_note
from bims_desktop.ledger.deposit import MAX_BLOBS, MAX_ENVELOPE, Deposit
from bims_desktop.ledger.entry import read_object, refused
from bims_desktop.ledger.public_key import decode_base64, encode_public, parse_public
from bims_desktop.ledger.receipt import SALT_BYTES, read_time
from bims_desktop.ledger.store import Row
from bims_desktop.model.canonical import canonical

FORMAT = "bims-log-1"
LEVEL = 10
PART = 1 << 20  # of a stored edit, in one line
MAX_LINE = MAX_ENVELOPE * 4 // 3 + 4_096
MAX_UNPACKED = 1 << 36
NOUN = "line of an exported log"


@dataclass(frozen=True, slots=True)
class Header:
    """What an export says first.

    Parameters
    ----------
    origin : str
        The log's unique name.
    first_key : bytes, 32 of them
        The key that it began with.
    checkpoint : str
        Its last signed checkpoint.
    """

    origin: str
    first_key: bytes
    checkpoint: str

    @property
    def size(self) -> int:
        """Entries in the log."""
        return parse_checkpoint(parse_note(self.checkpoint).text).size

    def to_json(self) -> dict[str, Any]:
        """As the first line."""
        key = encode_public(self.first_key, self.origin)
        return {"checkpoint": self.checkpoint, "first_key": key, "format": FORMAT, "origin": self.origin}


@dataclass(frozen=True, slots=True)
class Sealed:
    """A signed checkpoint of the first `size` entries."""

    size: int
    note: str


Part: TypeAlias = Header | Row | Sealed | Deposit


def write(file: IO[bytes], parts: Iterable[Part]) -> None:
    """Write the parts of a log, in its order, as one zstd frame."""
    with zstandard.ZstdCompressor(LEVEL, write_checksum=True).stream_writer(file, closefd=False) as packed:
        for part in parts:
            for line in _lines(part):
                packed.write(canonical(line) + b"\n")


def read(file: IO[bytes]) -> Iterator[Part]:
    """The parts of an exported log, each held against what was signed before it is given.

    The last rows are covered by a checkpoint only once the next `Sealed` came; the stream
    ends without an error only where the last one is the header's.

    Raises
    ------
    ProofRefused
        It is not a log, was cut off, damaged or forged, or goes beyond its bounds.
    """
    lines = (read_object(line, MAX_LINE, None, NOUN) for line in _split(file))
    header = _header(next(lines, {}))
    yield header
    audit, record, blobs = Audit(header.origin, header.first_key), "", dict[str, bytearray]()
    yield _sealed(audit, next(lines, {}))
    for line in lines:
        match sorted(line):
            case ["entry", "salt", "since"] if audit.size - audit.sealed < MAX_BATCH and not blobs:
                row = _row(audit.size, line)
                record = str(audit.entry(row.salt, row.since, row.entry).body.get("record"))
                yield row
            case ["checkpoint"] if audit.size > audit.sealed and not blobs:
                yield _sealed(audit, line)
            case ["blob", "part"]:
                blobs.setdefault(_text(line["blob"]), bytearray()).extend(_bytes(line["part"]))
                if sum(map(len, blobs.values())) > MAX_BLOBS:
                    raise refused(NOUN)
            case ["envelope"]:
                yield _deposit(line, record, blobs)
                blobs = {}
            case _:
                raise refused(NOUN)
    if audit.sealed != header.size or audit.size != header.size or blobs:
        raise ProofRefused(
            f"The export ends after {audit.size} of {header.size} entries of the log {header.origin}.",
            "It was cut off: export the log again.",
        )


def _lines(part: Part) -> Iterator[dict[str, Any]]:
    match part:
        case Header():
            yield part.to_json()
        case Row():
            yield {"entry": part.entry.decode(), "salt": _encoded(part.salt), "since": part.since}
        case Sealed():
            yield {"checkpoint": part.note}
        case Deposit():
            for digest in sorted(part.blobs):
                packed = part.blobs[digest]
                for at in range(0, max(len(packed), 1), PART):
                    yield {"blob": digest, "part": _encoded(packed[at : at + PART])}
            yield {"envelope": _encoded(part.envelope)}


def _split(file: IO[bytes]) -> Iterator[bytes]:
    """The lines, none longer than its bound, all together not larger than theirs."""
    rest, total = bytearray(), 0
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(file, closefd=False) as unpacked:
            while chunk := unpacked.read(PART):
                total += len(chunk)
                *lines, rest_of = chunk.split(b"\n")
                for line in lines:
                    yield bytes(rest + line)
                    rest = bytearray()
                rest += rest_of
                if len(rest) > MAX_LINE or total > MAX_UNPACKED:
                    raise refused(NOUN)
    except zstandard.ZstdError as error:
        raise ProofRefused(f"The export cannot be unpacked: {error}.", "Copy it again.") from error
    if rest:
        raise ProofRefused("The export ends within a line.", "It was cut off: export the log again.")


def _header(line: dict[str, Any]) -> Header:
    if sorted(line) != ["checkpoint", "first_key", "format", "origin"] or line["format"] != FORMAT:
        raise ProofRefused("This is not an exported log that this version can read.", "Choose the right file.")
    origin, key = _text(line["origin"]), parse_public(_text(line["first_key"]))
    if key is None:
        raise refused(NOUN)
    return Header(origin, key, _text(line["checkpoint"]))


def _sealed(audit: Audit, line: dict[str, Any]) -> Sealed:
    note = _text(line.get("checkpoint"))
    return Sealed(audit.checkpoint(note).size, note)


def _row(index: int, line: dict[str, Any]) -> Row:
    return Row(index, read_time(line["since"]), _bytes(line["salt"], SALT_BYTES), _text(line["entry"]).encode())


def _deposit(line: dict[str, Any], record: str, blobs: dict[str, bytearray]) -> Deposit:
    deposit = Deposit(_bytes(line["envelope"]), {digest: bytes(packed) for digest, packed in blobs.items()})
    try:
        deposit.check(record)
    except BimsError as error:
        raise ProofRefused(f"A record in the export is damaged: {error.what}", "Export the log again.") from error
    return deposit


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise refused(NOUN)
    return value


def _bytes(value: object, length: int | None = None) -> bytes:
    data = decode_base64(_text(value), length)
    if data is None:
        raise refused(NOUN)
    return data
