"""Engagement: one timeline of what was sold, planned, done, billed and paid; its bridges; its records."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from app import blocks, charts, drill, filters, formats, metrics
from app.blocks import Column

scope = filters.current()
names = {row["engagement_id"]: row for row in metrics.engagements(scope).to_pylist()}
if not names:
    st.html('<p class="t-empty">The filters leave no engagement.</p>')
    st.stop()
filters.choose("engagement", list(names), next(iter(names)))
chosen = st.selectbox(
    "Engagement",
    list(names),
    key="engagement",
    format_func=lambda key: f"{formats.plain(names[key]['client'])} · {formats.plain(names[key]['engagement_name'])}",
)
filters.keep("engagement")
one = metrics.engagement(scope, chosen)
alone = replace(scope, engagement_ids=(chosen,))

traits = [
    ("Client", formats.escape(one["client"])),
    ("Legal entity", formats.escape(one["legal_entity"] or "–")),
    ("Practice", formats.escape(one["practice"] or "–")),
    ("Contract", formats.escape(formats.sentence_case(one["contract_type"]))),
    ("Project manager", formats.escape(one["project_manager"] or "–")),
    ("Status", formats.escape(formats.sentence_case(one["project_status"]))),
]
st.html(blocks.heading(one["engagement_name"]))
st.html(blocks.traits(traits))
st.html(blocks.figures(metrics.figures(alone).to_pylist(), f"since {formats.day(scope.opening)}", small=True))

running = metrics.running(scope, chosen).to_pylist()
events = metrics.events(scope, chosen).to_pylist()
if events:
    first = min(row["day"] for row in (*running, *events))
    st.html(
        blocks.heading("Timeline", f"Up to {formats.day(scope.as_of)}. Size tells the amount; a triangle takes away.")
        + blocks.metric_legend({row["metric"]: row["label"] for row in running})
    )
    st.vega_lite_chart(charts.running(running, scope.as_of, first), width="stretch", theme=None, key="running")
    st.vega_lite_chart(charts.timeline(events, scope.as_of, first), width="stretch", theme=None, key="timeline")

def bar_clicked(bridge: str) -> None:
    """A click on a bar is a choice in the selector below."""
    clicked = st.session_state[f"bridge_{bridge}"].selection.get("step", [])
    if clicked and clicked[0].get("driver"):
        st.session_state.behind = f"{bridge}.{clicked[0]['driver']}"
        st.session_state.turn = st.session_state.get("turn", 0) + 1


def small_bridge(bridge: str) -> dict[str, str]:
    """One bridge of the engagement with all of its steps, which it returns: bridge.driver → how it reads."""
    start, end = metrics.BRIDGES[bridge]
    title = f"{charts.METRIC_LABELS[start]} → {charts.METRIC_LABELS[end]}"
    ends = metrics.bridge_ends(alone, bridge)
    steps = metrics.bridge_steps(alone, bridge).to_pylist()
    with st.container(border=True, height="stretch"):
        st.html(f'<h3 class="t-h3">{title}</h3>' + blocks.tie(ends))
        if steps:
            first, last = charts.end(start, ends["start_amount"]), charts.end(end, ends["end_amount"])
            spec = charts.bridge(steps, first, last, turn=st.session_state.get("turn", 0))
            key = f"bridge_{bridge}"
            st.vega_lite_chart(spec, width="stretch", theme=None, key=key, on_select=partial(bar_clicked, bridge))
            st.html(blocks.legend(row["class"] for row in steps))
    return {
        f"{bridge}.{row['driver']}":
        f"{title}: {row['label']}  {formats.compact(row['driver_amount'], signed=True)}"
        for row in steps
    }  # fmt: skip


@st.fragment
def bridges() -> None:
    """The four bridges of the engagement, and the records behind the step that is chosen."""
    st.html(blocks.heading("Its bridges", "Click a bar, or choose a step below, to see its records."))
    steps: dict[str, str] = {}
    every = list(metrics.BRIDGES)
    for pair in (every[:2], every[2:]):
        for column, bridge in zip(st.columns(2, gap="medium"), pair, strict=True):
            with column:
                steps |= small_bridge(bridge)
    if not steps:
        return
    filters.choose("behind", list(steps), next(iter(steps)))
    step = st.selectbox("Records behind", list(steps), key="behind", format_func=steps.__getitem__)
    filters.keep("behind")
    bridge, driver = step.split(".", 1)
    drill.records(scope, bridge, False, driver, chosen)


bridges()

left, right = st.columns(2, gap="large")
with left:
    st.html(blocks.heading("Backlog", "Opening + sold − billed = closing, by month in which anything moved."))
    st.html(
        blocks.table(
            [
                Column("month_text", "Month"),
                Column("opening_amount", "Opening", "money", phone=False),
                Column("sold_revenue", "+ Sold", "money"),
                Column("billed_amount", "− Billed", "money"),
                Column("closing_amount", "= Closing", "money"),
            ],
            [{**row, "month_text": f"{row['month']:%b %Y}"} for row in metrics.backlog(scope, chosen).to_pylist()[:12]],
            "Backlog by month",
        )
    )
with right:
    st.html(blocks.heading("Its records", "The deals and projects that it is made of."))
    st.html(
        blocks.table(
            [
                Column("member_name", "Record", href=lambda row: formats.safe_url(row["record_url"])),
                Column("member_type", "What", "words"),
                Column("source_id", "Id", under="source_system"),
            ],
            metrics.members(scope, chosen).to_pylist(),
            "Members of the engagement",
        )
    )
with st.expander(f"Everything that happened, up to {formats.day(scope.as_of)}"):
    st.html(
        blocks.table(
            [
                Column("day", "Day", "day"),
                Column("what", "What", under="lane"),
                Column(
                    "source_id", "Record", under="source_system", href=lambda row: formats.safe_url(row["record_url"])
                ),
                Column("amount", "Amount", "signed"),
            ],
            sorted(events, key=lambda row: row["day"], reverse=True)[: metrics.SHOWN_EVENTS],
            "Events of the engagement",
        )
    )
