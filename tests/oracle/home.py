"""Writes a home that the warehouse can load: `tieout.toml`, one folder of canonical CSV files per system, decisions.

tables (dicts of Python values) -> files; what the warehouse says of them is compared with what the oracle says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from .records import Settings

NOT_IN_FILES = {"source_system", "deleted_at", "first_seen_at", "load_id"}
DECISIONS = {
    "sold_corrections": ("deal", "date", "amount", "reason", "approved_by"),
    "client_aliases": ("client_key", "same_as", "from_date", "reason", "approved_by"),
}


def text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)


def write_csv(path: Path, columns: Iterable[str], rows: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([text(row.get(column)) for column in columns] for row in rows)


def write_home(
    folder: Path, tables: dict[str, list[dict[str, Any]]], settings: Settings, exported_at: datetime | None = None
) -> None:
    """Write the home of these tables. Rows with `deleted_at` are left out, as a later export would."""
    lines = [
        f'reporting_currency = "{settings.reporting_currency}"',
        f'business_time_zone = "{settings.business_time_zone}"',
        f"default_payment_terms_days = {settings.default_payment_terms_days}",
    ]
    for system in settings.systems:
        lines += ["", f"[systems.{system}]", 'source = "template"', f'path = "{system}"']
        lines += [f'exported_at = "{exported_at.isoformat()}"'] if exported_at else []
        (folder / system).mkdir(parents=True, exist_ok=True)
    (folder / "tieout.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for table, rows in tables.items():
        for system in settings.systems:
            of_system = [row for row in rows if (row.get("source_system") or settings.systems[0]) == system]
            columns = list(dict.fromkeys(c for row in of_system for c in row if c not in NOT_IN_FILES))
            if of_system:
                there = [row for row in of_system if row.get("deleted_at") is None]
                write_csv(folder / system / f"{table}.csv", columns, there)
    for name, columns_of in DECISIONS.items():
        decided = settings.sold_corrections if name == "sold_corrections" else settings.client_aliases
        write_csv(folder / "decisions" / f"{name}.csv", columns_of, decided)
