"""`make bench`: every benchmark, one table each."""

from __future__ import annotations

import os
import platform

from bench import booking, day, estimates, planner, simulate, statistics


def main() -> None:
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}\n")
    planner.main()
    print()
    booking.main()
    print()
    day.main()
    print()
    estimates.main()
    print()
    simulate.main()
    print()
    statistics.main()


main()
