"""Every rule of ownership broken once, and nearly broken once more.

Each record is named after what happens to it (`D-overwritten`, `P-early`); what nearly breaks a rule ends in `-fine`.
"""

from __future__ import annotations

from scenes_of_the_queue import alike, in_the_queue, tied
from small_firm import Firm


def deals_overwritten(firm: Firm) -> None:
    """Amounts and close dates changed before, with and after the winning of 10 January at 10:00."""
    firm.engagement("overwritten", "Albatross", deal={"amount": 900})
    firm.edit("overwritten", "amount", 1000, 900, "2026-02-01T09:00:00Z", by="sue")
    firm.engagement("edited-fine", "Bramble")
    firm.edit("edited-fine", "amount", 700, 800, "2026-01-10T09:59:59Z")
    firm.edit("edited-fine", "amount", 800, 1000, "2026-01-10T10:00:00Z")  # in the same save as the winning
    firm.edit("edited-fine", "close_date", "2026-01-31", "2026-01-10", "2026-01-10T10:00:00Z")
    firm.edit("edited-fine", "amount", "1000.0", "1000.00", "2026-03-01T00:00:00Z")  # the same money
    firm.engagement("reopened-fine", "Cormorant", deal={"amount": 1200})
    firm.edit("reopened-fine", "is_won", "true", "false", "2026-02-01T00:00:00Z")
    firm.edit("reopened-fine", "amount", 1000, 1200, "2026-02-02T00:00:00Z")
    firm.edit("reopened-fine", "is_won", "false", "true", "2026-02-10T00:00:00Z")
    firm.engagement("put-back", "Dunlin")
    firm.edit("put-back", "amount", 1000, 900, "2026-02-01T00:00:00Z")
    firm.edit("put-back", "amount", 900, 1000, "2026-02-03T00:00:00Z")
    firm.engagement("corrected", "Ember", deal={"amount": 970})
    firm.edit("corrected", "amount", 1000, 970, "2026-02-01T00:00:00Z")
    firm.engagement("moved", "Fjord", deal={"close_date": "2026-02-28"})
    firm.edit("moved", "close_date", "2026-01-10", "2026-02-28", "2026-02-01T00:00:00Z")
    firm.engagement("deleted", "Gannet")
    firm.gone(2, "crm_deals", "D-deleted")
    firm.add("crm_accounts", account_id="A-open", name="Heron", tax_id="USHERON")
    firm.add(
        "crm_deals",
        deal_id="D-open-deleted-fine",
        account_id="A-open",
        name="Open",
        stage="Open",
        is_closed=False,
        is_won=False,
        currency="USD",
        created_at="2026-01-01T00:00:00Z",
        contract_type="fixed_fee",
    )
    firm.gone(2, "crm_deals", "D-open-deleted-fine")
    # a system that keeps no history: two loads show what happened between them
    for deal, is_won in (("D-loads", True), ("D-loads-open-fine", False)):
        firm.add(
            "crm_deals",
            "old_ledger",
            deal_id=deal,
            account_id="office:A-open",
            name="Told by loads",
            stage="Some",
            is_closed=is_won,
            is_won=is_won,
            amount=500,
            close_date="2026-04-30",
            currency="USD",
            created_at="2026-04-01T00:00:00Z",
        )
        firm.later(3, "crm_deals", deal, "old_ledger", amount=450)
    firm.engagement("incomplete", "Ibis", deal={"legal_entity": "", "signed_on": ""})
    firm.decisions["sold_corrections"] = (
        "deal,date,amount,reason,approved_by\nD-corrected,2026-02-05,-30,Digits swapped,Dana\n"
    )


