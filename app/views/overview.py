"""Overview: what was sold, planned and billed, side by side; today's questions; what explains the gaps."""

from __future__ import annotations

import streamlit as st

from app import blocks, charts, filters, formats, metrics, morning
from app.blocks import Column, Row

SHOWN_STEPS = 6
SHOWN_EXCEPTIONS = 6

scope = filters.current()
st.html(blocks.figures(metrics.figures(scope).to_pylist(), f"since {formats.day(scope.opening)}"))

st.html(blocks.answers(morning.answers(scope)))


def small_bridge(name: str) -> None:
    """A bridge with its largest steps, its check, and the way to all of it."""
    first, last = metrics.BRIDGES[name]
    ends = metrics.bridge_ends(scope, name)
    with st.container(border=True, height="stretch"):
        st.html(
            f'<div class="t-head"><h2 class="t-h3">{charts.METRIC_LABELS[first]} → {charts.METRIC_LABELS[last]}</h2>'
            f'<span class="t-h3 t-num">{formats.compact(ends["steps_amount"], signed=True)}</span></div>'
            + blocks.tie(ends)
        )
        if ends["is_available"]:
            steps = metrics.bridge_steps(scope, name, shown=SHOWN_STEPS).to_pylist()
            spec = charts.bridge(steps, charts.end(first, ends["start_amount"]), charts.end(last, ends["end_amount"]))
            st.vega_lite_chart(spec, width="stretch", theme=None, key=f"small_{name}")
            st.html(blocks.legend(row["class"] for row in steps))
            st.page_link(
                "views/bridge.py",
                label="Every step, down to its records",
                query_params=[*scope.parameters, ("bridge", name)],
            )


def to_bridge(row: Row) -> str:
    """The step that a row is about."""
    return formats.page_url("bridge", scope.parameters, bridge=row["bridge"], step=row["driver"])


def to_engagement(row: Row) -> str | None:
    """The engagement that a row is about, where there is one."""
    found = row["engagement_id"]
    return formats.page_url("engagement", scope.parameters, engagement=found) if found else None


left, right = st.columns(2, gap="medium")
with left:
    small_bridge("sold_to_planned")
with right:
    small_bridge("planned_to_billed")

waiting = metrics.exceptions(scope, limit=SHOWN_EXCEPTIONS).to_pylist()
today = formats.day(scope.as_of)
st.html(blocks.heading(f"Needs action on {today}", "The gravest first: whose it is, and where to fix it."))
st.html(
    blocks.table(
        [
            Column("title", "What", under="client", href=to_engagement),
            Column("owner_role", "Whose", "words"),
            Column("where_to_fix", "Where to fix", phone=False),
            Column("age_days", "Days", "count", phone=False),
            Column("amount", "Amount", "signed", phone=False),
        ],
        waiting,
        "Needs action",
    )
)
st.page_link("views/trust.py", label="The whole queue", query_params=list(scope.parameters))

st.html(blocks.heading("Where to look first", "By share of all that needs action or lacks data, on every bridge."))
st.html(
    blocks.table(
        [
            Column("label", "What", under="client", href=to_bridge),
            Column("practice", "Practice", phone=False),
            Column("project_manager", "Project manager", phone=False),
            Column("owner_role", "Whose", "words", phone=False),
            Column("amount", "Amount", "signed"),
            Column("share", "Share", "share"),
        ],
        metrics.look_first(scope).to_pylist(),
        "Where to look first",
    )
)
