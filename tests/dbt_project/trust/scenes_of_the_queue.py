"""Records that are alike, what goes wrong on the way, and what the ledgers' trial balances say."""

from __future__ import annotations

from small_firm import Firm


def alike(firm: Firm) -> None:
    """Clients, projects and invoices that are there twice, and some that only look so."""
    for account, name, tax_id in (
        ("A-zenith", "Zenith Logistics, Inc.", "US-Z1"),
        ("A-plant-1-fine", "Ravenna Plant 1", ""),
        ("A-plant-2-fine", "Ravenna Plant 2", ""),
        ("A-parent-fine", "Solano Foods", ""),
        ("A-decided", "Tiburon Marine", ""),
        ("A-registered", "Unity Paper", "US-777"),
        ("A-registered-too", "Utterly Different", "us 777"),
        ("A-other-fine", "Zephyr Logistics", "US-Z2"),
    ):
        firm.add("crm_accounts", account_id=account, name=name, tax_id=tax_id)
    firm.add(
        "crm_accounts",
        account_id="A-child-fine",
        name="Solano Foods West",
        tax_id="",
        parent_account_id="A-parent-fine",
    )
    # Cyrillic letters, a zero-width space and another legal form
    firm.add("psa_clients", client_id="C-zenith", name="Z\u0435nith\u200b L\u043egistics LLC", tax_id="")
    firm.add("psa_clients", client_id="C-decided", name="Tiburon Marine Ltd", tax_id="")
    firm.decisions["client_aliases"] = (
        "client_key,same_as,from_date,reason,approved_by\n"
        "psa:office:C-decided,crm:office:A-decided,2026-01-01,One company,Dana\n"
    )
    firm.engagement("cloned", "Vesper", project={"project_code": "V-1"})
    clone = dict(firm.tables["office", "psa_projects"][-1])
    firm.tables["office", "psa_projects"][-1]["project_code"] = "V-1"
    firm.add("psa_projects", **clone | {"project_id": "P-cloned-too", "project_code": "v-1", "name": "NB other name"})
    firm.add("psa_projects", **clone | {"project_id": "P-phase-fine", "project_code": "V-2"})
    firm.engagement("invoiced", "Willet")
    advance = {"kind": "advance", "description": "Deposit"}
    firm.invoice("invoiced", "6001", "2026-05-02", 55, line=advance)
    firm.invoice("invoiced", "6002", "2026-05-02", 55, line=advance)  # once more under another number
    firm.invoice("invoiced", "6003-fine", "2026-05-03", 55, line=advance)
    firm.invoice("invoiced", "6004-fine", "2026-05-02", 55, line=advance | {"description": "Second deposit"})
    firm.invoice("invoiced", "INV-0071", "2026-05-02", 56, line=advance)
    firm.invoice("invoiced", "71", "2026-05-09", 56, line=advance)
    firm.invoice("invoiced", "INV-0072-fine", "2026-05-02", 57, line=advance)
    firm.invoice("invoiced", "72-fine", "2026-05-09", 58, line=advance)


