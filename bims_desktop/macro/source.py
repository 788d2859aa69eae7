"""The macro dialect: restricted Python text to a plan and back, never executed.

One docstring, one import, then a comment and a single assignment a step. Text is taken only
if rendering the plan it parses to gives the same text again, comments apart: so there is one
way to write a macro, and look-alike names, odd encodings and hidden characters fall out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from bims_desktop.errors import BadParameter, MacroRefused, UnknownOperation
from bims_desktop.macro.plan import Plan, Step
from bims_desktop.model.canonical import canonical
from bims_desktop.operations import registry
from bims_desktop.operations.spec import DIGEST, EXACT, Operation
from bims_desktop.provenance.symbols import DATA_VERBS, step_text

DIALECT = 1
TITLE = f'"""BIMS macro, dialect {DIALECT}.'
IMPORT = "from bims_desktop import op"
MAX_LINE = 16_384
MAX_STEPS = 10_000
MAX_DEPTH = 8

_VERSION = re.compile(r"([a-z][a-z0-9_]*) ([1-9][0-9]{0,5})")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,99}")
_VERB_PARAMETERS: dict[str, tuple[str, ...]] = {
    "load": ("digest", "name"),
    "snapshot": ("digest", "cause"),
    "call": ("function",),
}


def render(plan: Plan) -> str:
    """The text of `plan`.

    Examples
    --------
    >>> step = Step(("cells",), "load", {}, {"digest": f"sha256:{0:064}", "name": "cells.tif"})
    >>> print(render(Plan((step,))).splitlines()[-2])
    # 1. Opened cells.tif
    """
    used = {s.operation: registry.get(s.operation).version for s in plan if s.operation not in DATA_VERBS}
    head = [TITLE, "", *(f"{name} {used[name]}" for name in sorted(used)), '"""', IMPORT, ""]
    lines = [line for number, step in enumerate(plan, 1) for line in (_comment(number, step), step_line(step))]
    return "\n".join([*head, *lines, ""])


def step_line(step: Step) -> str:
    """The statement of one step."""
    return step_text(step.results, step.operation, step.arguments, step.parameters)


def read_step(line: str) -> Step:
    """The step that one statement says, as `step_line` writes it.

    Raises
    ------
    MacroRefused, UnknownOperation
        It is not such a statement.
    """
    _check_characters(line)
    step = _step(line, 1)
    if step_line(step) != line:
        _refuse(1, "it is not as this program writes it")
    return step


def can_hold(step: Step) -> bool:
    """Whether a macro can hold `step`: what is written of it reads back as the same, and goes into a record."""
    try:
        read = read_step(step_line(step))
        canonical(dict(step.parameters))
    except (MacroRefused, ValueError):
        return False
    return dict(read.arguments) == dict(step.arguments) and set(read.parameters) == set(step.parameters)


def _comment(number: int, step: Step) -> str:
    text = step.sentence.encode("ascii", "backslashreplace").decode()
    printable = "".join(c if " " <= c <= "~" else "?" for c in text)
    return f"# {number}. {printable}"[:400]


def parse(text: str) -> Plan:
    """The plan that `text` says.

    Raises
    ------
    MacroRefused
        The text is outside the dialect, or not as `render` writes it; the line is named.
    UnknownOperation
        It asks for an operation, or a version of it, that is not here.
    """
    _check_characters(text)
    lines = text.split("\n")
    start = _check_head(lines)
    body = lines[start:-1]
    if len(body) > 2 * MAX_STEPS:
        raise MacroRefused(f"The macro has more than {MAX_STEPS} steps.", "Split it.")
    plan = Plan(tuple(_steps(body, start)))
    _compare(lines, render(plan).split("\n"))
    return plan


def _check_characters(text: str) -> None:
    if not text.isascii():
        odd = next(c for c in text if ord(c) > 127)
        raise MacroRefused(f"The macro holds the character U+{ord(odd):04X}.", "Only ASCII may stand in a macro.")
    if re.search(r"[^\n -~]", text):
        raise MacroRefused("The macro holds a control character.", "Lines end in LF, and no tabs stand in them.")
    if any(len(line) > MAX_LINE for line in text.split("\n")):
        raise MacroRefused(f"A line of the macro is longer than {MAX_LINE} characters.", "Nothing of it was run.")


def _check_head(lines: list[str]) -> int:
    """Number of lines before the first step; the operations they name must be those that are here."""
    if lines[0] != TITLE:
        _refuse(1, f"a macro begins with the line {TITLE!r}")
    try:
        end = lines.index('"""', 1)
    except ValueError:
        _refuse(1, "the docstring that opens a macro does not end")
    if lines[1:2] != [""] or lines[end + 1 : end + 3] != [IMPORT, ""] or lines[-1] != "":
        _refuse(end + 2, "only the import line of a macro may stand here")
    for number, line in enumerate(lines[2:end], 3):
        if not (match := _VERSION.fullmatch(line)):
            _refuse(number, "this is not an operation and its version")
        _check_version(match[1], int(match[2]))
    if len(lines) <= end + 4:
        _refuse(end + 3, "the macro has no steps")
    return end + 3


