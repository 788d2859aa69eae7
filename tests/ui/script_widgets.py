"""Widgets as a person's own script makes them; magicgui reads their annotations, so they are no strings here."""

import time

import numpy as np
from magicgui import magic_factory
from napari.layers import Image
from napari.qt.threading import FunctionWorker, thread_worker
from napari.types import ImageData, LayerDataTuple
from napari.viewer import Viewer

seen: list[type] = []


@magic_factory
def brighten(image: ImageData, by: int = 5) -> ImageData:
    return image + by


@magic_factory
def touch(image: Image, viewer: Viewer) -> None:
    viewer.add_image(np.asarray(image.data) * 2, name="twice")


@magic_factory
def fail(image: Image) -> ImageData:
    raise ZeroDivisionError


@magic_factory
def own_name(value: int = 1) -> None:
    seen.append(type(own_name))


@magic_factory
def slow(image: ImageData) -> FunctionWorker[ImageData]:
    @thread_worker
    def work() -> ImageData:
        time.sleep(0.05)
        return image * 2

    worker = work()
    worker.start()
    return worker


@magic_factory
def split(image: ImageData) -> list[LayerDataTuple]:
    return [(image // 2, {"name": "low"}, "image"), ((image > 99).astype(int), {"name": "high"}, "labels")]
