"""Faults that a pipeline like this one can have, each as a small change to the answer of one dbt model.

A fault is either a select over `good` (what the model rightly gives), or a text in the model's compiled SQL and what
stands there instead.
"""

from __future__ import annotations

from dataclasses import dataclass

COPY = "select * from good union all "
END = "date '9999-12-31'"


@dataclass(frozen=True)
class Fault:
    """What goes wrong, in words; the model that goes wrong; and how (`faulty`, or `said` -> `says`)."""

    what: str
    model: str
    faulty: str = ""
    said: str = ""
    says: str = ""

    def sql(self, right: str) -> str:
        """The model's SQL with the fault in it. Raises ValueError where the text is no longer there."""
        if self.faulty:
            return f"with good as (\n{right}\n)\n{self.faulty}"
        if self.said not in right:
            raise ValueError(f"{self.model} no longer says `{self.said}`: put the fault where that rule stands now.")
        return right.replace(self.said, self.says)


# What is lost, doubled or bent between the vendor's records and the canonical tables.
ON_THE_WAY = (
    Fault(
        "a time entry is lost", "psa_time_entries",
        "select * from good where time_entry_id <> (select min(time_entry_id) from good where status = 'approved')",
    ),
    Fault(
        "staging keeps only what is in the reporting currency", "stg_template__psa_expenses",
        "select * from good where currency = 'USD'",
    ),
    Fault(
        "half of the payments are loaded", "accounting_payments",
        "select * from good qualify row_number() over (order by payment_id) % 2 = 0",
    ),
    Fault(
        "an invoice line is there twice", "accounting_invoice_lines",
        COPY + "(select * from good order by invoice_line_id limit 1)",
    ),
    Fault(
        "an invoice line is there twice, under two ids", "accounting_invoice_lines",
        COPY + "(select * replace (invoice_line_id || '-2' as invoice_line_id, source_id || '-2' as source_id)"
        " from good order by invoice_line_id limit 1)",
    ),
    Fault("invoices are dated a day late", "accounting_invoices", "select * replace (invoice_date + 1 as invoice_date) from good"),
    Fault(
        "a posting falls into the next month", "accounting_revenue_postings",
        "select * replace (case when posting_id = (select min(posting_id) from good) then posted_on + 31 else posted_on end"
        " as posted_on) from good",
    ),
    Fault(
        "approvals are read in the wrong time zone", "psa_time_entries",
        "select * replace (approved_at + interval 4 hours as approved_at) from good",
    ),
    Fault(
        "credit notes come as positive amounts", "accounting_invoice_lines",
        "select * replace (abs(net_amount) as net_amount) from good",
    ),
    Fault(
        "tax is in the net amount", "accounting_invoice_lines",
        "select * replace (cast(net_amount + coalesce(tax_amount, 0) as decimal(18, 4)) as net_amount) from good",
    ),
    Fault(
        "cents are read as dollars", "crm_deals",
        "select * replace (cast(amount * 100 as decimal(18, 4)) as amount) from good",
    ),
    Fault(
        "a currency is mislabelled", "accounting_invoices",
        "select * replace (case currency when 'EUR' then 'GBP' else currency end as currency) from good",
    ),
    Fault(
        "hours are rounded to quarters", "psa_time_entries",
        "select * replace (cast(round(hours * 4) / 4 as decimal(18, 6)) as hours) from good",
    ),
    Fault(
        "rejected time comes as submitted", "psa_time_entries",
        "select * replace (case status when 'rejected' then 'submitted' else status end as status) from good",
    ),
    Fault(
        "links of invoice lines are lost", "accounting_line_links",
        "select * from good qualify row_number() over (order by invoice_line_id, source_id) % 3 > 0",
    ),
    Fault(
        "projects no longer name their deals", "psa_projects",
        "select * replace (cast(null as varchar) as crm_deal_id) from good",
    ),
    Fault(
        "a project is gone under its plan", "psa_projects",
        "select * from good where project_id <> (select min(project_id) from canonical.psa_budget_lines)",
    ),
    Fault(
        "a deleted project comes back", "psa_projects",
        "select * replace (cast(null as timestamptz) as deleted_at) from good",
    ),
    Fault("the history of deals is lost", "crm_deal_history", "select * from good where false"),
    Fault(
        "an exchange rate is told twice, differently", "fx_rates",
        COPY + "(select * replace (cast(rate * 1.01 as decimal(20, 10)) as rate) from good order by currency, rate_date limit 1)",
    ),
    Fault("the rates of a currency are missing", "fx_rates", "select * from good where currency <> 'EUR'"),
    Fault(
        "exchange rates are upside down", "fx_rates",
        "select * replace (cast(1 / rate as decimal(20, 10)) as rate) from good",
    ),
    Fault(
        "a load says less than it read", "fct_loads",
        "select * replace (case when rows_loaded > 1 then rows_loaded - 1 else rows_loaded end as rows_loaded) from good",
    ),
)  # fmt: skip

