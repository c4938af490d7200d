"""Trust: what waits for a person, who owns what, what broke ownership, how fresh and how checked the data is."""

from __future__ import annotations

import streamlit as st

from app import blocks, downloads, filters, formats, metrics
from app.blocks import Column, Row

scope = filters.current()
zone = scope.warehouse.manifest["business_time_zone"]


def record(row: Row) -> str | None:
    """The record in its own system."""
    return formats.safe_url(row["record_url"])


def other_record(row: Row) -> str | None:
    """The other record in its own system."""
    return formats.safe_url(row["other_record_url"])


def to_engagement(row: Row) -> str | None:
    """The engagement that a row is about, where there is one."""
    found = row["engagement_id"]
    return formats.page_url("engagement", scope.parameters, engagement=found) if found else None


def queue() -> None:
    """Everything that waits for a person: for whom, then what."""
    st.html(blocks.heading("Waiting for a person", "One queue of all that needs action: whose it is, and since when."))
    owners = metrics.exception_owners(scope).to_pylist()
    st.html(
        blocks.table(
            [
                Column("owner_role", "Whose", "words"),
                Column("exception_count", "Open", "count"),
                Column("high_count", "Grave", "count"),
                Column("median_days", "Median days", "count", phone=False),
                Column("oldest_days", "Oldest, days", "count", phone=False),
                Column("amount", "Amount", "money"),
            ],
            owners,
            "Waiting, by owner",
        )
    )
    roles = [row["owner_role"] for row in owners]
    filters.choose("owner", ["", *roles], "")
    role = st.selectbox(
        "Owner", ["", *roles], key="owner", width=260,
        format_func=lambda name: formats.sentence_case(name) if name else "Everyone",
    )  # fmt: skip
    filters.keep("owner", default="")
    found = metrics.exceptions(scope, role or None)
    rows = found.slice(0, metrics.SHOWN_EXCEPTIONS).to_pylist()
    for row in rows:
        row["context"] = " · ".join(part for part in (formats.sentence_case(row["kind"]), row["client"]) if part)
    st.html(
        blocks.table(
            [
                Column("title", "What", under="context", href=to_engagement),
                Column("source_id", "Record", under="source_system", href=record, phone=False),
                Column("owner_role", "Whose", "words"),
                Column("where_to_fix", "Where to fix", phone=False),
                Column("age_days", "Days", "count"),
                Column("amount", "Amount", "signed", phone=False),
            ],
            rows,
            "The queue",
        )
    )
    if found.num_rows > len(rows):
        st.html(f'<p class="t-lede">The gravest {len(rows)} of {found.num_rows:,}; the file has them all.</p>')
    downloads.button("The queue as CSV", "queue", scope, lambda: found)


def breaches() -> None:
    """What broke ownership: the rules first, then each breach."""
    st.html(blocks.heading("Rules broken", "Numbers changed by someone who does not own them, or that say too little."))
    st.html(
        blocks.table(
            [
                Column("label", "Rule", under="why_it_matters"),
                Column("severity", "Severity", "words", phone=False),
                Column("owner_role", "Whose", "words", phone=False),
                Column("where_to_fix", "Where to fix", phone=False),
                Column("breach_count", "Breaches", "count"),
            ],
            metrics.breach_rules(scope).to_pylist(),
            "Rules broken",
        )
    )
    found = metrics.breaches(scope)
    st.html(blocks.heading("Each breach", "The newest first."))
    rows = found.slice(0, metrics.SHOWN_EXCEPTIONS).to_pylist()
    for row in rows:
        row["change"] = f"{row['value_before'] or 'nothing'} → {row['value_after'] or 'nothing'}"
    st.html(
        blocks.table(
            [
                Column("happened_on", "Day", "day"),
                Column("label", "Rule", under="client", href=to_engagement),
                Column("field", "Field", "words", under="change"),
                Column("changed_by", "Who", phone=False),
                Column("source_id", "Record", under="source_system", href=record, phone=False),
            ],
            rows,
            "Breaches",
        )
    )
    downloads.button("Breaches as CSV", "breaches", scope, lambda: found)


