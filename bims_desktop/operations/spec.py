"""What an operation says of itself: `Operation`, its `Argument`s and `Parameter`s, read off its signature."""

from __future__ import annotations

import inspect
import re
import sys
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias, get_args, get_origin

import numpy as np

from bims_desktop.errors import BadParameter
from bims_desktop.model.canonical import Json
from bims_desktop.model.image import Image, Kind
from bims_desktop.model.table import Table

Effect = Literal["pixels", "calibration", "display", "view", "session"]
Value = Image | Table
PlainType: TypeAlias = "type[Any]"
EXACT = 2**53 - 1
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_KINDS = {float: "a number", int: "a whole number", bool: "true or false", str: "text"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least and greatest value of a number, and its unit (``Annotated[float, Bounds(0, 100, "px")]``)."""

    low: float = -sys.float_info.max
    high: float = sys.float_info.max
    unit: str = ""


@dataclass(frozen=True, slots=True)
class IfNone:
    """What None means, in a few words (``Annotated[float, IfNone("no limit")] | None``)."""

    words: str


@dataclass(frozen=True, slots=True)
class Accepts:
    """Kinds of image that an argument takes (``Annotated[Image, Accepts("mask")]``)."""

    kinds: tuple[Kind, ...]

    def __init__(self, *kinds: Kind) -> None:
        object.__setattr__(self, "kinds", kinds)


@dataclass(frozen=True, slots=True)
class Blob:
    """Marks bytes that a macro names by digest (``Annotated[bytes, Blob()]``); the function gets the bytes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A result together with what the operation found: a threshold, an object count."""

    result: Value | tuple[Value, ...]
    values: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Argument:
    """An image that goes in."""

    name: str
    kinds: tuple[Kind, ...]
    optional: bool
    help: str = ""

    def way_from(self, kind: Kind) -> str:
        """What makes an image that it takes of one of `kind`, where that is not plain; otherwise empty."""
        if kind == "rgb" and kind not in self.kinds and "intensity" in self.kinds:
            return "Convert the RGB image with RGB to grey, or select a channel."
        return ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A typed, bounded setting; `type` is float, int, bool, str or tuple (of `item`, `length` of them if not 0).

    `words` are strings that may stand in place of such a value. A `blob` is the digest of bytes. Of one that is
    `optional` `none` says what None means, in a few words.
    """

    name: str
    type: PlainType
    default: Any
    bounds: Bounds = Bounds()
    choices: tuple[Any, ...] = ()
    item: PlainType | None = None
    optional: bool = False
    required: bool = False
    blob: bool = False
    help: str = ""
    words: tuple[str, ...] = ()
    length: int = 0
    none: str = ""

    def check(self, value: Any) -> Any:
        """`value` as this parameter's plain Python type.

        Raises
        ------
        BadParameter
            It is of another type, out of bounds or not among the choices.
        """
        if value is None and self.optional:
            return None
        if isinstance(value, str) and value in self.words:
            return value
        if self.blob and not (isinstance(value, str) and DIGEST.fullmatch(value)):
            raise self._refusal(value, "a digest such as sha256:…")
        if self.type is tuple:
            return self._check_tuple(value)
        return self._check_one(value, self.type)

    def _check_tuple(self, value: Any) -> tuple[Any, ...]:
        if not isinstance(value, (list, tuple, np.ndarray)):
            raise self._refusal(value, " or ".join((*self.words, "a list of values")))
        if self.length and len(value) != self.length:
            raise self._refusal(value, f"{self.length} values")
        return tuple(self._check_one(item, self.item or float) for item in value)

    def _check_one(self, value: Any, kind: PlainType) -> Any:
        value = value.item() if isinstance(value, np.generic) else value
        if kind is float and type(value) is int and abs(value) <= EXACT:
            value = float(value)
        if type(value) is not kind:
            raise self._refusal(value, _KINDS.get(kind, f"a value of type {kind.__name__}"))
        if self.choices and value not in self.choices:
            raise self._refusal(value, f"one of {', '.join(map(str, self.choices))}")
        if kind is int and abs(value) > EXACT:
            raise self._refusal(value, "an integer that JSON holds exactly")
        if kind in (int, float) and not self.bounds.low <= value <= self.bounds.high:
            raise self._refusal(value, f"between {self.bounds.low:g} and {self.bounds.high:g}")
        return value

    def _refusal(self, value: Any, wanted: str) -> BadParameter:
        return BadParameter(f"The parameter {self.name} cannot be {value!r}.", f"It must be {wanted}.")


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One entry of the registry: a plain function and all that forms, logs and macros need of it.

    `results` is their number, 0 where it depends on the data.
    """

    id: str
    version: int
    function: Callable[..., Any]
    title: str
    menu: str
    sentence: str
    effect: Effect
    arguments: tuple[Argument, ...]
    parameters: tuple[Parameter, ...]
    results: int
    halo: str
    package: str = ""

    @property
    def blobs(self) -> tuple[str, ...]:
        """Names of the parameters that hold stored edits; an operation that has any is a manual edit."""
        return tuple(parameter.name for parameter in self.parameters if parameter.blob)

    def bind(self, parameters: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter checked, defaults written out, in the order of the signature.

        Raises
        ------
        BadParameter
            A name is unknown, a required one is missing, or a value does not fit.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        if unknown := [name for name in parameters if name not in known]:
            raise BadParameter(
                f"The operation {self.id} has no parameter {unknown[0]!r}.",
                f"It has {', '.join(known) or 'none'}.",
            )
        if missing := [p.name for p in self.parameters if p.required and p.name not in parameters]:
            raise BadParameter(f"The operation {self.id} needs the parameter {missing[0]!r}.", "Give it a value.")
        return {name: p.check(parameters.get(name, p.default)) for name, p in known.items()}

    def check_images(self, images: Mapping[str, Image]) -> None:
        """Refuse images of a kind this operation does not take.

        Raises
        ------
        BadParameter
            An image is missing, unknown, or of another kind.
        """
        known = {argument.name: argument for argument in self.arguments}
        if unknown := [name for name in images if name not in known]:
            raise BadParameter(
                f"The operation {self.id} takes no image {unknown[0]!r}.", f"It takes {', '.join(known)}."
            )
        for argument in self.arguments:
            image = images.get(argument.name)
            if image is None:
                if not argument.optional:
                    raise BadParameter(f"The operation {self.id} needs an image for {argument.name!r}.", "Choose one.")
            elif not isinstance(image, Image):
                raise BadParameter(f"{argument.name!r} of {self.id} must be an image.", "Choose an image layer.")
            elif argument.kinds and image.kind not in argument.kinds:
                raise BadParameter(
                    f"{self.id} cannot take an image of kind {image.kind} for {argument.name!r}.",
                    f"It takes {' or '.join(argument.kinds)}. {argument.way_from(image.kind)}".rstrip(),
                )

    def say(self, values: Mapping[str, Any]) -> str:
        """The sentence with `values` (image names, parameters, found values) filled in."""
        return fill(self.sentence, values)


_COUNTED = re.compile(r"(\{(\w+)\} [a-z]+)s\b")
"""A number and what it counts; after a single one there is no s."""
_WITHIN = re.compile(r"within \{(\w+)\} px of\b")
"""How far from something; what is no pixel away from it touches it."""


class _Spoken(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "..."


def fill(template: str, values: Mapping[str, Any]) -> str:
    """`template` with `values` as a person writes them; dots stand for what is not known."""
    template = _COUNTED.sub(lambda found: found[1 if values.get(found[2]) == 1 else 0], template)
    template = _WITHIN.sub(lambda found: "touching" if values.get(found[1]) == 0 else found[0], template)
    return template.format_map(_Spoken({name: plain(value) for name, value in values.items()}))


def plain(value: Any) -> str:
    """A value as a person writes it in a notebook."""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, (list, tuple)):
        shown = ", ".join(map(plain, value[:4]))
        return f"{shown}, … ({len(value)} in all)" if len(value) > 4 else shown
    return str(value)


def read_signature(function: Callable[..., Any]) -> tuple[tuple[Argument, ...], tuple[Parameter, ...], int]:
    """Arguments, parameters and number of results that the annotations of `function` declare."""
    hints = typing.get_type_hints(function, include_extras=True)
    helps = _docstring_helps(function)
    arguments: list[Argument] = []
    parameters: list[Parameter] = []
    for name, entry in inspect.signature(function).parameters.items():
        hint, extras, optional = _unwrap(hints[name])
        if hint is Image:
            kinds = next((extra.kinds for extra in extras if isinstance(extra, Accepts)), ())
            arguments.append(Argument(name, kinds, optional, helps.get(name, "")))
        else:
            parameters.append(_parameter(entry, hint, extras, optional, helps.get(name, "")))
    returned = get_args(hints["return"]) if get_origin(hints["return"]) is tuple else (hints["return"],)
    # `tuple[Image, ...]` says that their number depends on the data.
    results = 0 if Ellipsis in returned else len(returned)
    return tuple(arguments), tuple(parameters), results


def _unwrap(hint: Any) -> tuple[Any, tuple[Any, ...], bool]:
    """The type without ``None`` around it and without extras, the extras, and whether there was a ``None``."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        hint, more, optional = _unwrap(inner)
        return hint, (*extras, *more), optional
    if get_origin(hint) in (types.UnionType, typing.Union) and type(None) in get_args(hint):
        rest = tuple(part for part in get_args(hint) if part is not type(None))
        hint, more, _ = _unwrap(typing.Union[rest])  # noqa: UP007 - built from a tuple
        return hint, more, True
    return hint, (), False


def _parameter(entry: inspect.Parameter, hint: Any, extras: tuple[Any, ...], optional: bool, help: str) -> Parameter:
    required = entry.default is inspect.Parameter.empty
    words, hint = _words(hint)
    kind, item, choices, length = _shape(hint)
    blob = any(isinstance(extra, Blob) for extra in extras)
    return Parameter(
        name=entry.name,
        type=str if blob else kind,
        default=None if required else entry.default,
        bounds=next((extra for extra in extras if isinstance(extra, Bounds)), Bounds()),
        choices=choices,
        item=item,
        optional=optional,
        required=required,
        help=help,
        words=words,
        length=length,
        blob=blob,
        none=next((extra.words for extra in extras if isinstance(extra, IfNone)), ""),
    )


def _words(hint: Any) -> tuple[tuple[str, ...], Any]:
    """Of ``Literal["a", "b"] | tuple[...]`` the words and the other type."""
    if get_origin(hint) not in (types.UnionType, typing.Union):
        return (), hint
    literal, other = get_args(hint)
    return get_args(literal), other


def _shape(hint: Any) -> tuple[type, type | None, tuple[Any, ...], int]:
    """Plain type, type of its items, choices, and number of items of a fixed tuple."""
    if get_origin(hint) is Literal:
        return type(get_args(hint)[0]), None, get_args(hint), 0
    if get_origin(hint) is not tuple:
        return hint, None, (), 0
    items = get_args(hint)
    item, _, choices, _ = _shape(items[0])
    return tuple, item, choices, 0 if Ellipsis in items else len(items)


def _docstring_helps(function: Callable[..., Any]) -> dict[str, str]:
    """First sentence of each entry in the numpydoc section Parameters."""
    lines = inspect.cleandoc(function.__doc__ or "").splitlines()
    helps: dict[str, str] = {}
    names: list[str] = []
    section = ""
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if below and set(below) == {"-"}:
            section = line
        elif section == "Parameters" and line and not line.startswith((" ", "-")):
            names = [name.strip() for name in line.split(":")[0].split(",")]
        elif section == "Parameters" and line.startswith(" "):
            for name in names:
                helps[name] = f"{helps.get(name, '')} {line.strip()}".strip()
    return helps
