"""One published home of ten made-up firms: tables -> two loads -> build -> snapshot; and the oracle's `Firm` of them.

The oracle's firms bring the bridges' edge cases, random_extras.py the rest. The second load lacks what was deleted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from tests.oracle.built_home import tieout
from tests.oracle.home import write_home
from tests.oracle.random_firm import ZONE, random_firm, together, withdraw
from tests.oracle.records import Firm
from tests.warehouse.random_extras import changed_later, with_extras
from warehouse.build import run_build
from warehouse.publish import publish, seal_and_check
from warehouse.semantics import publish_semantic
from warehouse.settings import read_settings

FIRMS = 10
SECOND_LOAD = datetime(2026, 5, 20, 12, tzinfo=ZONE)
FIRST_LOAD = SECOND_LOAD - timedelta(days=30)


def ten_firms() -> tuple[Firm, Firm]:
    """The ten firms in one home, as the first and as the second load shows them."""
    firms = [with_extras(random_firm(seed, f"S{seed}"), seed, f"S{seed}") for seed in range(FIRMS)]
    tables, settings = together(firms)
    later = changed_later(withdraw(tables, 7, SECOND_LOAD), 8, SECOND_LOAD)
    return Firm(tables, settings), Firm(later, settings)


def publish_ten_firms(home: Path) -> None:
    """Write, load twice, build and publish them, without dbt's own tests. The fiscal year begins in April."""
    home.mkdir(parents=True, exist_ok=True)
    for firm, exported_at in zip(ten_firms(), (FIRST_LOAD, SECOND_LOAD), strict=True):
        write_home(home, firm.tables, firm.settings, exported_at)
        file = home / "tieout.toml"
        file.write_text(f"fiscal_year_start_month = 4\n{file.read_text()}")
        tieout(home, "load")
    settings = read_settings(home)
    made = run_build(settings, say=print, arguments=["--exclude-resource-type", "test", "unit_test"])
    publish(settings, seal_and_check(made, lambda file: publish_semantic(file, made.project, settings)))
