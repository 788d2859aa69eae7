"""A process of its own that replays macros: it gets their text, input files and stored edits, and nothing else.

A JSON line a request on stdin: ``{"folder": …, "inputs": {name: path}, "minimal": bool}``, the folder holding
``macro.py`` and ``blobs``. A JSON line an answer: ``{"digest": …, "spare": [names of steps], "error": …}``.
"""

from __future__ import annotations

import json
import sys
from collections import deque
from dataclasses import replace
from importlib.abc import MetaPathFinder
from pathlib import Path
from typing import Any

BLOCKED = ("napari", "PySide6", "PyQt5", "PyQt6", "qtpy", "magicgui", "superqt", "vispy")


class Blocker(MetaPathFinder):
    """Refuses the packages of the window."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:
        if name.partition(".")[0] in BLOCKED:
            raise ImportError(f"{name} is blocked here")


sys.meta_path.insert(0, Blocker())

from bims_desktop.errors import BimsError  # noqa: E402
from bims_desktop.files.blobs import Blobs  # noqa: E402
from bims_desktop.files.image_blob import decode_image  # noqa: E402
from bims_desktop.files.readers import read  # noqa: E402
from bims_desktop.macro.plan import Plan, Step  # noqa: E402
from bims_desktop.macro.replay import Context, run  # noqa: E402
from bims_desktop.macro.source import parse  # noqa: E402
from bims_desktop.model.digest import pixel_digest  # noqa: E402
from bims_desktop.provenance.versions import value_digest  # noqa: E402


def main() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = answer_to(request)
        except BimsError as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    folder = Path(request["folder"])
    plan = Plan(parse((folder / "macro.py").read_text("ascii")).steps, request["output"])
    context = _context(folder, request["inputs"])
    digest = _digest(plan, context)
    spare = [step.name for step in plan if _is_spare(plan, step, context, digest)] if request["minimal"] else []
    return {"digest": digest, "spare": spare}


def _context(folder: Path, inputs: dict[str, str]) -> Context:
    blobs = Blobs(folder / "blobs")

    def load(step: Step) -> Any:
        image = read(inputs[step.name]).image
        assert pixel_digest(image) == step.parameters["digest"]
        return image

    return Context(load, blobs.get, lambda step: decode_image(blobs.get(step.parameters["digest"])))


def _digest(plan: Plan, context: Context) -> str:
    last = deque(run(plan, context), maxlen=1)[0]
    return value_digest(dict(zip(last.step.results, last.values, strict=True))[plan.result])


def _is_spare(plan: Plan, step: Step, context: Context, digest: str) -> bool:
    """Whether one of the images that `step` reads could stand in for its result, if that is only one."""
    return len(step.results) == 1 and any(
        _bypassed(plan, step, read, context) == digest for read in set(step.arguments.values())
    )


def _bypassed(plan: Plan, step: Step, read: str, context: Context) -> str:
    if step is plan.steps[-1]:
        rest = Plan(plan.steps[: next(number for number, s in enumerate(plan, 1) if read in s.results)], read)
    else:
        rest = Plan(tuple(_reading(s, step.name, read) for s in plan if s is not step), plan.output)
    try:
        return _digest(rest, context)
    except BimsError:
        return ""


def _reading(step: Step, old: str, new: str) -> Step:
    return replace(step, arguments={name: new if read == old else read for name, read in step.arguments.items()})


if __name__ == "__main__":
    main()
