"""The firm before its story: company, ledger, taxes, currencies, people, products and prices.

clock + proteus → master data in Tryton, kept by short names for `story.py`
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from proteus import Model


def get(name: str) -> Any:
    return Model.get(name)


class Firm:
    """The firm's master data by short names."""

    def __init__(self, erp: Any, clock: Any) -> None:
        self.erp, self.at = erp, clock.set
        self.customers: dict[str, Any] = {}
        self.employees: dict[str, Any] = {}
        self.products: dict[str, Any] = {}
        self.sales: dict[str, Any] = {}
        self.projects: dict[str, Any] = {}
        self.tasks: dict[str, Any] = {}

    # ------------------------------------------------------------------ founding: company, ledger, people, prices
    def found(self) -> None:
        from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
        from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
        from trytond.modules.company.tests.tools import create_company, get_company

        Currency, Rate = get("currency.currency"), get("currency.currency.rate")
        self.usd = Currency(name="US Dollar", code="USD", symbol="$")
        self.eur = Currency(name="Euro", code="EUR", symbol="€")
        for currency in (self.usd, self.eur):
            currency.save()
        Rate(currency=self.usd, date=date(2024, 12, 1), rate=Decimal("1")).save()
        for day, rate in [
            ("2025-01-01", "0.96"),
            ("2025-02-01", "0.9650"),
            ("2025-03-01", "0.92"),
            ("2025-04-01", "0.8810"),
        ]:
            Rate(currency=self.eur, date=date.fromisoformat(day), rate=Decimal(rate)).save()

        house = get("party.party")(name="Lakeside Consulting")
        house.save()
        create_company(house, self.usd)
        self.company = get_company()
        create_chart(self.company)
        year = create_fiscalyear(self.company, (date(2025, 1, 1), date(2025, 12, 31)))
        set_fiscalyear_invoice_sequences(year).click("create_period")
        self.accounts = get_accounts(self.company)
        Account = get("account.account")
        for name, code in [
            ("time", "4.2.2"),
            ("fixed", "4.1.2"),
            ("resold", "4.1.1"),
            ("exchange", "6.2.1"),
            ("loss", "5.2.3"),
        ]:
            (self.accounts[name],) = Account.find([("code", "=", code)])
        settings = get("account.configuration")(1)
        settings.currency_exchange_credit_account = self.accounts["exchange"]
        settings.currency_exchange_debit_account = self.accounts["exchange"]
        settings.save()
        self.company.cancel_invoice_out = True
        self.company.save()
        self.tax = create_tax(Decimal("0.0825"), self.company)
        self.tax.save()

        Journal = get("account.journal")
        (cash,) = Journal.find([("type", "=", "cash")])
        self.method = get("account.invoice.payment.method")(
            name="Bank", journal=cash, credit_account=self.accounts["cash"], debit_account=self.accounts["cash"]
        )
        self.method.save()
        write_off_journal = Journal(name="Write-off", type="write-off")
        write_off_journal.save()
        self.write_off = get("account.move.reconcile.write_off")(
            name="Bad debt", journal=write_off_journal,
            credit_account=self.accounts["loss"], debit_account=self.accounts["loss"],
        )  # fmt: skip
        self.write_off.save()
        terms = get("account.invoice.payment_term")(name="30 days")
        line = terms.lines.new(type="remainder")
        line.relativedeltas.new(days=30)
        terms.save()

        for name in ["Aster Bank", "Birch Foods", "Cedar Health", "Dune Energy", "Elm Transport", "Fjord Shipping",
                     "Grove Retail", "Heath Insurance", "Iris Media", "Juniper Labs"]:  # fmt: skip
            party = get("party.party")(name=name, customer_payment_term=terms)
            party.save()
            self.customers[name.split()[0]] = party
        for name, cost in [("Ana Ruiz", "62"), ("Ben Cole", "48.50"), ("Chloe Diaz", "55"), ("Dev Patel", "41.25")]:
            party = get("party.party")(name=name)
            party.save()
            employee = get("company.employee")(party=party, company=self.company, start_date=date(2024, 1, 1))
            employee.cost_prices.new(date=date(2025, 1, 1), cost_price=Decimal(cost))
            employee.cost_prices.new(date=date(2025, 3, 1), cost_price=Decimal(cost) + 2)
            employee.save()
            self.employees[name.split()[0]] = employee

        Uom = get("product.uom")
        (hour,), (unit,) = Uom.find([("name", "=", "Hour")]), Uom.find([("name", "=", "Unit")])
        unit.digits, unit.rounding = 2, 0.01  # a share of a fixed price is a quantity
        unit.save()
        for name, price, uom, kind, account, taxed, tasks in [
            ("Senior consulting", "150", hour, "service", "time", True, ["Kick-off"]),
            ("Consulting", "112.50", hour, "service", "time", True, []),
            ("Fixed price work", "30000", unit, "service", "fixed", False, []),
            ("Assessment", "9000", unit, "service", "fixed", False, ["Interviews", "Analysis", "Report"]),
            ("Migration", "14500", unit, "service", "fixed", False, ["Move data"]),
            ("Statement of work", "1", unit, "service", "fixed", False, ["Kick-off"]),
            ("Licence", "1200", unit, "goods", "resold", False, []),
        ]:
            category = get("product.category")(name=f"Accounting of {name}", accounting=True)
            category.account_revenue = self.accounts[account]
            if taxed:
                category.customer_taxes.append(get("account.tax")(self.tax.id))
            category.save()
            template = get("product.template")(name=name, default_uom=uom, type=kind, list_price=Decimal(price))
            template.salable, template.account_category, template.taskable = True, category, bool(tasks)
            for task in tasks:
                template.tasks.new(name=task, timesheet_available=True)
            template.save()
            (self.products[name],) = template.products
