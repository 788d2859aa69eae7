"""Intents of the session's own verbs: what the log will hold of a rename, a snapshot, a foreign call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bims_desktop.app.data import Data
from bims_desktop.macro.plan import Step
from bims_desktop.macro.source import can_hold
from bims_desktop.model.canonical import Json
from bims_desktop.operations.spec import plain
from bims_desktop.provenance.layer import Layer
from bims_desktop.provenance.recorder import Intent


def renamed(data: Data, layer: Layer, name: str) -> Intent:
    """A layer has another name."""
    read, parameters = {"image": data.version}, {"name": name}
    return Intent("rename", f"Renamed {layer.name} to {name}", arguments=read, parameters=parameters, effect="session")


def shown(images: Sequence[Data]) -> Intent:
    """Versions that stood in no layer are in the list."""
    read = {f"image{number}": data.version for number, data in enumerate(images)}
    layers = "a layer" if len(images) == 1 else "layers"
    return Intent("show", f"Showed {plain([d.name for d in images])} as {layers}", arguments=read, effect="session")


def removed(data: Data, layer: Layer) -> Intent:
    """A layer is off the list."""
    return Intent("remove", f"Removed {layer.name}", arguments={"image": data.version}, effect="session")


def displayed(data: Data, setting: str, value: Json) -> Intent:
    """A layer looks different; its pixels are the same."""
    return Intent(
        "display",
        _shown(data.name, setting, value),
        arguments={"image": data.version},
        parameters={"setting": setting, "value": value},
        effect="display",
    )


def _shown(name: str, setting: str, value: Json) -> str:
    if setting == "visible":
        return f"{'Showed' if value else 'Hid'} {name}"
    told = ""
    if isinstance(value, (str, float, int)):
        told = f" to {_word(value)}"
    elif isinstance(value, list) and len(value) == 2:
        told = f" to {_word(value[0])} ... {_word(value[1])}"
    return f"Set {setting.replace('_', ' ')} of {name}{told}"


def _word(value: Json) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def snapped(digest: str, before: Data | None, name: str, cause: str) -> Intent:
    """Pixels were taken as they were; they read nothing, and name their predecessor."""
    return Intent(
        "snapshot",
        f"Took the pixels of {name or 'a new layer'} as they were: {cause}",
        parameters={"digest": digest, "cause": cause},
        found={"predecessor": before.version} if before else {},
        status="snapshot",
    )


def called(function: str, arguments: Mapping[str, Data | Json], package: str, duration: float) -> Intent | None:
    """A third-party function has run; None where its arguments cannot be written into a macro."""
    read = {name: value.version for name, value in arguments.items() if isinstance(value, Data)}
    plain: dict[str, Any] = {name: value for name, value in arguments.items() if not isinstance(value, Data)}
    names = {name: f"image_{number}" for number, name in enumerate(read)}
    parameters = {"function": function, **plain}
    if "function" in arguments or not can_hold(Step(("result",), "call", names, parameters)):
        return None
    return Intent(
        "call",
        f"Ran {function.rpartition('.')[2]} of {package}",
        arguments=read,
        parameters=parameters,
        duration=duration,
        package=package,
    )
