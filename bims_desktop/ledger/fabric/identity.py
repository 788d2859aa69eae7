"""Who acts towards a consortium: an X.509 certificate of an organisation, and its private key."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from bims_desktop.errors import LedgerUnavailable
from bims_desktop.ledger import keystore
from bims_desktop.ledger.fabric import ecdsa, messages
from bims_desktop.ledger.fabric.pem import common_name, parse_certificates, read_bounded

NOTICE = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Identity:
    """A member of an organisation.

    Parameters
    ----------
    msp : str
        The organisation's MSP identifier, "Org1MSP".
    certificate : x509.Certificate
        Made by the organisation's CA.
    key : EllipticCurvePrivateKey, optional
        P-256, of the certificate; None where somebody else signs (offline signing).
    """

    msp: str
    certificate: x509.Certificate
    key: EllipticCurvePrivateKey | None = field(default=None, repr=False)

    @classmethod
    def from_pem(cls, msp_id: str, certificate: Path | bytes, key: Path | bytes | None = None) -> Identity:
        """The identity of two PEM files, or of their bytes.

        Raises
        ------
        LedgerUnavailable
            A file cannot be read, is not what it should be, can be read by others (the key),
            is encrypted, or the two do not belong together.
        """
        if not msp_id:
            raise LedgerUnavailable("The identity names no organisation.", "Give its MSP identifier, such as Org1MSP.")
        place = str(certificate) if isinstance(certificate, Path) else "The certificate"
        pem = read_bounded(certificate) if isinstance(certificate, Path) else certificate
        parsed = parse_certificates(pem, place)[0]
        if key is None:
            return cls(msp_id, parsed)
        private = _private_key(key)
        if private.public_key() != parsed.public_key():
            raise LedgerUnavailable(
                f"The private key does not belong to the certificate of {common_name(parsed)!r}.",
                "Give the key that was made together with this certificate.",
            )
        return cls(msp_id, parsed, private)

    @property
    def pem(self) -> bytes:
        """The certificate as PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def creator(self) -> bytes:
        """The identity as Fabric carries it in every message: a SerializedIdentity."""
        message: bytes = messages.identities.SerializedIdentity(mspid=self.msp, id_bytes=self.pem).SerializeToString()
        return message

    @property
    def name(self) -> str:
        """Common name on the certificate."""
        return common_name(self.certificate)

    @property
    def expires(self) -> datetime:
        """The last moment at which the certificate holds, UTC."""
        return self.certificate.not_valid_after_utc

    def sign(self, data: bytes) -> bytes:
        """Signature of `data`: ECDSA over SHA-256, DER, low S.

        Raises
        ------
        LedgerUnavailable
            This identity has no key here.
        """
        if self.key is None:
            raise LedgerUnavailable(
                f"The key of {self.name!r} is not on this computer.", "Sign the digest where it is (with_signature)."
            )
        return ecdsa.sign(self.key, data)

    def warning(self, now: datetime) -> str:
        """What a person should know of the certificate's validity at `now`; empty where all is well."""
        begins, ends = self.certificate.not_valid_before_utc, self.expires
        if now > ends:
            return f"The certificate of {self.name!r} expired on {ends:%Y-%m-%d %H:%M} UTC: ask its CA for a new one."
        if now < begins:
            return f"The certificate of {self.name!r} begins on {begins:%Y-%m-%d %H:%M} UTC: is this clock right?"
        if ends - now < NOTICE:
            left = "today" if ends - now < timedelta(days=1) else f"in {(ends - now).days} days"
            return f"The certificate of {self.name!r} expires {left} ({ends:%Y-%m-%d}): ask its CA for a new one."
        return ""


def _private_key(key: Path | bytes) -> EllipticCurvePrivateKey:
    place = str(key) if isinstance(key, Path) else "The private key"
    pem = keystore.read_private(key).encode() if isinstance(key, Path) else key
    try:
        private = load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise LedgerUnavailable(
            f"{place} is encrypted.", "Decrypt it once (openssl pkey -in KEY -out NEW) and keep it with mode 600."
        ) from error
    except ValueError as error:
        raise LedgerUnavailable(f"{place} is not a private key in PEM.", "Give the key of the certificate.") from error
    if not isinstance(private, EllipticCurvePrivateKey) or not isinstance(private.curve, SECP256R1):
        raise LedgerUnavailable(f"{place} is not an ECDSA P-256 key.", "Enrol with a P-256 key, as Fabric's CA makes.")
    return private
