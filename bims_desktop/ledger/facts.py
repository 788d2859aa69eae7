"""`Facts`: what a record says of itself that people search for. Pure; the same in TypeScript.

The rules stand in ``docs/formats/ledger.md``, cases for both languages in ``tests/vectors/facts.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from bims_desktop.errors import RecordDamaged
from bims_desktop.model.canonical import parse

MAX_WORDS = 256  # bytes of UTF-8
PARTS = ("microscope", "objective", "detector")  # of an OME Instrument

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z", re.ASCII)
_NOT_WORDS = re.compile("[\x00-\x1f\x7f\ud800-\udfff\U0010ffff]")  # U+0000 and U+10FFFF delimit Fabric's keys
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a record says of itself.

    Parameters
    ----------
    subjects : tuple of str
        Digests of what the record is about, as they stand in it; of an image, its pixel digest.
    macro : str
        Digest of the macro's text; empty for a record without one.
    agent, organisation : str
        Whose record it is, by the agent's own word.
    created : str
        When it was made, UTC, by the agent's clock.
    operations : tuple of str
        Sorted, each once.
    instruments : tuple of str
        Microscopes, objectives and detectors, "manufacturer model"; sorted, each once.
    inputs : tuple of str
        Digests of what was read, as they stand in the record.
    parents : tuple of str
        Digests of the records that the inputs carried.
    """

    subjects: tuple[str, ...]
    macro: str
    agent: str
    organisation: str
    created: str
    operations: tuple[str, ...]
    instruments: tuple[str, ...]
    inputs: tuple[str, ...]
    parents: tuple[str, ...]


def facts(payload: bytes) -> Facts:
    """The facts of the record, or of the statement of any other science, in `payload`.

    Words longer than 256 bytes, empty, or with control characters are no facts and are left out.

    Raises
    ------
    RecordDamaged
        `payload` is neither a record nor a statement of version 1.

    Examples
    --------
    >>> one = '{"kind":"table","name":"counts","digest":"sha256:' + 64 * "0" + '"}'
    >>> rest = '"agent":{"name":"Ada","organisation":""},"created":"2026-01-31T12:00:00Z","inputs":[],"steps":[]}'
    >>> facts(f'{{"type":"bims-statement","v":1,"subject":[{one}],{rest}'.encode()).agent
    'Ada'
    """
    content = _of(parse(payload), dict)
    version = content.get("v")
    if isinstance(version, bool) or version != 1:
        raise _damaged()
    match content.get("type"):
        case "bims-record":
            return _record(content)
        case "bims-statement":
            return _statement(content)
    raise _damaged()


def course(payload: bytes) -> tuple[str, ...]:
    """The operations in the order in which they were first done, each once; `facts` sorts them.

    Raises
    ------
    RecordDamaged
        `payload` is neither a record nor a statement.
    """
    return _once(word for step in _steps(_of(parse(payload), dict)) if (word := _words(step)))


def _steps(content: dict[str, Any]) -> list[str]:
    steps = _objects(content, "steps")
    entries = steps if content.get("type") == "bims-statement" else [_member(step, "entry", dict) for step in steps]
    return [_member(entry, "operation", str) for entry in entries]


def _record(content: dict[str, Any]) -> Facts:
    given = [_member(entry, "acquisition", dict) for entry in _objects(content, "inputs")]
    instruments = [word for acquisition in given for word in _instruments(acquisition)]
    subjects = (_digest(_member(content, "image", dict).get("pixels")),)
    macro = _digest(_member(content, "macro", dict).get("digest"))
    return _common(content, subjects, macro, instruments)


def _statement(content: dict[str, Any]) -> Facts:
    subjects = _once(_digest(subject.get("digest")) for subject in _objects(content, "subject"))
    if not subjects:
        raise _damaged()
    return _common(content, subjects, "", [_of(content.get("instrument", ""), str)])


def _common(content: dict[str, Any], subjects: tuple[str, ...], macro: str, instruments: list[str]) -> Facts:
    agent, inputs = _member(content, "agent", dict), _objects(content, "inputs")
    created = _member(content, "created", str)
    if not _TIME.fullmatch(created):
        raise _damaged()
    return Facts(
        subjects=subjects,
        macro=macro,
        agent=_words(_member(agent, "name", str)),
        organisation=_words(_member(agent, "organisation", str)),
        created=created,
        operations=_sorted(_steps(content)),
        instruments=_sorted(instruments),
        inputs=_once(_digest(entry.get("digest")) for entry in inputs),
        parents=_once(_digest(entry["parent"]) for entry in inputs if entry.get("parent") is not None),
    )


def _instruments(acquisition: dict[str, Any]) -> list[str]:
    rows = [_of(row, dict) for part in PARTS for row in _of(acquisition.get(part, []), list)]
    told = [[_of(row.get(key, ""), str) for key in ("Manufacturer", "Model")] for row in rows]
    return [" ".join(filter(None, words)) for words in told]


def _objects(content: dict[str, Any], name: str) -> list[dict[str, Any]]:
    return [_of(value, dict) for value in _member(content, name, list)]


def _member(content: dict[str, Any], name: str, kind: type[_T]) -> _T:
    return _of(content.get(name), kind)


def _of(value: Any, kind: type[_T]) -> _T:
    if not isinstance(value, kind):
        raise _damaged()
    return value


def _digest(value: Any) -> str:
    if not _DIGEST.fullmatch(_of(value, str)):
        raise _damaged()
    return str(value)


def _words(text: str) -> str:
    return "" if _NOT_WORDS.search(text) or len(text.encode()) > MAX_WORDS else text


def _sorted(texts: Iterable[str]) -> tuple[str, ...]:
    """As RFC 8785 sorts names, by UTF-16, which is also how JavaScript sorts."""
    return tuple(sorted({word for text in texts if (word := _words(text))}, key=lambda word: word.encode("utf-16-be")))


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _damaged() -> RecordDamaged:
    return RecordDamaged("This is neither a record nor a statement of version 1.", "A newer program may read it.")
