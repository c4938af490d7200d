"""`tieout explain` shows bridges that add up, to the record, of whom one asks about; then where to look.

Most of it on the firm of restated_home.py as first published, as of 31 March; Harbor in it is the worked example.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.restated_home import HARBOR, Restated, write_first
from warehouse.checks import BRIDGES
from warehouse.cli import main
from warehouse.connect import Warehouse
from warehouse.errors import BuildError, SettingsError
from warehouse.explain import explain
from warehouse.explained import show
from warehouse.settings import REPOSITORY

MARCH = date(2026, 3, 31)
PAGE = REPOSITORY / "docs" / "explained.md"
BLOCK = re.compile(r"```console (before|after)\n\$ (tieout .+)\n([^`]*)```")


def dollars(amount: int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def table(names_and_rows: tuple[list[str], list[tuple[Any, ...]]] | None) -> list[dict[str, Any]]:
    assert names_and_rows is not None
    return [dict(zip(names_and_rows[0], row, strict=True)) for row in names_and_rows[1]]


def amounts(warehouse: Warehouse, name: str | None, bridge: str, **period: date) -> list[tuple[str, Decimal]]:
    """(metric or driver, amount) of each step that is not 0."""
    [told] = explain(warehouse, name, bridge=bridge, **({"as_of": MARCH} | period))
    return [(step["driver"], step["amount"]) for step in table(told.steps) if step["amount"]]


@pytest.mark.parametrize("name", ["Harbor", "harbor", "deal:exports:D1", "D1", "exports:D1", "P1", "Harbor pricing"])
def test_the_worked_example_adds_up_whatever_it_is_called(before: Warehouse, name: str) -> None:
    assert amounts(before, name, "sold_to_planned") == [
        ("sold_revenue", dollars(100_000)),
        ("scope_reduced", dollars(-15_000)),
        ("planned_revenue", dollars(85_000)),
    ]
    assert amounts(before, name, "planned_to_billed") == [
        ("planned_revenue", dollars(85_000)),
        ("not_due_yet", dollars(-15_000)),
        ("approved_not_billed", dollars(-10_000)),
        ("billed_revenue", dollars(60_000)),
    ]


def test_a_client_is_all_its_engagements(before: Warehouse) -> None:
    # Sold 30,000 + 12,000 + 8,000; the last has no project.
    assert amounts(before, "Juniper", "sold_to_planned") == [
        ("sold_revenue", dollars(50_000)),
        ("not_handed_over", dollars(-8_000)),
        ("planned_revenue", dollars(42_000)),
    ]


@pytest.mark.parametrize("day", [date(2025, 1, 1), date(2026, 1, 20), date(2026, 3, 1), MARCH, date(2026, 12, 31)])
def test_the_firms_drivers_are_those_of_the_published_macro(before: Warehouse, day: date) -> None:
    told = explain(before, as_of=day)
    assert [each.bridge for each in told] == list(BRIDGES)
    for each in told:
        steps = {(s["driver"], s["class"]): (s["amount"], s["item_count"]) for s in table(each.steps)[1:-1]}
        rows = before.rows("select driver, class, amount, item_count from semantic.bridge(?, ?)", [each.bridge, day])[1]
        assert steps == {(driver, kind): (amount, count) for driver, kind, amount, count in rows}


def test_a_movement_is_the_published_macro_and_includes_both_days(before: Warehouse) -> None:
    first = date(2026, 3, 1)
    [told] = explain(before, bridge="planned_to_billed", start=first, as_of=MARCH)
    rows = before.rows(
        "select driver, class, amount, item_count from semantic.movement('planned_to_billed', ?, ?)", [first, MARCH]
    )[1]
    steps = [(s["driver"], s["class"], s["amount"], s["item_count"]) for s in table(told.steps)[1:-1]]
    assert sorted(steps) == sorted(rows) != []
    # CO-1 takes 15,000 of Harbor's plan on 1 March itself; 61,000 is billed in the month.
    assert table(told.steps)[0]["amount"] == dollars(-15_000)
    assert table(told.steps)[-1]["amount"] == dollars(61_000)


def test_each_step_says_what_it_means_whose_it_is_and_where_to_mend_it(before: Warehouse) -> None:
    [told] = explain(before, "Harbor", bridge="planned_to_billed", as_of=MARCH)
    waiting = next(step for step in table(told.steps) if step["driver"] == "approved_not_billed")
    assert waiting["class"] == "expected"
    assert waiting["sentence"] == "Approved work waits for the next billing run."
    assert (waiting["owner_role"], waiting["where_to_fix"]) == ("finance", "accounting: invoice, line")


@pytest.mark.parametrize("start", [None, date(2026, 3, 1)])
def test_the_records_behind_each_driver_add_up_to_it(before: Warehouse, start: date | None) -> None:
    for each in explain(before, as_of=MARCH, start=start, with_records=True):
        by_driver: dict[str, Decimal] = {}
        for record in table(each.records):
            by_driver[record["driver"]] = by_driver.get(record["driver"], dollars(0)) + record["amount"]
        steps: dict[str, Decimal] = {}
        for step in table(each.steps)[1:-1]:
            steps[step["driver"]] = steps.get(step["driver"], dollars(0)) + step["amount"]
        nothing = dollars(0)
        assert {d: a for d, a in by_driver.items() if a != nothing} == {d: a for d, a in steps.items() if a != nothing}


def test_records_are_named_by_system_id_and_dates(before: Warehouse) -> None:
    [told] = explain(before, "P3", as_of=MARCH, with_records=True, driver="approved_not_billed")
    told_of = [(r["source_system"], r["source_object"], r["source_id"], r["amount"], r["effective_from"],
                r["expected_until"]) for r in table(told.records)]  # fmt: skip
    # Approved on that day; it may wait 35 days.
    assert told_of == [
        ("exports", "psa_time_entries", "T5", dollars(-3_000), date(2026, 3, 25), date(2026, 4, 29)),
        ("exports", "psa_time_entries", "T4", dollars(-2_000), date(2026, 2, 20), date(2026, 3, 27)),
        ("exports", "psa_time_entries", "T3", dollars(-1_000), date(2026, 1, 31), date(2026, 3, 7)),
    ]


def test_the_ranking_shares_out_all_differences_the_largest_first(before: Warehouse) -> None:
    [told] = explain(before, bridge="planned_to_billed", as_of=MARCH)
    ranking = table(told.ranking)
    # −22,000 −20,000 −15,000 −10,000 +6,000 −6,000 +6,000: 85,000 signs aside.
    assert [row["amount"] for row in ranking] == [
        dollars(amount) for amount in (-22_000, -20_000, -15_000, -10_000, 6_000, -6_000, 6_000)
    ]
    first = ranking[0]
    assert (first["driver"], first["client"], first["practice"], first["project_manager"]) == (
        "not_due_yet", "Juniper", "Data", "Kim",
    )  # fmt: skip
    assert first["share"] == Decimal("0.258824")  # 22 / 85
    assert first["needs_action_amount"] == dollars(0)
    # Of the 6,000 of Juniper's time that waits, 1,000 and 2,000 have waited too long.
    assert (ranking[5]["amount"], ranking[5]["needs_action_amount"]) == (dollars(-6_000), dollars(-3_000))
    assert ranking[1]["owner_role"] == "finance"
    assert ranking[1]["where_to_fix"] == "accounting: invoice, line"
    assert [row["position"] for row in ranking] == list(range(1, 8))


def test_the_ranking_stops_at_ten_and_its_shares_are_still_of_all(before: Warehouse, tmp_path: Path) -> None:
    with_more = edited(
        before,
        tmp_path,
        # Eleven clients of one engagement each, all of the same amount, on a day when there is nothing else.
        """
        insert into marts.dim_engagements by name
        select 'deal:x:' || i as engagement_id, 'Client ' || i as client from range(11) as t (i)
        """,
        """
        insert into marts.fct_variance_deltas by name
        select 'sold_to_planned' as bridge, 'handover_price' as driver, 'deal:x:' || i as engagement_id,
            false as has_reason, false as is_overdue, date '2020-01-01' as day, 100 as amount, 1 as item_count
        from range(11) as t (i)
        """,
        """
        insert into marts.fct_revenue_deltas by name
        select 'deal:x:' || i as engagement_id, date '2020-01-01' as day, 0 as sold_revenue, 100 as planned_revenue
        from range(11) as t (i)
        """,
    )
    [told] = explain(with_more, bridge="sold_to_planned", as_of=date(2020, 1, 1))
    ranking = table(told.ranking)
    assert len(ranking) == 10
    assert {row["share"] for row in ranking} == {Decimal("0.090909")}  # 100 / 1,100


def test_an_unknown_name_is_answered_with_what_may_have_been_meant(
    restated: Restated, capsys: pytest.CaptureFixture[str]
) -> None:
    home = ["--home", str(restated.settings.home)]
    assert main([*home, "explain", "Harbour"]) == 2
    assert "There is no engagement, deal, project or client 'Harbour'. Did you mean Harbor" in capsys.readouterr().err
    assert main([*home, "explain", "zzzz"]) == 2
    assert "Did you mean" not in capsys.readouterr().err


def test_an_unknown_driver_is_answered_with_what_may_have_been_meant(
    restated: Restated, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["--home", str(restated.settings.home), "explain", "--records", "--driver"]
    assert main([*command, "approved"]) == 2
    assert "Did you mean approved_not_billed or unapproved?" in capsys.readouterr().err
    assert main([*command, "write_of"]) == 2
    assert "Did you mean written_off?" in capsys.readouterr().err
    assert main([*command[:-2], "--driver", "fx"]) == 2
    assert "add --records" in capsys.readouterr().err


def test_a_period_that_ends_before_it_begins_is_refused(before: Warehouse) -> None:
    with pytest.raises(SettingsError, match="--from 2026-04-01 lies after 2026-03-31"):
        explain(before, as_of=MARCH, start=date(2026, 4, 1))


def test_an_id_in_several_engagements_is_not_guessed_at(before: Warehouse, tmp_path: Path) -> None:
    twice = edited(
        before,
        tmp_path,
        """
        insert into marts.engagement_members by name
        select 'deal:exports:D2' as engagement_id, 'project' as member_type, 'other' as source_system, 'P1' as source_id
        """,
    )
    with pytest.raises(SettingsError, match=r"'P1' is in several engagements; .*: deal:exports:D1, deal:exports:D2"):
        explain(twice, "P1")
    [told] = explain(twice, "exports:P1", bridge="sold_to_planned")
    assert told.subject.engagements == [HARBOR]


def test_a_bridge_without_its_metric_is_not_available_rather_than_zero(before: Warehouse, tmp_path: Path) -> None:
    lacking = "set is_available = false, lacks = 'a ledger that posts revenue' where name = 'billed_to_recognized'"
    unposted = edited(before, tmp_path, f"update marts.dim_availability {lacking}")
    with pytest.raises(SettingsError, match="not available: this warehouse lacks a ledger that posts revenue"):
        explain(unposted, bridge="billed_to_recognized")
    every = explain(unposted)
    assert "billed_to_recognized" not in [each.bridge for each in every]
    told = "Not available: billed_to_recognized lacks a ledger that posts revenue.\n"
    assert show(unposted, every, "table", is_whole=True).endswith(told)
    assert json.loads(show(unposted, every, "json", is_whole=True))["not_available"] == {
        "billed_to_recognized": "a ledger that posts revenue"
    }
    assert told not in show(unposted, explain(unposted, bridge="sold_to_planned"), "table")


def test_steps_that_nothing_loaded_can_tell_are_told_as_such(before: Warehouse, tmp_path: Path) -> None:
    lacking = "set steps_lack = 'time entries (psa_time_entries)' where name = 'planned_to_billed'"
    planned_only = edited(before, tmp_path, f"update marts.dim_availability {lacking}")
    told = show(planned_only, explain(planned_only, bridge="planned_to_billed"), "table")
    assert "lacks time entries (psa_time_entries): what is planned stands here as if none of it were done." in told
    assert "as if none of it" not in show(before, explain(before, bridge="planned_to_billed"), "table")


def test_a_client_is_found_as_the_crm_spells_it_though_its_project_is_another_records(
    before: Warehouse, tmp_path: Path
) -> None:
    unlinked = edited(
        before,
        tmp_path,
        f"update marts.dim_engagements set client = 'Port', parent_client = 'Port' where engagement_id = '{HARBOR}'",
    )
    [told] = explain(unlinked, "harbor", bridge="sold_to_planned")
    assert (told.subject.called, told.subject.engagements) == ("Port", [HARBOR])


def test_before_anything_happened_a_bridge_is_empty_and_ties(before: Warehouse) -> None:
    assert amounts(before, None, "sold_to_planned", as_of=date(2020, 1, 1)) == []


def test_a_bridge_that_does_not_tie_is_never_shown(before: Warehouse, tmp_path: Path) -> None:
    broken = edited(before, tmp_path, "delete from marts.fct_variance_deltas where driver = 'approved_not_billed'")
    with pytest.raises(BuildError, match="planned_to_billed does not tie"):
        explain(broken, bridge="planned_to_billed", as_of=date(2026, 2, 28))


def test_json_holds_the_bridge_the_ranking_and_the_records(
    restated: Restated, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["explain", "Harbor", "--as-of", "2026-03-31", "--records", "--format", "json"]
    assert main(["--home", str(restated.settings.home), *command]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["subject"], told["engagements"], told["as_of"]) == ("Harbor", [HARBOR], "2026-03-31")
    assert told["reporting_currency"] == "USD"
    assert [each["bridge"] for each in told["bridges"]] == list(BRIDGES)
    billed = told["bridges"][1]
    assert billed["steps"][-1]["amount"] == "30000.00"  # exact, as text
    assert billed["where_to_look"][0]["driver"] == "credit_note"
    assert "NL1" in [record["source_id"] for record in billed["records"]]


def test_csv_is_one_table(before: Warehouse) -> None:
    lines = show(before, explain(before, "Harbor", as_of=MARCH), "csv").splitlines()
    assert lines[0].startswith("bridge,step,driver,label,class,amount,item_count")
    assert "sold_to_planned,start,sold_revenue,Sold,,100000.00,,,," in lines


def test_the_page_for_finance_shows_what_the_commands_print(
    restated: Restated, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    homes = {"before": a_home(restated, tmp_path / "before"), "after": a_home(restated, tmp_path / "after")}
    (homes["before"] / "warehouse.duckdb").symlink_to(restated.first.file)
    (homes["after"] / "warehouse.duckdb").symlink_to(restated.second.file)
    with duckdb.connect(str(homes["before"] / "raw.duckdb")) as raw:  # as it was before March was closed
        for name in ("closed_months", "reported_figures", "reported_records"):
            raw.execute(f"drop table raw_tieout.{name}")
    blocks = BLOCK.findall(PAGE.read_text())
    assert len(blocks) == PAGE.read_text().count("```console")
    for when, command, shown in blocks:
        assert main(["--home", str(homes[when]), *shlex.split(command)[1:]]) == 0
        assert capsys.readouterr().out.strip() == shown.strip(), command


def a_home(restated: Restated, home: Path) -> Path:
    """A home with the same raw.duckdb, with nothing published."""
    write_first(home)
    shutil.copyfile(restated.settings.raw_file, home / "raw.duckdb")
    return home


def edited(warehouse: Warehouse, folder: Path, *statements: str) -> Warehouse:
    """The same warehouse after these SQL statements."""
    file = folder / "edited.duckdb"
    shutil.copyfile(warehouse.file, file)
    with duckdb.connect(str(file)) as connection:
        for statement in statements:
            connection.execute(statement)
    shutil.copyfile(warehouse.file.with_suffix(".json"), file.with_suffix(".json"))
    return Warehouse(file)
