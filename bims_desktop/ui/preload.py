"""What the window will need soon, loaded beside it: it would stand still for the import otherwise."""

from __future__ import annotations

from importlib import import_module

import pint
from pint.registry import LazyRegistry
from vispy.visuals.line.dash_atlas import DashAtlas

from bims_desktop.macro.plugin import package_of

MODULES = (
    "pandas",  # napari's first Labels layer
    "skimage.morphology",  # its bucket
    "scipy.ndimage",
)
"""None that makes classes of Qt's: those are made in the window's own thread."""


def preload() -> None:
    """Import, and ask once for what is looked up slowly the first time; in any thread."""
    _define_units()
    for module in MODULES:
        import_module(module)
    DashAtlas()  # vispy keeps the patterns of dashed lines, of which the first Labels layer draws one
    package_of("napari")


def _define_units() -> None:
    """Read the definitions of all units, which the window must never see half read: the whole is put in its place."""
    units: pint.UnitRegistry[float] = pint.UnitRegistry(on_redefinition="raise")
    if isinstance(pint.application_registry.get(), LazyRegistry):  # type: ignore[no-untyped-call]
        pint.set_application_registry(units)  # type: ignore[no-untyped-call]
