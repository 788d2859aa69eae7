"""Verify a file: six verdicts, each with a sentence of why."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bims_desktop.app.ancestry import ancestry
from bims_desktop.app.dates import moment_or_nothing
from bims_desktop.app.derived import derived_verdicts
from bims_desktop.app.home import Home
from bims_desktop.app.receipts import judge
from bims_desktop.app.source import read_record
from bims_desktop.app.testimony import testimony, with_testimony
from bims_desktop.app.verdicts import State, TableVerdicts, Verdict, Verdicts
from bims_desktop.app.withdrawn import withdrawn
from bims_desktop.errors import BimsError, LedgerError, NoRecord, RecordDamaged, RecordError, UnreadableFile
from bims_desktop.files.csv_table import read_csv
from bims_desktop.files.derived import read_derived
from bims_desktop.files.embedding import extract
from bims_desktop.files.readers import read
from bims_desktop.files.sidecar import is_table, table_of
from bims_desktop.files.tiff import bound_fields
from bims_desktop.ledger.base import EntryKind
from bims_desktop.ledger.signing import decode_public, fingerprint
from bims_desktop.macro.plan import Plan
from bims_desktop.macro.record import Record
from bims_desktop.macro.source import parse
from bims_desktop.model.canonical import canonical
from bims_desktop.model.digest import pixel_digest
from bims_desktop.model.merkle import root_from_proof
from bims_desktop.model.table import table_digest
from bims_desktop.provenance.log_tree import log_leaf

if TYPE_CHECKING:
    from bims_desktop.ledger.fabric.documents import Statement


def verify(path: str | PathLike[str], keys: Collection[bytes | str] = (), *, home: Home | None = None) -> Verdicts:
    """Hold a file against its own record, and the record against keys and ledger.

    Parameters
    ----------
    path : path
        An image, a table (or the record beside it), or an exported picture.
    keys : collection of bytes or str
        Public keys of agents and logs that are believed beside the user's own: 32 bytes each, or as text.
    home : Home, optional
        The user's keys and ledger.

    Returns
    -------
    Verdicts
        A file without record, or with one that cannot be read, gets its verdicts too.

    Raises
    ------
    UnreadableFile, FileTooLarge
        It is no image that can be read.
    """
    own = home or Home()
    try:
        return _verdicts(table_of(Path(path)), keys, own)
    finally:
        if home is None:
            own.close()


def _verdicts(path: Path, keys: Collection[bytes | str], home: Home) -> Verdicts:
    kind, subject = (TableVerdicts, _values) if is_table(path) else (Verdicts, _pixels)
    pinned = {*home.pinned, *(decode_public(key) if isinstance(key, str) else key for key in keys)}
    try:
        if (note := read_derived(path)) is not None:
            return derived_verdicts(note, home, pinned)
        record = read_record(path)
        content = record.content
    except RecordError as error:
        if not is_table(path):
            read(path)
        return _without_record(error, kind)
    try:
        said = testimony(home, record.digest)
        return kind(
            subject(path, content),
            _macro(record),
            _signature(record, pinned, home),
            with_testimony(_ledger(path, record, pinned, home), said),
            _lineage(content, home),
            _reproduced(record, home, said.attested if said else (), kind.about),
            who=_signer(record, home),
            when=moment_or_nothing(content["created"]),
        )
    except RecordDamaged as error:
        return _without_record(error, kind)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return _without_record(RecordDamaged(f"the record lacks what it must hold ({error})"), kind)


def _without_record(error: RecordError, kind: type[Verdicts]) -> Verdicts:
    state: State = "unknown" if isinstance(error, NoRecord) else "bad"
    none = "no record lies beside the table" if kind is TableVerdicts else "the file carries no record"
    why = none if isinstance(error, NoRecord) else error.what.rstrip(".")
    missing = Verdict("unknown", "there is no record to say")
    return kind(Verdict(state, why), missing, missing, missing, missing, missing)


def _pixels(path: Path, content: Mapping[str, Any]) -> Verdict:
    told = content["image"]
    try:
        digest = pixel_digest(read(path).image)
    except UnreadableFile as error:
        return Verdict("bad", f"the pixels cannot be read as they were saved: {error.what.rstrip('.')}")
    details = {"pixels now": digest, "pixels recorded": str(told["pixels"])}
    if digest != told["pixels"]:
        return Verdict("bad", "the pixels are not those that were saved; the record is stale", details)
    now = bound_fields(path)
    changed = changed_fields(now, told["bound"])
    if changed:
        return Verdict("bad", f"the pixels match, but {', '.join(changed)} changed since the save", details)
    missing = missing_levels(now, told["bound"])
    note = f"; of the pyramid {', '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing" if missing else ""
    return Verdict("good", f"the pixels are those that were saved{note}", details)


def _values(path: Path, content: Mapping[str, Any]) -> Verdict:
    told = content["table"]
    try:
        digest = table_digest(read_csv(path, [(str(n), str(d), str(u)) for n, d, u in told["columns"]]))
    except UnreadableFile as error:
        return Verdict("bad", f"the values cannot be read as they were saved: {error.what.rstrip('.')}")
    details = {"values now": digest, "values recorded": str(told["digest"])}
    if digest != told["digest"]:
        return Verdict("bad", "the values are not those that were saved; the record is stale", details)
    return Verdict("good", "the values are those that were saved", details)


def changed_fields(now: Mapping[str, Any], recorded: Mapping[str, Any]) -> list[str]:
    """Names of the bound fields that changed; a missing level of the pyramid is not a change."""
    changed = [name for name in sorted({*now, *recorded} - {"levels"}) if _differs(now.get(name), recorded.get(name))]
    here, there = now.get("levels", {}), recorded.get("levels", {})
    changed += [f"overview {level}" for level in sorted(here) if here[level] != there.get(level)]
    return [name.replace("_", " ") for name in changed]


def missing_levels(now: Mapping[str, Any], recorded: Mapping[str, Any]) -> list[str]:
    """Names of the levels of the pyramid that were recorded and are gone."""
    return [f"overview {level}" for level in sorted({*recorded.get("levels", {})} - {*now.get("levels", {})})]


def _differs(one: Any, other: Any) -> bool:
    return canonical(one) != canonical(other)


def _macro(record: Record) -> Verdict:
    text, told = record.macro, record.content["macro"]
    digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
    details = {"macro": digest}
    if digest != told["digest"]:
        return Verdict("bad", "the macro's text is not the one that was recorded", details)
    try:
        plan = record.with_found(parse(text))
    except BimsError as error:
        return Verdict("bad", f"the macro cannot be used: {error.what.rstrip('.')}", details)
    if told["result"] != plan.result:
        return Verdict("bad", "the macro is not about what the record says", details)
    if problem := _steps_differ(plan, record.content):
        return Verdict("bad", problem, details)
    count = len(plan.steps)
    return Verdict("good", f"the macro of {count} step{'s' * (count != 1)} is intact", details)


def _steps_differ(plan: Plan, content: Mapping[str, Any]) -> str:
    told = content["steps"]
    if len(told) != len(plan.steps):
        return "the macro has other steps than the record"
    log, proofs = content["redacted"]["log"], content["redacted"]["proofs"]
    for number, (step, entry) in enumerate(zip(plan, told, strict=True), 1):
        said = [entry["entry"]["operation"], entry["results"], entry["arguments"], entry["entry"]["parameters"]]
        written = [step.operation, list(step.results), dict(step.arguments), dict(step.parameters)]
        if canonical(said) != canonical(written):
            return f"step {number} of the macro is not that of the record"
        leaf = log_leaf(entry["salt"], entry["entry"])
        index = entry["entry"]["number"] - 1
        path = [bytes.fromhex(node) for node in proofs[str(index + 1)]]
        root = root_from_proof(leaf, index, log["size"], path)
        if root is None or f"sha256:{root.hex()}" != log["root"]:
            return f"step {number} does not belong to the recorded log"
    return ""


def _signature(record: Record, pinned: Collection[bytes], home: Home) -> Verdict:
    key = record.signed_by()
    if key is None:
        return Verdict("bad", "the signature does not hold: the record was changed after it was signed")
    who = _named(record)
    details = {"key": fingerprint(key), "record": record.digest}
    if key not in pinned:
        claim = f", by its own word of {who}" if who else ", by somebody who gave no name"
        return Verdict(
            "unknown", f"it is signed with a key that is not known here ({fingerprint(key)}){claim}", details
        )
    return Verdict("good", f"signed by {_signer(record, home)}", details)


def _signer(record: Record, home: Home) -> str:
    """Who signed, by the name that they gave; their key alone says that it was they."""
    own = "you" if record.agent_key == home.agent.public_key else "somebody who gave no name"
    return _named(record) or own


def _own_name(record: Record, home: Home) -> str:
    """The person at this computer, called in one way all over: as the record has it if it is theirs."""
    return _signer(record, home) if record.agent_key == home.agent.public_key else "you"


def _named(record: Record) -> str:
    agent = record.content["agent"]
    return " of ".join(filter(None, (str(agent["name"]), str(agent["organisation"]))))


def _ledger(path: Path, record: Record, pinned: Collection[bytes], home: Home) -> Verdict:
    try:
        if (said := _withdrawn(record, home)) is not None:
            return said
        data = extract(path).receipt
        if data is not None:
            return judge(data, record.digest, pinned, home)
        known = bool(home.ledger.find(kind="record", record=record.digest))
    except LedgerError as error:
        return Verdict("unknown", f"this computer's ledger cannot be asked: {error.what.rstrip('.')}")
    return Verdict("unknown", "the file lost its receipt" + (", but this computer's ledger has it" if known else ""))


def _withdrawn(record: Record, home: Home) -> Verdict | None:
    kinds: tuple[EntryKind, ...] = ("retract", "supersede")
    about = (stored for kind in kinds for stored in home.ledger.find(kind=kind, record=record.digest))
    first = next(about, None)
    return None if first is None else withdrawn(home, first.entry, first.since)


def _lineage(content: Mapping[str, Any], home: Home) -> Verdict:
    found = ancestry(content, home)
    if found.gaps:
        return Verdict("unknown", f"incomplete: {'; '.join(found.gaps)}", found.told)
    names = ", ".join(found.files) or "the start"
    count = len(found.records)
    earlier = f", through {count} earlier record{'s' * (count > 1)}" if count else ""
    return Verdict("good", f"every step back to {names} is recorded{earlier}", found.told)


def _reproduced(record: Record, home: Home, others: Sequence[Statement], about: str) -> Verdict:
    try:
        words = home.ledger.find(kind="attestation", record=record.digest)
    except LedgerError as error:
        return Verdict("unknown", f"this computer's ledger cannot be asked: {error.what.rstrip('.')}")
    told = [(stored.since, stored.entry, "") for stored in words]
    own = {entry.to_bytes() for _, entry, _ in told}
    told += [(each.since, each.entry, f" of {each.owner}") for each in others if each.entry.to_bytes() not in own]
    if not told:
        return Verdict("unknown", "not yet reproduced by anyone this computer knows of")
    since, entry, organisation = sorted(told, key=itemgetter(0))[-1]
    who, where = str(entry.body.get("agent", "somebody")), entry.body.get("environment", "")
    name = _own_name(record, home) if who == fingerprint(home.agent.public_key) else who
    by, details = f"by {name}{organisation} with {where} on {since}", {"key": who}
    verdict = entry.body["verdict"]
    if verdict == "different":
        return Verdict("bad", f"a replay gave other {about}, {by}", details)
    if verdict == "not replayable":
        return Verdict("unknown", f"a replay was not possible, {by}", details)
    return Verdict("good", f"reproduced {'exactly' if verdict == 'exact' else verdict}, {by}", details)