# Rules that are broken, or no longer applied, in the models.
IN_A_RULE = (
    Fault(
        "void invoices count", "int_invoices",
        f"select * replace (is_counted or status = 'void' as is_counted, {END} as standing_to) from good",
    ),
    Fault("draft invoices count", "int_invoices", said="invoices.status in ('open', 'paid')", says="invoices.status in ('open', 'paid', 'draft')"),
    Fault(
        "intercompany invoices count", "int_invoices",
        said="coalesce(invoices.is_intercompany, false) or coalesce(customers.is_intercompany, false)", says="false",
    ),
    Fault(
        "an invoice that two ledgers hold counts twice", "int_invoices",
        said="where firsts.first_system <> invoices.source_system", says="where false",
    ),
    Fault(
        "an amount overwritten after the deal was won counts", "int_deal_wins",
        said="coalesce(try_cast(amounts.value_when_won as decimal(18, 4)), deals.amount, 0)", says="coalesce(deals.amount, 0)",
    ),
    Fault(
        "a correction that nobody approved counts", "int_sold_corrections",
        said="where corrections.approved_by is not null", says="",
    ),
    Fault("lost deals stay sold", "int_deal_wins", f"select * replace ({END} as lost_date) from good"),
    Fault("deals are won in another time zone", "int_deal_wins", said="America/New_York", says="UTC"),
    Fault("the lowest budget version is in effect", "int_plan_changes", said="max(windows.version)", says="min(windows.version)"),
    Fault(
        "the plan of a deleted project stays", "int_plan_changes",
        said=f"coalesce(first_days.deleted_on, {END})", says=END,
    ),
    Fault(
        "yesterday's exchange rate is taken", "int_fx_rates",
        "select * replace (coalesce(lag(rate) over (partition by currency order by valid_from), rate) as rate) from good",
    ),
    Fault(
        "two rates of a day double every row", "int_fx_rates", COPY + "select * from good where currency = 'EUR'",
    ),
    Fault(
        "planned lines without a rate are dropped", "int_plan_lines",
        said='left join "intermediate"."int_fx_rates" as own', says='inner join "intermediate"."int_fx_rates" as own',
    ),
    Fault(
        "a line with two links counts twice", "fct_billed",
        "select good.* from good left join canonical.accounting_line_links as links on good.invoice_line_id = links.invoice_line_id",
    ),
    Fault("a void adds instead of taking back", "fct_billed", said="-1 as direction", says="1 as direction"),
    Fault("refunds are added", "fct_collected", said="when 'refund' then -amount", says="when 'refund' then amount"),
    Fault(
        "an hour's worth is rounded before it is converted", "int_work",
        "select * replace (cast(case when work_type = 'time_entry' then round(round(hours * bill_rate, 0) * fx_rate, 2)"
        " * is_billable::integer else cc_amount end as decimal(18, 2)) as cc_amount) from good where bill_rate is not null or"
        " work_type <> 'time_entry'",
    ),
    Fault(
        "money is a floating-point number", "fct_sold",
        "select * replace (cast(sold_amount as double) as sold_amount) from good",
    ),
    Fault(
        "submitted time counts as approved", "int_work",
        said="status = 'approved'", says="status in ('approved', 'submitted')",
    ),
    Fault(
        "time that was written off still waits for its invoice", "int_work_phases",
        "select * replace ('approved_not_billed' as phase) from good",
    ),
    Fault("holds are not seen", "int_holds", "select * from good where false"),
    Fault("a full credit does not open the work again", "int_unbilled_days", "select * from good where false"),
    Fault(
        "what a line settles is guessed though it is said", "int_inferring_systems",
        "select system_name from intermediate.int_systems",
    ),
    Fault("links from invoice lines to work are ignored", "int_line_targets", "select * from good where target_type <> 'time_entry'"),
    Fault(
        "a project's link to its deal is not followed", "int_engagement_members",
        said="where crm_deal_id is not null", says="where false",
    ),
    Fault(
        "a bridge's item is counted twice", "int_variance_runs",
        COPY + "(select * from good where amount <> 0 order by all limit 1)",
    ),
    Fault(
        "items end a day late", "int_variance_runs",
        f"select * replace (case when effective_to < {END} then effective_to + 1 else effective_to end as effective_to) from good",
    ),
    Fault(
        "one driver's amounts stand under another", "int_items_work",
        "select * replace (case driver when 'rate' then 'hours' else driver end as driver) from good",
    ),
    Fault(
        "what is expected is expected a day too long", "int_variance_runs",
        "select * replace (expected_until + 1 as expected_until) from good",
    ),
    Fault(
        "a month's opening balance is lost", "fct_variance_balances",
        "select * from good where (bridge, engagement_id) <> (select (bridge, engagement_id) from good order by all limit 1)",
    ),
    Fault(
        "a day's change of a revenue is lost", "fct_revenue_deltas",
        "select * from good where (engagement_id, day) <> (select (engagement_id, day) from good"
        " where planned_revenue <> 0 order by all limit 1)",
    ),
)  # fmt: skip

FAULTS = ON_THE_WAY + IN_A_RULE