def two_owners(firm: Firm) -> None:
    """Numbers that come back from the other system, names that differ, and hands that should not be there."""
    firm.engagement("synced", "Jackdaw", deal={"amount": 1200})
    firm.edit("synced", "amount", 1000, 1200, "2026-02-01T10:00:00Z")
    firm.plan("synced", 2, 1200, "2026-02-02T09:00:00Z")  # 23 hours later
    firm.engagement("later-fine", "Kittiwake", deal={"amount": 1200})
    firm.edit("later-fine", "amount", 1000, 1200, "2026-02-01T10:00:00Z")
    firm.plan("later-fine", 2, 1200, "2026-02-02T11:00:00Z")  # 25 hours later
    firm.engagement("turned", "Lapwing")
    firm.later(2, "crm_accounts", "A-turned", name="Lapwing One")
    firm.later(3, "psa_clients", "C-turned", name="Lapwing Two")
    firm.later(4, "crm_accounts", "A-turned", name="Lapwing Three")
    firm.later(4, "psa_clients", "C-turned", name="Lapwing Two")
    firm.engagement("followed-fine", "Merlin")
    for load, name in ((2, "Merlin One"), (4, "Merlin Two")):
        firm.later(load, "crm_accounts", "A-followed-fine", name=name)
    for load, name in ((3, "Merlin One"), (5, "Merlin Two")):
        firm.later(load, "psa_clients", "C-followed-fine", name=name)
    firm.later(5, "accounting_customers", "K-followed-fine", name="Merlin Two")
    firm.later(2, "accounting_customers", "K-turned", name="LAPWING three ")  # only written differently, in the end
    firm.engagement("copied", "Nuthatch")
    firm.tables["office", "psa_clients"][-1]["name"] = "Nuthatch Old"
    firm.engagement("copied-late-fine", "Osprey")
    firm.later(5, "psa_clients", "C-copied-late-fine", name="Osprey New")  # since today
    firm.engagement("touched", "Petrel")
    firm.edit("touched", "stage", "Won", "Won and billed", "2026-02-01T00:00:00Z", by="Fred")
    firm.edit("touched", "stage", "Won", "Won", "2026-02-02T00:00:00Z", by="sam")
    firm.edit("touched", "stage", "Won", "Won", "2026-02-03T00:00:00Z", by="nobody knows")
    firm.decisions["teams"] = "user,team\nsam,sales\nfred,finance\n"


def out_of_order(firm: Firm) -> None:
    """Projects before their deals, outside their dates, without prices, or for a client that does not pay."""
    firm.engagement("early", "Quail", project={"created_at": "2026-01-09T00:00:00Z"})
    firm.engagement("same-day-fine", "Robin", project={"created_at": "2026-01-10T00:00:00Z"})
    firm.engagement("never-won", "Sandpiper", deal={"is_won": False, "is_closed": False, "stage": "Open"})
    firm.engagement("outside", "Tern", project={"start_date": "2026-01-11", "end_date": "2027-01-01"})
    firm.engagement("extended-fine", "Umbrella", project={"end_date": "2027-01-31"})
    firm.add(
        "crm_deals",
        deal_id="D-extension",
        account_id="A-extended-fine",
        name="Extension",
        stage="Won",
        is_closed=True,
        is_won=True,
        amount=10,
        close_date="2026-01-20",
        currency="USD",
        created_at="2026-01-15T00:00:00Z",
        parent_deal_id="D-extended-fine",
        change_order_number="CO-1",
        end_date="2027-01-31",
    )
    firm.engagement("held", "Vireo")
    firm.engagement("held-after-fine", "Warbler")
    for name in ("held", "held-after-fine"):
        firm.later(2, "accounting_customers", f"K-{name}", is_on_credit_hold=True)  # since 10 May
    firm.work("held", "T-held", "2026-05-11")
    firm.work("held-after-fine", "T-before-hold", "2026-05-10")
    firm.engagement("unpriced", "Xerus", project={"currency": "EUR"})
    firm.engagement("no-milestones", "Yarrow", project={"contract_type": "fixed_fee"})
    firm.engagement("with-milestones-fine", "Zander", project={"contract_type": "fixed_fee"})
    firm.add(
        "psa_milestones", milestone_id="M1", project_id="P-with-milestones-fine", name="Done", due_date="2026-12-01"
    )
    firm.engagement("misnamed", "Abalone", project={"name": "misnamed"})
    firm.decisions["naming_conventions"] = (
        "canonical_table,field,pattern,example\npsa_projects,name,NB .+,NB something\n"
    )


