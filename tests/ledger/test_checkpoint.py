"""Signed notes and checkpoints, against the vectors of their first implementation.

The PeterNeumann key, note and malformed notes are those of golang.org/x/mod/sumdb/note
(``note_test.go``); the checkpoint is the example of C2SP tlog-checkpoint, which is one of
sum.golang.org under another name.
"""

from __future__ import annotations

import base64

import pytest

from bims_desktop.errors import LedgerError, ProofRefused
from bims_desktop.ledger.checkpoint import Checkpoint, parse_checkpoint, parse_note, sign_note
from bims_desktop.ledger.signing import Ed25519Signer, decode_public, encode_public

VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
NOTE = TEXT + "\n" + SIGNATURE
GO_SUM_KEY = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
GO_SUM_TEXT = "go.sum database tree\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
GO_SUM = (
    GO_SUM_TEXT + "\n— sum.golang.org "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def test_the_published_note_is_signed_byte_for_byte() -> None:
    assert sign_note(TEXT, "PeterNeumann", Ed25519Signer(SEED)) == NOTE


def test_the_published_note_verifies_with_its_published_key() -> None:
    key = decode_public(VERIFIER)
    assert parse_note(NOTE).signer([bytes(32), key]) == key
    assert encode_public(key, "PeterNeumann") == VERIFIER


def test_a_published_checkpoint_verifies() -> None:
    note = parse_note(GO_SUM)
    assert note.signer([decode_public(GO_SUM_KEY)])
    assert parse_checkpoint(note.text) == Checkpoint("go.sum database tree", 20852163, base64.b64decode(ROOT))


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        TEXT + "\n",
        NOTE.removesuffix("\n"),
        "\x01" + NOTE,
        "\udc80" + NOTE,
        NOTE.replace("— PeterNeumann", "— Bad Name"),
        NOTE.replace("— PeterNeumann", "— "),
        NOTE.replace("— PeterNeumann", "— Peter+Neumann"),
        NOTE.replace("— PeterNeumann", "- PeterNeumann"),
        NOTE.replace("BwJnAM=", "BwJnAM"),
        NOTE.replace("BwJnAM=", "BwJnAN="),
        NOTE + "Unexpected line.\n",
        TEXT + "\n" + 101 * SIGNATURE,
        "x" * 100_000 + NOTE,
        "",
    ],
)
def test_malformed_notes_are_refused(note: str) -> None:
    with pytest.raises(ProofRefused):
        parse_note(note)


def test_an_altered_text_is_refused_with_the_known_key_and_nothing_with_another() -> None:
    altered = parse_note(NOTE.replace("answer", "Answer"))
    with pytest.raises(ProofRefused, match="PeterNeumann is false"):
        altered.signer([decode_public(VERIFIER)])
    assert altered.signer([bytes(32)]) is None


def test_signatures_of_strangers_are_passed_over() -> None:
    stranger = Ed25519Signer(bytes(32))
    witness = sign_note(TEXT, "witness.example", stranger).removeprefix(TEXT + "\n")
    assert parse_note(TEXT + "\n" + 16 * witness + SIGNATURE).signer([decode_public(VERIFIER)])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "lab\n",
        f"lab\n5\n{ROOT}",
        f"\n5\n{ROOT}\n",
        f"lab\n05\n{ROOT}\n",
        f"lab\n-5\n{ROOT}\n",
        f"lab\n+5\n{ROOT}\n",
        f"lab\n٥\n{ROOT}\n",
        f"lab\n{2**53}\n{ROOT}\n",
        f"lab\n{'9' * 5000}\n{ROOT}\n",
        f"lab\n5\n{ROOT[:-4]}\n",
        f"lab\n5\n{ROOT[:-2]}J=\n",
        f"lab\n5\n{ROOT}\n\n",
        f"lab\n5\n{ROOT}\n\nextension\n",
    ],
)
def test_malformed_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(ProofRefused):
        parse_checkpoint(text)


@pytest.mark.parametrize("size", [0, 1, 2**53 - 1])
def test_checkpoints_survive_signing_and_reading(size: int) -> None:
    signer = Ed25519Signer(bytes(32))
    checkpoint = Checkpoint("lab/1", size, bytes(range(32)))
    note = parse_note(checkpoint.sign(signer))
    assert parse_checkpoint(note.text) == checkpoint
    assert parse_checkpoint(note.text + "extension\n") == checkpoint
    assert note.signer([signer.public_key]) == signer.public_key


@pytest.mark.parametrize(("text", "name"), [("no end", "lab"), ("a\tb\n", "lab"), ("a\n", "two words"), ("a\n", "")])
def test_what_cannot_be_a_note_is_not_signed(text: str, name: str) -> None:
    with pytest.raises(LedgerError):
        sign_note(text, name, Ed25519Signer(bytes(32)))
