"""Ledger: does revenue equal the trial balance; two ledgers side by side; what was told, and why it moved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import streamlit as st

from app import blocks, charts, downloads, filters, formats, metrics
from app.blocks import Column, Row

scope = filters.current()
zone = scope.warehouse.manifest["business_time_zone"]


def ties() -> None:
    """Our revenue against the trial balance: by entity, what does not tie, all that was compared."""
    st.html(
        blocks.heading("Does it tie?", "Our revenue against the ledger's own trial balance, by account and month.")
    )
    st.html(
        blocks.table(
            [
                Column("legal_entity", "Legal entity", under="ledger_currency"),
                Column("compared_with", "Compared", "words", phone=False),
                Column("compared_count", "Months × accounts", "count", phone=False),
                Column("tied_count", "Tie", "count"),
                Column("open_count", "Do not", "count"),
                Column("difference_amount", "Differences", "money"),
            ],
            metrics.ledger_entities(scope).to_pylist(),
            "Ties by legal entity",
        )
    )
    rows = metrics.ledger_ties(scope).to_pylist()
    loose = [row for row in rows if not row["is_tied"]]
    columns = [
        Column("month_end", "Month end", "day"),
        Column("legal_entity", "Legal entity", under="account_code"),
        Column("our_amount", "Ours", "money", under="compared_with", phone=False),
        Column("ledger_amount", "Ledger", "money", under="ledger_currency", phone=False),
        Column("difference_amount", "Difference", "signed"),
    ]
    st.html(blocks.heading("What does not tie", "And the records that could be it."))
    st.html(
        blocks.table(
            [*columns, Column("possible_records", "It could be")], loose[: metrics.SHOWN_EVENTS], "Differences"
        )
        if loose
        else '<p class="t-empty">Everything that was compared ties.</p>'
    )
    with st.expander(f"All {len(rows):,} comparisons"):
        st.html(blocks.table(columns, rows[: metrics.SHOWN_EVENTS], "Comparisons"))
        downloads.button("Comparisons as CSV", "ledger_ties", scope, lambda: metrics.ledger_ties(scope))


def side_by_side() -> None:
    """Two ledgers, account by account."""
    both = metrics.parallel_run(scope).to_pylist()
    lede = "No two ledgers hold the same documents."
    if both:
        one, other = both[0]["one_system"], both[0]["other_system"]
        lede = f"The first is {one}, and counts; what {other} holds too, does not."
    st.html(blocks.heading("Two ledgers side by side", lede))
    st.html(
        blocks.table(
            [
                Column("month_end", "Month end", "day"),
                Column("legal_entity", "Legal entity", under="account_code"),
                Column("in_both_count", "In both", "count"),
                Column("in_both_one_native_amount", "Amount", "money", under="native_currency", phone=False),
                Column("differing_count", "Differ", "count"),
                Column("only_one_count", "Only the first", "count", phone=False),
                Column("only_one_native_amount", "Amount", "money", phone=False),
                Column("only_other_count", "Only the second", "count", phone=False),
                Column("only_other_native_amount", "Amount", "money", phone=False),
            ],
            both,
            "Parallel run",
        )
    )


def as_reported() -> None:
    """What was told of a closed month, what it is now, and why."""
    st.html(blocks.heading("What we told, and what it is now", "A closed month keeps what it was reported as."))
    months = {row["month"].strftime("%Y-%m"): row for row in metrics.reported_months(scope).to_pylist()}
    if not months:
        command = f"tieout close {scope.as_of.replace(day=1) - timedelta(days=1):%Y-%m}"
        st.html(
            '<p class="t-empty">No month has been closed yet. When one is over and reported, say so: '
            f"<code>{command}</code> keeps its figures, and what moves them later is told here.</p>"
        )
        return
    moved = [key for key, row in months.items() if row["moved_count"]]
    filters.choose("month", list(months), (moved or list(months))[0])
    key = st.selectbox(
        "Closed month", list(months), key="month", width=260, format_func=lambda key: _told_of(months[key])
    )  # fmt: skip
    filters.keep("month")
    closed = months[key]
    figures = metrics.reported_figures(scope, closed["month"]).to_pylist()
    st.html(f'<p class="t-say">{_told(closed, figures)}</p>')
    st.html(
        blocks.table(
            [
                Column("label", "In the month"),
                Column("reported_amount", "As reported", "money"),
                Column("now_amount", "Now", "money"),
                Column("difference_amount", "Restated by", "signed"),
                Column("reported_to_date_amount", "To date, as reported", "money", phone=False),
                Column("now_to_date_amount", "To date, now", "money", phone=False),
            ],
            figures,
            "As reported",
        )
    )
    because(closed["month"])


def because(month: date) -> None:
    """The drivers and the records that moved a closed month."""
    drivers = metrics.restated_drivers(scope, month).to_pylist()
    if drivers:
        for row in drivers:
            first, last = metrics.BRIDGES[row["bridge"]]
            row["between"] = f"{charts.METRIC_LABELS[first]} → {charts.METRIC_LABELS[last]}"
        st.html(blocks.heading("Because", "The steps that differ at the end of that month from what was told."))
        st.html(
            blocks.table(
                [
                    Column("label", "Step", under="sentence"),
                    Column("between", "Between", phone=False),
                    Column("owner_role", "Whose", "words", phone=False),
                    Column("reported_amount", "As reported", "signed", phone=False),
                    Column("now_amount", "Now", "signed", phone=False),
                    Column("difference_amount", "Moved", "signed"),
                ],
                drivers,
                "Steps that moved",
            )
        )
    found = metrics.restated_records(scope, month)
    rows = found.slice(0, metrics.SHOWN_EVENTS).to_pylist()
    for row in rows:
        row["seen"] = formats.moment(row["last_changed_at"] or row["first_seen_at"], zone)
        row["told"] = charts.METRIC_LABELS[row["measure"]]
    st.html(blocks.heading("The records that moved it", "With the load that first showed each as it is now."))
    st.html(
        blocks.table(
            [
                Column("source_id", "Record", under="source_system", href=record),
                Column("engagement_name", "Engagement", under="client", href=to_engagement),
                Column("told", "Of", phone=False),
                Column("what_happened", "What happened", "words", under="seen", phone=False),
                Column("dated_on", "Dated", "day", phone=False),
                Column("difference_amount", "Difference", "signed"),
            ],
            rows,
            "Records that moved",
        )
    )
    downloads.button("These records as CSV", "restated", scope, lambda: found)


def _told_of(closed: Row) -> str:
    moved = closed["moved_count"]
    return f"{closed['month']:%B %Y}" + (f" · {moved} restated" if moved else "")


def _told(closed: Row, figures: Sequence[Row]) -> str:
    """One sentence per figure that moved: what was told and what it is now."""
    month = f"{closed['month']:%B %Y}"
    moved = [row for row in figures if row["difference_amount"]]
    if not moved:
        return f"{month} is still what it was when it was told on {formats.moment(closed['closed_at'], zone)}."
    told = (
        f"{row['label']}: told {formats.money(row['reported_amount'])}, now {formats.money(row['now_amount'])}."
        for row in moved
    )
    return formats.attribute(f"{month} is no longer what it was reported as. {' '.join(told)}")


def record(row: Row) -> str | None:
    """The record in its own system."""
    return formats.safe_url(row["record_url"])


def to_engagement(row: Row) -> str | None:
    """The engagement that a row is about, where it is still there."""
    if not row["engagement_name"]:
        return None
    return formats.page_url("engagement", scope.parameters, engagement=row["engagement_id"])


SECTIONS = {"Ties": ties, "Side by side": side_by_side, "As reported": as_reported}
filters.choose("section", list(SECTIONS), "Ties")
chosen = st.segmented_control(
    "Section", list(SECTIONS), required=True, key="section", label_visibility="collapsed", wrap=True
)
filters.keep("section", default="Ties")
SECTIONS[chosen or "Ties"]()
