"""Pure functions: rows of app.metrics → Vega-Lite specifications as plain dicts.

Decimals become floats here, for drawing only; every amount that is read stands as text made by app.formats. One colour
for each metric and each class, the same on every page; gains and losses are told by sign and place.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from app import formats

Row = Mapping[str, Any]
Spec = dict[str, Any]

METRIC_COLOURS = {
    "sold_revenue": "#1459A8",
    "planned_revenue": "#B05A00",
    "billed_revenue": "#00756A",
    "recognized_revenue": "#7A5195",
    "collected_cash": "#3F4B59",
}
METRIC_LABELS = {
    "sold_revenue": "Sold",
    "planned_revenue": "Planned",
    "billed_revenue": "Billed",
    "recognized_revenue": "Recognised",
    "collected_cash": "Collected",
}
CLASS_COLOURS = {
    "needs_action": "#C4352B",
    "missing_data": "#7B3FA0",
    "accepted_loss": "#6E7B8B",
    "expected": "#B4BECA",
}
INK, GREY, LINE, SHADE = "#1B2430", "#5A6573", "#E4E7EB", "#F3F5F8"
STEP = 36
LANES = ("Deals", "Plan", "Time", "Invoices", "Payments", "Holds")
CONFIG: Spec = {
    "font": "Source Sans, system-ui, sans-serif",
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": GREY, "labelFontSize": 12, "gridColor": LINE, "domain": False, "ticks": False, "title": None,
        "labelPadding": 8,
    },
}  # fmt: skip
STEP_CLICK = {"name": "step", "select": {"type": "point", "fields": ["driver", "turn"], "toggle": False}}
COMPACT_LABEL = "replace(replace(format(datum.value, '~s'), 'G', 'B'), 'k', 'K')"


def end(metric: str, amount: Decimal) -> Row:
    """One end of a bridge: its name, amount and the colour of its metric."""
    return {"label": METRIC_LABELS[metric], "amount": amount, "colour": METRIC_COLOURS[metric]}


def gap(amount: Decimal, label: str) -> Row:
    """One end of a movement: the gap between two metrics has neither's colour."""
    return {"label": label, "amount": amount, "colour": INK}


def bridge(
    steps: Sequence[Row], start: Row, end: Row, selected: str | None = None, turn: int | None = None
) -> Spec:
    """A horizontal bridge: where it starts, its steps in order, where it ends.

    `steps` are rows of metrics.bridge_steps; `start` and `end` have label, amount and colour. With `turn`, a click
    selects a driver (selection `step`, field `driver`); give another turn after each, or the same row cannot be clicked
    again. `selected` is shown as chosen.
    """
    bars = [_bar(row) for row in steps]
    ends = [_end(start), _end(end)]
    labels = list(dict.fromkeys([start["label"], *(bar["label"] for bar in bars), end["label"]]))
    texts = _texts(steps, start, end)
    strong = json.dumps([start["label"], end["label"], *(bar["label"] for bar in bars if bar["driver"] == selected)])
    y = {
        "field": "label", "type": "ordinal", "scale": {"domain": labels, "paddingInner": 0.3},
        "axis": {
            "labelExpr": "split(datum.label, '\\n')", "labelColor": INK, "labelLimit": 170, "labelLineHeight": 14,
            "labelPadding": 10,
            "labelOffset": {"condition": {"test": "indexof(datum.value, '\\n') >= 0", "value": -7}, "value": 0},
            "labelFontWeight": {
                "condition": {"test": f"indexof({strong}, datum.value) >= 0", "value": 600}, "value": 400,
            },
        },
    }  # fmt: skip
    x = {
        "field": "from", "type": "quantitative", "scale": {"zero": False, "padding": 10},
        "axis": {"labelExpr": COMPACT_LABEL, "tickCount": 3, "labelOverlap": "greedy", "labelSeparation": 12},
    }  # fmt: skip
    own_colour = {"field": "colour", "type": "nominal", "scale": None}
    tooltip = [
        {"field": "title", "type": "nominal", "title": "Step"},
        {"field": "amount_text", "type": "nominal", "title": "Amount"},
        {"field": "class_text", "type": "nominal", "title": "Class"},
        {"field": "items", "type": "nominal", "title": "Records"},
    ]
    shades = [{"label": bar["label"]} for bar in bars if bar["driver"] == selected][:1]
    layers: list[Spec] = [
        {
            "data": {"values": _links(steps, start, end)},
            "mark": {"type": "rule", "color": "#98A2AF", "strokeWidth": 1, "aria": False},
            "encoding": {"y": y, "y2": {"field": "next"}, "x": {**x, "field": "at"}},
        },
        {
            "data": {"values": bars},
            "mark": {"type": "bar", "cornerRadius": 2, "height": {"band": 1}},
            "encoding": {
                "y": y, "x": x, "x2": {"field": "to"}, "tooltip": tooltip, "description": {"field": "told"},
                "color": {"field": "class", "type": "nominal", "legend": None,
                          "scale": {"domain": list(CLASS_COLOURS), "range": list(CLASS_COLOURS.values())}},
            },
        },
        {
            "data": {"values": ends},
            "mark": {"type": "tick", "thickness": 5, "opacity": 1, "height": {"band": 1.15}, "cornerRadius": 2},
            "encoding": {"y": y, "x": {**x, "field": "at"}, "color": own_colour},
        },
        {
            "data": {"values": texts},
            "mark": {"type": "text", "align": "right", "fontSize": 13, "dx": 0},
            "encoding": {
                "y": y, "x": {"value": {"expr": "width + 84"}}, "text": {"field": "text"},
                "color": own_colour,
            },
        },
    ]  # fmt: skip
    if shades:
        layers.insert(0, {
            "data": {"values": shades},
            "mark": {"type": "bar", "color": SHADE, "height": {"band": 1.3}, "aria": False},
            "encoding": {"y": y, "x": {"value": 0}, "x2": {"value": {"expr": "width + 84"}}},
        })  # fmt: skip
    if turn is not None:  # the whole row takes the click, for a small bar is hard to hit
        layers.append({
            "data": {"values": _rows(steps, turn)},
            "params": [STEP_CLICK],
            "mark": {"type": "bar", "height": {"band": 1.3}, "opacity": 0, "cursor": "pointer"},
            "encoding": {
                "y": y, "x": {"value": 0}, "x2": {"value": {"expr": "width + 84"}}, "description": {"field": "told"},
                "tooltip": [tooltip[0], tooltip[1], tooltip[3]],
            },
        })  # fmt: skip
    return {
        "height": {"step": STEP},
        "padding": {"left": 0, "right": 0, "top": 4, "bottom": 4},
        "layer": layers,
        "config": CONFIG,
        "description": _told(steps, start, end),
    }


