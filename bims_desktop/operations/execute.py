"""Run one operation on checked images and parameters; the session and a replay both go through here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from bims_desktop.errors import OperationFailed
from bims_desktop.model.canonical import Json
from bims_desktop.model.image import Image
from bims_desktop.operations.spec import Found, Operation, Value

# What numerical code raises on data that it cannot take; anything else is a defect and keeps its traceback.
DATA_ERRORS = (ValueError, TypeError, RuntimeError, ArithmeticError, LookupError, MemoryError)


class Outcome(NamedTuple):
    """Results of an operation, and the values it found."""

    results: tuple[Value, ...]
    found: dict[str, Json]


def execute(
    operation: Operation,
    images: Mapping[str, Image],
    parameters: Mapping[str, Any],
    blob: Callable[[str], bytes],
) -> Outcome:
    """Results of `operation`, its inputs and parameters checked first.

    Parameters
    ----------
    operation : Operation
        From the registry.
    images : mapping of str to Image
        By argument name.
    parameters : mapping
        Any of them left out takes its default.
    blob : callable
        Bytes of a blob by its digest.

    Raises
    ------
    BadParameter
        An image or parameter does not fit.
    OperationFailed
        The function stopped on these data.
    Cancelled
        The user asked it to stop.
    """
    operation.check_images(images)
    bound = operation.bind(parameters)
    bound |= {name: blob(bound[name]) for name in operation.blobs}
    try:
        returned = operation.function(**images, **bound)
    except DATA_ERRORS as error:
        raise OperationFailed(
            f"{operation.title} stopped: {error or type(error).__name__}.", "Try other parameters or another image."
        ) from error
    found = returned if isinstance(returned, Found) else Found(returned, {})
    results = found.result if isinstance(found.result, tuple) else (found.result,)
    return Outcome(results, dict(found.values))
