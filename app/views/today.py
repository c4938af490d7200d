"""Today: the questions of a morning, each answered in one look, and the engagements behind the answer."""

from __future__ import annotations

import streamlit as st

from app import blocks, downloads, filters, formats, metrics, morning
from app.blocks import Column, Row

SHOWN_ROWS = 60

scope = filters.current()
filters.choose("question", list(morning.QUESTIONS), "invoiceable")
chosen = str(st.session_state.question)
filters.keep("question", default="invoiceable")
answers = morning.answers(scope, chosen)
st.html(blocks.answers(answers))


def to_engagement(row: Row) -> str:
    """The engagement that a row is about."""
    return formats.page_url("engagement", scope.parameters, engagement=row["engagement_id"])


def record(row: Row) -> str | None:
    """The record in its own system."""
    return formats.safe_url(row["record_url"])


question = morning.QUESTIONS[chosen]
found = metrics.today(scope, chosen)
rows = found.slice(0, SHOWN_ROWS).to_pylist()
amount = Column("hours", "Hours", "hours") if question.unit == "hours" else Column("amount", "Amount", "money")
st.html(blocks.heading(question.label, question.meaning))
lacks = next(answer.lacks for answer in answers if answer.is_chosen)
if lacks:
    st.html(blocks.not_available(lacks))
    st.stop()
st.html(
    blocks.table(
        [
            Column("engagement_name", "Engagement", under="client", href=to_engagement),
            Column("detail", question.detail, href=record),
            Column("project_manager", "Project manager", phone=False),
            *([Column("since", "Since", "day", phone=False)] if any(row["since"] for row in rows) else []),
            amount,
        ],
        rows,
        question.label,
    )
)
if found.num_rows > len(rows):
    st.html(f'<p class="t-lede">The largest {len(rows)} of {found.num_rows:,}; the file has them all.</p>')
downloads.button("These as CSV", f"today_{chosen}", scope, lambda: found)
st.page_link("views/trust.py", label="All that waits for a person, by owner", query_params=list(scope.parameters))
