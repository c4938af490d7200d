"""The firm as QuickBooks Online returns it: customers (projects are sub-customers), invoices, credit memos, payments,
journal entries, and the chart of accounts.

Data flow: Ledger -> `records` -> data/sample/quickbooks/<object>.jsonl. QuickBooks knows no time entry: its lines name
no work. A project's sub-customer carries Birdview's ProjectID in `ResaleNum`, this firm's convention.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.sample_firm import names
from ingestion.sample_firm.days import at
from ingestion.sample_firm.ledger import Ledger, Row, cents
from ingestion.sample_firm.salesforce import day, own

Record = dict[str, Any]
PACIFIC = ZoneInfo("America/Los_Angeles")
ITEMS = {
    "time": ("1", "Services"),
    "milestone": ("2", "Milestone"),
    "recurring": ("3", "Retainer"),
    "expense": ("4", "Expenses"),
    "advance": ("5", "Advance"),
    "adjustment": ("6", "Adjustment"),
    "other": ("7", "Sundry"),
}
CURRENCY_NAMES = {
    "USD": "United States Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "CAD": "Canadian Dollar",
}


def meta(created: datetime, changed: datetime) -> Record:
    """MetaData: moments with the offset of Intuit's clock."""
    return {
        "CreateTime": created.astimezone(PACIFIC).isoformat(),
        "LastUpdatedTime": changed.astimezone(PACIFIC).isoformat(),
    }


def currency(code: str) -> Record:
    """A CurrencyRef."""
    return {"value": code, "name": CURRENCY_NAMES[code]}


def records(ledger: Ledger) -> Iterator[tuple[str, Record]]:
    """(object, record) of everything that this ledger knows."""
    mine = {
        table: [row for row in rows if row["source_system"] == "quickbooks"] for table, rows in ledger.tables.items()
    }
    customers = {row["customer_id"]: row for row in mine["accounting_customers"]}
    for row in customers.values():
        yield "Customer", customer_record(row)
    for row in mine["accounting_projects"]:
        yield "Customer", project_record(row, customers[row["customer_id"]])
    lines: dict[str, list[Row]] = defaultdict(list)
    for line in mine["accounting_invoice_lines"]:
        lines[line["invoice_id"]].append(line)
    settled: dict[str, list[tuple[str, Decimal]]] = defaultdict(list)
    for row in mine["accounting_payments"] + mine["accounting_credit_allocations"]:
        if row["invoice_id"]:
            settled[row["invoice_id"]].append((str(row["_group"]), row["amount"]))
        if "credit_note_id" in row:
            settled[row["credit_note_id"]].append((str(row["_group"]), row["amount"]))
    for row in mine["accounting_invoices"]:
        kind = "CreditMemo" if row["type"] == "credit_note" else "Invoice"
        yield kind, document_record(row, lines[row["invoice_id"]], settled[row["invoice_id"]], customers)
    yield from payment_records(mine)
    yield from journal_records(mine)
    if not ledger.firm:
        for account, (name, kind) in names.CHART.items():
            yield (
                "Account",
                {
                    "Id": account,
                    "SyncToken": "0",
                    "Name": name,
                    "AcctNum": account,
                    "AccountType": kind,
                    "Active": True,
                    "MetaData": meta(at(names.FIRST_DAY, 8), at(names.FIRST_DAY, 8)),
                },
            )


def customer_record(row: Row) -> Record:
    """A customer."""
    terms = row["payment_terms_days"]
    return {
        "Id": own(row["customer_id"]),
        "SyncToken": "0",
        "DisplayName": row["name"],
        "FullyQualifiedName": row["name"],
        "CompanyName": row["name"],
        "Job": False,
        "IsProject": False,
        "BillWithParent": False,
        "Active": True,
        "CurrencyRef": currency(row["_currency"]),
        "SalesTermRef": {"value": str(terms), "name": f"Net {terms}"},
        "PrimaryTaxIdentifier": row["tax_id"],
        "PrimaryEmailAddr": {"Address": row["billing_contact"]},
        "CustomerTypeRef": {"value": "2", "name": "Intercompany"} if row["is_intercompany"] else None,
        "ResaleNum": None,
        "MetaData": meta(row["updated_at"], row["updated_at"]),
    }


