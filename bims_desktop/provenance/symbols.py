"""`Symbols`: a Python name for every data version, and each action as a line of code."""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from bims_desktop.errors import UnknownOperation
from bims_desktop.model.canonical import Json
from bims_desktop.operations import registry
from bims_desktop.provenance.code import literal, statement

POSITIONAL = {"load": ("digest",), "snapshot": ("digest",), "call": ("function",)}
DATA_VERBS = frozenset(POSITIONAL)


class Symbols:
    """Names from a counter and the operation; inputs are called after their file.

    Examples
    --------
    >>> symbols = Symbols()
    >>> symbols.code("load", {}, {"digest": "sha256:00", "name": "my cells.tif"}, (1,))
    'my_cells = op.load("sha256:00", name="my cells.tif")'
    >>> symbols.code("undo", {}, {"step": 1}, ())
    'session.undo(step=1)'
    """

    def __init__(self) -> None:
        self.names: dict[int, str] = {}
        self._taken = {"op"}
        self._counts: Counter[str] = Counter()

    def code(
        self, operation: str, arguments: Mapping[str, int], parameters: Mapping[str, Json], writes: Sequence[int]
    ) -> str:
        """The statement of one action, naming the versions it writes."""
        for version in writes:
            self.names[version] = self._name(operation, parameters)
        read = {name: self.names[version] for name, version in arguments.items()}
        if operation not in DATA_VERBS and not is_registered(operation):
            texts = [*read.values(), *(f"{name}={literal(value)}" for name, value in parameters.items())]
            return f"session.{operation}({', '.join(texts)})"
        return step_text([self.names[v] for v in writes], operation, read, parameters)

    def _name(self, operation: str, parameters: Mapping[str, Json]) -> str:
        if operation == "load":
            stem = identifier(str(parameters["name"]))
            name, count = stem, 1
            while name in self._taken:
                count += 1
                name = f"{stem}_{count}"
        else:
            base = identifier(str(parameters["function"]).rpartition(".")[2]) if operation == "call" else operation
            name = self._numbered(base)
        self._taken.add(name)
        return name

    def _numbered(self, base: str) -> str:
        while True:
            self._counts[base] += 1
            name = f"{base}_{self._counts[base]}"
            if name not in self._taken:
                return name


def step_text(
    results: Sequence[str], operation: str, arguments: Mapping[str, str], parameters: Mapping[str, Json]
) -> str:
    """The macro's statement of one step: its first image and what names its content stand without a keyword."""
    leading = POSITIONAL.get(operation) or registry.get(operation).blobs
    keywords = {name: literal(value) for name, value in parameters.items() if name not in leading}
    values = [literal(parameters[name]) for name in leading]
    if operation in DATA_VERBS:
        return statement(results, operation, values, {**arguments, **keywords})
    first, *rest = arguments
    named = {name: arguments[name] for name in rest}
    return statement(results, operation, [arguments[first], *values], {**named, **keywords})


def is_registered(operation: str) -> bool:
    """Whether the registry knows `operation`."""
    try:
        registry.get(operation)
    except UnknownOperation:
        return False
    return True


def identifier(name: str) -> str:
    """A Python name after a file's name: its stem, other characters than ASCII letters and digits as ``_``.

    Examples
    --------
    >>> identifier("2. Zellen µ.ome.tif")
    'image_2_Zellen'
    """
    stem = re.sub(r"(\.ome)?\.[0-9A-Za-z]{1,5}$", "", name)
    text = re.sub(r"[^0-9A-Za-z_]+", "_", stem).strip("_")[:48] or "image"
    if text[0].isdigit() or keyword.iskeyword(text):
        text = f"image_{text}"
    return text
