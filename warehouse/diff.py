"""`tieout diff`: which figures moved between two snapshots, as of the older one's business day: two snapshots -> rows.

A figure moves because a record was added, changed or dated back, or because a definition changed: those are named too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from warehouse.connect import Warehouse
from warehouse.errors import SettingsError
from warehouse.figures import Figure, standing, told_measures
from warehouse.publish import Snapshot, published_snapshot, snapshots
from warehouse.settings import Settings
from warehouse.tables import as_json, as_objects, render

COLUMNS = ["measure", "driver", "older_amount", "newer_amount", "difference_amount", "engagements"]
NOTHING = Decimal("0.00")
DEFINITIONS = "select metric, coalesce(definition_version, 1), sql from semantic.metric_catalog"


@dataclass(frozen=True)
class Diff:
    """What moved, as names and rows, and what the rows cannot tell, as sentences.

    `measures` says what only one of the two can tell, `definitions` which metrics are new, gone or mean something else.
    """

    older: str
    newer: str
    day: date
    names: list[str]
    rows: list[tuple[Any, ...]]
    measures: list[str]
    definitions: list[str]


def diff(
    settings: Settings, first: str | None = None, second: str | None = None, *, by_engagement: bool = False
) -> Diff:
    """Compare two snapshots by name: one name means that one and the published, none the published and the one before.

    Raises SettingsError for a snapshot that is not there, or where there is no earlier one.
    """
    older, newer = sorted(_chosen(settings, first, second), key=lambda snapshot: snapshot.id)
    before, after = Warehouse(older.file), Warehouse(newer.file)
    try:
        day = date.fromisoformat(before.manifest["business_day"])
        told_before, told_after = told_measures(before), told_measures(after)
        both = [measure for measure in told_before if measure in told_after]
        was, now = standing(before, day, both), standing(after, day, both)
        moved = {f: (was.get(f, NOTHING), now.get(f, NOTHING)) for f in was | now if was.get(f) != now.get(f)}
        order = {measure: position for position, measure in enumerate(both)}
        moved = dict(sorted(moved.items(), key=lambda m: (order[m[0].measure], m[0].driver, m[0].engagement_id)))
        return Diff(
            older.id,
            newer.id,
            day,
            ["engagement_id", *COLUMNS[:-1]] if by_engagement else COLUMNS,
            _engagements(moved) if by_engagement else _firm(was, now, moved),
            [f"{m} can be told since {newer.id} only" for m in told_after if m not in told_before]
            + [f"{m} can no longer be told" for m in told_before if m not in told_after],
            _changed_definitions(before, after),
        )
    finally:
        before.close()
        after.close()


def show(moved: Diff, form: str) -> str:
    """What moved as text; `form` is one of tables.FORMATS. CSV holds the figures alone."""
    if form == "json":
        told = {"older": moved.older, "newer": moved.newer, "as_of": moved.day.isoformat()}
        figures = {"figures": as_objects(moved.names, moved.rows)}
        return as_json(told | figures | {"measures": moved.measures, "definitions": moved.definitions})
    if form == "csv":
        return render(moved.names, moved.rows, form)
    head = f"As of {moved.day}: {moved.older}, then {moved.newer}\n\n"
    body = render(moved.names, moved.rows, form) if moved.rows else "No figure moved.\n"
    notes = [f"{sentence}.\n" for sentence in (*moved.measures, *moved.definitions)]
    return "".join([head, body, *(["\n", *notes] if notes else [])])


def _firm(
    was: dict[Figure, Decimal], now: dict[Figure, Decimal], moved: dict[Figure, tuple[Decimal, Decimal]]
) -> list[tuple[Any, ...]]:
    """One row per measure and driver of which any engagement's figure moved, though the firm's may be the same."""
    older: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    newer: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for totals, figures in ((older, was), (newer, now)):
        for figure, amount in figures.items():
            totals[figure.measure, figure.driver] += amount
    engagements: dict[tuple[str, str], set[str]] = defaultdict(set)
    for figure in moved:
        engagements[figure.measure, figure.driver].add(figure.engagement_id)
    return [
        (key[0], key[1] or None, older[key], newer[key], newer[key] - older[key], len(ids))
        for key, ids in engagements.items()
    ]


def _engagements(moved: dict[Figure, tuple[Decimal, Decimal]]) -> list[tuple[Any, ...]]:
    return [
        (figure.engagement_id, figure.measure, figure.driver or None, old, new, new - old)
        for figure, (old, new) in moved.items()
    ]


def _changed_definitions(before: Warehouse, after: Warehouse) -> list[str]:
    was, now = ({name: rest for name, *rest in warehouse.rows(DEFINITIONS)[1]} for warehouse in (before, after))
    return [
        *(f"{metric} is new" for metric in sorted(now.keys() - was.keys())),
        *(f"{metric} is gone" for metric in sorted(was.keys() - now.keys())),
        *(
            f"{metric} is defined anew (version {was[metric][0]}, now {now[metric][0]})"
            for metric in sorted(was.keys() & now.keys())
            if was[metric] != now[metric]
        ),
    ]


def _chosen(settings: Settings, first: str | None, second: str | None) -> tuple[Snapshot, Snapshot]:
    known = {snapshot.id: snapshot for snapshot in snapshots(settings)}
    published = published_snapshot(settings)
    if published is None:
        raise SettingsError(f"Nothing is published in {settings.home} yet. Run `tieout refresh`.")
    for name in (first, second):
        if name is not None and name not in known:
            raise SettingsError(f"There is no snapshot {name!r}. Kept are: {', '.join(known)}.")
    if first is None:
        earlier = [snapshot for snapshot in known.values() if snapshot.id < published.id]
        if not earlier:
            raise SettingsError("There is one snapshot only. Run `tieout refresh` again to have two to compare.")
        return earlier[-1], published
    chosen = known[first], known[second] if second is not None else published
    if chosen[0] == chosen[1]:
        raise SettingsError(
            f"{first} cannot be compared with itself: name another snapshot. Kept are: {', '.join(known)}."
        )
    return chosen