def ownership() -> None:
    """Who owns which field."""
    st.html(blocks.heading("Who owns what", "Each field has one owner, one place to fix it, and a day to review it."))
    rows = metrics.ownership(scope).to_pylist()
    for row in rows:
        due = f"due {formats.day(row['due_on'])}"
        row["review"] = f"{row['overdue_days']} days overdue" if row["overdue_days"] else due
        row["owner"] = blocks.system(row["owner_system"])
    st.html(
        blocks.table(
            [
                Column("field", "Field", "words", under="category"),
                Column("owner", "Owner", under="team"),
                Column("updated_when", "Updated", phone=False),
                Column("where_to_fix", "Where to fix"),
                Column("readers", "May read", phone=False),
                Column("reviewer_role", "Reviewed by", "words", under="review", phone=False),
            ],
            rows,
            "Who owns what",
        )
    )


def duplicates() -> None:
    """Records that may be one."""
    st.html(blocks.heading("Twice the same?", "Nothing is merged by itself: a person decides, in client_aliases.csv."))
    st.html(
        blocks.table(
            [
                Column("record_name", "This", under="source_id", href=record),
                Column("other_record_name", "And this", under="other_source_id", href=other_record),
                Column("record_type", "What", "words", phone=False),
                Column("evidence", "Because", phone=False),
                Column("score", "Score", "count"),
            ],
            metrics.duplicates(scope).to_pylist()[: metrics.SHOWN_EVENTS],
            "Duplicate candidates",
        )
    )


def handovers() -> None:
    """Deals that delivery cannot start with."""
    st.html(blocks.heading("Hand-overs", "Won deals that lack what delivery needs, or that nobody has planned."))
    rows = metrics.handovers(scope).to_pylist()
    for row in rows:
        row["state"] = "Planned" if row["is_handed_over"] else "Not planned yet"
    st.html(
        blocks.table(
            [
                Column("deal_name", "Deal", under="client", href=record),
                Column("won_date", "Won", "day"),
                Column("deal_owner", "Sold by", phone=False),
                Column("missing_fields", "Lacks"),
                Column("state", "Plan", phone=False),
                Column("deal_native_amount", "Amount", "money", under="native_currency", phone=False),
            ],
            rows[: metrics.SHOWN_EVENTS],
            "Hand-overs",
        )
    )


def data() -> None:
    """How fresh the data is, what was refused, what the snapshot passed."""
    st.html(blocks.heading("Freshness", "The newest load of each system. Rows read = loaded + quarantined."))
    rows = metrics.freshness(scope.warehouse).to_pylist()
    for row in rows:
        row["loaded"] = formats.moment(row["loaded_at"], zone)
        row["kind"] = row["source"] if row["source"] != row["system"] else None
    st.html(
        blocks.table(
            [
                Column("system", "System", "words", under="kind"),
                Column("loaded", "Data to"),
                Column("table_count", "Tables", "count", phone=False),
                Column("rows_read", "Read", "count", phone=False),
                Column("rows_loaded", "Loaded", "count", phone=False),
                Column("rows_quarantined", "Quarantined", "count"),
                Column("problem", "Problem", phone=False),
            ],
            rows,
            "Freshness",
        )
    )
    st.html(blocks.heading("Quarantine", "Rows that were read and refused; none is lost."))
    refused = metrics.quarantine(scope)
    if refused.num_rows:
        st.dataframe(refused, hide_index=True)
        downloads.button("Quarantine as CSV", "quarantine", scope, lambda: refused)
    else:
        st.html('<p class="t-empty">No row is in quarantine.</p>')
    manifest = scope.warehouse.manifest
    st.html(blocks.heading("Checks of this snapshot", scope.warehouse.snapshot_id))
    st.html(
        blocks.table(
            [Column("name", "Check", "words"), Column("result", "Result", "words")],
            [{"name": name, "result": result} for name, result in manifest["checks"].items()],
            "Checks",
        )
    )
    with st.expander(f"{len(manifest['tests']):,} tests of the models"):
        st.html(
            blocks.table(
                [Column("name", "Test"), Column("result", "Result", "words")],
                [{"name": name, "result": result} for name, result in sorted(manifest["tests"].items())],
                "Tests",
            )
        )


SECTIONS = {
    "Queue": queue,
    "Breaches": breaches,
    "Ownership": ownership,
    "Duplicates": duplicates,
    "Hand-overs": handovers,
    "Data": data,
}
filters.choose("section", list(SECTIONS), "Queue")
chosen = st.segmented_control(
    "Section", list(SECTIONS), required=True, key="section", label_visibility="collapsed", wrap=True
)
filters.keep("section", default="Queue")
SECTIONS[chosen or "Queue"]()
