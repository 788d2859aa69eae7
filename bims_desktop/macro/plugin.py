"""Third-party steps: each in a process of its own with Qt offscreen, and only from a trusted package."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

from bims_desktop.errors import NotTrusted, ReplayStopped
from bims_desktop.files.image_blob import decode_image, encode_image
from bims_desktop.macro.plan import Step
from bims_desktop.model.image import Image
from bims_desktop.operations.execute import Outcome

WORKER = "bims_desktop.ui.plugin_worker"
TIMEOUT_S = 3600


def check_trust(step: Step, trusted: Collection[str]) -> None:
    """Refuse a step of a package that is not among `trusted` (by import name or distribution).

    Which distribution a function belongs to is asked of this installation: what the record says of
    it is somebody else's word.

    Raises
    ------
    NotTrusted
        Nobody trusted it yet.
    """
    function = str(step.parameters["function"])
    package = function.partition(".")[0]
    if {package, *packages_distributions().get(package, ())}.isdisjoint(trusted):
        raise NotTrusted(
            f"The step {step.name} runs {function} of the package {package}.", f"Allow it with --trust {package}."
        )


def call(step: Step, arguments: Mapping[str, Image]) -> Outcome:
    """Results of a third-party function on `arguments`.

    Raises
    ------
    ReplayStopped
        The function is not installed, or failed; its own words are given.
    """
    with tempfile.TemporaryDirectory(prefix="bims-plugin-") as name:
        folder = Path(name)
        for argument, image in arguments.items():
            (folder / f"{argument}.in").write_bytes(encode_image(image))
        plain = {key: value for key, value in step.parameters.items() if key != "function"}
        request = {"arguments": list(arguments), "function": step.parameters["function"], "parameters": plain}
        (folder / "request.json").write_text(json.dumps(request))
        _run(step, folder)
        outputs = sorted(folder.glob("*.out"))
        return Outcome(tuple(decode_image(path.read_bytes()) for path in outputs), {})


def _run(step: Step, folder: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    try:
        done: subprocess.CompletedProcess[Any] = subprocess.run(
            [sys.executable, "-m", WORKER, str(folder)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise ReplayStopped(f"The step {step.name} ran longer than an hour.", "Leave it out.") from error
    if done.returncode:
        words = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise ReplayStopped(
            f"The step {step.name} could not run: {words[:500]}.", "Install its package, or leave it out."
        )
