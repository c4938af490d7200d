"""Events of selling, as the CRM (Salesforce) knows them: accounts, deals, their stages, lines and edits."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ingestion.sample_firm import names
from ingestion.sample_firm.days import at, next_working
from ingestion.sample_firm.ledger import Client, Ledger, Row, salesforce_id

PROBABILITIES = {
    "Prospecting": Decimal("0.1"),
    "Proposal": Decimal("0.4"),
    "Negotiation": Decimal("0.7"),
    "Closed Won": Decimal(1),
    "Closed Lost": Decimal(0),
}


@dataclass
class DealLine:
    """What a deal sells: hours of a role at a rate, or one amount (of a pass-through where `family` says so)."""

    amount: Decimal
    role: str | None = None
    hours: Decimal | None = None
    rate: Decimal | None = None
    family: str = "service"


def hours_line(role: str, hours: int, rate: int | Decimal) -> DealLine:
    """A line of so many hours of a role at a rate."""
    return DealLine(Decimal(hours) * Decimal(rate), role, Decimal(hours), Decimal(rate))


def open_client(
    ledger: Ledger,
    name: str,
    entity: str = names.US,
    currency: str = "USD",
    country: str = "United States",
    industry: str = "Services",
    *,
    psa_name: str | None = None,
    billed_name: str | None = None,
    has_tax_id: bool = True,
    known_to_psa: bool = True,
    terms_days: int = 30,
    pays_late_days: int = 0,
    created: date | None = None,
) -> Client:
    """A new client: an account in the CRM and a client in the PSA. Other spellings and gaps are a scenario's."""
    number = ledger.number("account")
    name, created_at = ledger.named(name), at(created or date(2024, 8, 1), 9, number % 60)
    tax_id = f"{''.join(word[0] for word in country.split())}-{700000 + number}" if has_tax_id else None
    contact = "ap@" + "".join(c for c in name.lower() if c.isalnum()) + ".example"
    account = ledger.add(
        "crm_accounts",
        "salesforce",
        account_id=f"salesforce:{salesforce_id('001', number)}",
        name=name,
        legal_name=name,
        tax_id=tax_id,
        billing_contact=contact,
        website="https://" + contact[3:],
        country=country,
        industry=industry,
        owner_name=names.SELLERS[number % 4],
        created_at=created_at,
        updated_at=created_at,
    )
    psa_client = ledger.add(
        "psa_clients",
        "birdview",
        client_id=f"birdview:{ledger.number('psa client', 101)}",
        name=ledger.named(psa_name) if psa_name else name,
        crm_account_id=account["account_id"] if known_to_psa else None,
        tax_id=tax_id,
        billing_contact=contact,
        created_at=created_at + timedelta(days=1),
        updated_at=created_at + timedelta(days=1),
    )
    client = Client(
        name,
        entity,
        currency,
        country,
        terms_days,
        account,
        psa_client,
        {"quickbooks": ledger.named(billed_name) if billed_name else name, "exports": name},
        {},
        pays_late_days,
    )
    ledger.clients.append(client)
    return client