def recreated(firm: Firm) -> None:
    """Clients and projects that someone made by hand."""
    firm.add("psa_clients", client_id="C-loose", name="Beacon", tax_id="")
    firm.add("psa_clients", client_id="C-tied-fine", name="Cutlass", tax_id="us-heron")  # the account of that tax id
    firm.add("accounting_customers", customer_id="K-loose", name="Dory", legal_entity="Firm US")
    firm.add("accounting_customers", customer_id="K-sister-fine", name="Firm UK", is_intercompany=True)
    firm.engagement("twice", "Estuary")
    firm.add(
        "accounting_projects",
        accounting_project_id="LP-one",
        customer_id="K-twice",
        name="NB twice",
        psa_project_id="P-twice",
    )
    firm.add(
        "accounting_projects",
        accounting_project_id="LP-two",
        customer_id="K-twice",
        name="NB twice",
        psa_project_id="P-twice",
    )
    firm.add("accounting_projects", accounting_project_id="LP-none", customer_id="K-twice", name="NB none")
    firm.add(
        "accounting_projects",
        "old_ledger",
        accounting_project_id="LP-other-fine",
        customer_id="K-twice",
        name="NB twice",
        psa_project_id="P-twice",
    )


def lines_astray(firm: Firm) -> None:
    """Invoice lines without a project, without links, with wrong links, or shown by another part of the firm."""
    firm.engagement("billed", "Falcon")
    for entry in ("T1", "T2", "T3", "T-gone"):
        firm.work("billed", entry, "2026-03-02")
    firm.gone(3, "psa_time_entries", "T-gone")
    firm.engagement("neighbour", "Grouse")
    firm.work("neighbour", "T-neighbour", "2026-03-02")
    firm.invoice("billed", "1001", "2026-03-31", links=("time_entry:T1",))
    firm.add(
        "accounting_payments",
        payment_id="PAY-1001",
        invoice_id="I-1001",
        customer_id="K-billed",
        paid_on="2026-04-15",
        amount=100,
        currency="USD",
    )
    firm.invoice("billed", "1002", "2026-03-31", line={"project_id": ""})
    firm.invoice("billed", "1003", "2026-03-31")
    firm.invoice("billed", "1004", "2026-03-31", line={"kind": "advance"})  # an advance links nothing yet
    firm.invoice("billed", "1005", "2026-03-31", links=("time_entry:T-neighbour",))
    firm.invoice("billed", "1006", "2026-03-31", links=("time_entry:T-gone", "time_entry:T2"))
    firm.invoice("billed", "1007", "2026-03-31", links=("milestone:M-never",))
    firm.invoice("billed", "1008", "2026-03-31", links=("time_entry:T3",), line={"practice": "Advisory"})
    firm.invoice(
        "billed",
        "1009",
        "2026-03-31",
        links=("budget_line:L-billed",),
        line={"practice": "data", "department": "London"},
    )  # no department of that name is a practice
    firm.engagement("advised", "Hazel", project={"practice": "Advisory"})
    firm.invoice("billed", "1010", "2026-03-31", line={"kind": "advance", "department": "Advisory"})
    firm.invoice("billed", "1011", "2026-03-31", line={"kind": "advance"}, legal_entity="Firm UK")
    firm.invoice("billed", "1012", "2026-03-31", 50, line={"kind": "adjustment"}, type="credit_note", reason="Rebate")
    firm.invoice("billed", "1013", "2026-03-31", -50, line={"kind": "adjustment"}, type="credit_note", reason="Rebate")
    firm.add(
        "accounting_invoice_lines",
        "ledger",
        invoice_line_id="I-1013-2",
        invoice_id="I-1013",
        kind="adjustment",
        net_amount=10,
        tax_amount=0,
        project_id="P-billed",
    )  # a fee kept back: the note as a whole takes back 40


