"""The running program as a wheel, so that it can be installed elsewhere without an index or a checkout.

References
----------
The wheel binary package format 1.0, PyPA specifications (PEP 427).
"""

from __future__ import annotations

import base64
import hashlib
import zipfile
from collections.abc import Iterator
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from bims_desktop.app.environment import PROGRAM
from bims_desktop.app.environment_lock import FILE

_MODULES = ("bims_desktop", "bims_network")
_WHEEL = "Wheel-Version: 1.0\nGenerator: bims-desktop\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def own_wheel(folder: Path) -> Path:
    """Write the running program as a wheel into `folder`."""
    own = distribution(PROGRAM)
    told = {name: text for name in ("METADATA", "entry_points.txt") if (text := own.read_text(name))}
    files = {name: path.read_bytes() for name, path in _sources()}
    return write_wheel(folder, PROGRAM, own.version, files, told)


def write_wheel(
    folder: Path, name: str, version: str, files: dict[str, bytes], told: dict[str, str] | None = None
) -> Path:
    """Write a wheel of plain Python.

    Parameters
    ----------
    folder : Path
        Where it goes.
    name, version : str
        Of the distribution.
    files : dict of str to bytes
        By their place in ``site-packages``.
    told : dict of str to str, optional
        Files of its ``dist-info``; a bare ``METADATA`` by default.
    """
    stem = f"{name.replace('-', '_')}-{version}"
    bare = {"METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"}
    inside = {
        f"{stem}.dist-info/{key}": text.encode() for key, text in {**bare, **(told or {}), "WHEEL": _WHEEL}.items()
    }
    held = {**files, **inside}
    record = f"{stem}.dist-info/RECORD"
    rows = "".join(f"{place},sha256={_digest(data)},{len(data)}\n" for place, data in held.items())
    path = folder / f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for place, data in {**held, record: f"{rows}{record},,\n".encode()}.items():
            wheel.writestr(place, data)
    return path


def _sources() -> Iterator[tuple[str, Path]]:
    for module in _MODULES:
        spec = find_spec(module)
        for root in map(Path, (spec and spec.submodule_search_locations) or ()):
            yield from _below(root, module)
    beside = Path(__file__).parents[2]
    if (beside / FILE).is_file():  # a checkout, where they lie beside the package
        yield from _below(beside / "resources", "bims_desktop/resources")
        yield f"bims_desktop/resources/{FILE}", beside / FILE


def _below(root: Path, place: str) -> Iterator[tuple[str, Path]]:
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield f"{place}/{path.relative_to(root).as_posix()}", path


def _digest(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
