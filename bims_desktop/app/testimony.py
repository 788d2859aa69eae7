"""`Testimony`: what a consortium's ledger says of a record, from two organisations and from blocks kept here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bims_desktop.app.consortium import profile_of
from bims_desktop.app.settings import Fabric
from bims_desktop.app.verdicts import State, Verdict
from bims_desktop.app.withdrawn import withdrawn
from bims_desktop.app.witness import Court, Witness, asking
from bims_desktop.errors import BimsError, ProofRefused
from bims_desktop.ledger.checkpoint import parse_checkpoint, parse_note
from bims_desktop.ledger.entry import Entry
from bims_desktop.ledger.outbox import Evidence, Outbox
from bims_desktop.model.merkle import consistent

if TYPE_CHECKING:
    from bims_desktop.app.home import Home
    from bims_desktop.ledger.fabric.documents import Anchored, Statement

LAG_S = 60.0  # how long one organisation may be behind the other before it is said to lack something


@dataclass(frozen=True, slots=True)
class Testimony:
    """What the consortium says: as a verdict of its own, and the replays it knows of."""

    state: State
    text: str
    details: Mapping[str, str] = field(default_factory=dict)
    attested: tuple[Statement, ...] = ()


def testimony(home: Home, record: str) -> Testimony | None:
    """What the consortium that `home` belongs to says of `record`; None where it belongs to none.

    Takes about three seconds at most where nobody answers; blocks that were kept speak then.
    """
    fabric, carrier = home.settings.fabric, home.carrier
    if fabric is None or carrier is None:
        return None
    try:
        outbox = carrier.outbox
        with asking(fabric) as court:
            witnesses = court.hear(record, home.ledger.origin if fabric.carries_anchors else "")
            _keep(outbox, fabric, court, record, witnesses)
        block = _kept(outbox, fabric, record)
    except BimsError as error:
        return Testimony("unknown", f"the consortium cannot be asked: {error.what.rstrip('.')}")
    return _judged(home, record, witnesses, block)


def with_testimony(local: Verdict, said: Testimony | None) -> Verdict:
    """The verdict on a receipt, and what the consortium says, as one."""
    if said is None:
        return local
    details = {**local.details, **said.details}
    if "bad" in (local.state, said.state):
        words = [each.text for each in (local, said) if each.state == "bad"]
        return Verdict("bad", "; ".join(words), details)
    if said.state == "good":
        details.pop("limits", None)
    first, second = (local, said) if local.state == "good" or said.state != "good" else (said, local)
    return Verdict(first.state, f"{first.text}; {second.text}", details)


def _judged(home: Home, record: str, witnesses: Sequence[Witness], block: Testimony | None) -> Testimony:
    holders = [each for each in witnesses if each.state == "holds"]
    lacking = [each.msp for each in witnesses if each.state == "lacks"]
    silent = [each for each in witnesses if each.state == "silent"]
    if block is not None and block.state == "bad":
        return block
    if problem := _problem(home, record, holders):
        return problem
    if holders and lacking:
        return _divided(holders, lacking)
    if holders:
        return _agreed(holders, silent, block)
    if lacking:
        return _absent(home, record, witnesses, block)
    if block is not None:
        return Testimony(block.state, f"{block.text}; the consortium cannot be reached now", block.details)
    return Testimony("unknown", "the consortium cannot be reached", {each.msp: each.why for each in silent})


def _problem(home: Home, record: str, holders: Sequence[Witness]) -> Testimony | None:
    """Why what they hold speaks against the file, None where it does not."""
    for each in holders:
        assert each.held is not None
        if (each.held.statement.entry.kind, each.held.statement.entry.body["record"]) != ("record", record):
            return Testimony("bad", f"{each.msp} holds another entry in the place of this record")
        if (done := each.held.retracted or each.held.superseded) is not None:
            said = withdrawn(home, done.entry, done.since, " in the consortium's ledger")
            return Testimony(said.state, said.text, said.details)
    if any(each.held != holders[0].held for each in holders):
        names = " and ".join(each.msp for each in holders)
        return Testimony("bad", f"{names} hold different things for this record: one of them was altered")
    return None


def _divided(holders: Sequence[Witness], lacking: Sequence[str]) -> Testimony:
    held = holders[0].held
    assert held is not None
    text = f"{holders[0].msp} holds this record and {' and '.join(lacking)} does not"
    age = datetime.now(UTC) - datetime.fromisoformat(held.statement.since)
    if age.total_seconds() < LAG_S:
        return Testimony("unknown", f"{text} yet")
    return Testimony("bad", f"{text}: one of them lost it, hides it or made it up")


def _agreed(holders: Sequence[Witness], silent: Sequence[Witness], block: Testimony | None) -> Testimony:
    held = holders[0].held
    assert held is not None
    where = f"in the consortium's ledger since {held.statement.since}"
    details = {"transaction": held.statement.transaction, "owner": held.statement.owner}
    details |= {each.msp: each.why for each in silent}
    details |= dict(block.details) if block else {}
    attested = _both_know(holders)
    if len(holders) > 1:
        return Testimony("good", f"{where}, {' and '.join(each.msp for each in holders)} agree", details, attested)
    text = f"{where}, by the word of {holders[0].msp} alone"
    if block is not None:
        return Testimony("good", f"{text}, and {block.text}", details, attested)
    return Testimony("unknown", text, details, attested)


def _both_know(holders: Sequence[Witness]) -> tuple[Statement, ...]:
    """The replays that everyone who answered knows of."""
    return tuple(word for word in holders[0].attested if all(word in each.attested for each in holders))


def _absent(home: Home, record: str, witnesses: Sequence[Witness], block: Testimony | None) -> Testimony:
    names = " and ".join(each.msp for each in witnesses if each.state == "lacks")
    carrier = home.carrier
    found = home.ledger.find(kind="record", record=record)
    if block is not None:
        return Testimony("bad", f"{names} no longer hold this record, but {block.text}", block.details)
    if not found or carrier is None:
        return Testimony("unknown", "not in the consortium's ledger")
    anchors = [each.anchored for each in witnesses if each.anchored is not None]
    if anchors:
        return _anchored(home, found[0].index, anchors)
    item = carrier.outbox.item(("entry", found[0].index))
    if item.state == "committed":
        return Testimony("bad", f"{names} no longer hold this record, which was in {item.place}")
    if item.text:
        return Testimony("unknown", f"the consortium did not take it: {item.text.rstrip('.')}")
    return Testimony("unknown", "not yet in the consortium's ledger")


def _anchored(home: Home, index: int, anchors: Sequence[Anchored]) -> Testimony:
    """Whether the checkpoints that the organisations hold are of this very log, with this very entry."""
    receipt = home.ledger.receipt(index)
    root = parse_checkpoint(parse_note(receipt.checkpoint).text).root
    least = min(anchors, key=lambda anchor: anchor.size)
    if index >= least.size:
        return Testimony("unknown", "not yet under a checkpoint that the consortium holds")
    for anchor in anchors:
        (old, before), (new, after) = sorted([(receipt.size, root), (anchor.size, anchor.root)])
        if new > home.ledger.size or not consistent(old, before, new, after, home.ledger.consistency(old, new)):
            return Testimony("bad", "the consortium holds a checkpoint of another history of this computer's ledger")
    text = f"under a checkpoint of {least.size} entries that the consortium holds since {least.since}"
    return Testimony("good", text, {"transaction": least.transaction, "owner": least.owner})


def _keep(outbox: Outbox, fabric: Fabric, court: Court, record: str, witnesses: Sequence[Witness]) -> None:
    """Keep the block of a record that two organisations agree on, for the day when nobody can be asked."""
    held = [each.held.statement.transaction for each in witnesses if each.held is not None]
    if len(held) < len(witnesses) or len(set(held)) != 1:
        return
    if held[0] in (kept.transaction for kept in outbox.evidence(record)):
        return
    block = court.block_of(held[0])
    if block is not None and (number := _number(fabric, block, held[0])) is not None:
        outbox.keep(Evidence(held[0], record, number, block))


def _number(fabric: Fabric, block: bytes, transaction: str) -> int | None:
    """Number of the block, where it proves `transaction`."""
    from bims_desktop.ledger.fabric.evidence import check

    profile = profile_of(fabric)
    if profile.trust is None:
        return None
    try:
        found = check(block, transaction, profile.trust, profile.channel)
    except ProofRefused:
        return None
    return found.block if found.good else None


def _kept(outbox: Outbox, fabric: Fabric, record: str) -> Testimony | None:
    """What the kept block says of `record`, checked anew without the network; None where none is kept."""
    from bims_desktop.ledger.fabric.evidence import check

    profile = profile_of(fabric)
    for kept in outbox.evidence(record):
        if profile.trust is None:
            return None
        try:
            found = check(kept.block, kept.transaction, profile.trust, profile.channel)
        except ProofRefused as error:
            return Testimony("bad", f"the block that was kept here is damaged: {error}")
        if not found.good:
            return Testimony("bad", f"the block that was kept here does not hold: {'; '.join(found.problems)}")
        if found.function != "CommitRecord" or Entry.from_bytes(found.arguments[0]).body["record"] != record:
            continue
        who = " and ".join(found.organisations)
        details = {"block": str(found.block), "transaction": kept.transaction}
        return Testimony("good", f"block {found.block}, kept here, shows that {who} agreed to it", details)
    return None
