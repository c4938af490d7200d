"""Events of billing and of money coming in, as the ledgers know them: QuickBooks, and the second one in `exports`.

An invoice stands in the ledger that its legal entity keeps on that day, in both while the two run in parallel.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from ingestion.sample_firm import names
from ingestion.sample_firm.days import at
from ingestion.sample_firm.ledger import Client, Ledger, Project, Row, cents

KIND_WORDS = {
    "time": "Professional services",
    "milestone": "Milestone",
    "recurring": "Monthly fee",
    "expense": "Expenses",
    "advance": "Advance",
    "adjustment": "Adjustment",
    "other": "Other",
}


@dataclass
class Line:
    """A line to bill: what it is for, its net amount, and the work it names (a ledger with links keeps that)."""

    kind: str
    net: Decimal
    project: Project | None = None
    links: Sequence[tuple[str, str]] = ()
    on: date | None = None
    description: str | None = None
    account_code: str | None = None
    practice: str | None = None


@dataclass
class Invoice:
    """An invoice or credit note with its rows in each ledger that holds it. A credit's amounts are negative."""

    client: Client
    day: date
    currency: str
    gross: Decimal
    rows: dict[str, Row]
    lines: dict[str, list[Row]]
    paid: Decimal = field(default=Decimal(0))

    @property
    def row(self) -> Row:
        """Its row in the ledger that counts."""
        return next(iter(self.rows.values()))

    @property
    def is_void(self) -> bool:
        return any(row["status"] == "void" for row in self.rows.values())


def ledgers_of(ledger: Ledger, client: Client, day: date) -> list[str]:
    """The ledgers that the client's legal entity keeps on that day."""
    if client.entity != names.UK or day < names.PARALLEL_FROM:
        return ["quickbooks"]
    return ["quickbooks", "exports"] if day <= names.PARALLEL_UNTIL else ["exports"]


def customer_in(ledger: Ledger, client: Client, system: str) -> Row:
    """The client as that ledger's customer, opened the first time it is asked for."""
    if system not in client.customers:
        number = ledger.number(f"{system} customer")
        told = (
            {}
            if system == "quickbooks"
            else {
                "crm_account_id": client.account["account_id"] if client.account["tax_id"] else None,
                "legal_entity": ledger.named(client.entity),
                "is_intercompany": False,
                "is_on_credit_hold": False,
            }
        )
        client.customers[system] = ledger.add(
            "accounting_customers",
            system,
            customer_id=f"{system}:{number if system == 'quickbooks' else f'C{number}'}",
            name=client.names[system],
            tax_id=client.account["tax_id"],
            payment_terms_days=client.terms_days,
            billing_contact=client.account["billing_contact"],
            _currency=client.currency,
            updated_at=at(names.PARALLEL_FROM if system == "exports" else names.FIRST_DAY, 12),
            **told,
        )
        if system == "quickbooks":
            client.customers[system]["is_intercompany"] = False
    return client.customers[system]


def project_in(ledger: Ledger, project: Project, system: str) -> Row:
    """The project as that ledger keeps it: in QuickBooks a sub-customer, numbered with the customers."""
    if system not in project.in_ledgers:
        customer = customer_in(ledger, project.client, system)
        number = ledger.number(f"{system} customer") if system == "quickbooks" else project.key.split(":")[1]
        project.in_ledgers[system] = ledger.add(
            "accounting_projects",
            system,
            customer_id=customer["customer_id"],
            name=project.row["name"],
            accounting_project_id=f"{system}:{number if system == 'quickbooks' else f'P{number}'}",
            psa_project_id=project.key,
            _currency=project.row["currency"],
            _created_at=at(names.PARALLEL_FROM if system == "exports" else names.FIRST_DAY, 13),
        )
    return project.in_ledgers[system]


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """A total in cents over weights: each share rounded, the rest to the largest weight, of several the first."""
    whole = sum(weights, Decimal(0))
    shares = [cents(total * weight / whole) if whole else Decimal(0) for weight in weights]
    largest = max(range(len(weights)), key=lambda i: (abs(weights[i]), -i))
    shares[largest] += total - sum(shares)
    return shares


