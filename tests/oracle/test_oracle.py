"""The oracle gives the answers that were worked out by hand, and its made-up firms reach every driver."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from oracle.case import Case, at, on
from oracle.classes import Driver, class_of, classified
from oracle.compare import differences
from oracle.coverage import coverage
from oracle.evaluate import changes, engagements_named, evaluate
from oracle.hand_cases import hand_cases, hand_home
from oracle.home import write_home
from oracle.random_firm import firm_of, random_firm, together, withdraw
from oracle.records import Firm, Settings, cents, spread

FIRM = Firm(*hand_home())
DRIVERS = """
    not_handed_over planned_without_deal handover_hours handover_rate role_not_sold handover_pass_through
    handover_price change_order change_order_not_sold scope_reduced change_order_not_planned replanned fx
    missing_fx_rate not_due_yet paused project_ended hours worked_before_due work_not_planned non_billable_time
    rate missing_bill_rate expenses unapproved approved_not_billed written_off milestone_not_reached
    milestone_not_billed billed_before_milestone recurring_not_billed billed_in_advance billed_not_planned
    billing_adjustment billed_without_link billed_without_project credit_note deferred accrued tax_billed
    not_due overdue disputed overpaid bad_debt withheld
""".split()


@pytest.mark.parametrize("case", hand_cases(), ids=lambda case: f"{case.code} {case.shows}")
def test_a_hand_worked_case_comes_out_as_worked(case: Case) -> None:
    for expected in case.expected:
        answer = evaluate(FIRM, expected.day, {expected.engagement})
        drivers = answer.drivers[expected.engagement][expected.bridge]
        assert drivers == expected.drivers, f"{expected.bridge} of {expected.engagement} on {expected.day}"
    for day, engagement, metric, amount in case.metrics:
        assert evaluate(FIRM, day, {engagement}).metrics[engagement][metric] == amount


def test_every_driver_is_reached_by_the_made_up_firms() -> None:
    reached = {driver for _, driver in coverage(range(20), every=9)}
    assert reached == set(DRIVERS)


def test_a_made_up_firm_is_the_same_for_the_same_seed() -> None:
    assert random_firm(7, "X") == random_firm(7, "X") != random_firm(8, "X")


def test_firms_in_one_home_do_not_disturb_each_other() -> None:
    day = on("04-15")
    both, alone = evaluate(firm_of(3, 4), day), evaluate(firm_of(3), day)
    shared = {"planned_to_billed"}  # in bridges 3 and 4 a ledger takes part once any firm has loaded a posting
    for engagement, bridges in alone.drivers.items():
        assert both.metrics[engagement]["billed_revenue"] == alone.metrics[engagement]["billed_revenue"]
        assert {b: both.drivers[engagement][b] for b in shared} == {b: bridges[b] for b in shared}


@pytest.mark.parametrize("seed", range(6))
def test_bridges_add_up_although_records_are_withdrawn(seed: int) -> None:
    tables, settings = together([random_firm(seed, "W")])
    firm = Firm(withdraw(tables, seed, at("04-20")), settings)
    assert any(row["deleted_at"] for rows in firm.rows.values() for row in rows)
    for day in changes(firm)[::5]:
        evaluate(firm, day)  # asserts, for every engagement, that drivers add up to end - start


def test_a_comparison_names_the_one_net_that_differs() -> None:
    firm, day = firm_of(5), on("04-01")
    connection = duckdb.connect()
    connection.execute("create schema marts")
    connection.execute(
        "create table marts.fct_variance_items (engagement_id text, bridge text, driver text, amount decimal(18, 2),"
        " effective_from date, effective_to date)"
    )
    for item in evaluate(firm, day).items:
        row = [item.engagement, item.bridge, item.driver, item.amount, day, None]
        connection.execute("insert into marts.fct_variance_items values (?, ?, ?, ?, ?, ?)", row)
    assert differences(connection, firm, [day]) == []
    connection.execute("insert into marts.fct_variance_items values ('e', 'b', 'd', 0.01, ?, null)", [day])
    connection.execute("insert into marts.fct_variance_items values ('e', 'b', 'd', 5, ?, ?)", [on("03-01"), day])
    assert differences(connection, firm, [day]) == ["2026-04-01 b d of e: oracle 0, warehouse 0.01"]


def test_the_days_and_engagements_of_one_firm_in_a_home() -> None:
    both, alone = firm_of(1, 11), firm_of(1)
    of_rates = {row["rate_date"] for row in alone.rows["fx_rates"]}
    assert set(changes(both, "S1")) <= set(changes(alone)) <= set(changes(both))
    assert len(set(changes(alone)) - set(changes(both, "S1"))) <= 3 * len(of_rates)
    shared = {"unlinked:unknown"}
    assert set(engagements_named(both, "S1")) == set(evaluate(alone, on("03-01")).members) - shared
    assert not set(engagements_named(both, "S1")) & set(engagements_named(both, "S11"))


def test_cents_round_half_away_from_zero() -> None:
    assert [cents(Decimal(x)) for x in ("0.005", "-0.005", "1.004999", "2")] == [
        Decimal("0.01"), Decimal("-0.01"), Decimal("1.00"), Decimal("2.00"),
    ]  # fmt: skip


def test_what_rounding_leaves_goes_to_the_largest_then_the_lowest_id() -> None:
    third = spread(Decimal("100.00"), [("b", 1), ("a", 1), ("c", 1)])  # type: ignore[list-item]
    assert third == {"a": Decimal("33.34"), "b": Decimal("33.33"), "c": Decimal("33.33")}


def test_a_deleted_deal_and_a_deleted_project_leave_on_that_day_and_stay_members() -> None:
    case = Case("X1", "withdrawn")
    case.deal("D1", 1000, "01-10", deleted_at=at("04-01"))
    case.project("P1", "D1", deleted_at=at("03-01"))
    case.version("P1", 1, "02-01", ("L1", "milestone", 900, "06-30"), deleted_at=at("03-01"))
    firm = Firm(dict(case.tables))

    def bridge(day: str) -> dict[str, Decimal]:
        answer = evaluate(firm, on(day))
        assert answer.members == {"deal:exports:X1D1": [("deal", "exports:X1D1"), ("project", "exports:X1P1")]}
        return answer.drivers["deal:exports:X1D1"]["sold_to_planned"]

    assert bridge("02-28") == {"handover_price": Decimal(900 - 1000)}
    assert bridge("03-01") == {"handover_price": Decimal(900 - 1000), "replanned": Decimal(-900)}
    assert bridge("04-01") == {}  # the plan's comings and goings: +900 - 900 without a deal


def test_a_deleted_version_gives_way_to_the_one_below() -> None:
    case = Case("X2", "version deleted")
    case.deal("D1", 1000, "01-10")
    case.project("P1", "D1")
    case.version("P1", 1, "02-01", ("L1", "milestone", 1000, "06-30"))
    more = {"change_order_number": "CO-1", "deleted_at": at("04-01")}
    case.version("P1", 2, "03-01", ("L1", "milestone", 1300, "06-30"), **more)
    firm = Firm(dict(case.tables))
    assert evaluate(firm, on("03-01")).drivers["deal:exports:X2D1"]["sold_to_planned"] == {
        "change_order_not_sold": Decimal(1300 - 1000)
    }
    assert evaluate(firm, on("04-01")).drivers["deal:exports:X2D1"]["sold_to_planned"] == {
        "change_order_not_sold": Decimal(300), "replanned": Decimal(1000 - 1300)
    }  # fmt: skip


def test_a_version_that_first_comes_into_effect_when_another_is_deleted_may_be_the_first_plan() -> None:
    case = Case("X4", "the version above is deleted")
    case.deal("D1", 1000, "01-10")
    case.project("P1", "D1")
    case.version("P1", 1, "03-01", ("L1", "milestone", 950, "06-30"))
    more = {"change_order_number": "CO-1", "deleted_at": at("04-01")}
    case.version("P1", 2, "03-01", ("L1", "milestone", 1300, "06-30"), **more)
    firm = Firm(dict(case.tables))
    assert evaluate(firm, on("03-01")).drivers["deal:exports:X4D1"]["sold_to_planned"] == {
        "not_handed_over": Decimal(-1000), "change_order_not_sold": Decimal(1300),
    }  # fmt: skip
    assert evaluate(firm, on("04-01")).drivers["deal:exports:X4D1"]["sold_to_planned"] == {
        "change_order_not_sold": Decimal(1300), "handover_price": Decimal((950 - 1300) - 1000),
    }  # fmt: skip


def test_a_full_credit_and_its_invoice_share_one_reason_so_that_they_cancel() -> None:
    case = Case("X5", "reasons", engagement="project:exports:X5P1")
    case.project("P1")
    case.invoice("I1", "02-01", ("IL1", "adjustment", 600, "P1"))
    case.credit("CN1", "03-01", "I1", ("IL2", "other", -650, "P1"), reason="wrong price")
    firm = Firm(dict(case.tables))
    nets = classified(firm, on("03-01"), defaultdict(lambda: Driver("needs_action", "accepted_loss")))
    assert [(n.driver, n.amount, n.net_class) for n in nets if n.bridge == "planned_to_billed"] == [
        ("credit_note", Decimal(600 - 650), "accepted_loss")
    ]


def test_time_that_was_deleted_or_rejected_never_was() -> None:
    case = Case("X3", "erased", engagement="project:exports:X3P1")
    case.project("P1")
    case.time("E1", "P1", "02-01", 1, 100, approved="02-01", deleted_at=at("03-01"))
    case.time("E2", "P1", "02-01", 1, 100, approved="02-01", status="rejected")
    assert evaluate(Firm(dict(case.tables)), on("02-15")).drivers["project:exports:X3P1"]["planned_to_billed"] == {}


def test_a_bare_id_that_two_other_systems_hold_is_unlinked() -> None:
    tables = {
        "psa_projects": [
            {"project_id": "1", "source_system": name, "created_at": at("01-01")} for name in ("one", "two")
        ]
    }
    firm = Firm(tables, Settings(systems=("one", "two", "three")))
    assert firm.resolve("psa_projects", "1", "three") is None
    assert firm.resolve("psa_projects", "1", "two").key == "two:1"  # type: ignore[union-attr]
    assert firm.resolve("psa_projects", "two:1", "three").key == "two:1"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("driver", "has_reason", "is_late", "amount", "its_class"),
    [
        (Driver("expected", sla_days=7), False, False, -900, "expected"),
        (Driver("expected", sla_days=7), False, True, -900, "needs_action"),
        (Driver("needs_action", "accepted_loss"), True, False, -900, "accepted_loss"),
        (Driver("needs_action", "accepted_loss"), False, False, -900, "needs_action"),
        (Driver("needs_action", tolerance_amount=Decimal(900)), False, False, -900, "expected"),
        (Driver("needs_action", tolerance_share=Decimal("0.089")), False, False, -900, "needs_action"),
        (Driver("needs_action", tolerance_share=Decimal("0.09")), False, False, -900, "expected"),
        (Driver("missing_data"), True, False, 0, "missing_data"),
    ],
)
def test_the_class_of_a_net(driver: Driver, has_reason: bool, is_late: bool, amount: int, its_class: str) -> None:
    assert class_of(driver, has_reason, is_late, Decimal(amount), start=Decimal(10_000)) == its_class


def test_expected_becomes_needs_action_on_the_day_after_expected_until() -> None:
    drivers = defaultdict(Driver)
    drivers["planned_to_billed", "approved_not_billed"] = Driver("expected", sla_days=35)

    def wip(day: str) -> list[str]:
        nets = classified(FIRM, on(day), drivers, {"deal:exports:H01D1"})
        return [net.net_class for net in nets if net.driver == "approved_not_billed"]

    # approved on 03-12; 03-12 + 35 days = 04-16
    assert wip("03-11") == []
    assert (wip("03-12"), wip("04-16"), wip("04-17")) == (["expected"], ["expected"], ["needs_action"])


def test_a_home_holds_every_row_in_its_systems_folder(tmp_path: Path) -> None:
    tables, settings = together([random_firm(1, "A"), random_firm(2, "B")])
    write_home(tmp_path, tables, settings)
    for table, rows in tables.items():
        written = 0
        for path in tmp_path.glob(f"*/{table}.csv"):
            with path.open(newline="", encoding="utf-8") as file:
                written += sum(1 for _ in csv.DictReader(file))
        assert written == len(rows), table
