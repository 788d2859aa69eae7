"""Perform an operation of the registry on data of a session, without recording it yet."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from bims_desktop.app.data import Data
from bims_desktop.errors import BadParameter
from bims_desktop.operations import registry
from bims_desktop.operations.execute import execute
from bims_desktop.operations.running import tick
from bims_desktop.operations.spec import Operation, Value
from bims_desktop.provenance.action import Status
from bims_desktop.provenance.recorder import Intent, utc_now


def sort_options(
    operation: Operation, images: tuple[Data, ...], options: Mapping[str, Any]
) -> tuple[dict[str, Data], dict[str, Any]]:
    """Images by argument name, and parameters, of a call with both.

    Raises
    ------
    BadParameter
        There are more images than arguments.
    """
    names = [argument.name for argument in operation.arguments]
    if len(images) > len(names):
        raise BadParameter(
            f"{operation.id} takes {len(names)} images, not {len(images)}.", f"They are {', '.join(names)}."
        )
    given = dict(zip(names, images, strict=False))
    given.update({name: options[name] for name in names if options.get(name) is not None})
    return given, {name: value for name, value in options.items() if name not in names}


def perform(
    id: str, images: Mapping[str, Data], options: Mapping[str, Any], blob: Callable[[str], bytes]
) -> tuple[Intent, tuple[Value, ...]]:
    """Run operation `id`; returns what the log will hold of it, and its results.

    Raises
    ------
    OperationError
        Unknown operation, bad parameter, failure or cancel.
    """
    operation = registry.get(id)
    parameters = operation.bind(options)
    started, clock = utc_now(), time.perf_counter()
    outcome = execute(operation, {name: data.image for name, data in images.items()}, parameters, blob)
    # A cancel that came during the last stretch still counts: nothing was recorded yet.
    tick(1.0)
    duration = time.perf_counter() - clock
    named = {name: data.name for name, data in images.items()}
    status: Status = "manual" if operation.blobs else "replayable"
    intent = Intent(
        id,
        operation.say({**parameters, **outcome.found, **named}),
        operation.version,
        {name: data.version for name, data in images.items()},
        parameters,
        outcome.found,
        operation.effect,
        status,
        started,
        duration,
    )
    return intent, outcome.results
