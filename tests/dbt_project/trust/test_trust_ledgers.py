"""Ours against the ledger's trial balance, and two ledgers side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

Rows = list[tuple[Any, ...]]


def test_a_ledger_that_posts_ties_its_recognised_revenue(rows: Callable[[str], Rows]) -> None:
    """599.99 + 400 + 1 + 600 = 1,600.99 in April; in May a journal of 42 that we do not hold."""
    assert rows(
        """
        select month_end, compared_with, ledger_amount, recognized_amount, difference_amount, is_tied, possible_records
        from marts.fct_ledger_ties where legal_entity = 'Firm US' and ledger = 'ledger' order by month_end
        """
    ) == [
        (date(2026, 4, 30), "recognized", Decimal("1600.99"), Decimal("1600.99"), 0, True, None),
        (
            date(2026, 5, 31),
            "recognized",
            42,
            0,
            42,
            False,
            "No record of ours has this amount: look in the ledger for a journal of 42.00 USD",
        ),
    ]


def test_two_trial_balances_of_one_entity_are_each_tied_to_their_own_ledger(rows: Callable[[str], Rows]) -> None:
    """The old ledger holds 100 (which counts in the other) + 90 + 60 = 250, and posts no revenue."""
    assert rows(
        """
        select month_end, compared_with, ledger_amount, billed_amount, is_tied from marts.fct_ledger_ties
        where legal_entity = 'Firm US' and ledger = 'old_ledger'
        """
    ) == [(date(2026, 4, 30), "billed", 250, 250, True)]


def test_an_entity_without_postings_ties_what_was_billed_in_the_ledgers_currency(rows: Callable[[str], Rows]) -> None:
    """100 USD / 1.25 = 80 GBP in February. In March 80 + 80, and 79.99 as the ledger booked it = 239.99; the ledger has
    50 more: 30 to a sister company, and 20 that is just the draft that does not count."""
    assert rows(
        """
        select month_end, ledger_currency, compared_with, ledger_amount, billed_amount, difference_amount,
            intercompany_amount, unexplained_amount, is_tied
        from marts.fct_ledger_ties where legal_entity = 'Firm UK' order by month_end
        """
    ) == [
        (date(2026, 2, 28), "GBP", "billed", 80, 80, 0, 0, 0, True),
        (date(2026, 3, 31), "GBP", "billed", Decimal("289.99"), Decimal("239.99"), 50, 30, 20, False),
    ]


def test_a_tie_names_the_records_that_do_not_count(rows: Callable[[str], Rows]) -> None:
    [(records,)] = rows("select possible_records from marts.fct_ledger_ties where difference_amount = 50")
    assert records == (
        "ledger accounting_invoice_lines I-7004-1 (30.00, intercompany); "
        "ledger accounting_invoice_lines I-7003-1 (20.00, draft)"
    )


def test_only_revenue_accounts_are_tied(rows: Callable[[str], Rows]) -> None:
    """999 of receivables in May are no revenue."""
    assert rows("select count(*) from marts.fct_ledger_ties where ledger_amount = 999") == [(0,)]


def test_two_ledgers_are_compared_document_by_document(rows: Callable[[str], Rows]) -> None:
    """April: 3001 is 100 in both; 3002 is 100 and 90; only the one has 70 - 100 - 100 = -130, only the other 60."""
    assert rows("select * exclude (one_system, other_system) from marts.fct_parallel_run") == [
        ("Firm US", "4000", "USD", 100, 100, 100, 90, -130, 60, 1, 1, 3, 1, date(2026, 4, 30))
    ]