def posted(firm: Firm) -> None:
    """Postings by hand, gaps that close, closed months, and the same invoice in both ledgers."""
    firm.engagement("posted", "Isthmus")
    firm.invoice("posted", "2001", "2026-03-31", 400, line={"kind": "advance"})
    firm.post("G-manual", "2026-04-30", 599.99, source="manual", project_id="P-posted")  # a cent short of the gap
    firm.post("G-of-line-fine", "2026-04-30", 400, source="manual", project_id="P-posted", invoice_line_id="I-2001-1")
    firm.post("G-by-sales", "2026-04-30", 1, project_id="P-posted", posted_by="sam")
    firm.engagement("closing", "Juniper")
    firm.invoice("closing", "2002", "2026-03-31", 400, line={"kind": "advance"})
    firm.post("G-closes", "2026-04-30", 600, source="manual", project_id="P-closing")
    firm.engagement("adjusted", "Kestrel")
    firm.invoice("adjusted", "2003", "2026-03-31", 1100, line={"kind": "advance"})
    firm.invoice("adjusted", "2004", "2026-04-30", -100, line={"kind": "adjustment"})
    firm.engagement("rebated-fine", "Lemming")
    firm.invoice("rebated-fine", "2005", "2026-03-31", 1100, line={"kind": "advance"})
    firm.invoice("rebated-fine", "2006", "2026-04-30", -100, line={"kind": "adjustment"}, reason="Rebate")
    firm.engagement("late", "Marmot")
    firm.add("accounting_periods", legal_entity="Firm US", month_end="2026-02-28", closed_at="2026-03-10T12:00:00Z")
    firm.invoice("late", "2007", "2026-02-28", line={"kind": "advance"}, posted_at="2026-03-10T12:00:01Z")
    firm.invoice("late", "2008", "2026-02-28", line={"kind": "advance"}, posted_at="2026-03-10T12:00:00Z")
    firm.invoice(
        "late", "2009", "2026-02-28", line={"kind": "advance"}, legal_entity="Firm UK", posted_at="2026-04-01T00:00:00Z"
    )
    firm.tables["office", "psa_projects"][-1]["legal_entity"] = ""  # so that no line disagrees with it
    firm.engagement("parallel", "Narwhal")
    for number, day, amount, other in (("3001", "2026-04-10", 100, 100), ("3002", "2026-04-11", 100, 90)):
        firm.invoice("parallel", number, day, amount, line={"kind": "advance"})
        firm.invoice(
            "parallel", number, day, other, system="old_ledger", customer="K-parallel-old", line={"kind": "advance"}
        )
    firm.invoice("parallel", "3003", "2026-04-12", 70, line={"kind": "advance"})
    firm.invoice(
        "parallel", "3004", "2026-04-13", 60, system="old_ledger", customer="K-parallel-old", line={"kind": "advance"}
    )
    firm.add(
        "accounting_customers", "old_ledger", customer_id="K-parallel-old", name="Narwhal", crm_account_id="A-parallel"
    )


def priced(firm: Firm) -> None:
    """Rates that no card holds, and a card that nobody approved."""
    firm.engagement("priced", "Otter")
    firm.work("priced", "T-cheap", "2026-03-02", bill_rate=99)
    firm.work("priced", "T-cheap-too", "2026-03-03", bill_rate=99)
    firm.work("priced", "T-free-fine", "2026-03-04", bill_rate=98, is_billable=False)
    firm.work("priced", "T-old", "2026-03-05", bill_rate=80)  # that card ended on 28 February
    card = {"role": "Consultant", "currency": "USD", "legal_entity": "", "effective_to": "", "approved_by": "Dana"}
    firm.add("accounting_rate_cards", **card | {"rate": 100, "effective_from": "2020-01-01"})
    firm.add(
        "accounting_rate_cards", **card | {"rate": 80, "effective_from": "2019-01-01", "effective_to": "2026-02-28"}
    )
    firm.add(
        "accounting_rate_cards",
        **card | {"role": "Analyst", "rate": 90, "effective_from": "2020-01-01", "approved_by": ""},
    )
    firm.add("psa_resources", resource_id="R1", name="Sam", role="Consultant")


def references(firm: Firm) -> None:
    """References that lead nowhere, or to two systems."""
    firm.engagement("both", "Puffin")
    firm.add(
        "psa_projects",
        "old_ledger",
        project_id="P-both",
        client_id="office:C-both",
        name="NB both too",
        status="draft",
        contract_type="time_and_materials",
        currency="USD",
        created_at="2026-02-01T00:00:00Z",
        template_name="Standard",
    )
    firm.add(
        "accounting_projects",
        accounting_project_id="LP-both",
        customer_id="K-both",
        name="Both",
        psa_project_id="P-both",
    )
    firm.add(
        "accounting_projects",
        accounting_project_id="LP-said-fine",
        customer_id="K-both",
        name="NB both",
        psa_project_id="office:P-both",
    )
    firm.add("psa_clients", client_id="C-astray", name="Rook", crm_account_id="A-never", tax_id="usheron")
    firm.work("both", "T-astray", "2026-03-02", project_id="P-never")
    firm.invoice("both", "4001", "2026-03-31", line={"kind": "advance", "project_id": "P-nowhere"})


def small_firm() -> Firm:
    """All of it."""
    firm = Firm()
    for scene in (
        deals_overwritten,
        two_owners,
        out_of_order,
        recreated,
        lines_astray,
        posted,
        priced,
        references,
        alike,
        in_the_queue,
        tied,
    ):
        scene(firm)
    return firm
