"""Run every benchmark and print one Markdown table."""

from __future__ import annotations

import os
import platform

import ledger
import recording
import replaying
import slicing


def main() -> None:
    os.environ["BIMS_KEYRING"] = "off"
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}\n")
    print("| figure | median | bound | least to greatest |\n| --- | --- | --- | --- |")
    for benchmark in (recording, slicing, replaying, ledger):
        benchmark.main()


if __name__ == "__main__":
    main()
