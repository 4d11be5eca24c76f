"""`make bench`: every benchmark, one table each."""

from __future__ import annotations

import os
import platform

from bench import calling, planner


def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    planner.main()
    print()
    calling.main()


main()