def _check_version(name: str, version: int) -> None:
    if (here := registry.get(name).version) != version:
        raise UnknownOperation(
            f"The macro was made with version {version} of {name}; here is version {here}.",
            "Replay it in the environment it was made in.",
        )


def _steps(body: list[str], offset: int) -> Iterator[Step]:
    known: set[str] = set()
    for index in range(0, len(body), 2):
        number = offset + index + 1
        comment, *statement = body[index : index + 2]
        if not comment.startswith("# ") or not statement:
            _refuse(number, "a step is one comment line and one statement")
        step = _step(statement[0], number + 1)
        if unknown := [name for name in step.arguments.values() if name not in known]:
            _refuse(number + 1, f"the name {unknown[0]} was not made by an earlier step")
        if wrong := [name for name in step.results if name == "op" or not _NAME.fullmatch(name)]:
            _refuse(number + 1, f"{wrong[0][:50]!r} is no name for a result")
        if not known.isdisjoint(step.results) or len(set(step.results)) < len(step.results):
            _refuse(number + 1, f"the name {step.name} is already in use")
        known.update(step.results)
        yield step


def _step(line: str, number: int) -> Step:
    call, results = _assignment(line, number)
    if not (
        isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name) and call.func.value.id == "op"
    ):
        _refuse(number, "a step calls an operation of op, and nothing else")
    name = call.func.attr
    operation = None if name in DATA_VERBS else registry.get(name)
    named = [(keyword.arg, keyword.value) for keyword in call.keywords]
    leading = zip(_leading(operation, name), call.args, strict=False)
    pairs = [*leading, *named]
    if len(pairs) != len(call.args) + len(named) or None in dict(pairs) or len(dict(pairs)) < len(pairs):
        _refuse(number, "its arguments do not fit the operation")
    arguments = {str(key): node.id for key, node in pairs if isinstance(node, ast.Name)}
    parameters = {str(key): _value(node, number) for key, node in pairs if not isinstance(node, ast.Name)}
    return Step(results, name, arguments, _checked(operation, name, arguments, parameters, number))


def _assignment(line: str, number: int) -> tuple[ast.Call, tuple[str, ...]]:
    try:
        body = ast.parse(line).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        _refuse(number, "this is not Python")
    if len(body) != 1 or not isinstance(body[0], ast.Assign) or len(body[0].targets) != 1:
        _refuse(number, "a step is one assignment")
    target, call = body[0].targets[0], body[0].value
    names = target.elts if isinstance(target, ast.Tuple) else [target]
    if not isinstance(call, ast.Call) or not names or not all(isinstance(n, ast.Name) for n in names):
        _refuse(number, "a step gives names to what one operation returns")
    return call, tuple(n.id for n in names if isinstance(n, ast.Name))


def _leading(operation: Operation | None, name: str) -> tuple[str, ...]:
    if operation is None:
        return _VERB_PARAMETERS[name][:1]
    return (operation.arguments[0].name, *operation.blobs)


def _value(node: ast.expr, number: int, depth: int = 0) -> Any:
    match node:
        case ast.Constant(value=int() as value) if abs(value) > EXACT:
            _refuse(number, "an integer is beyond 2**53, where JSON holds it no more")
        case ast.Constant(value=bool() | int() | float() | str() | None as value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value) as operand) if (
            type(value) is not bool
        ):
            return -_value(operand, number)
        case ast.Tuple(elts=items) if depth < MAX_DEPTH:
            return tuple(_value(item, number, depth + 1) for item in items)
    _refuse(number, "its arguments must be names or plain values")


def _checked(
    operation: Operation | None, name: str, arguments: Mapping[str, str], parameters: dict[str, Any], number: int
) -> dict[str, Any]:
    if operation is None:
        wanted = _VERB_PARAMETERS[name]
        if not all(isinstance(parameters.get(key), str) for key in wanted):
            _refuse(number, f"op.{name} needs {' and '.join(wanted)} as text")
        if name != "call" and (
            set(parameters) != set(wanted) or arguments or not DIGEST.fullmatch(parameters["digest"])
        ):
            _refuse(number, f"op.{name} takes a digest and {wanted[1]}, nothing else")
        return parameters
    known = [argument.name for argument in operation.arguments]
    required = [argument.name for argument in operation.arguments if not argument.optional]
    if set(arguments) - set(known) or set(required) - set(arguments):
        _refuse(number, f"op.{name} takes the images {', '.join(known)}")
    try:
        return operation.bind(parameters)
    except BadParameter as error:
        raise MacroRefused(f"Line {number} of the macro: {error.what[:300]}", error.todo) from error


def _compare(lines: list[str], rendered: list[str]) -> None:
    for number, (line, wanted) in enumerate(zip(lines, rendered, strict=False), 1):
        if line != wanted and not (line.startswith("# ") and wanted.startswith("# ")):
            _refuse(number, f"it is not as this program writes it, which is {wanted[:200]!r}")
    if len(lines) != len(rendered):
        _refuse(min(len(lines), len(rendered)) + 1, "lines are missing or too many")


def _refuse(number: int, why: str) -> NoReturn:
    raise MacroRefused(f"Line {number} of the macro cannot be used: {why}.", "Nothing of it was run.")
