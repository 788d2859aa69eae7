from __future__ import annotations

import base64
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.errors import KeyringLocked

from bims_desktop.errors import LedgerError, LedgerUnavailable
from bims_desktop.ledger import keystore
from bims_desktop.ledger.signing import (
    Ed25519Signer,
    decode_public,
    encode_public,
    fingerprint,
    load_or_create,
    verify,
)

# RFC 8032 section 7.1, test 2
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_published_signature_is_made_and_verified() -> None:
    signer = Ed25519Signer(SEED)
    assert signer.public_key == PUBLIC
    assert signer.sign(b"\x72") == SIGNATURE
    assert verify(PUBLIC, SIGNATURE, b"\x72")


@pytest.mark.parametrize(
    ("key", "signature", "data"),
    [
        (PUBLIC, SIGNATURE, b"\x73"),
        (bytes(32), SIGNATURE, b"\x72"),
        (PUBLIC, SIGNATURE[:-1], b"\x72"),
        (PUBLIC[:-1], SIGNATURE, b"\x72"),
    ],
)
def test_any_other_signature_is_false(key: bytes, signature: bytes, data: bytes) -> None:
    assert not verify(key, signature, data)


def test_pem_gives_the_same_key_back() -> None:
    assert Ed25519Signer.from_pem(Ed25519Signer(SEED).to_pem()).sign(b"\x72") == SIGNATURE


RSA = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize("pem", ["", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", RSA])
def test_other_pem_is_refused(pem: str) -> None:
    with pytest.raises(LedgerUnavailable):
        Ed25519Signer.from_pem(pem)


# --- texts of public keys


@pytest.mark.parametrize(
    "text",
    [
        encode_public(PUBLIC, "lab.example/log"),
        encode_public(PUBLIC, "lab") + "\n",
        base64.b64encode(PUBLIC).decode(),
        PUBLIC.hex(),
        f" {PUBLIC.hex().upper()} ",
    ],
)
def test_public_keys_are_read_in_every_form_and_from_a_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "key.pub"
    path.write_text(text)
    assert decode_public(text) == decode_public(str(path)) == PUBLIC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        PUBLIC.hex()[:-2],
        base64.b64encode(PUBLIC + b"x").decode(),
        base64.b64encode(PUBLIC).decode().rstrip("="),
        # wrong length and unknown algorithm under a right hash: golang.org/x/mod/sumdb/note, note_test.go
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        "/no/such/file",
        "a\0b",
        "x" * 100_000,
    ],
)
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(LedgerError, match="not a public key"):
        decode_public(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u202eb", "a\ud800"])
def test_a_name_that_a_note_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(LedgerError, match="cannot name a key"):
        encode_public(PUBLIC, name)


def test_a_fingerprint_is_short_and_of_one_key() -> None:
    assert fingerprint(PUBLIC).startswith("SHA256:")
    assert len(fingerprint(PUBLIC)) == 50
    assert fingerprint(PUBLIC) != fingerprint(bytes(32))


# --- keys in files


def test_a_key_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    signer = load_or_create("agent", folder)
    assert load_or_create("agent", folder).public_key == signer.public_key
    assert load_or_create("log", folder).public_key != signer.public_key
    assert decode_public(str(folder / "agent.pub")) == signer.public_key
    assert sorted(path.name for path in folder.iterdir()) == ["agent.key", "agent.pub", "log.key", "log.pub"]
    if os.name == "posix":
        assert (folder / "agent.key").stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused(mode: int, tmp_path: Path) -> None:
    load_or_create("log", tmp_path)
    (tmp_path / "log.key").chmod(mode)
    with pytest.raises(LedgerUnavailable, match=rf"log\.key can be read by others \(mode {mode:o}\)"):
        load_or_create("log", tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xff", b"x" * 10_000])
def test_a_damaged_key_is_never_replaced(content: bytes, tmp_path: Path) -> None:
    load_or_create("log", tmp_path)
    (tmp_path / "log.key").write_bytes(content)
    with pytest.raises(LedgerUnavailable):
        load_or_create("log", tmp_path)
    assert (tmp_path / "log.key").read_bytes() == content


def test_a_folder_that_cannot_be_made_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnavailable, match="cannot be written"):
        load_or_create("log", tmp_path / "file" / "keys")


def test_processes_that_start_together_get_one_key(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from bims_desktop.ledger.signing import load_or_create;"
        "print(load_or_create('agent', Path(sys.argv[1])).public_key.hex())"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "keys")]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert len({process.communicate()[0] for process in running}) == 1


