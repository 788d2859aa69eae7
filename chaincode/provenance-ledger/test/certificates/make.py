"""Make the certificates of the tests' people: public halves only, the chaincode never sees a key.

Run in this folder, with `cryptography` installed. The keys are drawn anew and thrown away.
"""

import json
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

ATTRIBUTES = x509.ObjectIdentifier("1.2.3.4.5.6.7.8.1")  # Fabric CA's
PEOPLE = {  # file: (common name, organisational units, attribute bims.role)
    "writer": ("ada", ["client"], "writer"),
    "writer_by_unit": ("grace", ["client", "writer"], None),
    "reader": ("rosalind", ["client"], "reader"),
    "reader_by_unit": ("barbara", ["reader"], None),
    "auditor": ("emmy", ["client"], "auditor"),
    "auditor_by_unit": ("marie", ["client", "auditor"], None),
    "reader_and_auditor": ("lise", ["client"], "reader, auditor"),
    "nobody": ("eve", ["client"], None),
    "impostor": ("eve/OU=writer/L=here", ["client"], "owner,Writer"),
}


def certificate(name: str, units: list[str], role: str | None) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit) for unit in units]
    subject = x509.Name([*names, x509.NameAttribute(NameOID.COMMON_NAME, name)])
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ca.example.org")])
    start = datetime(2026, 1, 1)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(start).not_valid_after(start + timedelta(days=36500))
    if role is not None:
        told = json.dumps({"attrs": {"bims.role": role}}).encode()
        builder = builder.add_extension(x509.UnrecognizedExtension(ATTRIBUTES, told), critical=False)
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


for file, person in PEOPLE.items():
    Path(f"{file}.pem").write_bytes(certificate(*person))
