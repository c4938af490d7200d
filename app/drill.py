"""The end of every drill: one engagement's records behind one step, with their ids, dates and links."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from app import blocks, formats, metrics
from app.blocks import Column, Row


def records(scope: metrics.Scope, bridge: str, moving: bool, driver: str, engagement: str) -> None:
    """The records of an engagement behind a step, the largest first, and what all of them add up to."""
    rows = metrics.step_records(scope, bridge, driver, engagement, moving).to_pylist()
    st.html(_together(rows))
    st.html(
        blocks.table(
            [
                Column("source_id", "Record", under="what", href=lambda row: formats.safe_url(row["record_url"])),
                Column("source_system", "System", "words"),
                Column("effective_from", "From", "day"),
                Column("effective_to", "Until", "day", phone=False),
                Column("reason", "Reason", phone=False),
                Column("native_amount", "In its currency", "money", under="native_currency", phone=False),
                Column("amount", "Amount", "signed"),
            ],
            [{**row, "what": formats.words(row["source_object"]).split(" ", 1)[-1]} for row in rows],
            "Records",
        )
    )


def _together(rows: Sequence[Row]) -> str:
    """How many records there are, how many are shown, and what all of them add up to."""
    if not rows:
        return ""
    total = rows[0]
    number = f"{formats.count(total['record_count'])} record{'' if total['record_count'] == 1 else 's'}"
    shown = f", the largest {len(rows)} shown" if len(rows) < total["record_count"] else ""
    inferred = f", {formats.count(total['inferred_count'])} matched by inference" if total["inferred_count"] else ""
    amount = formats.money(total["records_amount"], signed=True)
    return f'<p class="t-lede">{number}{shown}{inferred}; together <b class="t-num">{amount}</b></p>'