def bill(
    ledger: Ledger,
    client: Client,
    day: date,
    lines: Sequence[Line],
    *,
    type: str = "invoice",
    status: str = "open",
    currency: str | None = None,
    credited: Invoice | None = None,
    reason: str | None = None,
    taxed: bool = True,
    due: date | None = None,
    entered: datetime | None = None,
    booked: bool = True,
) -> Invoice:
    """An invoice (or credit note: give negative amounts) of that day, in every ledger that is kept."""
    systems = list(credited.rows) if credited else ledgers_of(ledger, client, day)
    currency = (
        currency
        or (credited.currency if credited else None)
        or (lines[0].project.row["currency"] if lines[0].project else client.currency)
    )
    nets = [line.net for line in lines]
    tax = cents(sum(nets) * client.tax_rate) if taxed else Decimal(0)
    invoice = Invoice(client, day, currency, sum(nets) + tax, {}, {})
    taxes = spread(tax, nets)
    for system in systems:
        customer = customer_in(ledger, client, system)
        identity = (
            ledger.number("quickbooks transaction", 2001)
            if system == "quickbooks"
            else (f"I{ledger.number('exports invoice')}")
        )
        created_at = entered or at(day, 12, 15)
        row = ledger.add(
            "accounting_invoices",
            system,
            invoice_id=f"{system}:{identity}",
            customer_id=customer["customer_id"],
            type=type,
            status=status,
            invoice_date=day,
            currency=currency,
            due_date=(due or day + timedelta(days=client.terms_days)) if type == "invoice" else None,
            legal_entity=ledger.named(client.entity),
            reason=reason,
            credited_invoice_id=credited.rows[system]["invoice_id"] if credited else None,
            is_intercompany=None if system == "quickbooks" else False,
            created_at=created_at,
            posted_at=None if status in {"draft", "rejected"} else created_at,
            updated_at=created_at,
        )
        home = "USD" if system == "quickbooks" else names.ENTITIES[client.entity]
        rate = exchange_rate(ledger, currency, home, day) if booked else None
        row["_exchange_rate"] = rate
        invoice.rows[system], invoice.lines[system] = row, []
        for index, (line, line_tax) in enumerate(zip(lines, taxes, strict=True), start=1):
            invoice.lines[system].append(
                ledger.add(
                    "accounting_invoice_lines",
                    system,
                    invoice_line_id=f"{system}:{identity}-{index}",
                    invoice_id=row["invoice_id"],
                    kind=line.kind,
                    net_amount=line.net,
                    tax_amount=line_tax,
                    booked_amount=None if rate is None else cents(line.net * rate),
                    booked_currency=None if rate is None else home,
                    project_id=project_in(ledger, line.project, system)["accounting_project_id"]
                    if line.project
                    else None,
                    account_code=line.account_code or names.ACCOUNTS[line.kind],
                    practice=line.practice or (line.project.row["practice"] if line.project else None),
                    service_from=None,
                    service_to=line.on,
                    description=line.description or KIND_WORDS[line.kind],
                )
            )
            if system == "exports":
                for source, key in line.links:
                    ledger.add(
                        "accounting_line_links",
                        "exports",
                        source=source,
                        source_id=key,
                        invoice_line_id=f"{system}:{identity}-{index}",
                    )
        if row["posted_at"]:
            recognise(ledger, system, row, invoice.lines[system], [line.project for line in lines])
    for line in lines:
        if line.project:
            line.project.settled.update(key for _, key in line.links)
    ledger.documents.append(invoice)
    return invoice


def number_documents(ledger: Ledger) -> None:
    """Give every posted invoice and credit note its number, in the order of their dates; the same in both ledgers."""
    for document in sorted(ledger.documents, key=lambda document: document.day):
        if document.row["posted_at"]:
            number = ledger.number("document", 10001)
            for row in document.rows.values():
                row["number"] = f"CN-{number}" if row["type"] == "credit_note" else str(number)


def exchange_rate(ledger: Ledger, currency: str, home: str, day: date) -> Decimal | None:
    """What a ledger books for one unit of the currency, in six decimals; None where no rate is known."""
    if currency == home:
        return Decimal(1)
    of, to = ledger.rate_on(currency, day), ledger.rate_on(home, day)
    return None if of is None or to is None else (of / to).quantize(Decimal("0.000001"))


def void(ledger: Ledger, invoice: Invoice, day: date) -> None:
    """The invoice is voided: QuickBooks sets everything to zero, the second ledger reverses on that day."""
    reverse(ledger, invoice, day)
    for system, row in invoice.rows.items():
        row["status"], row["updated_at"] = "void", at(day, 15)
        if system == "exports":
            row["voided_at"] = at(day, 15)
            continue
        for line in invoice.lines[system]:
            line["net_amount"] = line["tax_amount"] = line["booked_amount"] = Decimal(0)