def project_record(row: Row, customer: Row) -> Record:
    """A project: a sub-customer of its client."""
    return {
        "Id": own(row["accounting_project_id"]),
        "SyncToken": "0",
        "DisplayName": row["name"],
        "FullyQualifiedName": f"{customer['name']}:{row['name']}",
        "Job": True,
        "IsProject": True,
        "Level": 1,
        "ParentRef": {"value": own(row["customer_id"])},
        "BillWithParent": True,
        "Active": True,
        "CurrencyRef": currency(row["_currency"]),
        "ResaleNum": own(row["psa_project_id"]),
        "MetaData": meta(row["_created_at"], row["_created_at"]),
    }


def document_record(
    row: Row, lines: list[Row], settled: list[tuple[str, Decimal]], customers: dict[str, Row]
) -> Record:
    """An Invoice, or a CreditMemo, whose amounts are positive."""
    is_credit = row["type"] == "credit_note"
    sign = -1 if is_credit else 1
    net = sign * sum((line["net_amount"] for line in lines), Decimal(0))
    tax = sign * sum((line["tax_amount"] for line in lines), Decimal(0))
    total, project = net + tax, lines[0]["project_id"]
    open_amount = total - sum((amount for _, amount in settled), Decimal(0))
    record: Record = {
        "Id": own(row["invoice_id"]),
        "SyncToken": str(len(settled)),
        "DocNumber": row["number"],
        "TxnDate": day(row["invoice_date"]),
        "CustomerRef": {"value": own(project or row["customer_id"])},
        "CurrencyRef": currency(row["currency"]),
        "GlobalTaxCalculation": "TaxExcluded" if tax else "NotApplicable",
        "DepartmentRef": {"value": str(list(names.ENTITIES).index(base_entity(row)) + 1), "name": row["legal_entity"]},
        "TotalAmt": total,
        "Balance": open_amount,
        "TxnTaxDetail": {"TotalTax": tax},
        "PrivateNote": "Voided" if row["status"] == "void" else row["reason"],
        "Line": [
            *(line_record(line, index, sign, bool(tax)) for index, line in enumerate(lines, start=1)),
            {"Amount": net, "DetailType": "SubTotalLineDetail", "SubTotalLineDetail": {}},
        ],
        "MetaData": meta(row["created_at"], row["updated_at"]),
    }
    if row["_exchange_rate"] is not None:
        record |= {"ExchangeRate": row["_exchange_rate"], "HomeTotalAmt": cents(total * row["_exchange_rate"])}
    if is_credit:
        credited = row["credited_invoice_id"]
        return record | {"RemainingCredit": open_amount, "InvoiceRef": {"value": own(credited)} if credited else None}
    return record | {
        "DueDate": day(row["due_date"]),
        "LinkedTxn": [{"TxnId": group, "TxnType": "Payment"} for group, _ in settled],
    }


def base_entity(row: Row) -> str:
    """The legal entity without the number that a further firm's bears."""
    return next(name for name in names.ENTITIES if row["legal_entity"].startswith(name))


def line_record(line: Row, index: int, sign: int, taxed: bool) -> Record:
    """A line; the item that it sells tells its kind."""
    item, name = ITEMS[line["kind"]]
    amount = sign * line["net_amount"]
    return {
        "Id": str(index),
        "LineNum": index,
        "Description": line["description"],
        "Amount": amount,
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {
            "ItemRef": {"value": item, "name": name},
            "ItemAccountRef": {"value": line["account_code"]},
            "ClassRef": {"value": line["practice"], "name": line["practice"]} if line["practice"] else None,
            "ServiceDate": day(line["service_to"]),
            "Qty": 1,
            "UnitPrice": amount,
            "TaxCodeRef": {"value": "TAX" if taxed else "NON"},
        },
    }


