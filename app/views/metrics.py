"""Metrics: the catalogue. What each number means, whose it is, where it is mended, and the SQL that makes it."""

from __future__ import annotations

import streamlit as st

from app import blocks, filters, formats, metrics
from app.blocks import Column, Row

scope = filters.current()
rows = metrics.metric_catalog(scope).to_pylist()
by_name = {row["metric"]: row for row in rows}
for row in rows:
    row["owner_text"] = formats.sentence_case(row["owner"])
    row["system_text"] = blocks.system(row["system_of_record"])
    row["state"] = "Available" if row["is_available"] else f"Not available: lacks {row['lacks']}"
if not rows:
    st.html('<p class="t-empty">The catalogue is empty.</p>')
    st.stop()


def page_of(row: Row) -> str:
    """The metric's own address."""
    return formats.page_url("metrics", scope.parameters, metric=row["metric"])


@st.fragment
def catalogue() -> None:
    """One metric in full."""
    filters.choose("metric", list(by_name), next(iter(by_name)))
    chosen = st.selectbox(
        "Metric", list(by_name), key="metric",
        format_func=lambda name: f"{formats.plain(by_name[name]['label'])}  ({name})",
    )  # fmt: skip
    filters.keep("metric")
    one = by_name[chosen]
    measured = f"{formats.words(one['kind'])}, {formats.words(one['time'])}, in {formats.words(one['unit'])}"
    approved = f"{one['approved_by']}, {formats.day(one['approved_on'])}" if one["approved_by"] else "Not yet"
    left, right = st.columns([3, 2], gap="large")
    left.html(blocks.heading(one["label"]) + f'<p class="t-body">{formats.escape(one["description"])}</p>')
    right.html(
        blocks.facts(
            [
                ("Owner", formats.escape(one["owner_text"])),
                ("System of record", formats.escape(one["system_text"])),
                ("Kind", formats.escape(measured)),
                ("Good is", formats.escape(formats.words(one["direction"]))),
                ("Where to fix", formats.escape(one["where_to_fix"])),
                ("Version", formats.escape(f"{one['definition_version']} ({(one['fingerprint'] or '–')[:12]})")),
                ("Approved", formats.escape(approved)),
                ("State", formats.escape(one["state"])),
            ]
        )
    )
    with st.expander("The SQL that makes it"):
        st.code(one["sql"], language="sql")


catalogue()
st.html(blocks.heading("All metrics", f"{len(rows)} definitions; each is made in one place."))
st.html(
    blocks.table(
        [
            Column("label", "Metric", under="metric", href=page_of),
            Column("description", "What it answers", phone=False),
            Column("system_text", "System"),
            Column("owner_text", "Owner", phone=False),
            Column("unit", "Unit", "words", phone=False),
            Column("definition_version", "Version", "count", phone=False),
        ],
        rows,
        "All metrics",
    )
)
