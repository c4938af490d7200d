"""Charts: a bridge starts where it starts, ends where it ends, and says so to those who do not see it."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from app import blocks, charts


def step(driver, label, kind, amount, start):
    return {
        "driver": driver, "label": label, "class": kind, "amount": Decimal(amount), "driver_amount": Decimal(amount),
        "from_amount": Decimal(start), "to_amount": Decimal(start) + Decimal(amount), "item_count": 2,
        "driver_item_count": 2,
    }  # fmt: skip


# 100,000 sold − 15,000 − 5,000 = 80,000 planned
STEPS = [
    step("scope_reduced", "Scope reduced", "expected", "-15000", "100000"),
    step("handover_hours", "More or fewer hours than sold", "needs_action", "-5000", "85000"),
]
START = charts.end("sold_revenue", Decimal(100000))
END = charts.end("planned_revenue", Decimal(80000))


def layer(spec, kind):
    return next(one for one in spec["layer"] if one["mark"]["type"] == kind)


def test_each_step_starts_where_the_one_before_has_led_to():
    bars = layer(charts.bridge(STEPS, START, END), "rule")["data"]["values"]
    assert [bar["at"] for bar in bars] == [100000, 85000, 80000]
    assert bars[0]["label"] == "Sold" and bars[-1]["next"] == "Planned"


def test_a_row_can_be_clicked_only_where_a_turn_is_given():
    assert "params" not in json.dumps(charts.bridge(STEPS, START, END))
    clickable = charts.bridge(STEPS, START, END, turn=3)["layer"][-1]
    assert clickable["params"][0]["select"]["fields"] == ["driver", "turn"]
    assert [(row["driver"], row["turn"]) for row in clickable["data"]["values"]] == [
        ("scope_reduced", 3),
        ("handover_hours", 3),
    ]


def test_all_layers_share_one_axis_on_each_side():
    layers = charts.bridge(STEPS, START, END, turn=0)["layer"]
    assert len({json.dumps(one["encoding"]["y"]["axis"]) for one in layers}) == 1
    axes = {json.dumps(one["encoding"]["x"]["axis"]) for one in layers if "axis" in one["encoding"]["x"]}
    assert len(axes) == 1


def test_a_bridge_is_told_in_words():
    told = charts.bridge(STEPS, START, END)["description"]
    assert told.startswith("Sold 100") and told.endswith("Planned 80.0\u202fK.")
    assert "Scope reduced −15.0" in told


def test_a_specification_is_plain_json_and_names_no_address():
    events = [
        {"lane": "Invoices", "day": date(2026, 1, 2), "until_day": None, "what": "Invoice 1", "source_system": "q",
         "source_id": "1", "amount": Decimal(-5)},
        {"lane": "Holds", "day": date(2026, 1, 2), "until_day": date(2026, 2, 1), "what": "On hold",
         "source_system": "b", "source_id": "1", "amount": None},
    ]  # fmt: skip
    lines = [{"metric": "sold_revenue", "label": "Sold", "day": date(2026, 1, 1), "amount": Decimal(5)}]
    for spec in (
        charts.bridge(STEPS, START, END, selected="scope_reduced", turn=1),
        charts.timeline(events, date(2026, 3, 1), date(2026, 1, 1)),
        charts.running(lines, date(2026, 3, 1), date(2026, 1, 1)),
    ):
        assert "http" not in json.dumps(spec)


def contrast(colour: str, other: str = "#FFFFFF") -> float:
    """The contrast of two colours as WCAG 2 counts it."""

    def light(text):
        parts = [int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    brighter, darker = sorted((light(colour), light(other)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def test_metric_colours_can_be_read_as_text_on_white():
    found = {name: contrast(colour) for name, colour in charts.METRIC_COLOURS.items()}
    assert {name: ratio for name, ratio in found.items() if ratio < 4.5} == {}
    assert contrast(charts.GREY) >= 4.5


def test_figures_stand_side_by_side_and_a_missing_one_is_not_zero():
    rows = [
        {"metric": "sold_revenue", "label": "Sold", "system_of_record": "crm", "description": None,
         "amount": Decimal(100), "change_amount": Decimal(-3)},
        {"metric": "collected_cash", "label": "Collected", "system_of_record": "accounting", "description": None,
         "lacks": "a ledger that records payments (accounting_payments)", "amount": None, "change_amount": None},
    ]  # fmt: skip
    text = blocks.figures(rows, "since 31 Jul 2026")
    assert "100" in text and "−3 since 31 Jul 2026" in text
    assert "n/a" in text and ">Lacks a ledger that records payments<" in text
    assert 'title="a ledger that records payments (accounting_payments)"' in text


def test_a_tie_that_does_not_hold_is_said_so():
    ends = {"start_amount": Decimal(100), "steps_amount": Decimal(-15), "end_amount": Decimal(85), "is_available": True,
            "steps_lack": None}  # fmt: skip
    assert "100.00 − 15.00 = 85.00" in blocks.tie({**ends, "ties": True})
    assert "Does not tie: 100.00 − 15.00 ≠ 85.00" in blocks.tie({**ends, "ties": False})
    half_known = blocks.tie({**ends, "ties": True, "steps_lack": "time entries (psa_time_entries)"})
    assert "85.00" in half_known and "lacks time entries (psa_time_entries): what is planned" in half_known
    unavailable = blocks.tie({**ends, "ties": True, "is_available": False, "lacks": "budgets (psa_budget_lines)"})
    assert "Not available: this warehouse lacks budgets (psa_budget_lines)." in unavailable


def test_a_table_escapes_its_cells_and_its_links():
    row = {"name": "<b>&", "url": 'https://x.example/"><script>'}
    text = blocks.table([blocks.Column("name", "Name", href=lambda row: row["url"])], [row], "A table")
    assert "<script>" not in text and "<b>" not in text
    assert 'href="https://x.example/&quot;&gt;&lt;script&gt;"' in text
