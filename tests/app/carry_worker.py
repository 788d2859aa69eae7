"""A carrier in a process of its own, which kills itself when a stage is reached for the n-th time.

``python -m tests.app.carry_worker HOME STAGE COUNT``
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path

from bims_desktop.app.carrier import Carrier
from bims_desktop.app.home import Home

WORK_S = 60.0


def main() -> None:
    folder, fatal, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    left, lock = [count], threading.Lock()

    def stage(name: str) -> None:
        with lock:
            if name == fatal:
                left[0] -= 1
                if not left[0]:
                    os.kill(os.getpid(), signal.SIGKILL)

    home = Home(folder)
    fabric = home.settings.fabric
    assert fabric is not None
    status = Carrier(home, fabric, stage=stage).sync(WORK_S)
    print(status.committed, flush=True)
    home.close()


if __name__ == "__main__":
    main()
