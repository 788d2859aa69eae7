"""ECDSA as Fabric wants it: over SHA-256, DER, with the lower of the two values of S.

Fabric refuses the higher one, so that nobody can make a second valid signature, and with
it a second valid transaction, out of the first.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

ORDERS = {  # of the base point, SEC 2 version 2.0
    "secp256r1": 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551,
    "secp384r1": 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973,
}
_SHA256 = ec.ECDSA(SHA256())


def lower(signature: bytes, curve: str = "secp256r1") -> bytes:
    """The DER `signature` with its S at most half the order of `curve`.

    Examples
    --------
    >>> high = encode_dss_signature(5, ORDERS["secp256r1"] - 7)
    >>> decode_dss_signature(lower(high))
    (5, 7)
    """
    r, s = decode_dss_signature(signature)
    return encode_dss_signature(r, min(s, ORDERS[curve] - s))


def sign(key: ec.EllipticCurvePrivateKey, data: bytes) -> bytes:
    """Signature of `data`, DER, low S."""
    return lower(key.sign(data, _SHA256), key.curve.name)


def verify(key: PublicKeyTypes, signature: bytes, data: bytes) -> bool:
    """Whether `signature` is a low-S signature of `data` by the elliptic-curve `key`."""
    if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name not in ORDERS:
        return False
    try:
        key.verify(signature, data, _SHA256)
        return lower(signature, key.curve.name) == signature
    except (InvalidSignature, ValueError):
        return False
