"""Runs a function or reader of others in a process of its own: ``python -m bims_desktop.ui.plugin_worker FOLDER``.

The folder holds ``request.json`` and an encoded image for each image argument; an encoded
image for each result is put there, of a reader the one that was asked for.
`bims_desktop.macro.plugin` is the other end.
"""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from napari.components import ViewerModel
from napari.layers import Image as ImageLayer
from napari.layers import Labels, Layer
from npe2 import PluginManager
from qtpy.QtWidgets import QApplication

from bims_desktop.files.image_blob import decode_image, encode_image
from bims_desktop.model.image import Image
from bims_desktop.ui.layers import image_of, look_of, recordable


def main(folder: Path) -> None:
    """Answer the request in `folder`."""
    request = json.loads((folder / "request.json").read_text())
    if "reader" in request:
        (folder / "000.out").write_bytes(encode_image(read(**request)))
        return
    images = {name: decode_image((folder / f"{name}.in").read_bytes()) for name in request["arguments"]}
    function = resolve(request["function"])
    kinds = inspect.signature(function).parameters
    given = {name: _argument(image, str(kinds[name].annotation)) for name, image in images.items()}
    returned = function(**given, **request["parameters"])
    like = next(iter(images.values()), None)
    for number, layer in enumerate(layers_in(returned, str(inspect.signature(function).return_annotation))):
        (folder / f"{number:03}.out").write_bytes(encode_image(image_of(layer, like)))


def read(path: str, reader: str, layer: int) -> Image:
    """What the napari plugin `reader` makes of `path`: its layer of that number, as the window would show it.

    Raises
    ------
    LookupError
        It gives no such layer, or one that is no image.
    """
    PluginManager.instance().discover()
    layers = ViewerModel().open(path, plugin=reader, stack=False)
    if layer >= len(layers) or not recordable(layers[layer]):
        raise LookupError(f"it gave {len(layers)} layers, and number {layer} is no image")
    return image_of(layers[layer])


def resolve(dotted: str) -> Callable[..., Any]:
    """The plain function of that name, without the widget that magicgui may have made of it.

    Raises
    ------
    ImportError, AttributeError
        It is not installed, has no such function, or only imported it: trust in a package is no
        trust in whatever its modules can reach.
    """
    module, _, rest = dotted.rpartition(".")
    found = getattr(import_module(module), rest)
    keywords = getattr(found, "keywords", None) or {}
    unwrapped: Callable[..., Any] = keywords.get("function") or getattr(found, "_function", found)
    package, origin = dotted.partition(".")[0], str(getattr(unwrapped, "__module__", ""))
    if origin.partition(".")[0] != package:
        raise ImportError(f"{dotted} is a function of {origin or 'nobody'}, not of {package}")
    return unwrapped


def layers_in(value: Any, annotation: str) -> Iterator[Layer]:
    """Layers of what a function returned: layers, layer data tuples, arrays, or a list of those."""
    if isinstance(value, Layer):
        yield value
    elif isinstance(value, tuple) and isinstance(value[0], Layer):
        yield from value
    elif isinstance(value, tuple):
        yield Layer.create(*value)
    elif isinstance(value, list):
        for item in value:
            yield from layers_in(item, annotation)
    elif value is not None:
        yield Labels(value) if "LabelsData" in annotation else ImageLayer(value)


def _argument(image: Image, annotation: str) -> Any:
    layer = look_of(image).build("image")
    return layer.data if "Data" in annotation or "ndarray" in annotation else layer


if __name__ == "__main__":
    application = QApplication([])
    main(Path(sys.argv[1]))
