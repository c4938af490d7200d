"""A home that is refreshed twice, so that a closed month changes afterwards; its firm can be added up by hand.

Harbor, the worked example: sold 100,000; CO-1 takes the plan to 85,000; 60,000 is billed, of which 25,000 is paid and
50,000 recognised; 10,000 of approved time waits; 15,000 is not due. Then, dated back to 28 March, 30,000 is credited.
Juniper: a fixed fee of 30,000 with a milestone reached and not billed, two advances (one overdue with its tax, one
disputed), 12,000 of time and materials with time approved on three days, and 8,000 that nobody plans yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from warehouse.build import run_build
from warehouse.close import close
from warehouse.publish import Snapshot, publish, seal_and_check
from warehouse.refresh import load
from warehouse.semantics import publish_semantic
from warehouse.settings import Settings, read_settings

FIRST_LOAD = "2026-04-02T12:00:00+00:00"
SECOND_LOAD = "2026-05-04T12:00:00+00:00"

TOML = """
reporting_currency = "USD"

[systems.exports]
source = "template"
path = "exports"
exported_at = "{exported_at}"
"""

HARBOR = "deal:exports:D1"

FILES = {
    "crm_accounts": """
        account_id,name
        A1,Harbor
        A2,Juniper
    """,
    "crm_deals": """
        deal_id,account_id,name,stage,is_closed,is_won,amount,close_date,currency,created_at,owner_name
        D1,A1,Harbor pricing,won,true,true,100000,2026-01-10,USD,2025-12-01T00:00:00Z,Olu
        D2,A2,Juniper data platform,won,true,true,30000,2026-01-15,USD,2025-12-02T00:00:00Z,Olu
        D3,A2,Juniper support,won,true,true,12000,2026-01-20,USD,2025-12-03T00:00:00Z,Olu
        D4,A2,Juniper training,won,true,true,8000,2026-03-20,USD,2026-01-04T00:00:00Z,Pia
    """,
    "psa_clients": """
        client_id,name,crm_account_id
        C1,Harbor,A1
        C2,Juniper,A2
    """,
    "psa_projects": """
        project_id,client_id,name,status,contract_type,currency,created_at,crm_deal_id,practice,manager_name
        P1,C1,Harbor pricing,open,time_and_materials,USD,2026-01-12T00:00:00Z,D1,Advisory,Dana
        P2,C2,Juniper data platform,open,fixed_fee,USD,2026-01-16T00:00:00Z,D2,Data,Kim
        P3,C2,Juniper support,open,time_and_materials,USD,2026-01-20T00:00:00Z,D3,Data,Kim
    """,
    "psa_budget_versions": """
        project_id,version,effective_on,change_order_number,approved_by
        P1,1,2026-01-15,,
        P1,2,2026-03-01,CO-1,Dana
        P2,1,2026-01-16,,
        P3,1,2026-01-20,,
    """,
    "psa_budget_lines": """
        budget_line_id,project_id,version,kind,amount,planned_date,role,planned_hours,milestone_id
        L1,P1,1,time,70000,2026-03-31,Consultant,700,
        L2,P1,1,time,30000,2026-12-31,Consultant,300,
        L1,P1,2,time,70000,2026-03-31,Consultant,700,
        L2,P1,2,time,15000,2026-12-31,Consultant,150,
        L3,P2,1,milestone,20000,2026-03-15,,,M1
        L4,P2,1,milestone,10000,2026-06-30,,,M2
        L5,P3,1,time,12000,2026-06-30,Analyst,120,
    """,
    "psa_milestones": """
        milestone_id,project_id,name,due_date,reached_at
        M1,P2,Design accepted,2026-03-15,2026-03-20T00:00:00Z
        M2,P2,Go-live,2026-06-30,
    """,
    "psa_resources": """
        resource_id,name,role
        R1,Sam,Consultant
        R2,Noor,Analyst
    """,
    "psa_time_entries": """
        time_entry_id,project_id,resource_id,work_date,hours,is_billable,status,bill_rate,approved_at
        T1,P1,R1,2026-02-10,600,true,approved,100,2026-02-12T00:00:00Z
        T2,P1,R1,2026-03-10,100,true,approved,100,2026-03-12T00:00:00Z
        T3,P3,R2,2026-01-28,10,true,approved,100,2026-01-31T00:00:00Z
        T4,P3,R2,2026-02-18,20,true,approved,100,2026-02-20T00:00:00Z
        T5,P3,R2,2026-03-24,30,true,approved,100,2026-03-25T00:00:00Z
    """,
    "accounting_customers": """
        customer_id,name,crm_account_id
        K1,Harbor,A1
        K2,Juniper,A2
    """,
    "accounting_invoices": """
        invoice_id,customer_id,number,type,status,invoice_date,currency,due_date,credited_invoice_id,disputed_at,dispute_reason
        I1,K1,2026-001,invoice,open,2026-03-05,USD,2026-04-04,,,
        I2,K2,2026-002,invoice,open,2026-02-01,USD,2026-02-15,,,
        I3,K2,2026-003,invoice,open,2026-03-01,USD,2026-03-15,,2026-03-10T00:00:00Z,Wrong address
    """,
    "accounting_invoice_lines": """
        invoice_line_id,invoice_id,kind,net_amount,tax_amount,project_id
        IL1,I1,time,60000,0,P1
        IL2,I2,advance,5000,500,P2
        IL3,I3,advance,1000,0,P2
    """,
    "accounting_line_links": """
        invoice_line_id,source,source_id
        IL1,time_entry,T1
    """,
    "accounting_payments": """
        payment_id,kind,invoice_id,customer_id,paid_on,amount,currency
        Y1,payment,I1,K1,2026-03-20,25000,USD
    """,
    "accounting_revenue_postings": """
        posting_id,posted_on,amount,currency,source,project_id
        G1,2026-03-31,50000,USD,schedule,P1
    """,
}  # fmt: skip

# What the second load shows that the first did not: both records are dated into March.
LATE_ROWS = {
    "accounting_invoices": "N1,K1,2026-004,credit_note,open,2026-03-28,USD,,I1,,",
    "accounting_invoice_lines": "NL1,N1,time,-30000,0,P1",
    "accounting_payments": "Y2,payment,I2,K2,2026-03-30,1500,USD",
}


def write_first(home: Path) -> None:
    """The home as the first load finds it."""
    (home / "exports").mkdir(parents=True)
    _write(home, FIRST_LOAD, {})


def write_second(home: Path) -> None:
    """The home as the second load finds it."""
    _write(home, SECOND_LOAD, LATE_ROWS)


def _write(home: Path, exported_at: str, late_rows: dict[str, str]) -> None:
    (home / "tieout.toml").write_text(TOML.format(exported_at=exported_at))
    for table, text in FILES.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        lines += [late_rows[table]] if table in late_rows else []
        (home / "exports" / f"{table}.csv").write_text("\n".join(lines) + "\n")


@dataclass(frozen=True)
class Restated:
    """A home refreshed twice, its March closed in between: the snapshots before and after it was restated."""

    settings: Settings
    first: Snapshot
    second: Snapshot
    told: list[tuple[object, ...]]  # what closing March said


def publish_restated(home: Path) -> Restated:
    """Loaded and published, March closed; loaded and published again."""
    write_first(home)
    first = load_and_publish(read_settings(home))
    _, told = close(read_settings(home), date(2026, 3, 1), say=print)
    write_second(home)
    return Restated(read_settings(home), first, load_and_publish(read_settings(home)), told)


def load_and_publish(settings: Settings) -> Snapshot:
    """What `tieout refresh` does, without dbt's tests."""
    load(settings, say=print)
    made = run_build(settings, say=print, arguments=["--exclude-resource-type", "test", "unit_test"])
    return publish(settings, seal_and_check(made, lambda file: publish_semantic(file, made.project, settings)))
