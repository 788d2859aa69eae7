"""`bims ops`."""

from __future__ import annotations

import json

from bims_desktop.operations import registry
from tests.cli.conftest import Bims


def test_lists_the_whole_registry(bims: Bims) -> None:
    listed = bims("ops").out.splitlines()
    assert {line.split()[0] for line in listed if line.startswith("  ")} == {o.id for o in registry.operations()}


def test_json_holds_what_a_caller_needs(bims: Bims) -> None:
    facts = {fact["id"]: fact for fact in json.loads(bims("ops", "--json").out)}
    sigma = next(p for p in facts["gaussian"]["parameters"] if p["name"] == "sigma")
    assert (sigma["type"], sigma["default"], sigma["low"], sigma["high"], sigma["unit"]) == (
        "float",
        1.0,
        0,
        1000,
        "px",
    )
    assert facts["subtract"]["images"][1]["name"] == "x2"
    assert json.loads(bims("ops", "gaussian", "--json").out) == facts["gaussian"]


def test_explains_one(bims: Bims) -> None:
    out = bims("ops", "gaussian").out
    assert "sigma: float from 0 to 1000 px (default 1.0)" in out
    assert "Standard deviation" in out
    assert "Smooth with a Gaussian kernel." in out
    assert "Sources\n  skimage.filters.gaussian with preserve_range=True." in out


def test_names_the_others_that_a_name_finds(bims: Bims) -> None:
    others = bims("ops", "threshold").out.partition("Others that the word finds\n")[2]
    thresholds = {o.id for o in registry.operations() if o.id.startswith("threshold_")}
    assert thresholds <= {line.split()[0] for line in others.splitlines()}
    assert "  threshold  " not in others


def test_says_what_none_means(bims: Bims) -> None:
    out = bims("ops", "select_labels").out
    assert "minimum: float (default 0.0; None: no limit)" in out
    assert "maximum: float (None: no limit)" in out
    (joined,) = (p for p in json.loads(bims("ops", "label", "--json").out)["parameters"] if p["name"] == "connectivity")
    assert (joined["optional"], joined["none"]) == (True, "full")


def test_facts_hold_what_it_does_and_its_sources(bims: Bims) -> None:
    every = json.loads(bims("ops", "--json").out)
    assert [fact["id"] for fact in every if not (fact["summary"] and fact["description"] and fact["sources"])] == []
    sauvola = next(fact for fact in every if fact["id"] == "threshold_local")
    assert sauvola["description"].startswith(sauvola["summary"])
    assert "`" not in sauvola["sources"]


def test_finds_by_words(bims: Bims) -> None:
    assert "gaussian" in {line.split()[0] for line in bims("ops", "blur").out.splitlines() if line.startswith("  ")}
    assert [fact["id"] for fact in json.loads(bims("ops", "count cells", "--json").out)] == ["count_labels"]
    answer = bims("ops", "gausian")
    assert (answer.code, "Did you mean gaussian?" in answer.err) == (2, True)
