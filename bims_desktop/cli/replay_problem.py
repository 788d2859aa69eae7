"""What to type where a replay could not be done, and the same problem as facts."""

from __future__ import annotations

from bims_desktop.errors import BimsError, FileChanged, MissingInput, NotTrusted


def with_options(error: BimsError) -> BimsError:
    """`error`, telling by which option of ``bims replay`` it is mended, where there is one.

    Examples
    --------
    >>> print(with_options(NotTrusted("The step s runs f.", "Trust it.", name="napari_skimage")))
    The step s runs f. Allow it with --trust napari_skimage.
    """
    options = {
        MissingInput: f"Name it with --input {error.name}=PATH, or its new folder with --look-in FOLDER.",
        FileChanged: f"Name the original with --input {error.name}=PATH.",
        NotTrusted: f"Allow it with --trust {error.name}.",
    }
    said = options.get(type(error), "") if error.name else ""
    return type(error)(error.what, said, name=error.name) if said else error


def facts(error: BimsError) -> dict[str, object]:
    """The problem for programs: their users are told in words of their own how it is mended."""
    kind = type(error).__name__
    return {"verdict": "not replayable", "problem": {"kind": kind, "what": error.what, "todo": error.todo}}