def pay(
    ledger: Ledger,
    invoice: Invoice,
    day: date,
    amount: Decimal | None = None,
    *,
    kind: str = "payment",
    currency: str | None = None,
    applied: Decimal | None = None,
    extra: Decimal = Decimal(0),
) -> None:
    """Money for an invoice (all that is open, unless told); `extra` is paid too, on account; `applied` is what an
    amount in another currency settles. In QuickBooks only payments in the invoice's currency can be told."""
    amount = invoice.gross - invoice.paid if amount is None else amount
    invoice.paid += (applied or amount) * (-1 if kind == "refund" else 1)
    for system, row in invoice.rows.items():
        told: dict[str, Any] = {
            "customer_id": row["customer_id"],
            "paid_on": day,
            "currency": currency or invoice.currency,
            "kind": kind,
        }
        if system == "quickbooks":
            group = ledger.number("quickbooks transaction", 2001)
            key = f"{system}:{group}-{row['invoice_id'].split(':')[1]}"
            if extra:
                ledger.add(
                    "accounting_payments", system, payment_id=f"{system}:{group}", amount=extra, _group=group, **told
                )
        else:
            group = ledger.number("exports payment")
            key = f"{system}:PAY{group}"
            if extra:
                ledger.add("accounting_payments", system, payment_id=f"{key}-2", amount=extra, _group=group, **told)
        ledger.add(
            "accounting_payments",
            system,
            payment_id=key,
            invoice_id=row["invoice_id"],
            amount=amount,
            applied_amount=applied,
            _group=group,
            **told,
        )
        if invoice.paid >= invoice.gross:
            row["status"] = "paid"
        row["updated_at"] = max(row["updated_at"], at(day, 17))


def allocate(ledger: Ledger, credit: Invoice, invoice: Invoice, day: date, amount: Decimal | None = None) -> None:
    """A credit note pays down an open invoice on that day (all that the two have open, unless told)."""
    amount = min(-credit.gross - credit.paid, invoice.gross - invoice.paid) if amount is None else amount
    credit.paid += amount
    invoice.paid += amount
    for system, row in invoice.rows.items():
        ledger.add(
            "accounting_credit_allocations",
            system,
            credit_note_id=credit.rows[system]["invoice_id"],
            invoice_id=row["invoice_id"],
            amount=amount,
            allocated_on=day,
            _group=ledger.number("quickbooks transaction", 2001) if system == "quickbooks" else None,
        )
        for document, whole in ((row, invoice.gross), (credit.rows[system], -credit.gross)):
            if (invoice if document is row else credit).paid >= whole:
                document["status"] = "paid"
            document["updated_at"] = max(document["updated_at"], at(day, 17))


def post(
    ledger: Ledger,
    project: Project,
    day: date,
    amount: Decimal,
    *,
    source: str = "schedule",
    account: str = "4000",
    posted_by: str | None = None,
) -> Row:
    """Revenue is recognised by a journal of that day, in the ledger that the project's legal entity keeps."""
    system = ledgers_of(ledger, project.client, day)[0]
    is_quickbooks = system == "quickbooks"
    number = ledger.number("quickbooks transaction", 2001) if is_quickbooks else ledger.number("posting")
    return ledger.add(
        "accounting_revenue_postings",
        system,
        posting_id=f"{system}:{number}-1" if is_quickbooks else f"{system}:RP{number}",
        posted_on=day,
        amount=amount,
        currency=project.row["currency"],
        source=source,
        project_id=project_in(ledger, project, system)["accounting_project_id"] if is_quickbooks else project.key,
        customer_id=customer_in(ledger, project.client, system)["customer_id"] if is_quickbooks else None,
        account_code=account,
        legal_entity=project.row["legal_entity"],
        posted_by=None if is_quickbooks else posted_by,
        _is_journal=True,
    )


def recognise(
    ledger: Ledger, system: str, invoice: Row, lines: Sequence[Row], projects: Sequence[Project | None]
) -> None:
    """A posted document's lines are revenue on its day, as their account says; what is deferred is not."""
    for line, project in zip(lines, projects, strict=True):
        if line["account_code"] != names.DEFERRED_ACCOUNT:
            is_quickbooks = system == "quickbooks"
            ledger.add(
                "accounting_revenue_postings",
                system,
                posting_id=line["invoice_line_id"] if is_quickbooks else f"{system}:RP{ledger.number('posting')}",
                posted_on=invoice["invoice_date"],
                amount=line["net_amount"],
                currency=invoice["currency"],
                source="invoice",
                project_id=line["project_id"] if is_quickbooks else project and project.key,
                customer_id=invoice["customer_id"] if is_quickbooks or not project else None,
                invoice_line_id=line["invoice_line_id"],
                account_code=line["account_code"],
                legal_entity=invoice["legal_entity"],
            )


def reverse(ledger: Ledger, invoice: Invoice, day: date) -> None:
    """What a voided document recognised is taken back on that day; QuickBooks forgets that it ever was."""
    keys = {line["invoice_line_id"] for lines in invoice.lines.values() for line in lines}
    postings = ledger.tables["accounting_revenue_postings"]
    for row in [row for row in postings if row["invoice_line_id"] in keys]:
        if row["source_system"] == "quickbooks":
            postings.remove(row)
        else:
            number = ledger.number("posting")
            postings.append(row | {"posting_id": f"exports:RP{number}", "posted_on": day, "amount": -row["amount"]})
