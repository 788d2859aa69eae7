"""What the author of an operation says of it, section by section."""

from __future__ import annotations

import inspect
import re

from bims_desktop.operations.spec import Operation

_HEADING = re.compile(r"^(\w[\w ]*)\n-+\n", re.MULTILINE)


def sections(operation: Operation) -> dict[str, str]:
    """Flowing text by the numpydoc heading above it; what stands above them all has the heading ``""``.

    Examples
    --------
    >>> from bims_desktop.operations import registry
    >>> sections(registry.get("threshold_otsu"))["References"]
    'skimage.filters.threshold_otsu; N. Otsu (1979), IEEE Trans. Syst. Man Cybern. 9, 62-66.'
    """
    opening, *rest = _HEADING.split(inspect.cleandoc(operation.function.__doc__ or ""))
    texts = {"": opening} | dict(zip(rest[::2], rest[1::2], strict=True))
    return {heading: _flowing(text) for heading, text in texts.items()}


def _flowing(text: str) -> str:
    """Paragraphs without line breaks, and without the marks of code."""
    paragraphs = (" ".join(paragraph.replace("`", "").split()) for paragraph in text.split("\n\n"))
    return "\n\n".join(filter(None, paragraphs))
