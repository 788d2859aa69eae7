"""A home whose settings name the in-process network, entries to carry there, and what became of them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bims_desktop.app.carrier import Carrier
from bims_desktop.app.home import Home
from bims_desktop.app.settings import Fabric
from bims_desktop.ledger.base import Deposit, Entry
from bims_desktop.ledger.fabric.envelope import open_envelope
from bims_desktop.ledger.fabric.gateway import Deadlines
from bims_desktop.ledger.fabric.identity import Identity
from bims_desktop.ledger.signing import Ed25519Signer, fingerprint
from bims_desktop.macro.record import sign
from bims_desktop.model.canonical import canonical
from tests.ledger.fabric.fake_gateway import FakeNetwork

QUICK = Deadlines(evaluate=2, endorse=2, submit=1, status=2, events=5)
AGENT = Ed25519Signer(bytes(32))


def digest(text: object) -> str:
    return f"sha256:{sha256(str(text).encode()).hexdigest()}"


def record(number: object) -> Entry:
    return Entry("record", {"pixels": digest(f"pixels {number}"), "record": digest(number)})


def attestation(number: object, verdict: str = "exact") -> Entry:
    body = {"agent": "SHA256:somebody", "environment": "Python", "record": digest(number), "verdict": verdict}
    return Entry("attestation", body)


def retraction(number: object, reason: str = "wrong sample") -> Entry:
    return Entry("retract", {"reason": reason, "record": digest(number)})


def deposited(number: object, padding: int = 0) -> tuple[Entry, Deposit]:
    """A signed record of the least that a ledger takes, `padding` bytes longer, and its entry."""
    payload = canonical(
        {
            "agent": {"name": "Ada", "organisation": "", "public_key": _base64(AGENT.public_key)},
            "blobs": {"companion": None, "inline": {}},
            "created": "2026-01-31T12:00:00Z",
            "image": {"pixels": digest(f"pixels {number}")},
            "inputs": [],
            "macro": {"digest": digest(f"macro {number}"), "text": "x" * padding},
            "redacted": {},
            "steps": [],
            "type": "bims-record",
            "v": 1,
        }
    )
    deposit = Deposit(sign(payload, AGENT))
    body = {"agent": fingerprint(AGENT.public_key), "pixels": digest(f"pixels {number}"), "record": deposit.record}
    return Entry("record", body), deposit


def fabric_of(network: FakeNetwork, folder: Path, msp: str = "Org1MSP", role: str = "writer", **choices: Any) -> Fabric:
    """Settings for a new member of `msp`, its files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    profile = folder / "profile.json"
    profile.write_text(json.dumps(network.document(msp)))
    certificate, key = put_identity(network.identity(msp, role), folder)
    return Fabric(str(profile), msp, str(certificate), str(key), **choices)


def put_identity(identity: Identity, folder: Path) -> tuple[Path, Path]:
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(identity.pem)
    assert identity.key is not None
    key.touch(mode=0o600)
    key.write_bytes(identity.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return certificate, key


def home_of(folder: Path, fabric: Fabric) -> Home:
    """A home in `folder` that carries to `fabric`."""
    home = Home(folder)
    home.settings = replace(home.settings, fabric=fabric)
    home.settings.save(home.folder)
    return home


def carrier_of(home: Home, **options: Any) -> Carrier:
    """A carrier that does not wait long."""
    assert home.settings.fabric is not None
    return Carrier(home, home.settings.fabric, **{"deadlines": QUICK, **options})


def written(network: FakeNetwork) -> Counter[tuple[str, str]]:
    """How many valid transactions there are of each function and first argument."""
    found: Counter[tuple[str, str]] = Counter()
    for block in network.ledger.blocks:
        if block.metadata.metadata[2][0] == 0:
            function, *arguments = (item.decode() for item in open_envelope(block.data.data[0]).invocation.input.args)
            found[function, arguments[0] if arguments else ""] += 1
    return found


def once(network: FakeNetwork, *entries: Entry) -> None:
    """Each entry is in exactly one valid transaction, and there are no others that hold entries."""
    found = {said: count for (function, said), count in written(network).items() if not function.startswith("Put")}
    assert found == {entry.to_bytes().decode(): 1 for entry in entries}


def _base64(data: bytes) -> str:
    import base64

    return base64.b64encode(data).decode()
