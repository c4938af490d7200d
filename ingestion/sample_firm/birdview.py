"""The firm as Birdview's API returns it: customers, users, projects, tasks (milestones too) and timelogs.

Data flow: Ledger -> `records` -> data/sample/birdview/<object>.jsonl. What Birdview has no field for stands in the
tenant's custom fields (`CF_…`), whose names tieout.toml holds.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ingestion.sample_firm import names
from ingestion.sample_firm.days import at
from ingestion.sample_firm.ledger import Ledger, Row
from ingestion.sample_firm.salesforce import day, own, words

Record = dict[str, Any]
CURRENCY_IDS = {"USD": 1, "EUR": 2, "GBP": 3, "CAD": 28}
STATUS_IDS = {"open": 2, "on_hold": 3, "closed": 4, "draft": 5}
TEMPLATE_STATUS_ID = 6


def stamp(moment: datetime | None) -> str | None:
    """A moment as this API writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def midnight(value: date | None) -> str | None:
    """A day as this API writes it."""
    return f"{value.isoformat()}T00:00:00Z" if value else None


def number(key: str | None) -> int | None:
    """The system's own id of a key, a number here."""
    return int(key.split(":", 1)[1]) if key else None


def billing_type(project: Row) -> int:
    """2 customer hourly, 5 project flat fee, 6 not billable."""
    if project["is_internal"]:
        return 6
    return 2 if project["contract_type"] == "time_and_materials" else 5


def records(ledger: Ledger) -> Iterator[tuple[str, Record]]:
    """(object, record) of everything that the PSA knows."""
    for client in ledger.tables["psa_clients"]:
        yield (
            "customers",
            {
                "CustomerID": number(client["client_id"]),
                "Name": client["name"],
                "CreationDate": stamp(client["created_at"]),
                "LastModificationDate": stamp(client["updated_at"]),
                "CF_CrmAccountId": own(client["crm_account_id"]),
                "CF_TaxId": client["tax_id"],
                "CF_BillingContact": client["billing_contact"],
            },
        )
    for resource in ledger.tables["psa_resources"]:
        first, last = resource["name"].split(" ", 1)
        joined = stamp(at(resource["start_date"], 9))
        yield (
            "users",
            {
                "UserID": number(resource["resource_id"]),
                "FirstName": first,
                "LastName": last,
                "Email": f"{first}.{last}@northbeam.example".lower(),
                "CreationDate": joined,
                "LastModificationDate": joined,
                "CF_Role": resource["role"],
                "CF_Practice": resource["practice"],
                "CF_LegalEntity": resource["legal_entity"],
                "CF_WeeklyHours": resource["weekly_capacity_hours"],
                "CF_HiredOn": day(resource["start_date"]),
                "CF_LeftOn": day(resource["end_date"]),
            },
        )
    projects = {row["project_id"]: row for row in ledger.tables["psa_projects"]}
    plans = {project.key: project.lines for project in ledger.projects}
    for project in projects.values():
        yield "projects", project_record(project, plans.get(project["project_id"], []))
    yield "projects", template_record(ledger)
    for step in ledger.tables["psa_milestones"]:
        amount = sum(
            line["amount"] for line in plans[step["project_id"]] if line["milestone_id"] == step["milestone_id"]
        )
        yield (
            "tasks",
            task_record(number(step["milestone_id"]), step["name"], projects[step["project_id"]])
            | {
                "EndDate": midnight(step["due_date"]),
                "BillingType": 5,
                "BillingAmount": Decimal(amount),
                "IsMilestone": True,
                "CF_ReachedOn": stamp(step["reached_at"]),
            },
        )
    tasks: dict[tuple[str, str], int] = {}
    for entry in ledger.tables["psa_time_entries"]:
        slot = (entry["project_id"], entry["_task"])
        if slot not in tasks:
            tasks[slot] = ledger.number("task", 50001)
            yield "tasks", task_record(tasks[slot], f"Delivery: {slot[1]}", projects[slot[0]])
        yield "timelogs", timelog_record(entry, tasks[slot])


