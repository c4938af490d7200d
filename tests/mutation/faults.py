"""Faults that a pipeline like this one can have, each as a small change to the answer of one dbt model.

A fault is a change to the rows that the model rightly gives (`good`), or to a text in its compiled SQL.
"""

from __future__ import annotations

from dataclasses import dataclass

NEVER = "date '9999-12-31'"


@dataclass(frozen=True)
class Fault:
    """What goes wrong, in words; in which model; and how: rows kept, added or replaced, or a text replaced."""

    what: str
    model: str
    keep: str = ""  # a condition: other rows are lost
    add: str = ""  # a select over `good`: rows that come on top
    replace: str = ""  # `<expression> as <column>, …`
    select: str = ""  # anything else, over `good`
    said: str = ""
    says: str = ""

    def sql(self, right: str) -> str:
        """The model's SQL with the fault in it. Raises ValueError where the text is no longer there."""
        if self.said:
            if self.said not in right:
                raise ValueError(
                    f"{self.model} no longer says `{self.said}`: put the fault where that rule now stands."
                )
            return right.replace(self.said, self.says)
        faulty = self.select or "select * from good"
        if self.keep:
            faulty = f"select * from good where {self.keep}"
        if self.replace:
            faulty = f"select * replace ({self.replace}) from good"
        if self.add:
            faulty = f"select * from good union all ({self.add})"
        return f"with good as (\n{right}\n)\n{faulty}"


# What is lost, doubled or bent between the vendors' records and the canonical tables.
ON_THE_WAY = (
    Fault(
        "a time entry is lost", "psa_time_entries",
        keep="time_entry_id <> (select min(time_entry_id) from good where status = 'approved')",
    ),
    Fault("staging drops what is not in dollars", "stg_template__psa_expenses", keep="currency = 'USD'"),
    Fault(
        "half of the payments are loaded", "accounting_payments",
        select="select * from good qualify row_number() over (order by payment_id) % 2 = 0",
    ),
    Fault(
        "an invoice line is there twice", "accounting_invoice_lines",
        add="select * from good order by invoice_line_id limit 1",
    ),
    Fault(
        "an invoice line is there twice, under two ids", "accounting_invoice_lines",
        add="select * replace (invoice_line_id || '-2' as invoice_line_id, source_id || '-2' as source_id)"
        " from good order by invoice_line_id limit 1",
    ),
    Fault("invoices are dated a day late", "accounting_invoices", replace="invoice_date + 1 as invoice_date"),
    Fault(
        "a posting falls into the next month", "accounting_revenue_postings",
        replace="posted_on + case posting_id when (select min(posting_id) from good) then 31 else 0 end as posted_on",
    ),
    Fault(
        "approvals are read in the wrong time zone", "psa_time_entries",
        replace="approved_at + interval 4 hours as approved_at",
    ),
    Fault("credit notes come as positive amounts", "accounting_invoice_lines", replace="abs(net_amount) as net_amount"),
    Fault(
        "tax is in the net amount", "accounting_invoice_lines",
        replace="cast(net_amount + coalesce(tax_amount, 0) as decimal(18, 4)) as net_amount",
    ),
    Fault("cents are read as dollars", "crm_deals", replace="cast(amount * 100 as decimal(18, 4)) as amount"),
    Fault(
        "a currency is mislabelled", "accounting_invoices",
        replace="case currency when 'EUR' then 'GBP' else currency end as currency",
    ),
    Fault(
        "hours are rounded to quarters", "psa_time_entries",
        replace="cast(round(hours * 4) / 4 as decimal(18, 6)) as hours",
    ),
    Fault(
        "rejected time comes as submitted", "psa_time_entries",
        replace="case status when 'rejected' then 'submitted' else status end as status",
    ),
    Fault(
        "links of invoice lines are lost", "accounting_line_links",
        select="select * from good qualify row_number() over (order by invoice_line_id, source_id) % 3 > 0",
    ),
    Fault("projects no longer name their deals", "psa_projects", replace="cast(null as varchar) as crm_deal_id"),
    Fault(
        "a project is gone under its plan", "psa_projects",
        keep="project_id <> (select min(project_id) from canonical.psa_budget_lines)",
    ),
    Fault("a deleted project comes back", "psa_projects", replace="cast(null as timestamptz) as deleted_at"),
    Fault("the history of deals is lost", "crm_deal_history", keep="false"),
    Fault(
        "an exchange rate is told twice, differently", "fx_rates",
        add="select * replace (cast(rate * 1.01 as decimal(20, 10)) as rate) from good"
        " order by currency, rate_date limit 1",
    ),
    Fault("the rates of a currency are missing", "fx_rates", keep="currency <> 'EUR'"),
    Fault("exchange rates are upside down", "fx_rates", replace="cast(1 / rate as decimal(20, 10)) as rate"),
    Fault(
        "a load says less than it read", "fct_loads",
        replace="case when rows_loaded > 1 then rows_loaded - 1 else rows_loaded end as rows_loaded",
    ),
)  # fmt: skip

