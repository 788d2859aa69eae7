"""What operations take: images by kind."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from bims_desktop.model.image import Image
from bims_desktop.operations.spec import Accepts

Intensity: TypeAlias = Annotated[Image, Accepts("intensity")]
Colours: TypeAlias = Annotated[Image, Accepts("intensity", "rgb")]
Mask: TypeAlias = Annotated[Image, Accepts("mask")]
Labels: TypeAlias = Annotated[Image, Accepts("labels")]
Objects: TypeAlias = Annotated[Image, Accepts("mask", "labels")]
Greys: TypeAlias = Annotated[Image, Accepts("intensity", "rgb", "mask")]
