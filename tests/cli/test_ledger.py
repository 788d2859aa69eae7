"""`bims ledger …`: every command for reading and for programs, and its exit codes."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

import bims_desktop
from bims_desktop.cli.ledger import FAMILIES
from tests.cli.conftest import SAMPLE, Bims, run

DOCUMENT = {
    "subject": [{"kind": "sequence", "name": "reads.fastq", "digest": "sha256:" + 64 * "a"}],
    "inputs": [{"name": "flowcell.pod5", "digest": "sha256:" + 64 * "b"}],
    "steps": [{"operation": "basecall"}],
    "created": "2026-01-31T12:00:00Z",
}


@pytest.fixture(scope="session")
def record(saved: Path) -> str:
    return bims_desktop.read_record(saved).digest


@pytest.fixture
def document(tmp_path: Path) -> Path:
    (tmp_path / "run.json").write_text(json.dumps(DOCUMENT))
    return tmp_path / "run.json"


def told(bims: Bims, *args: str | Path, code: int = 0) -> Any:
    ran = bims("ledger", *args, "--json")
    assert ran.code == code, ran.err
    return json.loads(ran.out)


@pytest.mark.parametrize("command", FAMILIES)
def test_help_has_examples(bims: Bims, command: str) -> None:
    ran = bims("ledger", command, "--help")
    assert (ran.code, ran.err) == (0, "")
    assert f"bims ledger {command}" in ran.out.partition("Examples:")[2]
    assert "--json" in ran.out


def test_the_group_names_every_command(bims: Bims) -> None:
    ran = bims("ledger", "--help")
    assert all(f"\n  {command} " in ran.out for command in FAMILIES)
    wrong = bims("ledger", "fnid")
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)


def test_status(bims: Bims, record: str) -> None:
    facts = told(bims, "status")
    assert facts["local"]["entries"] >= 1
    assert facts["local"]["key"].startswith(facts["local"]["origin"] + "+")
    assert sum(facts["local"]["kinds"].values()) == facts["local"]["entries"]
    assert (facts["fabric"], facts["mirrors"]) == (None, [])
    ran = bims("ledger", "status")
    assert "cannot show that it was rolled back" in ran.out
    assert f"{facts['local']['kinds']['record']} record" in ran.out.splitlines()[0]
    assert record


def test_log_and_find(bims: Bims, record: str, saved: Path) -> None:
    assert record in [entry["record"] for entry in told(bims, "log")]
    assert len(told(bims, "log", "-n", "1")) == 1
    for query in (
        ["--pixels", saved],
        ["--record", saved],
        ["--record", record],
        ["--operation", "label"],
        ["--uses", SAMPLE],
    ):
        found = told(bims, "find", "--kind", "record", *query)
        assert [entry["record"] for entry in found] == [record]
    assert found[0]["operations"] == ["gaussian", "label", "load", "threshold_otsu"]
    ran = bims("ledger", "find", "--record", record)
    assert (ran.code, record[7:19] in ran.out) == (0, True)
    assert "  gaussian + threshold_otsu + label, " in ran.out, "in the order of the macro's steps"


def test_a_file_is_found_by_a_part_of_its_name_and_said_by_it(bims: Bims, saved: Path, record: str) -> None:
    for asked in (saved.name[:4].upper(), saved):
        assert record in [entry["record"] for entry in told(bims, "find", str(asked), "--kind", "record")]
    (line,) = bims("ledger", "find", saved.name, "--kind", "record", "--limit", "1").out.splitlines()
    assert (saved.name in line, "you" in line, "SHA256:" in line) == (True, True, False)
    ran = bims("ledger", "find", "no such name")
    assert (ran.code, "--pixels, --operation" in ran.err) == (1, True)
    told(bims, "attest", saved)
    assert all(" check " in line for line in bims("ledger", "find", "--kind", "check").out.splitlines())


def test_nothing_found_exits_1(bims: Bims) -> None:
    assert told(bims, "find", "--operation", "no_such_step", code=1) == []
    ran = bims("ledger", "find", "--operation", "no_such_step")
    assert (ran.code, ran.out, ran.err) == (1, "", "Nothing was found.\n")


def test_a_table(bims: Bims, record: str, tmp_path: Path) -> None:
    assert bims("ledger", "find", "--kind", "record", "--csv", tmp_path / "found.csv").code == 0
    with (tmp_path / "found.csv").open(newline="") as file:
        assert record in [row["record"] for row in csv.DictReader(file)]


def test_prove_and_verify(bims: Bims, stranger: Bims, saved: Path, record: str, tmp_path: Path) -> None:
    proof = tmp_path / "proof.json"
    facts = told(bims, "prove", saved, "-o", proof)
    assert (facts["record"], facts["proof"]) == (record, str(proof))
    assert bims("ledger", "prove", record).out == proof.read_text()
    (fact,) = told(bims, "verify", proof)
    assert (fact["state"], fact["entry"]["body"]["record"]) == ("good", record)
    (fact,) = told(stranger, "verify", proof, code=1)
    assert fact["state"] == "unknown"
    key = told(bims, "status")["local"]["key"]
    assert told(stranger, "verify", proof, "--key", key)[0]["state"] == "good"
    assert stranger("ledger", "prove", record).code == 1
    assert bims("ledger", "verify", SAMPLE).code == 2


def test_the_whole_log(bims: Bims, record: str) -> None:
    (fact,) = told(bims, "verify")
    assert (fact["state"], "rolled back" in fact["details"]["limits"]) == ("good", True)
    assert bims("ledger", "verify").out.startswith("✓ ")
    assert record


def test_submit(bims: Bims, document: Path) -> None:
    first, again = told(bims, "submit", document), told(bims, "submit", document)
    assert first == again, "the same document is the same record"
    (found,) = told(bims, "find", "--uses", DOCUMENT["inputs"][0]["digest"])
    assert found["record"] == first["record"]
    assert bims("ledger", "submit", document).out.startswith("run.json is recorded as entry ")


@pytest.mark.parametrize(
    ("text", "words"), [("{}", "subject"), ("[]", "object"), ("no json", "JSON"), ('{"subject": 5}', "subject")]
)
def test_what_is_no_document_is_refused(bims: Bims, tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "run.json").write_text(text)
    ran = bims("ledger", "submit", tmp_path / "run.json")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert words in ran.err


def test_export_and_import(bims: Bims, record: str, tmp_path: Path) -> None:
    log = tmp_path / "log.bims-log"
    size = told(bims, "export", log)["entries"]
    assert size == told(bims, "status")["local"]["entries"]
    facts = told(lambda *args: run(tmp_path / "colleague", *args), "import", log)
    assert (facts["own"], facts["entries"], facts["added"]) == (False, size, size)
    found = told(lambda *args: run(tmp_path / "colleague", *args), "find", "--record", record, "--kind", "record")
    assert found[0]["where"].startswith("local-")
    ran = bims("ledger", "import", log)
    assert (ran.code, ran.out.startswith("Your log ")) == (0, True)
    assert bims("ledger", "import", SAMPLE).code == 2


def test_withdrawing(bims: Bims, stranger: Bims, tmp_path: Path) -> None:
    records = []
    for number in range(2):
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps({**DOCUMENT, "content": number}))
        records.append(told(bims, "submit", path)["record"])
    assert told(bims, "supersede", records[0], "--by", records[1], "--reason", "newer")["state"] == "superseded"
    assert told(bims, "retract", records[1], "--reason", "wrong")["state"] == "retracted"
    assert [found["state"] for found in told(bims, "find", "--record", records[1], "--kind", "record")] == ["retracted"]
    for wrong in (
        bims("ledger", "retract", records[1], "--reason", "another"),
        stranger("ledger", "retract", records[0], "--reason", "not mine"),
        bims("ledger", "retract", records[0]),
        bims("ledger", "retract", "sha256:12", "--reason", "no digest"),
        bims("ledger", "retract", DOCUMENT["subject"][0]["digest"], "--reason", "of several records"),
    ):
        assert (wrong.code, wrong.err.count("\n")) == (2, 1)


def test_attest(bims: Bims, saved: Path, record: str) -> None:
    before = len(told(bims, "find", "--record", record, "--kind", "attestation", code=0))
    (fact,) = told(bims, "attest", saved)
    assert fact["verdict"] == "identical"
    (again,) = told(bims, "attest", saved)
    assert (again["place"], again["stood"]) == (fact["place"], True)
    assert "nothing was written" in bims("ledger", "attest", saved).out
    after = told(bims, "find", "--record", record, "--kind", "attestation")
    assert len(after) >= before
    assert after[-1]["attested"][-1] == "exact"
    assert bims("ledger", "attest", SAMPLE).code == 2


@pytest.mark.parametrize("args", [["sync"], ["anchor"], ["find", "--where", "fabric"]])
def test_what_needs_a_consortium_says_so(bims: Bims, args: list[str]) -> None:
    ran = bims("ledger", *args)
    assert (ran.code, ran.out) == (2, "")
    assert "No consortium's ledger is configured" in ran.err


def test_rotating(tmp_path: Path, document: Path) -> None:
    def bims(*args: str | Path) -> Any:
        return run(tmp_path / "rotated", *args)

    proof = tmp_path / "proof.json"
    old = told(bims, "status")["local"]["key"]
    record = told(bims, "submit", document)["record"]
    told(bims, "prove", record, "-o", proof)
    facts = told(bims, "rotate")
    assert (facts["entry"], facts["replaces"], facts["ledger"]) == (2, old, old.split("+")[0])
    assert told(bims, "status")["local"]["key"] == facts["key"] != old
    assert told(bims, "verify", proof)[0]["state"] == "good", "the old key is known for what it signed"
    assert told(bims, "verify")[0]["state"] == "good"
    ran = bims("ledger", "rotate")
    assert (ran.code, f"replaces: {facts['key']}" in ran.out, "entry 3" in ran.out) == (0, True, True)
    document.write_text(json.dumps({**DOCUMENT, "content": "later"}))
    assert told(bims, "submit", document)["entry"] == 4
