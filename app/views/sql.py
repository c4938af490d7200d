"""SQL: an analyst's own question to this snapshot, read-only, with the catalogue beside it."""

from __future__ import annotations

import streamlit as st

from app import blocks, downloads, filters, formats, metrics
from warehouse.connect import QueryError

START = "select *\nfrom semantic.bridge('planned_to_billed', date '{day}')\norder by abs(amount) desc"

scope = filters.current()
columns = metrics.tables(scope).to_pylist()
names = list(dict.fromkeys(f"{row['schema']}.{row['relation']}" for row in columns))
left, right = st.columns([3, 2], gap="large")
with left:
    with st.form("console", border=False):
        text = st.text_area("One SELECT on this snapshot", START.format(day=scope.as_of), height=220, key="console_sql")
        asked = st.form_submit_button("Run", type="primary")
    st.html(
        f'<p class="t-lede">Read-only. At most {metrics.CONSOLE_ROWS:,} rows and {metrics.CONSOLE_SECONDS:g} seconds. '
        "The page's filters do not apply here.</p>"
    )
with right:
    filters.choose("relation", names, names[0])
    name = st.selectbox("Table or view", names, key="relation")
    filters.keep("relation", default=names[0])
    shown = [row for row in columns if f"{row['schema']}.{row['relation']}" == name]
    if shown:
        st.html(f'<p class="t-lede">{formats.escape(shown[0]["description"])}</p>')
        with st.container(height=240, border=False):
            st.html(blocks.table(
                [blocks.Column("column", "Column", under="column_description"), blocks.Column("type", "Type")],
                shown, "Columns",
            ))  # fmt: skip
if asked and text.strip():
    st.session_state.console_asked = text
if question := st.session_state.get("console_asked"):
    try:
        answer = metrics.console(scope, question)
    except QueryError as problem:
        st.html(blocks.heading("That did not work"))
        st.text(str(problem))
        st.stop()
    limited = answer.num_rows > metrics.CONSOLE_ROWS
    answer = answer.slice(0, metrics.CONSOLE_ROWS)
    st.html(blocks.heading("Answer", f"{'The first ' if limited else ''}{answer.num_rows:,} rows"))
    st.dataframe(answer, hide_index=True)
    # as of and filters do not apply to what an analyst asks
    notes = {"snapshot": scope.warehouse.snapshot_id}
    downloads.button("Answer as CSV", "answer", scope, lambda: answer, notes)
