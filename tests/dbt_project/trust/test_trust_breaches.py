"""Each rule of ownership is broken by the record that breaks it, and by no other that nearly does.

The firm is small_firm.py; what nearly breaks a rule is named `…-fine` there and must be in no breach of that rule.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Rows = list[tuple[Any, ...]]
SEEDS = Path(__file__).parents[3] / "dbt_project" / "seeds"

# rule -> (record, field) of every breach there is
EXPECTED: dict[str, set[tuple[str, str | None]]] = {
    "deal_amount_changed_after_close": {
        ("D-overwritten", "amount"),
        ("D-put-back", "amount"),
        ("D-corrected", "amount"),
        ("D-synced", "amount"),
        ("D-loads", "amount"),
        ("D-later-fine", "amount"),  # fine for its budget, which came 25 hours later
    },
    "deal_close_date_changed_after_close": {("D-moved", "close_date")},
    "deal_deleted_after_won": {("D-deleted", "deleted_at")},
    "deal_incomplete_at_handover": {("D-incomplete", "legal_entity"), ("D-incomplete", "signed_on")},
    "budget_synced_back": {("P-synced|2", "amount")},
    "field_changed_in_turn": {("C-turned", "name")},
    "copy_differs_from_owner": {("C-turned", "name"), ("C-copied", "name")},
    "edited_by_other_team": {("D-touched", "stage"), ("G-by-sales", "amount")},
    "table_filled_twice": {("accounting_customers", None)},
    "project_before_deal_won": {("P-early", "created_at"), ("P-never-won", "created_at")},
    "project_dates_outside_deal": {("P-outside", "start_date"), ("P-outside", "end_date")},
    "work_on_credit_hold": {("P-held", "hours")},
    "project_without_rate_card": {("P-unpriced", "rate")},
    "project_without_milestones": {("P-no-milestones", "milestone")},
    "naming_convention_broken": {("P-misnamed", "name")},
    "client_without_crm_account": {("C-loose", "crm_account_id"), ("C-zenith", "crm_account_id")},
    "customer_without_crm_account": {("K-loose", "crm_account_id"), ("9", "crm_account_id")},
    "ledger_project_without_psa_project": {("LP-none", "psa_project_id"), ("LP-both", "psa_project_id")},
    "ledger_project_twice": {("LP-two", "psa_project_id")},
    "line_without_project": {("I-1002-1", "project_id")},
    "line_links_nothing": {("I-1003-1", "link")},
    "link_to_other_engagement": {("I-1005-1", "time_entry")},
    "link_to_missing_record": {("I-1006-1", "time_entry"), ("I-1007-1", "milestone")},
    "line_disagrees_with_project": {
        ("I-1008-1", "practice"),
        ("I-1010-1", "department"),
        ("I-1011-1", "legal_entity"),
    },
    "credit_note_adds": {("I-1012-1", "net_amount")},
    "manual_posting_without_invoice": {("G-manual", "amount"), ("G-closes", "amount")},
    "manual_posting_closes_gap": {
        ("G-closes", "amount against planned"),
        ("I-2004-1", "amount against planned"),
    },
    "posted_into_closed_period": {("I-2007", "posted_at")},
    "bill_rate_not_on_card": {("P-priced", "bill_rate of Consultant")},
    "rate_card_not_approved": {("Analyst|USD|2020-01-01|||", "approved_by")},
    "invoice_in_two_systems": {("I-3001", "number")},
    "unresolved_reference": {
        ("C-astray", "crm_account_id"),
        ("T-astray", "project_id"),
        ("I-4001-1", "project_id"),
    },
    "ambiguous_reference": {("LP-both", "psa_project_id")},
}


def test_every_rule_has_a_scenario_that_breaks_it() -> None:
    with (SEEDS / "breach_rules.csv").open() as file:
        assert {row["rule"] for row in csv.DictReader(file)} == set(EXPECTED)


@pytest.mark.parametrize("rule", sorted(EXPECTED))
def test_a_rule_is_broken_by_exactly_these_records(rows: Callable[[str], Rows], rule: str) -> None:
    found = rows(f"select source_id, field from marts.fct_ownership_breaches where rule = '{rule}'")
    assert set(found) == EXPECTED[rule]


def test_an_overwrite_says_what_was_before_and_after_when_and_by_whom(rows: Callable[[str], Rows]) -> None:
    """1,000 became 900 on 1 February at 9:00, after the winning of 10 January: 900 - 1,000 = -100."""
    assert rows(
        """
        select value_before, value_after, cast(changed_at as varchar), changed_by, amount, engagement_id, client_id,
            source_object, severity, resolved_on
        from marts.fct_ownership_breaches
        where rule = 'deal_amount_changed_after_close' and source_id = 'D-overwritten'
        """
    ) == [
        (
            "1000",
            "900",
            "2026-02-01 09:00:00+00",
            "sue",
            -100,
            "deal:office:D-overwritten",
            "crm:office:A-overwritten",
            "crm_deals",
            "high",
            None,
        )
    ]


def test_an_overwrite_that_only_the_loads_show_is_dated_by_the_load(rows: Callable[[str], Rows]) -> None:
    """500 until the load of 20 May showed 450; what was sold stays 500."""
    assert rows(
        """
        select cast(changed_at as varchar), changed_by, amount
        from marts.fct_ownership_breaches where source_id = 'D-loads'
        """
    ) == [("2026-05-20 00:00:00+00", None, -50)]
    assert rows("select sum(sold_amount) from marts.fct_sold where source_id = 'D-loads'") == [(500,)]


def test_an_overwrite_is_mended_by_putting_it_back_or_by_an_approved_correction(rows: Callable[[str], Rows]) -> None:
    """900 -> 1,000 on 3 February; 970 - 1,000 = -30 is what sold_corrections.csv says on 5 February."""
    found = rows(
        """
        select distinct source_id, cast(resolved_on as varchar) from marts.fct_ownership_breaches
        where rule = 'deal_amount_changed_after_close' and resolved_on is not null
        """
    )
    assert set(found) == {("D-put-back", "2026-02-03"), ("D-corrected", "2026-02-05")}


def test_fields_that_turn_tell_the_last_two_values(rows: Callable[[str], Rows]) -> None:
    assert rows(
        "select value_before, value_after from marts.fct_ownership_breaches where rule = 'field_changed_in_turn'"
    ) == [("Lapwing Two", "Lapwing Three")]


def test_a_copy_differs_since_the_later_of_the_two_edits(rows: Callable[[str], Rows]) -> None:
    """CRM says Lapwing Three since the load of 5 June; the PSA still says Lapwing Two."""
    assert rows(
        """
        select value_before, value_after, cast(happened_on as varchar) from marts.fct_ownership_breaches
        where rule = 'copy_differs_from_owner' and source_id = 'C-turned'
        """
    ) == [("Lapwing Three", "Lapwing Two", "2026-06-05")]


def test_hours_at_a_rate_nobody_agreed_are_one_breach_per_project_role_and_rate(rows: Callable[[str], Rows]) -> None:
    """Two hours at 99 = 198; one at 80, five days after that card ended."""
    found = rows(
        """
        select value_after, amount, cast(happened_on as varchar) from marts.fct_ownership_breaches
        where rule = 'bill_rate_not_on_card' order by amount
        """
    )
    assert found == [("80.000000", 80, "2026-03-05"), ("99.000000", 198, "2026-03-02")]


def test_work_on_credit_hold_counts_from_the_day_after_the_hold_was_first_seen(rows: Callable[[str], Rows]) -> None:
    assert rows(
        """
        select value_before, cast(happened_on as varchar), amount from marts.fct_ownership_breaches
        where rule = 'work_on_credit_hold'
        """
    ) == [("2026-05-10", "2026-05-11", 100)]


def test_a_posting_that_closes_a_gap_tells_billed_before_and_after(rows: Callable[[str], Rows]) -> None:
    """Billed 400 + posted 600 = planned 1,000; billed 1,100 - adjusted 100 = planned 1,000."""
    found = rows(
        """
        select source_id, value_before, value_after, amount from marts.fct_ownership_breaches
        where rule = 'manual_posting_closes_gap' order by source_id
        """
    )
    assert found == [("G-closes", "400.00", "1000.00", 600), ("I-2004-1", "1100.00", "1000.00", -100)]


def test_every_breach_has_words_an_owner_and_its_own_id(rows: Callable[[str], Rows]) -> None:
    [(breaches, ids, wordless)] = rows(
        """
        select count(*), count(distinct breach_id),
            count(*) filter (where label is null or owner_role is null or where_to_fix is null or why_it_matters is null
                or severity not in ('high', 'medium', 'low') or happened_on is null or source_system is null)
        from marts.fct_ownership_breaches
        """
    )
    counted: dict[str, int] = defaultdict(int)
    for (rule,) in rows("select rule from marts.fct_ownership_breaches"):
        counted[rule] += 1
    assert (ids, wordless) == (breaches, 0)
    # put back and forth; two rates; two spreadsheets
    assert breaches == sum(map(len, EXPECTED.values())) + 1 + 1 + 1, dict(counted)
