"""docs/mutations.md: which net catches which fault, as measured. `write` makes it, and CI holds the nets to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutation.faults import FAULTS, IN_A_RULE, ON_THE_WAY, Fault

FILE = Path(__file__).parents[2] / "docs" / "mutations.md"
SHOWN = 2
TIES = "check: every bridge ties"
HEAD = """# What would notice

{number} faults, put one at a time into a warehouse of twelve made-up firms; everything that follows from the faulty
model was built again, and every net was held under it. None got through: {gates} are stopped before anything is
published, by dbt's tests and contracts or by the checks of `warehouse/checks.py`; the other {oracle} break rules of the
bridges themselves, which only the oracle (`tests/oracle`, no line shared with the warehouse) can tell. It runs in CI on
made-up firms, so that no such change is merged.

**Ties** says whether the bridges would have stopped adding up. They noticed {ties} of {number}; with each of the others
they still tied to the cent. That drivers add up proves little by itself.

The faults on the way stand behind template files, which are compared field by field. Of a vendor's own records, every
build compares counts, money and hours (`assert_connectors_reach_the_canonical_tables`); their fields are compared by
the tests of the connector.

Measured by `TIEOUT_DEEP=1 TIEOUT_WRITE=1 pytest tests/mutation`, which writes this page; CI repeats every fourth fault.
"""
COLUMNS = "| fault | put into | caught by | stops a publish | ties |\n|---|---|---|---|---|\n"


@dataclass(frozen=True)
class Told:
    """What the page says of a fault."""

    stops_a_publish: bool
    breaks_a_tie: bool


def gates(caught: Sequence[str]) -> list[str]:
    """Those nets that stop a publish."""
    return [net for net in caught if not net.startswith("oracle")]


def write(caught: Mapping[str, Sequence[str]]) -> None:
    """The page, of what caught each fault (by its words)."""
    stopped = sum(bool(gates(nets)) for nets in caught.values())
    ties = sum(TIES in nets for nets in caught.values())
    head = HEAD.format(number=len(FAULTS), gates=stopped, oracle=len(FAULTS) - stopped, ties=ties)
    parts = [head]
    for title, faults in (("On the way into the warehouse", ON_THE_WAY), ("In a rule", IN_A_RULE)):
        parts.append(f"\n## {title}\n\n{COLUMNS}" + "".join(row(fault, caught[fault.what]) for fault in faults))
    FILE.write_text("".join(parts), encoding="utf-8")


def row(fault: Fault, caught: Sequence[str]) -> str:
    stops, breaks = bool(gates(caught)), TIES in caught
    nets = [net for net in caught if net != TIES]
    names = [f"`{net.removeprefix('dbt test ')}`" if net.startswith("dbt test") else net for net in nets]
    tests = [name for name in names if name.startswith("`")]
    others = [name for name in names if not name.startswith(("`", "oracle"))]
    more = [f"{len(tests) - SHOWN} more tests"] if len(tests) > SHOWN else []
    oracle = ["the oracle"] if any(net.startswith("oracle") for net in nets) else []
    told = ", ".join([*tests[:SHOWN], *more, *others, *(["the bridges' check"] if breaks else []), *oracle])
    cells = (fault.what, f"`{fault.model}`", told, "yes" if stops else "no", "broken" if breaks else "hold")
    return f"| {' | '.join(cells)} |\n"


def read() -> dict[str, Told]:
    """By fault, what the page says."""
    found = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[1].startswith("`"):
            found[cells[0]] = Told(stops_a_publish=cells[3] == "yes", breaks_a_tie=cells[4] == "broken")
    return found
