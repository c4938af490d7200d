"""Birdview PSA (formerly Easy Projects): projects, tasks, time logs, customers and users.

<path>/<things>.jsonl[.gz], records as the REST API returns them → source_id + record → raw_<system>

It reads exported files only; calling the API comes later. The vendor publishes no schema: the names of keys and
fields are those of its own client's metadata, and a tenant's custom fields are carried in the record, unchecked.
"""

from ingestion.files.exports import VendorObject, exported_tables
from ingestion.systems import SourceTable, System

_STAMPS = {"CreationDate": "timestamp", "LastModificationDate": "timestamp"}

OBJECTS = [
    VendorObject(
        "projects",
        "projects",
        "ProjectID",
        {
            "EstimatedHours": "decimal",
            "BillingAmount": "decimal",
            "Budget": "decimal",
            "StartDate": "timestamp",
            "EndDate": "timestamp",
            "ActCompletionDate": "timestamp",
            **_STAMPS,
        },
    ),
    VendorObject(
        "tasks",
        "tasks",
        "TaskID",
        {
            "EstimatedHours": "decimal",
            "HoursLeft": "decimal",
            "BillingAmount": "decimal",
            "Budget": "decimal",
            "Cost": "decimal",
            "StartDate": "timestamp",
            "EndDate": "timestamp",
            **_STAMPS,
        },
    ),
    VendorObject(
        "timelogs",
        "timelogs",
        "TimeEntryID",
        {
            "Duration": "decimal",
            "Rate": "decimal",
            "InternalRate": "decimal",
            "Cost": "decimal",
            "EntryDate": "timestamp",
            **_STAMPS,
        },
    ),
    VendorObject("customers", "customers", "CustomerID", _STAMPS),
    VendorObject("users", "users", "UserID", _STAMPS),
]


def tables(system: System) -> list[SourceTable]:
    """Projects, tasks, timelogs, customers, users; those that have a file."""
    return exported_tables(system, "Birdview", OBJECTS)