def payment_records(mine: dict[str, list[Row]]) -> Iterator[tuple[str, Record]]:
    """Payments: of money, on account, and those of nothing that apply a credit memo to an invoice."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in mine["accounting_payments"]:
        groups[row["_group"]].append(row)
    rates = {row["invoice_id"]: row for row in mine["accounting_invoices"]}
    for group, rows in groups.items():
        on_account = sum((row["amount"] for row in rows if not row["invoice_id"]), Decimal(0))
        links = [(row["invoice_id"], "Invoice", row["amount"]) for row in rows if row["invoice_id"]]
        yield (
            "Payment",
            payment_record(
                group,
                rows[0]["customer_id"],
                rows[0]["paid_on"],
                rows[0]["currency"],
                links,
                sum((row["amount"] for row in rows), Decimal(0)),
                on_account,
            ),
        )
    for row in mine["accounting_credit_allocations"]:
        invoice = rates[row["invoice_id"]]
        links = [(row["invoice_id"], "Invoice", row["amount"]), (row["credit_note_id"], "CreditMemo", row["amount"])]
        yield (
            "Payment",
            payment_record(
                row["_group"],
                invoice["customer_id"],
                row["allocated_on"],
                invoice["currency"],
                links,
                Decimal(0),
                Decimal(0),
            ),
        )


def payment_record(
    group: int,
    customer: str,
    on: Any,
    code: str,
    links: list[tuple[str, str, Decimal]],
    total: Decimal,
    unapplied: Decimal,
) -> Record:
    """A Payment with a line for each document that it settles."""
    moment = datetime(on.year, on.month, on.day, 17, tzinfo=PACIFIC)
    return {
        "Id": str(group),
        "SyncToken": "0",
        "TxnDate": day(on),
        "CustomerRef": {"value": own(customer)},
        "CurrencyRef": currency(code),
        "TotalAmt": total,
        "UnappliedAmt": unapplied,
        "Line": [
            {"Amount": amount, "LinkedTxn": [{"TxnId": own(key), "TxnType": kind}]} for key, kind, amount in links
        ],
        "MetaData": meta(moment, moment),
    }


def journal_records(mine: dict[str, list[Row]]) -> Iterator[tuple[str, Record]]:
    """Journal entries that move deferred revenue to revenue: by a recurring template, or by hand."""
    for row in mine["accounting_revenue_postings"]:
        if not row.get("_is_journal"):
            continue
        is_scheduled, entry = row["source"] == "schedule", str(own(row["posting_id"])).split("-")[0]
        moment = at(row["posted_on"], 12)
        sides = (("Debit", names.DEFERRED_ACCOUNT), ("Credit", row["account_code"]))
        yield (
            "JournalEntry",
            {
                "Id": entry,
                "SyncToken": "0",
                "DocNumber": f"JE-{entry}",
                "TxnDate": day(row["posted_on"]),
                "CurrencyRef": currency(row["currency"]),
                "Adjustment": not is_scheduled,
                "PrivateNote": "Revenue schedule" if is_scheduled else None,
                "RecurDataRef": {"value": "1", "name": "Revenue schedule"} if is_scheduled else None,
                "Line": [journal_line(row, str(index), *side) for index, side in enumerate(sides)],
                "MetaData": meta(moment, moment),
            },
        )


def journal_line(row: Row, number: str, posting_type: str, account: str) -> Record:
    """One side of a journal entry, in the name of the project."""
    return {
        "Id": number,
        "Description": "Revenue of the month" if row["source"] == "schedule" else "Manual journal",
        "Amount": row["amount"],
        "DetailType": "JournalEntryLineDetail",
        "JournalEntryLineDetail": {
            "PostingType": posting_type,
            "AccountRef": {"value": account, "name": names.CHART[account][0]},
            "Entity": {"Type": "Customer", "EntityRef": {"value": own(row["project_id"])}},
            "DepartmentRef": {
                "value": str(list(names.ENTITIES).index(base_entity(row)) + 1),
                "name": row["legal_entity"],
            },
        },
    }
