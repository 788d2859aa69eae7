"""The whole way without a window: open, process, save with provenance, verify, replay.

Run it as ``python examples/pipeline.py IMAGE FOLDER``.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import bims_desktop as bims


def count_nuclei(image: Path, folder: Path) -> Path:
    """Smooth, threshold and label the nuclei in `image`; save the labels in `folder`."""
    with bims.Session() as session:
        cells = session.open(image)
        smooth = session.run("gaussian", cells, sigma=2)
        mask = session.run("threshold_otsu", smooth)
        nuclei = session.run("label", mask)
        report = session.save(nuclei, folder / "nuclei-labels.ome.tif")
        for action in session.actions:
            print(f"{action.number:>3}  {action.sentence}")
    print(f"Saved {report.path.name}, {len(report.kept)} steps in its record.")
    return report.path


def replay_elsewhere(saved: Path) -> int:
    """Replay `saved` in a fresh process that knows nothing but the file; 0 if the pixels are the same."""
    print("Replaying in a fresh process:", flush=True)
    return subprocess.run([sys.executable, "-m", "bims_desktop", "replay", str(saved)], check=False).returncode


def main(image: Path, folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    saved = count_nuclei(image, folder)
    verdicts = bims.verify(saved)
    print(verdicts.summary)
    for name, verdict in verdicts:
        print(f"     {name}: {verdict.state}, {verdict.text}")
    return replay_elsewhere(saved) or (0 if verdicts.good else 1)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
