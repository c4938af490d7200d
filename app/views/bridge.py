"""Bridge: from one number to the next, step by step; behind a step its engagements, behind those their records."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app import blocks, charts, downloads, drill, filters, formats, metrics
from app.blocks import Row

MODES = {"as_of": "As of the day", "movement": "Movement since"}
SHOWN_ROWS = 8
SHOWN_COLUMNS = ["engagement_name", "client", "project_manager", "class", "item_count", "amount"]


def bridge_name(name: str) -> str:
    """sold_to_planned → Sold → Planned."""
    first, last = metrics.BRIDGES[name]
    return f"{charts.METRIC_LABELS[first]} → {charts.METRIC_LABELS[last]}"


def ends_of(scope: metrics.Scope, name: str, ends: dict[str, Any], moving: bool) -> tuple[Row, Row]:
    """The two ends of the chart: the metrics themselves, or the gap between them before and after the period."""
    first, last = metrics.BRIDGES[name]
    if moving:
        return (
            charts.gap(ends["start_amount"], f"Gap on {formats.day(scope.opening)}"),
            charts.gap(ends["end_amount"], f"Gap on {formats.day(scope.as_of)}"),
        )
    return charts.end(first, ends["start_amount"]), charts.end(last, ends["end_amount"])


def bar_clicked() -> None:
    """A click on a bar is a choice in the step selector."""
    clicked = st.session_state.bridge_chart.selection.get("step", [])
    if clicked and clicked[0].get("driver"):
        st.session_state.step = clicked[0]["driver"]
        st.session_state.turn = st.session_state.get("turn", 0) + 1


@st.fragment
def explore(scope: metrics.Scope, name: str, moving: bool) -> None:
    """The chart, the step chosen in it, and what stands behind that step."""
    ends = metrics.bridge_ends(scope, name, moving)
    steps = metrics.bridge_steps(scope, name, moving).to_pylist()
    st.html(blocks.tie(ends))
    if not ends["is_available"]:
        return
    if not steps:
        st.html('<p class="t-empty">No step stands between the two.</p>')
        return
    drivers = {row["driver"]: row for row in steps}
    filters.choose("step", list(drivers), max(drivers, key=lambda driver: abs(drivers[driver]["driver_amount"])))
    start, end = ends_of(scope, name, ends, moving)
    turn = st.session_state.get("turn", 0)
    spec = charts.bridge(steps, start, end, selected=st.session_state.step, turn=turn)
    st.vega_lite_chart(spec, width="stretch", theme=None, key="bridge_chart", on_select=bar_clicked)
    st.html(blocks.legend(row["class"] for row in steps))
    chosen = st.selectbox(
        "Step: click a bar, or choose here",
        list(drivers),
        key="step",
        format_func=lambda driver: (
            f"{drivers[driver]['label']}  {formats.compact(drivers[driver]['driver_amount'], signed=True)}"
        ),
    )
    filters.keep("step")
    meaning(scope, name, [row for row in steps if row["driver"] == chosen])
    behind(scope, name, moving, chosen)


def meaning(scope: metrics.Scope, name: str, classes: list[dict[str, Any]]) -> None:
    """What a finance lead would say of the step, whose it is and where it is mended."""
    driver = metrics.driver(scope, name, classes[0]["driver"])
    place = (blocks.system(driver["fix_system"]), driver["fix_object"], formats.words(driver["fix_field"]))
    where = " → ".join(map(formats.attribute, place)) if driver["fix_object"] else "Nothing to fix"
    split = "<br>".join(
        f'{blocks.class_mark(row["class"])} <span class="t-num">{formats.money(row["amount"], signed=True)}</span>'
        for row in classes
    )
    pairs = [
        ("Amount", split),
        ("Whose", formats.sentence_case(driver["owner_role"])),
        ("Where to fix", where),
    ]
    if driver["sla_days"]:
        pairs.append(("Expected for", f"{driver['sla_days']} days"))
    if driver["missing_field"]:
        pairs.append(("Missing", formats.escape(driver["missing_field"])))
    st.html(blocks.heading(driver["label"]))
    said, told = st.columns([3, 2], gap="large")
    said.html(
        f'<p class="t-say">{formats.attribute(driver["sentence"])}</p>'
        f'<p class="t-lede">{formats.attribute(formats.formula(driver["formula"]))}</p>'
    )
    told.html(blocks.facts(pairs))


def behind(scope: metrics.Scope, name: str, moving: bool, driver: str) -> None:
    """The engagements behind the step, and the records of the one chosen."""
    engagements = metrics.step_engagements(scope, name, driver, moving)
    st.html(blocks.heading("Engagements behind it", "Choose a row to see its records; the largest comes first."))
    shown = formats.spoken(engagements, "class")
    picked = st.dataframe(
        shown.select(SHOWN_COLUMNS[:4] + SHOWN_COLUMNS[5 if moving else 4 :]),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-row",
        height="auto" if engagements.num_rows <= SHOWN_ROWS else 318,
        key=f"engagements_{name}_{driver}_{moving}",
        placeholder="–",
        column_config={
            "engagement_name": st.column_config.TextColumn("Engagement", width="medium"),
            "client": st.column_config.TextColumn("Client", width="medium"),
            "project_manager": "Project manager",
            "class": "Class",
            "item_count": st.column_config.NumberColumn("Records", format="localized"),
            "amount": st.column_config.NumberColumn("Amount", format="accounting"),
        },
    ).selection.rows
    downloads.button(
        "Engagements as CSV",
        f"{name}_{driver}_engagements",
        scope,
        lambda: metrics.step_engagements(scope, name, driver, moving),
    )
    row = picked[0] if picked and picked[0] < engagements.num_rows else 0
    for one in engagements.slice(row, 1).to_pylist():
        key = one["engagement_id"]
        st.html(blocks.heading(f"Records of {formats.plain(one['engagement_name'])}"))
        drill.records(scope, name, moving, driver, key)
        with st.container(horizontal=True, gap="medium", vertical_alignment="center"):
            st.page_link(
                "views/engagement.py",
                label="Open this engagement",
                query_params=[*scope.parameters, ("engagement", key)],
            )
            downloads.button(
                "All records of the step as CSV",
                f"{name}_{driver}_records",
                scope,
                lambda: metrics.step_records(scope, name, driver, None, moving, metrics.EXPORTED_RECORDS),
            )


scope = filters.current()
filters.choose("bridge", list(metrics.BRIDGES), "sold_to_planned")
filters.choose("show", list(MODES), "as_of")
with st.container(horizontal=True, gap="medium"):
    name = st.segmented_control(
        "Bridge", list(metrics.BRIDGES), required=True, key="bridge", format_func=bridge_name,
        label_visibility="collapsed", wrap=True,
    )  # fmt: skip
    mode = st.segmented_control(
        "Show", list(MODES), required=True, key="show", label_visibility="collapsed", wrap=True,
        format_func=lambda mode: (
            f"{MODES[mode]} {formats.day(scope.opening)}" if mode == "movement" else MODES[mode]
        ),
    )  # fmt: skip
filters.keep("bridge", default="sold_to_planned")
filters.keep("show", default="as_of")
explore(scope, name or "sold_to_planned", mode == "movement")
