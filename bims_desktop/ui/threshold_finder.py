"""`ThresholdFinder`: where an operation that finds its threshold by itself will set it, while settings change."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from shiboken6 import isValid

from bims_desktop.errors import BimsError
from bims_desktop.operations.spec import Operation
from bims_desktop.ui.glimpse import Request, across, found_at, shown_point

if TYPE_CHECKING:
    from bims_desktop.ui import Desktop

_PAUSE_MS = 200
_MOST = 1 << 26


def finds_threshold(operation: Operation) -> bool:
    """Whether `operation` sets thresholds that it finds in the intensities.

    Examples
    --------
    >>> from bims_desktop.operations import registry
    >>> [finds_threshold(registry.get(id)) for id in ("threshold_otsu", "threshold_multiotsu", "threshold", "median")]
    [True, True, False, False]
    """
    return any(f"{{{name}}}" in operation.sentence for name in ("threshold", "thresholds"))


class ThresholdFinder(QObject):
    """Runs the operation on what is shown, beside the window; nothing of it is recorded.

    Signals
    -------
    found : dict of str to float
        The thresholds by name; none where the operation cannot run.
    """

    found = Signal(object)

    def __init__(self, desktop: Desktop, parent: QObject) -> None:
        super().__init__(parent)
        self._desktop = desktop
        self._request: Request | None = None
        self._turn = 0
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._start)

    def ask(self, request: Request | None) -> None:
        """Look for the thresholds of `request`, soon; None: it cannot run now."""
        if request is None:
            self._turn += 1
            self._pause.stop()
            self.found.emit({})
        elif request != self._request:
            self._pause.start()
        self._request = request

    def again(self) -> None:
        """The viewer shows another plane."""
        if self._request is not None:
            self._pause.start()

    def _start(self) -> None:
        request = self._request
        if request is None:
            return
        self._turn += 1
        axes = (image.axes for image in request.images.values())
        turn, point = self._turn, shown_point(self._desktop.viewer, *axes)
        self._desktop.jobs.start(
            "Thresholds of the plane",
            lambda: marks(found_at(_bounded(request), point)),
            lambda found: self._arrive(turn, found),
            lambda error: self._fail(turn, error),
            silent=True,
        )

    def _arrive(self, turn: int, found: Mapping[str, float]) -> None:
        # The form that asked may have gone since.
        if turn == self._turn and isValid(self):
            self.found.emit(found)

    def _fail(self, turn: int, error: BaseException) -> None:
        # Why it cannot run is said when it is run, or previewed.
        if not isinstance(error, BimsError):
            raise error
        self._arrive(turn, {})


def marks(found: Mapping[str, Any]) -> dict[str, float]:
    """The thresholds among `found`, numbered where there are several.

    Examples
    --------
    >>> marks({"threshold": 36}), marks({"thresholds": [10, 20.5]})
    ({'threshold': 36.0}, {'threshold 1': 10.0, 'threshold 2': 20.5})
    """
    value = found.get("threshold", found.get("thresholds"))
    if isinstance(value, (int, float)):
        return {"threshold": float(value)}
    several = value if isinstance(value, list) else []
    return {f"threshold {n}": float(each) for n, each in enumerate(several, 1) if isinstance(each, (int, float))}


def _bounded(request: Request) -> Request:
    """Of a volume that takes long the plane that is shown only."""
    whole = across(request.operation.id, request.values)
    image = next(iter(request.images.values()))
    size = prod(n for axis, n in zip(image.axes, image.shape, strict=True) if axis in whole or axis in "YX")
    if size <= _MOST or "axes" not in request.values:
        return request
    return Request(request.operation, request.images, {**request.values, "axes": "YX"})