# Rules that are broken, or no longer applied, in the models.
IN_A_RULE = (
    Fault(
        "void invoices count", "int_invoices",
        replace=f"is_counted or status = 'void' as is_counted, {NEVER} as standing_to",
    ),
    Fault(
        "draft invoices count", "int_invoices",
        said="invoices.status in ('open', 'paid')", says="invoices.status in ('open', 'paid', 'draft')",
    ),
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
        said="coalesce(try_cast(amounts.value_when_won as decimal(18, 4)), deals.amount, 0)",
        says="coalesce(deals.amount, 0)",
    ),
    Fault(
        "a correction that nobody approved counts", "int_sold_corrections",
        said="where corrections.approved_by is not null", says="",
    ),
    Fault("lost deals stay sold", "int_deal_wins", replace=f"{NEVER} as lost_date"),
    Fault("deals are won in another time zone", "int_deal_wins", said="America/New_York", says="UTC"),
    Fault(
        "the lowest budget version is in effect", "int_plan_changes",
        said="max(windows.version)", says="min(windows.version)",
    ),
    Fault(
        "the plan of a deleted project stays", "int_plan_changes",
        said=f"coalesce(first_days.deleted_on, {NEVER})", says=NEVER,
    ),
    Fault(
        "yesterday's exchange rate is taken", "int_fx_rates",
        replace="coalesce(lag(rate) over (partition by currency order by valid_from), rate) as rate",
    ),
    Fault("two rates of a day double every row", "int_fx_rates", add="select * from good where currency = 'EUR'"),
    Fault(
        "planned lines without a rate are dropped", "int_plan_lines",
        said='left join "intermediate"."int_fx_rates" as own', says='inner join "intermediate"."int_fx_rates" as own',
    ),
    Fault(
        "a line with two links counts twice", "fct_billed",
        select="select good.* from good left join canonical.accounting_line_links as links"
        " on good.invoice_line_id = links.invoice_line_id",
    ),
    Fault("a void adds instead of taking back", "fct_billed", said="-1 as direction", says="1 as direction"),
    Fault("refunds are added", "fct_collected", said="when 'refund' then -amount", says="when 'refund' then amount"),
    Fault(
        "an hour's worth is rounded before it is converted", "int_work",
        replace="cast(case when work_type = 'expense' or not is_billable or bill_rate is null then cc_amount"
        " else round(round(hours * bill_rate, 0) * fx_rate, 2) end as decimal(18, 2)) as cc_amount",
    ),
    Fault("money is a floating-point number", "fct_sold", replace="cast(sold_amount as double) as sold_amount"),
    Fault(
        "submitted time counts as approved", "int_work",
        said="status = 'approved'", says="status in ('approved', 'submitted')",
    ),
    Fault(
        "time that was written off still waits for its invoice", "int_work_phases",
        replace="'approved_not_billed' as phase",
    ),
    Fault("holds are not seen", "int_holds", keep="false"),
    Fault("a full credit does not open the work again", "int_unbilled_days", keep="false"),
    Fault(
        "what a line settles is guessed though it is said", "int_inferring_systems",
        select="select system_name from intermediate.int_systems",
    ),
    Fault("links from invoice lines to work are ignored", "int_line_targets", keep="target_type <> 'time_entry'"),
    Fault(
        "a project's link to its deal is not followed", "int_engagement_members",
        said="where crm_deal_id is not null", says="where false",
    ),
    Fault(
        "a bridge's item is counted twice", "int_variance_runs",
        add="select * from good where amount <> 0 order by all limit 1",
    ),
    Fault(
        "items end a day late", "int_variance_runs",
        replace=f"case when effective_to < {NEVER} then effective_to + 1 else effective_to end as effective_to",
    ),
    Fault(
        "one driver's amounts stand under another", "int_items_work",
        replace="case driver when 'rate' then 'hours' else driver end as driver",
    ),
    Fault(
        "what is expected is expected a day too long", "int_variance_runs",
        replace="expected_until + 1 as expected_until",
    ),
    Fault(
        "a month's opening balance is lost", "fct_variance_balances",
        keep="(bridge, engagement_id) <> (select (bridge, engagement_id) from good order by all limit 1)",
    ),
    Fault(
        "a day's change of a revenue is lost", "fct_revenue_deltas",
        keep="(engagement_id, day) <>"
        " (select (engagement_id, day) from good where planned_revenue <> 0 order by all limit 1)",
    ),
)  # fmt: skip

FAULTS = ON_THE_WAY + IN_A_RULE
