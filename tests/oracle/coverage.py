"""How often the made-up firms reach each driver: in how many of the firms it is ever not 0.

python -m oracle.coverage 50      (in tests/)
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable

from .evaluate import changes, evaluate
from .random_firm import firm_of


def coverage(seeds: Iterable[int], every: int = 1) -> Counter[tuple[str, str]]:
    """(bridge, driver) -> number of seeds in which it is not 0 on one of the days looked at (every n-th)."""
    found: Counter[tuple[str, str]] = Counter()
    for seed in seeds:
        firm = firm_of(seed)
        answers = [evaluate(firm, day) for day in changes(firm)[::every]]
        found.update({
            (bridge, driver)
            for answer in answers
            for bridges in answer.drivers.values()
            for bridge, drivers in bridges.items()
            for driver in drivers
        })  # fmt: skip
    return found


if __name__ == "__main__":
    for (bridge, driver), count in sorted(coverage(range(int(sys.argv[1]))).items()):
        print(f"{bridge:22} {driver:26} {count:4}")