# --- keys in a keyring


class Memory(KeyringBackend):
    """A working keyring. Its class is of no priority, so that keyring never picks it by itself."""

    priority = 0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.priority = 5  # type: ignore[assignment]
        self.secrets: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        self.secrets[service, username] = password

    def get_password(self, service: str, username: str) -> str | None:
        return self.secrets.get((service, username))


class Hanging(Memory):
    """One that waits for a person who is not there."""

    def set_password(self, service: str, username: str, password: str) -> None:
        time.sleep(60)

    def get_password(self, service: str, username: str) -> str | None:
        time.sleep(60)
        return None


class Locked(Memory):
    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringLocked("locked")

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("locked")


class Forgetful(Memory):
    def set_password(self, service: str, username: str, password: str) -> None: ...


class Plain(Memory):
    """One that keyring itself does not recommend, as those that write plain text."""

    def __init__(self) -> None:
        super().__init__()
        self.priority = 0.5  # type: ignore[assignment]


@pytest.fixture
def _keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("BIMS_KEYRING")
    monkeypatch.setattr(keystore, "DEADLINE_S", 0.3)
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("_keyring")
def test_a_working_keyring_holds_the_key_and_no_file_does(tmp_path: Path) -> None:
    keyring.set_keyring(Memory())
    signer = load_or_create("agent", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["agent.pub"]
    assert load_or_create("agent", tmp_path).sign(b"x") == signer.sign(b"x")


@pytest.mark.usefixtures("_keyring")
@pytest.mark.parametrize("backend", [Hanging, Locked, Forgetful, Plain, fail.Keyring, null.Keyring])
def test_without_a_working_keyring_a_file_holds_the_key(backend: type[KeyringBackend], tmp_path: Path) -> None:
    keyring.set_keyring(backend())
    begun = time.monotonic()
    signer = load_or_create("agent", tmp_path)
    assert time.monotonic() - begun < 5
    assert (tmp_path / "agent.key").exists()
    keyring.set_keyring(Memory())
    assert load_or_create("agent", tmp_path).public_key == signer.public_key


@pytest.mark.usefixtures("_keyring")
@pytest.mark.parametrize("backend", [Hanging, Locked, Memory, fail.Keyring])
def test_a_keyring_that_is_closed_today_never_makes_a_second_identity(
    backend: type[KeyringBackend], tmp_path: Path
) -> None:
    keyring.set_keyring(Memory())
    signer = load_or_create("agent", tmp_path)
    keyring.set_keyring(backend())
    with pytest.raises(LedgerUnavailable, match="in a keyring that does not give it now"):
        load_or_create("agent", tmp_path)
    assert decode_public(str(tmp_path / "agent.pub")) == signer.public_key
    assert not (tmp_path / "agent.key").exists()


@pytest.mark.usefixtures("_keyring")
def test_a_keyring_with_another_key_is_refused(tmp_path: Path) -> None:
    memory = Memory()
    keyring.set_keyring(memory)
    load_or_create("agent", tmp_path)
    for label in memory.secrets:
        memory.secrets[label] = Ed25519Signer(SEED).to_pem()
    with pytest.raises(LedgerUnavailable, match="holds another key"):
        load_or_create("agent", tmp_path)