def running(rows: Sequence[Row], as_of: date, first: date) -> Spec:
    """An engagement's revenues as they ran, as steps; each line's name stands in the colour of its metric."""
    values = [
        {"metric": row["metric"], "label": row["label"], "day": row["day"].isoformat(), "amount": float(row["amount"]),
         "amount_text": formats.money(row["amount"])}
        for row in rows
    ]  # fmt: skip
    last = {row["metric"]: row for row in rows}
    values += [
        {"metric": name, "label": row["label"], "day": as_of.isoformat(), "amount": float(row["amount"]),
         "amount_text": formats.money(row["amount"])}
        for name, row in last.items()
    ]  # fmt: skip
    colour = {
        "field": "metric", "type": "nominal", "legend": None,
        "scale": {"domain": list(METRIC_COLOURS), "range": list(METRIC_COLOURS.values())},
    }  # fmt: skip
    return {
        "height": 220,
        "data": {"values": values},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2.5},
        "encoding": {
            "x": _days_axis(first, as_of),
            "y": {"field": "amount", "type": "quantitative",
                  "axis": {"labelExpr": COMPACT_LABEL, "tickCount": 4, "minExtent": 64, "maxExtent": 64}},
            "color": colour,
            "tooltip": [
                {"field": "label", "type": "nominal", "title": "Metric"},
                {"field": "day", "type": "temporal", "title": "Day", "format": "%-d %b %Y"},
                {"field": "amount_text", "type": "nominal", "title": "To date"},
            ],
        },
        "config": CONFIG,
    }  # fmt: skip


