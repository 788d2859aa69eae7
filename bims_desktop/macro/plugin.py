"""Third-party functions and readers: each in a process of its own with Qt offscreen, from trusted packages only."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Collection, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points, packages_distributions, version
from pathlib import Path
from typing import Any

from bims_desktop.errors import NotTrusted, ReplayStopped
from bims_desktop.files.image_blob import decode_image, encode_image
from bims_desktop.macro.plan import Step
from bims_desktop.model.image import Image
from bims_desktop.operations.execute import Outcome

MANIFEST = "napari.manifest"
"""Where napari finds its plugins among those of all installed distributions."""
WORKER = "bims_desktop.ui.plugin_worker"
TIMEOUT_S = 3600
_TRUST = "Trust it, if you know who made it."


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
        raise NotTrusted(f"The step {step.name} runs {function} of the package {package}.", _TRUST, name=package)


def check_reader(name: str, reader: str, trusted: Collection[str]) -> None:
    """Refuse the reader of an input `name` where neither it nor the package that brings it is among `trusted`.

    Raises
    ------
    NotTrusted
        Nobody trusted it yet.
    """
    names = {reader}
    for point in _points(reader):
        names |= {point.module.partition(".")[0], point.dist.name if point.dist else reader}
    if names.isdisjoint(trusted):
        raise NotTrusted(
            f"The input {name} is read by the napari plugin {reader}, a program of others.",
            _TRUST,
            name=reader,
        )


def brings(reader: str) -> str:
    """Distribution and version that bring the napari plugin `reader`; empty where none does.

    Examples
    --------
    >>> brings("napari").split()[0], brings("no-such-plugin")
    ('napari', '')
    """
    found = (point.dist for point in _points(reader))
    return next((f"{dist.name} {dist.version}" for dist in found if dist), "")


def package_of(module: str) -> str:
    """Distribution and version that provide `module`, such as ``napari-skimage 0.7.1``; empty where none does."""
    names = _distributions().get(module.partition(".")[0], [])
    return f"{names[0]} {version(names[0])}" if names else ""


@cache
def _distributions() -> dict[str, list[str]]:
    return dict(packages_distributions())


def _points(reader: str) -> list[EntryPoint]:
    """What says that the plugin is installed; napari's own is called after its distribution, not its entry point."""
    every = entry_points(group=MANIFEST)
    return [point for point in every if reader in (point.name, point.dist.name if point.dist else "")]


def read(name: str, path: Path, reader: str, layer: int) -> Image:
    """What a napari plugin reads in `path`: its layer of that number.

    Parameters
    ----------
    name : str
        Of the input, for messages.
    path : Path
        A file or a folder.
    reader : str
        The plugin.
    layer : int
        Of those that it gives, from 0.

    Raises
    ------
    ReplayStopped
        The plugin is not installed, or cannot read it; its own words are given.
    """
    with tempfile.TemporaryDirectory(prefix="bims-reader-") as place:
        folder = Path(place)
        request = {"reader": reader, "path": str(path.absolute()), "layer": layer}
        (folder / "request.json").write_text(json.dumps(request))
        _run(f"The reader {reader} of the input {name}", folder)
        return decode_image((folder / "000.out").read_bytes())


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
        _run(f"The step {step.name}", folder)
        outputs = sorted(folder.glob("*.out"))
        return Outcome(tuple(decode_image(path.read_bytes()) for path in outputs), {})


def _run(what: str, folder: Path) -> None:
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
        raise ReplayStopped(f"{what} ran longer than an hour.", "Leave it out.") from error
    if done.returncode:
        words = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
        raise ReplayStopped(f"{what} could not run: {words[:500]}.", "Install its package, or leave it out.")
