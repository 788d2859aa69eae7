"""The same bytes on one thread and on several, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys

SCRIPT = """
import hashlib
import numpy as np
from bims_desktop.model.image import Image
from bims_desktop.operations.registry import get
from bims_desktop.operations.execute import execute

rng = np.random.default_rng(0)
plane = rng.random((180, 200)) * 200
image, psf = Image(plane, "YX"), Image(rng.random((5, 5)), "YX")
moved = Image(np.roll(plane, 3, 1), "YX")
marks = np.zeros(plane.shape, np.int32)
marks[::40, ::40], marks[20::40, 20::40] = 1, 2
seeds = Image(marks, "YX", kind="labels")
volume = Image(rng.random((6, 50, 60)), "ZYX")
steps = [
    ("random_walker", {"data": image, "labels": seeds}, {}),
    ("rolling_ball", {"image": image}, {"radius": 9.0}),
    ("meijering", {"image": volume}, {"axes": "ZYX"}),
    ("frangi", {"image": volume}, {"axes": "ZYX"}),
    ("richardson_lucy", {"image": image, "psf": psf}, {"num_iter": 5}),
    ("phase_cross_correlation", {"reference_image": image, "moving_image": moved}, {"upsample_factor": 20}),
    ("slic", {"image": image}, {}),
    ("denoise_nl_means", {"image": image}, {"patch_size": 3, "patch_distance": 3}),
]
for id, images, options in steps:
    outcome = execute(get(id), images, options, lambda digest: b"")
    pixels = np.ascontiguousarray(outcome.results[0].array())
    print(id, hashlib.sha256(pixels.tobytes()).hexdigest(), outcome.found)
"""


def test_results_do_not_depend_on_the_number_of_threads() -> None:
    told = []
    for threads in ("1", "4"):
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        process = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", "import bims_desktop.operations\n" + SCRIPT],
            env=os.environ | dict.fromkeys(names, threads),
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(process.stdout)
    assert told[0] == told[1]
    assert told[0].count("\n") == 8
