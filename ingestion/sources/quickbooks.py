"""QuickBooks Online: customers (projects are sub-customers), invoices, credit memos, payments, journal entries
and the chart of accounts.

<path>/<Object>.jsonl[.gz], records as the query endpoint returns them → source_id + record → raw_<system>

It reads exported files only; calling the API comes later. Ask for `Active IN (true, false)` when exporting customers,
or the inactive ones are missing. Amounts of credit memos are positive, as the vendor sends them.
"""

from ingestion.files.exports import VendorObject, exported_tables
from ingestion.systems import SourceTable, System

_STAMPS = {"MetaData.CreateTime": "timestamp", "MetaData.LastUpdatedTime": "timestamp"}
_DOCUMENT = {
    "TxnDate": "date",
    "TotalAmt": "decimal",
    "ExchangeRate": "decimal",
    "CurrencyRef.value": "currency",
    "Line[*].Amount": "decimal",
    **_STAMPS,
}
_TAXED = {**_DOCUMENT, "Balance": "decimal", "HomeTotalAmt": "decimal", "TxnTaxDetail.TotalTax": "decimal"}

OBJECTS = [
    VendorObject("Customer", "customers", "Id", {"Balance": "decimal", "CurrencyRef.value": "currency", **_STAMPS}),
    VendorObject("Invoice", "invoices", "Id", {"DueDate": "date", **_TAXED}),
    VendorObject("CreditMemo", "credit_memos", "Id", _TAXED),
    VendorObject("Payment", "payments", "Id", {"UnappliedAmt": "decimal", **_DOCUMENT}),
    VendorObject("JournalEntry", "journal_entries", "Id", _DOCUMENT),
    VendorObject("Account", "accounts", "Id", _STAMPS),
]


def tables(system: System) -> list[SourceTable]:
    """Customers, invoices, credit_memos, payments, journal_entries, accounts; those that have a file."""
    return exported_tables(system, "QuickBooks", OBJECTS)
