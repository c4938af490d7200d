"""Ledger: do our billed and recognised revenue equal the ledger's own trial balance; two ledgers side by side."""

from __future__ import annotations

import streamlit as st

from app import blocks, downloads, filters, metrics
from app.blocks import Column

scope = filters.current()
st.html(blocks.heading("Does it tie?", "Our revenue against the ledger's own trial balance, by account and month."))
entities = metrics.ledger_entities(scope).to_pylist()
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
        entities,
        "Ties by legal entity",
    )
)
rows = metrics.ledger_ties(scope).to_pylist()
loose = [row for row in rows if not row["is_tied"]]
COLUMNS = [
    Column("month_end", "Month end", "day"),
    Column("legal_entity", "Legal entity", under="account_code"),
    Column("our_amount", "Ours", "money", under="compared_with", phone=False),
    Column("ledger_amount", "Ledger", "money", under="ledger_currency", phone=False),
    Column("difference_amount", "Difference", "signed"),
]
st.html(blocks.heading("What does not tie", "And the records that could be it."))
st.html(
    blocks.table([*COLUMNS, Column("possible_records", "It could be")], loose[: metrics.SHOWN_EVENTS], "Differences")
    if loose
    else '<p class="t-empty">Everything that was compared ties.</p>'
)
with st.expander(f"All {len(rows):,} comparisons"):
    st.html(blocks.table(COLUMNS, rows[: metrics.SHOWN_EVENTS], "Comparisons"))
    downloads.button("Comparisons as CSV", "ledger_ties", scope, lambda: metrics.ledger_ties(scope))

both = metrics.parallel_run(scope).to_pylist()
if both:
    st.html(
        blocks.heading(
            "Two ledgers side by side",
            f"The first is {both[0]['one_system']}, and counts; what {both[0]['other_system']} holds too, does not.",
        )
    )
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