def project_record(row: Row, lines: list[Row]) -> Record:
    """A project; its hours and amount are those of its newest plan."""
    return {
        "ProjectID": number(row["project_id"]),
        "Name": row["name"],
        "CustomerID": number(row["client_id"]),
        "PortfolioID": None,
        "ProjectStatusID": STATUS_IDS[row["status"]],
        "StartDate": midnight(row["start_date"]),
        "EndDate": midnight(row["end_date"]),
        "ActCompletionDate": stamp(row["updated_at"]) if row["status"] == "closed" else None,
        "EstimatedHours": sum((line["planned_hours"] or Decimal(0) for line in lines), Decimal(0)),
        "BillingType": billing_type(row),
        "BillingAmount": sum((line["amount"] for line in lines), Decimal(0)),
        "CurrencyID": CURRENCY_IDS[row["currency"]],
        "CreationDate": stamp(row["created_at"]),
        "LastModificationDate": stamp(row["updated_at"]),
        "CF_CrmDealId": own(row["crm_deal_id"]),
        "CF_ProjectCode": row["project_code"],
        "CF_TemplateName": row["template_name"],
        "CF_ContractType": words(row["contract_type"]),
        "CF_LegalEntity": row["legal_entity"],
        "CF_Practice": row["practice"],
        "CF_ProjectManager": row["manager_name"],
    }


def template_record(ledger: Ledger) -> Record:
    """A project template: no engagement, and in no canonical table."""
    record = project_record(
        {
            "project_id": f"birdview:{ledger.number('project', 1001)}",
            "name": "Standard delivery",
            "client_id": None,
            "status": "draft",
            "start_date": None,
            "end_date": None,
            "is_internal": False,
            "currency": "USD",
            "contract_type": "time_and_materials",
            "created_at": at(names.FIRST_DAY),
            "updated_at": at(names.FIRST_DAY),
            "crm_deal_id": None,
            "project_code": None,
            "template_name": None,
            "legal_entity": None,
            "practice": None,
            "manager_name": None,
        },
        [],
    )
    return record | {"ProjectStatusID": TEMPLATE_STATUS_ID}


def task_record(key: int | None, name: str, project: Row) -> Record:
    """A task of a project, without what makes it a milestone."""
    return {
        "TaskID": key,
        "ParentID": None,
        "ProjectID": number(project["project_id"]),
        "Name": name,
        "StartDate": midnight(project["start_date"]),
        "EndDate": midnight(project["end_date"]),
        "BillingType": billing_type(project),
        "BillingAmount": None,
        "IsMilestone": False,
        "CreationDate": stamp(project["created_at"]),
        "LastModificationDate": stamp(project["created_at"]),
        "CF_ReachedOn": None,
    }


def timelog_record(row: Row, task: int) -> Record:
    """A timelog: its project is its task's; Birdview never learns what was billed."""
    approved = row["status"] == "approved"
    return {
        "TimeEntryID": number(row["time_entry_id"]),
        "TaskID": task,
        "UserID": number(row["resource_id"]),
        "EntryDate": midnight(row["work_date"]),
        "Duration": row["hours"],
        "Billable": row["is_billable"],
        "Billed": False,
        "Approved": approved,
        "Locked": "Locked" if approved else "Unlocked",
        "Rate": row["bill_rate"],
        "Description": row["notes"],
        "CreationDate": stamp(row["_created_at"]),
        "CF_ApprovalStatus": row["status"].capitalize(),
        "CF_Role": row["role"],
        "CF_SubmittedOn": stamp(row["submitted_at"]),
        "CF_ApprovedOn": stamp(row["approved_at"]),
        "CF_WrittenOffOn": stamp(row["written_off_at"]),
        "CF_WriteOffReason": row["write_off_reason"],
        "CF_NonBillableReason": row["non_billable_reason"],
    }
