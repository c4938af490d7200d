"""Four months of a consulting firm, January to April 2025, through Tryton's own workflows.

clock + proteus → opportunities, sales, projects, timesheets, invoices, credit notes, payments. Every document is
made by the button or wizard a person would press; no amount of an invoice or ledger line is computed here.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from founding import Firm, get
from proteus import Wizard


def run(erp: Any, clock: Any) -> None:
    firm = Story(erp, clock)
    firm.found()
    firm.sell()
    firm.plan()
    firm.work()
    firm.bill()


class Story(Firm):
    """The firm's verbs, and what it did with them."""

    # ------------------------------------------------------------------ selling: opportunities and sales
    def lead(self, key: str, customer: str, amount: str, owner: str, currency: Any = None) -> Any:
        opportunity = get("sale.opportunity")(party=self.customers[customer], description=key)
        opportunity.currency = currency or self.usd
        opportunity.amount, opportunity.employee = Decimal(amount), self.employees[owner]
        opportunity.save()
        return opportunity

    def amount(self, opportunity: Any, amount: str) -> None:
        opportunity.amount = Decimal(amount)
        opportunity.save()

    def convert(self, opportunity: Any, lines: list[tuple[str, float, str]], invoice: str) -> Any:
        """Quote an opportunity: its sale has one line per (product, quantity, unit price)."""
        if opportunity.state == "lead":
            opportunity.click("opportunity")
        (sale,) = opportunity.click("convert")
        sale.invoice_method = invoice
        for product, quantity, price in lines:
            line = sale.lines.new()
            line.product, line.quantity = self.products[product], quantity
            line.unit_price = Decimal(price)
        sale.invoice_address, sale.shipment_address = sale.party.addresses[0], sale.party.addresses[0]
        sale.click("quote")
        return sale

    def win(self, key: str, sale: Any) -> None:
        sale.click("confirm")
        sale.reload()
        self.sales[key] = sale

    def sell(self) -> None:
        self.at("2025-01-02 09:00")
        platform = self.lead("Data platform", "Aster", "40000", "Ana")
        portal = self.lead("Supplier portal", "Birch", "30000", "Ben")
        self.at("2025-01-03 10:00")
        records = self.lead("Patient records", "Cedar", "75000", "Ana")
        audit = self.lead("Security audit", "Dune", "30000", "Chloe", self.eur)
        fleet = self.lead("Fleet dashboard", "Elm", "15000", "Ben")
        self.at("2025-01-06 09:30")
        self.amount(platform, "52000")
        self.amount(portal, "33500")
        sale = self.convert(platform, [("Senior consulting", 160, "150"), ("Consulting", 120.5, "112.50")], "manual")
        self.at("2025-01-07 16:00")
        self.win("platform", sale)  # 160 × 150 + 120.5 × 112.50 = 37,556.25, no longer the 52,000 hoped for
        self.at("2025-01-08 11:00")
        sale = self.convert(portal, [("Statement of work", 34000, "1")], "manual")
        self.at("2025-01-09 15:00")
        self.win("portal", sale)
        self.at("2025-01-10 09:00")
        sale = self.convert(records, [("Statement of work", 60000, "1")], "manual")
        fleet.click("opportunity")
        self.amount(fleet, "18000")
        self.at("2025-01-13 14:00")
        self.win("records", sale)
        self.at("2025-01-14 10:00")
        sale = self.convert(
            audit, [("Assessment", 2, "9000"), ("Licence", 3, "1200"), ("Assessment", 0.5, "9000.33")], "order"
        )
        self.at("2025-01-15 12:00")
        self.win("audit", sale)  # in euro: 18,000 + 3,600 + 4,500.165 (rounded half to even by Tryton)
        self.at("2025-01-20 17:00")
        fleet.click("lost")
        voyage = self.lead("Voyage planning", "Fjord", "26000", "Chloe", self.eur)
        retail = self.lead("Store analytics", "Grove", "12000", "Dev")
        claims = self.lead("Claims pipeline", "Heath", "44000", "Ana")
        self.at("2025-01-27 10:00")
        sale = self.convert(voyage, [("Fixed price work", 1, "25000")], "order")
        retail.click("cancel")
        self.at("2025-02-03 10:00")
        sale.click("cancel")  # the client declined the quotation: Tryton turns the opportunity to lost
        media = self.lead("Media archive", "Iris", "20000", "Ben")
        media.click("opportunity")
        self.at("2025-02-05 10:00")
        media.click("lost")
        self.at("2025-02-10 10:00")
        media.click("lead")  # they came back
        self.amount(media, "22000")
        sale = self.convert(media, [("Migration", 1, "14500"), ("Assessment", 1, "8800")], "fulfillment")
        self.at("2025-02-11 10:00")
        self.win("archive", sale)
        self.at("2025-03-12 10:00")
        claims.click("opportunity")
        self.amount(claims, "47500")  # still open at the end
        extension = self.lead("Data platform, extension", "Aster", "9000", "Ana")
        sale = self.convert(extension, [("Senior consulting", 60, "155")], "manual")
        self.at("2025-03-14 10:00")
        self.win("extension", sale)

    # ------------------------------------------------------------------ planning: projects and tasks
    def project(self, key: str, customer: str, method: str, parent: Any = None) -> Any:
        work = get("project.work")(name=key, type="project", party=self.customers[customer])
        work.project_invoice_method, work.timesheet_available, work.parent = method, True, parent
        work.save()
        self.projects[key] = work
        return work

    def task(self, project: Any, name: str, product: str | None, hours: float | None, price: str | None = None,
             until: str | None = None) -> Any:  # fmt: skip
        work = get("project.work")(name=name, type="task", parent=project, timesheet_available=True)
        work.product = self.products[product] if product else None
        if hours is not None:
            work.effort_duration = timedelta(hours=hours)
        if price is not None:
            work.list_price = Decimal(price)
        if until is not None:
            work.timesheet_end_date = date.fromisoformat(until)
        work.save()
        self.tasks[name] = work
        return work

    def adopt(self, project: Any, sale: str, prices: list[str] | None = None, until: str | None = None) -> None:
        """Put the tasks that a sale created under a project, which is what ties a project to its deal in Tryton, and
        price them in their order."""
        lines = [str(line) for line in self.sales[sale].lines]
        tasks = get("project.work").find([("origin", "in", lines)], order=[("id", "ASC")])
        for number, task in enumerate(tasks):
            task.parent = project
            task.timesheet_end_date = date.fromisoformat(until) if until else None
            if prices:
                task.list_price = Decimal(prices[number])
            task.save()
            self.tasks[f"{sale} {number}"] = task

    def plan(self) -> None:
        self.at("2025-01-08 09:00")
        platform = self.project("Data platform", "Aster", "timesheet")
        self.adopt(platform, "platform")
        self.task(platform, "Design", "Senior consulting", 90, until="2025-02-28")
        self.task(platform, "Build", "Consulting", 120, until="2025-03-31")
        self.at("2025-01-10 09:00")
        portal = self.project("Supplier portal", "Birch", "effort")
        self.adopt(portal, "portal")
        self.task(portal, "Catalogue", "Senior consulting", 80, until="2025-02-14")
        self.task(portal, "Ordering", "Consulting", 96, until="2025-03-14")
        self.task(portal, "Launch", "Fixed price work", None, "10500", until="2025-04-30")
        self.at("2025-01-14 09:00")
        records = self.project("Patient records", "Cedar", "progress")
        self.adopt(records, "records")
        self.task(records, "Model", "Fixed price work", None, "30000", until="2025-03-31")
        rollout = self.project("Patient records, rollout", "Cedar", "progress", records)
        self.task(rollout, "Train", "Senior consulting", 200, until="2025-04-30")
        self.at("2025-01-16 09:00")
        audit = self.project("Security audit", "Dune", "manual")
        # three tasks for each of the two assessments, as much as they were sold for at January's rate
        self.adopt(audit, "audit", ["4000", "7000", "7750", "1000", "1687.67", "2000"], until="2025-02-28")
        self.at("2025-02-03 09:00")
        support = self.project("Support desk", "Juniper", "timesheet")  # nobody sold it in Tryton, nobody planned hours
        self.task(support, "Tickets", "Consulting", None)
        self.at("2025-02-12 09:00")
        archive = self.project("Media archive", "Iris", "manual")
        self.adopt(archive, "archive", ["14500", "2000", "3000", "3800"], until="2025-04-15")
        self.at("2025-03-17 09:00")
        self.adopt(platform, "extension")
        self.task(platform, "Data quality", "Senior consulting", 60, "155", until="2025-04-30")
        self.internal = get("timesheet.work")(name="Staff meetings", company=self.company)
        self.internal.save()

    # ------------------------------------------------------------------ delivering: timesheets
    def log(self, employee: str, work: Any, first: str, last: str, weekdays: str, hours: list[float]) -> None:
        """Timesheet lines of one person on one work: on these weekdays (0 = Monday), cycling through `hours`."""
        (sheet,) = work.timesheet_works if hasattr(work, "timesheet_works") else (work,)
        day, lines = date.fromisoformat(first), []
        while day <= date.fromisoformat(last):
            if str(day.weekday()) in weekdays:
                line = get("timesheet.line")(employee=self.employees[employee], work=sheet, date=day)
                line.duration = timedelta(minutes=round(hours[len(lines) % len(hours)] * 60))
                lines.append(line)
            day += timedelta(days=1)
        get("timesheet.line").save(lines)

    def progress(self, task: str, share: float) -> None:
        work = get("project.work")(self.tasks[task].id)
        work.progress = share
        work.save()

    def work(self) -> None:
        """Log January; February to April are logged between the invoices of `bill`."""
        self.at("2025-01-31 16:00")
        self.log("Ana", self.tasks["Design"], "2025-01-13", "2025-01-31", "01", [6, 7.5])
        self.log("Ben", self.tasks["Build"], "2025-01-20", "2025-01-31", "234", [5, 4.25, 6])
        self.log("Chloe", self.tasks["Catalogue"], "2025-01-13", "2025-01-31", "012", [8, 7, 6.5])
        self.log("Dev", self.tasks["audit 0"], "2025-01-20", "2025-01-24", "1234", [5])
        self.log("Ana", self.internal, "2025-01-13", "2025-01-31", "4", [1])

    def work_february(self) -> None:
        self.at("2025-02-28 16:00")
        self.log("Ana", self.tasks["Design"], "2025-02-03", "2025-02-28", "01", [6, 7.5])
        self.log("Ben", self.tasks["Build"], "2025-02-03", "2025-02-28", "234", [5, 4.25, 6])
        self.log("Dev", self.tasks["Ordering"], "2025-02-03", "2025-02-28", "34", [7.5, 8])
        self.log("Chloe", self.tasks["Model"], "2025-02-17", "2025-02-28", "01", [6])
        self.log("Ana", self.projects["Patient records"], "2025-02-19", "2025-02-20", "23", [2.5])
        self.log("Dev", self.tasks["Tickets"], "2025-02-04", "2025-02-26", "12", [1.5, 2.25])
        self.log("Dev", self.tasks["Tickets"], "2025-02-27", "2025-02-27", "3", [1 / 3])  # twenty minutes
        self.log("Ben", self.internal, "2025-02-03", "2025-02-28", "4", [1])

    def work_march(self) -> None:
        self.at("2025-03-31 16:00")
        self.log("Ben", self.tasks["Build"], "2025-03-03", "2025-03-28", "234", [5, 4.25, 6])
        self.log("Ana", self.tasks["Data quality"], "2025-03-18", "2025-03-31", "12", [4, 3.75])
        self.log("Dev", self.tasks["Ordering"], "2025-03-03", "2025-03-14", "34", [7.5])
        self.log("Dev", self.tasks["Train"], "2025-03-17", "2025-03-31", "01", [6])
        self.log("Dev", self.tasks["Tickets"], "2025-03-04", "2025-03-26", "12", [1.5, 2.25])
        self.log("Chloe", self.tasks["Model"], "2025-03-03", "2025-03-28", "01", [6])
        self.log("Ana", self.tasks["archive 0"], "2025-03-05", "2025-03-14", "34", [6.5])
        self.log("Ana", self.internal, "2025-03-03", "2025-03-31", "4", [1])

    # ------------------------------------------------------------------ billing: invoices, credit notes, payments
    def post(self, invoice: Any) -> Any:
        invoice.click("post")
        return invoice

    def drafts(self) -> list[Any]:
        return list(get("account.invoice").find([("state", "=", "draft")], order=[("id", "ASC")]))

    def bill_project(self, name: str, up_to: str | None = None) -> Any:
        """Press the project's own invoice button; timesheets up to a day."""
        project = get("project.work")(self.projects[name].id)
        if up_to:
            project.project_invoice_timesheet_up_to = date.fromisoformat(up_to)
            project.save()
        before = {invoice.id for invoice in self.drafts()}
        project.click("invoice")
        (invoice,) = [invoice for invoice in self.drafts() if invoice.id not in before]
        return invoice

    def pay(self, invoice: Any, amount: str | None = None, rest: str = "partial") -> None:
        wizard = invoice.click("pay")
        wizard.form.payment_method = self.method
        if amount is not None:
            wizard.form.amount = Decimal(amount)
        wizard.execute("choice")
        if wizard.form_state == "ask":
            wizard.form.type = rest
            if rest == "writeoff":
                wizard.form.writeoff = self.write_off
            wizard.execute("pay")

    def credit(self, invoice: Any, refund: bool) -> Any:
        wizard = Wizard("account.invoice.credit", [invoice])
        wizard.form.with_refund = refund
        wizard.execute("credit")
        (note,) = wizard.actions[0]
        return note

    def bill(self) -> None:
        self.at("2025-01-31 17:00")
        for task in ("audit 0", "audit 1", "audit 2"):
            self.progress(task, 1)
        (audit,) = self.drafts()  # made by Tryton when the sale was processed
        self.post(audit)
        self.at("2025-02-03 10:00")
        january = self.post(self.bill_project("Data platform", "2025-01-31"))
        self.at("2025-02-20 10:00")
        self.progress("Catalogue", 1)
        catalogue = self.post(self.bill_project("Supplier portal"))
        self.at("2025-02-26 10:00")
        self.progress("Model", 0.5)
        self.post(self.bill_project("Patient records"))
        self.work_february()
        self.at("2025-03-03 10:00")
        february = self.post(self.bill_project("Data platform", "2025-02-28"))
        self.at("2025-03-03 11:00")
        self.post(self.bill_project("Support desk", "2025-02-28"))
        self.at("2025-03-05 10:00")
        self.pay(january)
        self.pay(audit, "10000")
        self.at("2025-03-10 10:00")
        note = self.credit(february, refund=False)
        line, *others = note.lines
        for other in others:
            other.delete()
        note.reload()
        (line,) = note.lines
        line.quantity = -4.25  # the client disputes four and a quarter hours of the first line
        note.save()
        self.post(note)
        self.at("2025-03-18 10:00")
        self.progress("Ordering", 1)
        ordering = self.post(self.bill_project("Supplier portal"))
        self.at("2025-03-20 10:00")
        self.credit(ordering, refund=True)  # taken back in full: Tryton posts the note and settles one with the other
        self.at("2025-03-21 10:00")
        self.progress("archive 0", 1)
        self.sales["archive"].reload()
        self.sales["archive"].click("manual_task_invoice")
        (archive,) = self.drafts()
        self.post(archive)
        self.work_march()
        self.at("2025-03-31 17:00")
        self.progress("Model", 1)
        self.progress("Train", 0.25)
        self.post(self.bill_project("Patient records"))
        support = self.post(self.bill_project("Support desk", "2025-03-31"))
        self.at("2025-04-02 10:00")
        self.post(self.bill_project("Data platform", "2025-03-31"))
        self.at("2025-04-03 10:00")
        for period in get("account.period").find([("end_date", "<=", date(2025, 3, 31))], order=[("id", "ASC")]):
            period.click("close")
        self.at("2025-04-04 10:00")
        support.click("cancel")  # void: as March is closed, Tryton reverses it in the ledger on this day
        self.at("2025-04-07 10:00")
        self.pay(audit)  # the rest of the euro, at another rate
        self.pay(catalogue, "12000")
        self.at("2025-04-10 10:00")
        self.pay(catalogue, "500", rest="writeoff")
        self.at("2025-04-14 10:00")
        workshop = get("account.invoice")(type="out", party=self.customers["Elm"])
        line = workshop.lines.new()
        line.account, line.description = self.accounts["fixed"], "Workshop, no project"
        line.quantity, line.unit_price = 1, Decimal("2500.10")
        self.post(workshop)
        self.at("2025-04-16 10:00")
        self.log("Ana", self.tasks["Data quality"], "2025-04-01", "2025-04-15", "12", [4, 3.75])
        self.log("Dev", self.tasks["Train"], "2025-04-01", "2025-04-15", "01", [6])
        self.at("2025-04-28 10:00")
        self.bill_project("Data platform", "2025-04-10")  # stays a draft
