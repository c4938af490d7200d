"""One queue of what needs action: since when, until when, whose it is. The business day is 30 June 2026."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

Rows = list[tuple[Any, ...]]
MACROS = Path(__file__).parents[3] / "warehouse" / "semantic_macros.sql"
TODAY = date(2026, 6, 30)


def of_kind(rows: Callable[[str], Rows], kind: str) -> Rows:
    """source_id, first_seen, last_seen, resolved_at of every exception of a kind."""
    return rows(
        f"""
        select source_id, first_seen, last_seen, resolved_at from marts.fct_exceptions
        where kind = '{kind}' order by all
        """
    )


def test_variance_exceptions_are_the_nets_of_the_bridges_that_need_action(
    rows: Callable[[str], Rows], trust_home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "warehouse.duckdb"
    shutil.copyfile(trust_home / "build" / "dev" / "warehouse.duckdb", file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("create schema if not exists semantic")
        connection.execute(MACROS.read_text())
        expected: Rows = []
        for bridge in ("sold_to_planned", "planned_to_billed", "billed_to_recognized", "billed_to_collected"):
            expected += connection.execute(
                f"""
                select '{bridge}.' || driver, engagement_id, sum(amount)
                from semantic.bridge_by_engagement('{bridge}', date '2026-06-30')
                where class in ('needs_action', 'missing_data') group by all having sum(amount) <> 0
                """
            ).fetchall()
    found = rows(
        """
        select subject, engagement_id, sum(amount) from marts.fct_exceptions
        where kind = 'variance' and resolved_at is null group by all having sum(amount) <> 0
        """
    )
    assert sorted(found) == sorted(expected)
    assert len(found) > 10


def test_a_net_is_first_seen_on_the_day_it_began_to_need_action(rows: Callable[[str], Rows]) -> None:
    """CO-1 was won on 20 January, is expected for 14 days, and so needs action from 4 February."""
    assert rows(
        """
        select subject, amount, first_seen, age_days, source_object, source_id, client from marts.fct_exceptions
        where source_id = 'D-extension'
        """
    ) == [
        ("sold_to_planned.change_order_not_planned", -10, date(2026, 2, 4), 146, "crm_deals", "D-extension", "Umbrella")
    ]


def test_a_net_that_was_settled_is_resolved(rows: Callable[[str], Rows]) -> None:
    """The deal was lost from 1 to 10 February: nine days planned without a deal."""
    assert rows(
        """
        select first_seen, last_seen, resolved_at, age_days, amount from marts.fct_exceptions
        where subject = 'sold_to_planned.planned_without_deal' and engagement_id = 'deal:office:D-reopened-fine'
        """
    ) == [(date(2026, 2, 1), date(2026, 2, 9), date(2026, 2, 10), 9, 1000)]


def test_every_breach_is_in_the_queue_and_a_mended_one_is_resolved(rows: Callable[[str], Rows]) -> None:
    [(missing,)] = rows(
        """
        select count(*) from marts.fct_ownership_breaches as breaches
        left join marts.fct_exceptions as exceptions
            on exceptions.kind = 'breach' and exceptions.subject = breaches.rule
            and exceptions.source_id = breaches.source_id and exceptions.first_seen = breaches.happened_on
            and exceptions.resolved_at is not distinct from breaches.resolved_on
        where exceptions.exception_id is null
        """
    )
    assert missing == 0


def test_a_pair_of_duplicates_is_in_the_queue_unless_it_is_a_breach(rows: Callable[[str], Rows]) -> None:
    [(candidates, in_two_ledgers)] = rows(
        """
        select count(*), count(*) filter (where record_type = 'invoice' and score = 100)
        from marts.fct_duplicate_candidates
        """
    )
    assert in_two_ledgers == 1
    assert len(of_kind(rows, "duplicate")) == candidates - in_two_ledgers


def test_a_quarantined_row_is_resolved_by_the_load_that_reads_it(rows: Callable[[str], Rows]) -> None:
    assert of_kind(rows, "quarantined_row") == [
        ("psa_expenses.csv:3", date(2026, 5, 1), TODAY, None),
        ("psa_expenses.csv:4", date(2026, 5, 1), date(2026, 6, 4), date(2026, 6, 5)),
    ]


def test_a_refused_table_is_resolved_by_the_next_load_that_finishes_it(rows: Callable[[str], Rows]) -> None:
    [(source_id, first_seen, _, resolved_at)] = of_kind(rows, "failed_load")
    assert (source_id, first_seen, resolved_at) == ("office", date(2026, 5, 10), date(2026, 5, 20))


def test_a_failed_sync_is_resolved_by_its_success_and_a_pending_one_waits_for_its_sla(
    rows: Callable[[str], Rows],
) -> None:
    """Failed and rejected on 1 May, well on 3 May: one exception. Of two that wait, one is 61 minutes old."""
    assert of_kind(rows, "failed_sync") == [
        ("A-held", date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3)),
        ("D-held", TODAY, TODAY, None),
        ("ledger:I-1001", date(2026, 6, 1), TODAY, None),
    ]


def test_a_sync_is_put_to_the_engagement_of_its_record(rows: Callable[[str], Rows]) -> None:
    found = dict(rows("select source_id, client from marts.fct_exceptions where kind = 'failed_sync'"))
    assert found == {"A-held": "Vireo", "D-held": "Vireo", "ledger:I-1001": "Falcon"}


def test_a_source_is_stale_when_its_last_load_is_older_than_allowed(rows: Callable[[str], Rows]) -> None:
    """QuickBooks stands as of 5 June, and two days are allowed: stale from 8 June."""
    assert of_kind(rows, "stale_source") == [("quickbooks", date(2026, 6, 8), TODAY, None)]


def test_a_review_is_overdue_the_day_after_it_was_due(rows: Callable[[str], Rows]) -> None:
    """30 May + 30 days = 29 June is over; 30 May + 31 days = 30 June is today."""
    assert of_kind(rows, "overdue_review") == [("crm_deals.amount", TODAY, TODAY, None)]
    assert rows("select field, overdue_days from marts.fct_overdue_reviews") == [("amount", 1)]


def test_a_won_deal_that_lacks_something_is_not_ready_to_hand_over(rows: Callable[[str], Rows]) -> None:
    assert rows("select missing_fields, is_handed_over from marts.fct_handovers where not is_ready order by all") == [
        ("contract type, tax registration, payment terms", False),
        ("legal entity, signature", True),
    ]
    # once handed over, what the deal lacks is a breach
    assert of_kind(rows, "handover_not_ready") == [("D-waiting", date(2026, 6, 20), TODAY, None)]


def test_every_exception_has_a_sentence_an_owner_a_place_and_days_in_order(rows: Callable[[str], Rows]) -> None:
    assert (
        rows(
            """
        select kind, title from marts.fct_exceptions
        where title is null or not (ends_with(title, '.') or kind in ('failed_load', 'quarantined_row'))
            or owner_role is null or where_to_fix is null
            or (first_seen > last_seen and resolved_at is distinct from first_seen)
            or age_days < 0 or last_seen > date '2026-06-30'
        """
        )
        == []
    )