def in_the_queue(firm: Firm) -> None:
    """What goes wrong on the way: rows, loads, syncs, reviews and hand-overs."""
    expense = {
        "project_id": "P-held",
        "expense_date": "2026-03-01",
        "currency": "USD",
        "is_billable": False,
        "status": "draft",
    }
    firm.add("psa_expenses", **expense | {"expense_id": "EX-fine", "amount": 1})
    firm.add("psa_expenses", **expense | {"expense_id": "EX-bad", "amount": "ten"})
    firm.add("psa_expenses", **expense | {"expense_id": "EX-mended", "amount": "eleven"})
    firm.later(4, "psa_expenses", "EX-mended", amount=11)
    firm.broken[2, "office", "psa_milestones"] = (
        "milestone_id,project_id\nM1,P-with-milestones-fine\n"  # no name, no due date
    )
    for event, workflow, source_id, started, status, finished in (
        ("SE1", "customer_sync", "A-held", "2026-05-01T08:00:00Z", "failed", ""),
        ("SE2", "customer_sync", "A-held", "2026-05-01T09:00:00Z", "rejected", ""),
        ("SE3", "customer_sync", "A-held", "2026-05-03T09:00:00Z", "succeeded", "2026-05-03T09:01:00Z"),
        ("SE4", "invoice_posting", "ledger:I-1001", "2026-06-01T09:00:00Z", "rejected", ""),
        ("SE5", "project_creation", "D-held", "2026-06-30T22:59:00Z", "pending", ""),
        ("SE6", "project_creation", "D-early", "2026-06-30T23:01:00Z", "pending", ""),
    ):
        firm.add(
            "sync_events",
            event_id=event,
            workflow=workflow,
            source_system_name="office",
            source_id=source_id,
            target_system_name="ledger",
            started_at=started,
            status=status,
            finished_at=finished,
            error="",
        )
    firm.decisions["ownership"] = (
        "category,canonical_table,field,owner_system,updated_when,where_to_fix,team,readers,reviewer_role,"
        "review_interval_days,last_review\n"
        "Sold,crm_deals,amount,crm,Until won,CRM,sales,everyone,sales,30,2026-05-30\n"  # due on 29 June
        "Sold,crm_deals,close_date,crm,Until won,CRM,sales,everyone,sales,31,2026-05-30\n"
    )
    firm.add("crm_accounts", account_id="A-waiting", name="Xenon", tax_id="")
    firm.add(
        "crm_deals",
        deal_id="D-waiting",
        account_id="A-waiting",
        name="Deal waiting",
        stage="Won",
        is_closed=True,
        is_won=True,
        amount=500,
        close_date="2026-06-20",
        currency="USD",
        created_at="2026-06-01T00:00:00Z",
        legal_entity="Firm US",
        signed_on="2026-06-20",
        owner_name="sam",
    )


def tied(firm: Firm) -> None:
    """What the ledger's trial balance says of account 4000."""
    firm.add("fx_rates", currency="GBP", rate_date="2026-01-01", rate=1.25)
    firm.engagement("london", "Yonder", project={"legal_entity": "Firm UK"}, deal={"legal_entity": "Firm UK"})
    advance = {"kind": "advance"}
    firm.invoice("london", "7001", "2026-03-15", 100, line=advance, legal_entity="Firm UK")
    firm.invoice(
        "london",
        "7002",
        "2026-03-16",
        100,
        legal_entity="Firm UK",
        line=advance | {"booked_amount": "79.99", "booked_currency": "GBP"},
    )
    firm.invoice(
        "london",
        "7003",
        "2026-03-17",
        20,
        legal_entity="Firm UK",
        line=advance,
        currency="GBP",
        status="draft",
    )
    firm.invoice(
        "london",
        "7004",
        "2026-03-18",
        30,
        legal_entity="Firm UK",
        currency="GBP",
        customer="K-sister-fine",
        line=advance | {"project_id": ""},
    )
    firm.add(
        "accounting_trial_balance",
        "old_ledger",
        legal_entity="Firm US",
        account_code="4000",
        account_type="revenue",
        month_end="2026-04-30",
        amount=250,
        currency="USD",
    )
    for entity, month_end, amount, currency, kind in (
        ("Firm US", "2026-04-30", "1600.99", "USD", "revenue"),
        ("Firm US", "2026-05-31", "42", "USD", "revenue"),
        ("Firm US", "2026-05-31", "999", "USD", "receivable"),
        ("Firm UK", "2026-02-28", "80", "GBP", "revenue"),
        ("Firm UK", "2026-03-31", "289.99", "GBP", "revenue"),
    ):
        firm.add(
            "accounting_trial_balance",
            legal_entity=entity,
            account_code="4000",
            account_type=kind,
            month_end=month_end,
            amount=amount,
            currency=currency,
        )
