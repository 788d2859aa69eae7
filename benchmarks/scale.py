"""Peak resident memory of work on a stack larger than memory allows: open, process, save, verify, replay.

`python benchmarks/scale.py` makes a stack of 4 GiB, once uncompressed and once with zlib, and works on each in a
fresh process whose versions may hold 512 MiB. It needs 20 GiB of disk and some minutes.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import tifffile

from bims_desktop.app.home import Home
from bims_desktop.app.replay import replay
from bims_desktop.app.session import Session
from bims_desktop.app.verify import verify
from bims_desktop.files import tiff_series
from bims_desktop.model import digest
from bims_desktop.operations import projections
from bims_desktop.operations.running import monitored

MIB = 1 << 20
SIDE = 2048
BOUND = 2048


def planes(count: int, side: int) -> Iterator[np.ndarray[Any, Any]]:
    """Beads on an uneven background with the noise of a camera, each plane another."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side]
    still = (1000 + 400 * np.sin(x / 300) * np.cos(y / 200) + 20_000 * ((x % 64 < 4) & (y % 64 < 4))).astype(np.uint16)
    noise = rng.integers(0, 32, (side, side), np.uint16)
    for number in range(count):
        yield still + np.roll(noise, 7 * number)


def make(path: Path, mib: int, side: int, compression: str | None) -> None:
    count = mib * MIB // (2 * side * side)
    tifffile.imwrite(
        path, planes(count, side), shape=(count, side, side), dtype=np.uint16, compression=compression, bigtiff=True,
        metadata={"axes": "ZYX"}, ome=True,
    )  # fmt: skip


def peak() -> float:
    """Greatest resident memory of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def work(path: Path, folder: Path, memory: int) -> dict[str, Any]:
    """Every stage once; seconds and peak of each, and where its pixels lay."""
    stages: dict[str, list[float]] = {}

    def stage(name: str, call: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = call()
        stages[name] = [round(time.perf_counter() - start, 1), round(peak())]
        return result

    told: list[float] = []
    home = Home(folder / "home")
    with Session(folder / "session", home=home, memory=memory * MIB) as session, monitored(told.append, Event()):
        stack = stage("open", lambda: session.open(path))
        smooth = stage("gaussian", lambda: session.run("gaussian", stack, sigma=1.0))
        mask = stage("threshold", lambda: session.run("threshold", smooth, value=5000))
        flat = stage("max_projection", lambda: session.run("max_projection", smooth))
        stage("digests", lambda: (smooth.digest, mask.digest, flat.digest))
        stage("save", lambda: session.save(smooth, folder / "smooth.ome.tif", compression="none"))
        stage("save zlib", lambda: session.save(mask, folder / "mask.ome.tif"))
        versions = session.recorder.versions
        held = {"memory": versions.nbytes // MIB, "disk": versions.spilled // MIB, "ticks": len(told)}
    one = stage("verify smooth", lambda: verify(folder / "smooth.ome.tif", home=home))
    other = stage("verify mask", lambda: verify(folder / "mask.ome.tif", home=home))
    again = stage("replay mask", lambda: replay(folder / "mask.ome.tif", home=home))
    told_of = {"pixels": [one.pixels.state, other.pixels.state], "replay": again.verdict}
    return {"stages": stages, **told_of, "peak": round(peak()), **held}


def child(args: argparse.Namespace) -> None:
    tiff_series.LAZY_FROM = args.lazy * MIB
    digest.AHEAD = min(digest.AHEAD, args.lazy * MIB)
    projections.BLOCK = min(projections.BLOCK, args.lazy * MIB)
    folder = Path(args.child)
    # What importing and running it takes on a small image is not what a large one takes.
    (folder / "small").mkdir()
    make(folder / "small" / "image.tif", 1, 256, None)
    work(folder / "small" / "image.tif", folder / "small", args.memory)
    base = round(peak())
    print(json.dumps({**work(folder / "image.tif", folder, args.memory), "base": base}))


def measured(args: argparse.Namespace, compression: str | None) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(dir=args.folder) as folder:
        make(Path(folder) / "image.tif", args.mib, args.side, compression)
        told = [f"--memory={args.memory}", f"--lazy={args.lazy}", f"--child={folder}"]
        done = subprocess.run([sys.executable, __file__, *told], check=True, stdout=subprocess.PIPE)
        result: dict[str, Any] = json.loads(done.stdout)
        return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=4096, help="size of the stack")
    parser.add_argument("--side", type=int, default=SIDE, help="rows and columns of a plane")
    parser.add_argument("--memory", type=int, default=512, help="MiB that versions may hold")
    parser.add_argument("--lazy", type=int, default=256, help="MiB from which a file stays on disk")
    parser.add_argument("--compression", choices=("none", "zlib"), action="append")
    parser.add_argument("--folder", type=Path, help="where the stacks are made")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    args = parser.parse_args()
    os.environ |= {"BIMS_KEYRING": "off", "BIMS_MEMORY": str(args.memory)}
    if args.child:
        child(args)
        return
    for compression in args.compression or ("none", "zlib"):
        found = measured(args, None if compression == "none" else compression)
        if args.json:
            print(json.dumps(found))
            continue
        print(
            f"| peak resident memory, {args.mib} MiB, {compression} | {found['peak']} MiB | ≤ {BOUND} MiB | {found} |"
        )


if __name__ == "__main__":
    main()
