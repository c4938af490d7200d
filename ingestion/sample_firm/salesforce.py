"""The firm as Salesforce's REST API returns it: accounts, opportunities, their lines, their field history.

Data flow: Ledger -> `records` -> data/sample/salesforce/<object>.jsonl.
"""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ingestion.sample_firm import names
from ingestion.sample_firm.ledger import Ledger, Row, salesforce_id

Record = dict[str, Any]
PEOPLE = [*names.SELLERS, *names.MANAGERS, *names.BOOKKEEPERS, "Integration User"]
FIELDS = {
    "stage": "StageName",
    "amount": "Amount",
    "close_date": "CloseDate",
    "probability": "Probability",
    "owner_name": "Owner",
    "currency": "CurrencyIsoCode",
    "tax_amount": "Tax_Amount__c",
    "change_order_number": "Change_Order_Number__c",
}
DATA_TYPES = {
    "stage": "DynamicEnum",
    "amount": "Currency",
    "close_date": "DateOnly",
    "probability": "Percent",
    "tax_amount": "Currency",
}
FORECASTS = {
    "Prospecting": "Pipeline",
    "Proposal": "Best Case",
    "Negotiation": "Commit",
    "Closed Won": "Closed",
    "Closed Lost": "Omitted",
}


def own(key: str | None) -> str | None:
    """The system's own id of a key."""
    return key.split(":", 1)[1] if key else None


def stamp(moment: datetime) -> str:
    """A moment as REST writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def day(value: date | None) -> str | None:
    """A day as REST writes it."""
    return value.isoformat() if value else None


def head(kind: str, key: str, created: datetime, changed: datetime, deleted: bool = False) -> Record:
    """What every record begins with."""
    return {
        "attributes": {"type": kind, "url": f"/services/data/v62.0/sobjects/{kind}/{key}"},
        "Id": key,
        "IsDeleted": deleted,
        "CreatedDate": stamp(created),
        "LastModifiedDate": stamp(changed),
        "SystemModstamp": stamp(changed),
    }


def user(name: str) -> tuple[str, Record]:
    """A user's id and the nested record that `Owner.Name` in a query returns."""
    key = salesforce_id("005", PEOPLE.index(name) + 1)
    return key, {"attributes": {"type": "User", "url": f"/services/data/v62.0/sobjects/User/{key}"}, "Name": name}


def words(contract_type: str | None) -> str | None:
    """`time_and_materials` as this org's pick list has it: `Time and materials`."""
    return contract_type.replace("_", " ").capitalize() if contract_type else None


def records(ledger: Ledger) -> Iterator[tuple[str, Record]]:
    """(object, record) of everything that the CRM knows."""
    for account in ledger.tables["crm_accounts"]:
        yield "Account", account_record(account)
    currencies = {}
    for deal in ledger.tables["crm_deals"]:
        currencies[deal["deal_id"]] = deal["currency"]
        yield "Opportunity", opportunity_record(deal)
    for line in ledger.tables["crm_deal_lines"]:
        yield "OpportunityLineItem", line_record(line, currencies[line["deal_id"]])
    for change in ledger.tables["crm_deal_history"]:
        if change["field"] in FIELDS:
            yield "OpportunityFieldHistory", history_record(ledger, change)


def account_record(row: Row) -> Record:
    """An Account."""
    owner_id, owner = user(row["owner_name"])
    return head("Account", str(own(row["account_id"])), row["created_at"], row["updated_at"]) | {
        "Name": row["name"],
        "ParentId": own(row["parent_account_id"]),
        "Website": row["website"],
        "BillingCountry": row["country"],
        "Industry": row["industry"],
        "OwnerId": owner_id,
        "Owner": owner,
        "Legal_Name__c": row["legal_name"],
        "Tax_Id__c": row["tax_id"],
        "Billing_Contact__c": row["billing_contact"],
    }


def opportunity_record(row: Row) -> Record:
    """An Opportunity; what is deleted is still returned by queryAll, with IsDeleted."""
    owner_id, owner = user(row["owner_name"])
    kind = "Change Order" if row["change_order_number"] else "New Business"
    return head(
        "Opportunity", str(own(row["deal_id"])), row["created_at"], row["updated_at"], bool(row["deleted_at"])
    ) | {
        "AccountId": own(row["account_id"]),
        "Name": row["name"],
        "StageName": row["stage"],
        "Amount": row["amount"],
        "Probability": row["probability"] * 100,
        "ExpectedRevenue": (row["amount"] * row["probability"]).quantize(Decimal("0.01")),
        "CloseDate": day(row["close_date"]),
        "IsClosed": row["is_closed"],
        "IsWon": row["is_won"],
        "ForecastCategoryName": FORECASTS[row["stage"]],
        "Type": kind,
        "OwnerId": owner_id,
        "Owner": owner,
        "CurrencyIsoCode": row["currency"],
        "Contract_Type__c": words(row["contract_type"]),
        "Legal_Entity__c": row["legal_entity"],
        "Practice__c": row["practice"],
        "Parent_Opportunity__c": own(row["parent_deal_id"]),
        "Change_Order_Number__c": row["change_order_number"],
        "Tax_Amount__c": row["tax_amount"],
        "Signed_On__c": day(row["signed_on"]),
        "Start_Date__c": day(row["start_date"]),
        "End_Date__c": day(row["end_date"]),
        "Payment_Terms_Days__c": Decimal(row["payment_terms_days"]),
        "Target_Margin__c": row["target_margin_share"] * 100,
    }


def line_record(row: Row, currency: str) -> Record:
    """An OpportunityLineItem: the quantity is hours where a role is sold by the hour."""
    product = row["role"] or ("Expenses" if row["family"] == "pass_through" else "Services")
    created = row["_created_at"]
    return head("OpportunityLineItem", str(own(row["deal_line_id"])), created, created) | {
        "OpportunityId": own(row["deal_id"]),
        "Name": product,
        "ProductCode": product[:3].upper(),
        "Quantity": row["hours"] or Decimal(1),
        "UnitPrice": row["rate"] or row["amount"],
        "TotalPrice": row["amount"],
        "CurrencyIsoCode": currency,
        "Family__c": "Pass-through" if row["family"] == "pass_through" else "Service",
        "Role__c": row["role"],
    }


def history_record(ledger: Ledger, row: Row) -> Record:
    """An OpportunityFieldHistory; this object has no SystemModstamp."""
    key, (user_id, who) = salesforce_id("017", ledger.number("history")), user(row["changed_by"])
    return {
        "attributes": {
            "type": "OpportunityFieldHistory",
            "url": f"/services/data/v62.0/sobjects/OpportunityFieldHistory/{key}",
        },
        "Id": key,
        "IsDeleted": False,
        "OpportunityId": own(row["deal_id"]),
        "Field": FIELDS[row["field"]],
        "DataType": DATA_TYPES.get(row["field"], "Text"),
        "OldValue": history_value(row["field"], row["old_value"]),
        "NewValue": history_value(row["field"], row["new_value"]),
        "CreatedById": user_id,
        "CreatedBy": who,
        "CreatedDate": stamp(row["changed_at"]),
    }


def history_value(field: str, value: str | None) -> Any:
    """A history's value: money and percent are numbers, all else is text."""
    if value is None or field not in {"amount", "probability", "tax_amount"}:
        return value
    return Decimal(value) * 100 if field == "probability" else Decimal(value)
