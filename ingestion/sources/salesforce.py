"""Salesforce: accounts, opportunities, their lines and their field history.

<path>/<Object>.jsonl[.gz], records as the REST API's query returns them → source_id + record → raw_<system>

It reads exported files only; calling the API comes later. Export with `queryAll` rather than `query`: it includes
what was deleted (`IsDeleted`), and such records are kept as they are. `CurrencyIsoCode` exists in multi-currency
organisations only. Custom fields are carried in the record and not checked here.
"""

from ingestion.files.exports import VendorObject, exported_tables
from ingestion.systems import SourceTable, System

_STAMPS = {"CreatedDate": "timestamp", "LastModifiedDate": "timestamp", "SystemModstamp": "timestamp"}

OBJECTS = [
    VendorObject("Account", "accounts", "Id", {"IsDeleted": "boolean", **_STAMPS}),
    VendorObject(
        "Opportunity",
        "opportunities",
        "Id",
        {
            "Amount": "decimal",
            "Probability": "decimal",
            "ExpectedRevenue": "decimal",
            "CurrencyIsoCode": "currency",
            "CloseDate": "date",
            "IsClosed": "boolean",
            "IsWon": "boolean",
            "IsDeleted": "boolean",
            **_STAMPS,
        },
    ),
    VendorObject(
        "OpportunityLineItem",
        "opportunity_line_items",
        "Id",
        {
            "Quantity": "decimal",
            "UnitPrice": "decimal",
            "TotalPrice": "decimal",
            "CurrencyIsoCode": "currency",
            "ServiceDate": "date",
            "IsDeleted": "boolean",
            **_STAMPS,
        },
    ),
    VendorObject(
        "OpportunityFieldHistory",
        "opportunity_field_history",
        "Id",
        {"CreatedDate": "timestamp", "IsDeleted": "boolean"},
    ),
]


def tables(system: System) -> list[SourceTable]:
    """Accounts, opportunities, opportunity_line_items, opportunity_field_history; those that have a file."""
    return exported_tables(system, "Salesforce", OBJECTS)
