"""The action log as a file for others: Python, Markdown, or CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Collection, Sequence
from os import PathLike
from pathlib import Path

from bims_desktop.errors import SaveFailed
from bims_desktop.files.blobs import write_durably
from bims_desktop.provenance.action import Action

COLUMNS = (
    "number", "started", "duration_s", "operation", "version", "status", "effect", "undone",
    "sentence", "parameters", "found", "package", "code",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&])")
_UNPRINTABLE = re.compile(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")

Writer = Callable[[Sequence[Action], Collection[int]], str]


def as_python(actions: Sequence[Action], undone: Collection[int] = ()) -> str:
    """Each action as a comment and its code; what was undone, or only concerned the window, is a comment whole.

    Examples
    --------
    >>> print(as_python([Action(1, "invert", sentence="Inverted cells", code="invert_1 = op.invert(cells)")]))
    from bims_desktop import op
    <BLANKLINE>
    # 1. Inverted cells
    invert_1 = op.invert(cells)
    <BLANKLINE>
    """
    lines = ["from bims_desktop import op", ""]
    for action in actions:
        note = " (undone)" if action.number in undone else ""
        lines.append(f"# {action.number}. {_line(action.sentence)}{note}")
        runs = action.writes or action.code.partition(" = ")[2].startswith("op.")
        apart = "" if runs and not note else "# "
        if action.code:
            lines.append(f"{apart}{_line(action.code)}")
    return "\n".join([*lines, ""])


def as_markdown(actions: Sequence[Action], undone: Collection[int] = ()) -> str:
    r"""A numbered list as in a notebook, its code in blocks; undone steps are struck through.

    Examples
    --------
    >>> print(as_markdown([Action(1, "invert", sentence="Inverted a_b.tif", started="2026-11-21T10:00:00Z")]))
    # Action log
    <BLANKLINE>
    - **1** Inverted a\_b.tif · replayable · 2026-11-21T10:00:00Z
    <BLANKLINE>
    """
    parts = ["# Action log", ""]
    for action in actions:
        said = _escaped(action.sentence)
        struck = action.number in undone
        facts = [f"~~{said}~~ · undone" if struck else said, action.status, action.started]
        parts.append(f"- **{action.number}** {' · '.join(fact for fact in facts if fact)}")
        if action.code:
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", action.code)), default=0))
            parts += ["", f"  {fence}python", f"  {_line(action.code)}", f"  {fence}", ""]
    return "\n".join(parts).rstrip("\n") + "\n"


def as_csv(actions: Sequence[Action], undone: Collection[int] = ()) -> str:
    """One row an action (RFC 4180); a text that a spreadsheet would take for a formula begins with an apostrophe.

    References
    ----------
    OWASP, CSV Injection.

    Examples
    --------
    >>> as_csv([Action(1, "rename", sentence="=1+1")]).splitlines()[1].split(",")[8]
    "'=1+1"
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for action in actions:
        writer.writerow(_cells(action, action.number in undone))
    return text.getvalue()


FORMATS: dict[str, Writer] = {".py": as_python, ".md": as_markdown, ".csv": as_csv}
"""By the suffix of the file."""


def export_log(path: str | PathLike[str], actions: Sequence[Action], undone: Collection[int] = ()) -> Path:
    """Write `actions` to `path`, in the format that its suffix names.

    Parameters
    ----------
    path : path
        Ends in ``.py``, ``.md`` or ``.csv``; a file that is there is replaced whole.
    actions : sequence of Action
        In the order to write them.
    undone : collection of int
        Numbers of those that were undone.

    Raises
    ------
    SaveFailed
        The suffix is none of these, or the file cannot be written; what was there stays.
    """
    path = Path(path)
    if (write := FORMATS.get(path.suffix.lower())) is None:
        raise SaveFailed(f"The log cannot be written as {path.name}.", f"Choose one of {', '.join(FORMATS)}.")
    text = write(actions, undone)
    # With the mark at its front spreadsheets read µ as µ.
    encoding = "utf-8-sig" if path.suffix.lower() == ".csv" else "utf-8"
    try:
        write_durably(path, text.encode(encoding, "backslashreplace"))
    except OSError as error:
        raise SaveFailed(f"{path} could not be written: {error.strerror}.", "Choose another folder.") from error
    return path


def as_text(actions: Sequence[Action], undone: Collection[int] = ()) -> str:
    """The sentences alone, one a line, as for a notebook."""
    return "\n".join(f"{a.number}. {_line(a.sentence)}{' (undone)' if a.number in undone else ''}" for a in actions)


def _cells(action: Action, undone: bool) -> list[str | int]:
    texts = [action.sentence, _json(action.parameters), _json(action.found), action.package, action.code]
    head: list[str | int] = [action.number, action.started, f"{action.duration:.6g}", action.operation, action.version]
    return [*head, action.status, action.effect, "yes" if undone else "no", *map(_harmless, texts)]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False) if value else ""


def _harmless(text: str) -> str:
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) or text.startswith("'") else text


def _line(text: str) -> str:
    """`text` on one line, without what would end it or turn its direction around."""
    return _UNPRINTABLE.sub(" ", text)


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", _line(text))
