"""How an explanation is shown: Explanation -> text for a person, CSV, or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from warehouse.checks import BRIDGES
from warehouse.connect import Warehouse
from warehouse.explain import STEPS, Explanation, Table
from warehouse.figures import lacking, told_measures
from warehouse.tables import as_json, as_objects, render

MISSING = "missing_data"  # such a driver is shown though it comes to 0: nobody knows what it should be


def show(warehouse: Warehouse, explanations: Sequence[Explanation], form: str, *, is_whole: bool = False) -> str:
    """The explanations, all of one subject and period, as text; `form` is one of tables.FORMATS.

    `is_whole` says that no bridge was chosen: then those that cannot be told are named, too. CSV is one table, of the
    records where they were asked for, else of the steps; JSON and text hold everything.
    """
    if form == "json":
        return as_json(_object(warehouse, explanations, _not_available(warehouse) if is_whole else {}))
    if form == "csv":
        tables = [(each.bridge, each.records or each.steps) for each in explanations]
        rows = [(bridge, *row) for bridge, table in tables for row in table[1]]
        return render(["bridge", *tables[0][1][0]], rows, form)
    currency = warehouse.manifest.get("reporting_currency", "the reporting currency")
    texts = [_text(each, currency) for each in explanations]
    untold = _not_available(warehouse) if is_whole else {}
    if untold:
        texts.append("".join(f"Not available: {bridge} lacks {lacks}.\n" for bridge, lacks in untold.items()))
    return "\n".join(texts)


def _not_available(warehouse: Warehouse) -> dict[str, str]:
    """What each bridge lacks that cannot be told."""
    told = told_measures(warehouse)
    return {bridge: lacking(warehouse, bridge) for bridge in BRIDGES if bridge not in told}


def _object(warehouse: Warehouse, explanations: Sequence[Explanation], not_available: dict[str, str]) -> dict[str, Any]:
    first = explanations[0]
    return {
        "subject": first.subject.called,
        "engagements": first.subject.engagements,
        "from": first.start and first.start.isoformat(),
        "as_of": first.as_of.isoformat(),
        "snapshot": warehouse.snapshot_id,
        "reporting_currency": warehouse.manifest.get("reporting_currency"),
        "bridges": [
            {
                "bridge": each.bridge,
                "steps_lack": each.steps_lack or None,
                "steps": as_objects(*each.steps),
                "where_to_look": as_objects(*each.ranking),
            }
            | ({} if each.records is None else {"records": as_objects(*each.records)})
            for each in explanations
        ],
        "not_available": not_available,
    }


def _text(each: Explanation, currency: str) -> str:
    period = f"as of {each.as_of}" if each.start is None else f"moved from {each.start} to {each.as_of}"
    label = STEPS.index("label")
    start, end = (each.steps[1][which][label].lower() for which in (0, -1))
    parts = [f"{each.subject.called}: {start} to {end}, {period}, in {currency}\n\n", _steps(each)]
    if each.steps_lack:
        parts.append(
            f"This warehouse lacks {each.steps_lack}: what is planned stands here as if none of it were done.\n"
        )
    if len(each.ranking[1]) > 1:
        parts += ["\nWhere to look first, by share of all differences\n\n", _ranking(each.ranking)]
    if each.records is not None:
        parts += ["\nThe records behind it\n\n", _records(each.records)]
    return "".join(parts)


def _steps(each: Explanation) -> str:
    steps = [dict(zip(each.steps[0], row, strict=True)) for row in each.steps[1]]
    shown = [step for step in steps if step["amount"] or step["step"] != "driver" or step["class"] == MISSING]
    rows = [
        (step["label"], step["amount"], step["class"], step["item_count"], step["owner_role"], step["sentence"])
        for step in shown
    ]
    text = render(["step", "amount", "class", "records", "owner", "what it means"], rows, "table")
    even = sorted({step["label"] for step in steps if step not in shown})
    return text + (f"Records that cancel out to 0.00: {', '.join(even)}.\n" if even else "")


def _ranking(table: Table) -> str:
    rows = [
        (f"{row['share'] * 100:.1f} %", row["amount"], row["needs_action_amount"] or None, row["label"], row["client"],
         row["practice"], row["project_manager"], row["owner_role"], row["where_to_fix"])
        for row in (dict(zip(table[0], values, strict=True)) for values in table[1])
    ]  # fmt: skip
    names = [
        "share",
        "amount",
        "needs action",
        "driver",
        "client",
        "practice",
        "project manager",
        "owner",
        "where to fix",
    ]
    return render(names, rows, "table")


def _records(table: Table) -> str:
    """The records without what is the same for all of them or told by none, so that a line fits."""
    names, rows = table
    always = {"driver", "amount", "source_object", "source_id", "effective_from"}
    kept = [
        index
        for index, name in enumerate(names)
        if name in always
        or (any(row[index] not in (None, False) for row in rows) and not _is_native(name, names, rows))
    ]
    return render([names[index] for index in kept], [tuple(row[index] for index in kept) for row in rows], "table")


def _is_native(name: str, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> bool:
    """Whether the column only repeats the amounts in the reporting currency."""
    if name not in ("native_amount", "native_currency"):
        return False
    amount, native = names.index("amount"), names.index("native_amount")
    return all(abs(row[amount]) == abs(row[native] or Decimal(0)) for row in rows)