def open_deal(
    ledger: Ledger,
    client: Client,
    name: str,
    lines: list[DealLine],
    created: date,
    *,
    contract_type: str = "time_and_materials",
    currency: str | None = None,
    practice: str = "Data",
    parent: Row | None = None,
    change_order: str | None = None,
    tax: Decimal = Decimal(0),
    start: date | None = None,
    end: date | None = None,
    closes: date | None = None,
) -> Row:
    """A new deal in the first stage; its amount is the sum of its lines and the tax."""
    number = ledger.number("deal")
    deal_id, currency = f"salesforce:{salesforce_id('006', number)}", currency or client.currency
    created_at = at(created, 9, number % 60)
    deal = ledger.add(
        "crm_deals",
        "salesforce",
        deal_id=deal_id,
        account_id=client.account["account_id"],
        name=name,
        stage="Prospecting",
        is_closed=False,
        is_won=False,
        amount=sum((line.amount for line in lines), tax),
        close_date=closes or created + timedelta(days=45),
        currency=currency,
        created_at=created_at,
        updated_at=created_at,
        probability=PROBABILITIES["Prospecting"],
        contract_type=contract_type,
        legal_entity=ledger.named(client.entity),
        practice=practice,
        owner_name=parent["owner_name"] if parent else names.SELLERS[number % 4],
        parent_deal_id=parent["deal_id"] if parent else None,
        change_order_number=change_order,
        tax_amount=tax,
        start_date=start,
        end_date=end,
        payment_terms_days=client.terms_days,
        target_margin_share=Decimal("0.4"),
    )
    for line in lines:
        ledger.add(
            "crm_deal_lines",
            "salesforce",
            deal_line_id=f"salesforce:{salesforce_id('00k', ledger.number('line'))}",
            deal_id=deal_id,
            family=line.family,
            amount=line.amount,
            role=line.role,
            hours=line.hours,
            rate=line.rate,
            _created_at=created_at,
        )
    return deal


def history_text(field: str, value: Any) -> str | None:
    """A value as the deal history holds it: text, money and shares as plain numbers."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if field == "probability":
        return f"{value:.6f}"
    if isinstance(value, Decimal):
        return repr(float(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def edit_deal(ledger: Ledger, deal: Row, when: datetime, field: str, value: Any, by: str | None = None) -> None:
    """Change one field of a deal; the CRM keeps what it was, what it became, when and by whom."""
    if deal[field] == value:
        return
    ledger.add(
        "crm_deal_history",
        "salesforce",
        deal_id=deal["deal_id"],
        changed_at=when,
        field=field,
        old_value=history_text(field, deal[field]),
        new_value=history_text(field, value),
        changed_by=by or deal["owner_name"],
    )
    deal[field] = value
    deal["updated_at"] = max(deal["updated_at"], when)


def move_deal(ledger: Ledger, deal: Row, when: datetime, stage: str) -> None:
    """Move a deal to another stage, and with it its probability and whether it is won or closed."""
    edit_deal(ledger, deal, when, "stage", stage)
    edit_deal(ledger, deal, when, "is_won", stage == "Closed Won")
    edit_deal(ledger, deal, when, "is_closed", stage.startswith("Closed"))
    edit_deal(ledger, deal, when, "probability", PROBABILITIES[stage])


def win_deal(ledger: Ledger, deal: Row, day: date, *, signed: bool = True) -> Row:
    """Bring a deal through its stages to won on that day."""
    when = at(day, 11, ledger.random.randrange(60))
    first = deal["created_at"].date()
    if deal["stage"] == "Prospecting":
        for stage, share in (("Proposal", 3), ("Negotiation", 6)):
            between = first + timedelta(days=(day - first).days * share // 8)
            move_deal(ledger, deal, min(at(next_working(between), 10), when - timedelta(hours=1)), stage)
    edit_deal(ledger, deal, when, "close_date", day)
    move_deal(ledger, deal, when, "Closed Won")
    deal["signed_on"] = day if signed else None
    return deal


def sell(
    ledger: Ledger,
    client: Client,
    name: str,
    lines: list[DealLine],
    won: date,
    *,
    created: date | None = None,
    **deal: Any,
) -> Row:
    """A deal opened some weeks before and won on that day; `deal` as for open_deal."""
    opened = open_deal(ledger, client, name, lines, created or won - timedelta(days=40), **deal)
    return win_deal(ledger, opened, won)


def lose_deal(ledger: Ledger, deal: Row, day: date) -> None:
    """The deal is lost on that day."""
    when = at(day, 12, 30)
    edit_deal(ledger, deal, when, "close_date", day)
    move_deal(ledger, deal, when, "Closed Lost")


def delete_deal(deal: Row, day: date) -> None:
    """The deal is thrown into the CRM's bin; it stays in the export, marked deleted."""
    deal["deleted_at"] = deal["updated_at"] = at(day, 15)