def timeline(rows: Sequence[Row], as_of: date, first: date) -> Spec:
    """An engagement's events in lanes: size tells the amount, direction of the triangle its sign; holds are bars."""
    points = [
        {**_event(row), "size": abs(float(row["amount"] or 0)), "sign": "-" if (row["amount"] or 0) < 0 else "+"}
        for row in rows
        if row["lane"] != "Holds"
    ]
    holds = [{**_event(row), "until": row["until_day"].isoformat()} for row in rows if row["lane"] == "Holds"]
    present = {row["lane"] for row in rows}
    lanes = [lane for lane in LANES if lane in present]
    y = {
        "field": "lane", "type": "ordinal", "scale": {"domain": lanes},
        "axis": {"labelColor": INK, "minExtent": 64, "maxExtent": 64, "grid": True},
    }  # fmt: skip
    tooltip = [
        {"field": "what", "type": "nominal", "title": "What"},
        {"field": "day", "type": "temporal", "title": "Day", "format": "%-d %b %Y"},
        {"field": "amount_text", "type": "nominal", "title": "Amount"},
        {"field": "source", "type": "nominal", "title": "Record"},
    ]
    lane_colours = {
        "Deals": METRIC_COLOURS["sold_revenue"], "Plan": METRIC_COLOURS["planned_revenue"], "Time": GREY,
        "Invoices": METRIC_COLOURS["billed_revenue"], "Payments": METRIC_COLOURS["collected_cash"],
    }  # fmt: skip
    hold = {
        "data": {"values": holds},
        "mark": {"type": "bar", "height": {"band": 0.5}, "color": CLASS_COLOURS["expected"]},
        "encoding": {"y": y, "x": _days_axis(first, as_of), "x2": {"field": "until"}, "tooltip": tooltip},
    }
    return {
        "height": {"step": 34},
        "layer": [
            *([hold] if holds else []),
            {
                "data": {"values": points},
                "mark": {"type": "point", "filled": True, "opacity": 0.75},
                "encoding": {
                    "y": y, "x": _days_axis(first, as_of), "tooltip": tooltip,
                    "size": {"field": "size", "type": "quantitative", "legend": None,
                             "scale": {"type": "sqrt", "range": [30, 420]}},
                    "shape": {"field": "sign", "type": "nominal", "legend": None,
                              "scale": {"domain": ["+", "-"], "range": ["circle", "triangle-down"]}},
                    "color": {"field": "lane", "type": "nominal", "legend": None,
                              "scale": {"domain": list(lane_colours), "range": list(lane_colours.values())}},
                },
            },
        ],
        "config": CONFIG,
    }  # fmt: skip


def _bar(row: Row) -> Spec:
    return {
        "label": _label(row["label"]),
        "title": row["label"],
        "driver": row["driver"],
        "class": row["class"],
        "class_text": formats.sentence_case(row["class"]),
        "from": float(row["from_amount"]),
        "to": float(row["to_amount"]),
        "amount_text": formats.money(row["amount"], signed=True),
        "items": formats.count(row["item_count"]),
        "told": f"{row['label']}: {formats.money(row['amount'], signed=True)}, {formats.words(row['class'])}",
    }


def _rows(steps: Iterable[Row], turn: int) -> list[Spec]:
    """One row for each driver, its classes together: what a click takes."""
    drivers = {row["driver"]: row for row in steps}
    return [
        {
            "label": _label(row["label"]), "title": row["label"], "driver": driver, "turn": turn,
            "amount_text": formats.money(row["driver_amount"], signed=True),
            "items": formats.count(row["driver_item_count"]),
            "told": f"Choose {row['label']}: {formats.money(row['driver_amount'], signed=True)}",
        }
        for driver, row in drivers.items()
    ]  # fmt: skip


def _end(end: Row) -> Spec:
    return {"label": end["label"], "at": float(end["amount"]), "colour": end["colour"]}


def _texts(steps: Iterable[Row], start: Row, end: Row) -> list[Spec]:
    """The amounts at the right: one for each row of the chart, a driver's classes together."""
    drivers = {row["label"]: row["driver_amount"] for row in steps}
    return [
        {"label": start["label"], "text": formats.compact(start["amount"]), "colour": start["colour"]},
        *(
            {"label": _label(label), "text": formats.compact(amount, signed=True), "colour": INK}
            for label, amount in drivers.items()
        ),
        {"label": end["label"], "text": formats.compact(end["amount"]), "colour": end["colour"]},
    ]


def _links(steps: Sequence[Row], start: Row, end: Row) -> list[Spec]:
    """Thin lines from where one row of the chart ends to where the next begins."""
    last: dict[str, float] = {start["label"]: float(start["amount"])}
    for row in steps:
        last[_label(row["label"])] = float(row["to_amount"])
    labels = [*last, end["label"]]
    return [{"label": here, "next": there, "at": last[here]} for here, there in itertools.pairwise(labels)]


def _label(label: str) -> str:
    return "\n".join(formats.wrap(label))


def _told(steps: Sequence[Row], start: Row, end: Row) -> str:
    """The chart in words, for those who do not see it."""
    drivers = {row["label"]: row["driver_amount"] for row in steps}
    told = "; ".join(f"{label} {formats.compact(amount, signed=True)}" for label, amount in drivers.items())
    return (
        f"{start['label']} {formats.compact(start['amount'])}. {told}. "
        f"{end['label']} {formats.compact(end['amount'])}."
    )


def _event(row: Row) -> Spec:
    return {
        "lane": row["lane"],
        "day": row["day"].isoformat(),
        "what": formats.sentence_case(row["what"]),
        "amount_text": formats.money(row["amount"]) if row["amount"] is not None else "–",
        "source": f"{row['source_system']} {row['source_id']}",
    }


def _days_axis(first: date, last: date) -> Spec:
    return {
        "field": "day", "type": "temporal",
        "scale": {"domain": [first.isoformat(), last.isoformat()], "padding": 12},
        "axis": {"format": "%b %Y", "tickCount": 5, "grid": False, "labelOverlap": True},
    }  # fmt: skip
