"""`tieout close` keeps a month as it was told; what changes afterwards is a restatement, named to the record.

The firm of restated_home.py: March is closed on 2 April; the load of 4 May shows a credit note of 30,000 dated 28 March
and a payment of 1,500 dated 30 March.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.restated_home import HARBOR, Restated, write_first
from warehouse.cli import main
from warehouse.close import close
from warehouse.connect import Warehouse
from warehouse.diff import diff
from warehouse.errors import SettingsError
from warehouse.settings import Settings, read_settings

MARCH = date(2026, 3, 1)
JUNIPER = "deal:exports:D2"


def dollars(amount: int) -> Decimal:
    return Decimal(amount).quantize(Decimal("0.01"))


def found(warehouse: Warehouse, sql: str) -> list[tuple[Any, ...]]:
    return warehouse.rows(sql)[1]


def test_closing_says_what_the_month_is_reported_as(restated: Restated) -> None:
    # Sold 100,000 + 30,000 + 12,000 + 8,000, the last in March; planned 85,000 + 30,000 + 12,000, less 15,000 in March
    # by CO-1; billed 60,000 and 1,000 in March, 5,000 before.
    assert restated.told == [
        ("sold_revenue", dollars(8_000), dollars(150_000)),
        ("planned_revenue", dollars(-15_000), dollars(127_000)),
        ("billed_revenue", dollars(61_000), dollars(66_000)),
        ("recognized_revenue", dollars(50_000), dollars(50_000)),
        ("collected_cash", dollars(25_000), dollars(25_000)),
    ]


def test_before_the_next_build_nothing_is_reported(before: Warehouse) -> None:
    for mart in ("fct_as_reported", "fct_restatements", "fct_restatement_records"):
        assert found(before, f"select count(*) from marts.{mart}") == [(0,)]


def test_the_figures_stand_as_they_were_told(after: Warehouse) -> None:
    reported = found(
        after,
        """
        select measure, period, sum(amount) from marts.fct_as_reported
        where is_latest and driver is null group by all order by all
        """,
    )
    assert reported == [
        ("billed_revenue", "month", dollars(61_000)),
        ("billed_revenue", "to_date", dollars(66_000)),
        ("collected_cash", "month", dollars(25_000)),
        ("collected_cash", "to_date", dollars(25_000)),
        ("planned_revenue", "month", dollars(-15_000)),
        ("planned_revenue", "to_date", dollars(127_000)),
        ("recognized_revenue", "month", dollars(50_000)),
        ("recognized_revenue", "to_date", dollars(50_000)),
        ("sold_revenue", "month", dollars(8_000)),
        ("sold_revenue", "to_date", dollars(150_000)),
    ]


def test_the_drivers_as_told_are_those_of_the_snapshot_that_was_closed(before: Warehouse, after: Warehouse) -> None:
    for bridge in ("sold_to_planned", "planned_to_billed", "billed_to_recognized", "billed_to_collected"):
        told = found(
            after,
            f"""
            select engagement_id, driver, sum(amount) from marts.fct_as_reported
            where measure = '{bridge}' group by all order by all
            """,
        )
        stood = found(
            before,
            f"""
            select engagement_id, driver, sum(amount) from semantic.bridge_by_engagement('{bridge}', date '2026-03-31')
            group by all having sum(amount) <> 0 order by all
            """,
        )
        assert told == stood != []


def test_a_document_dated_back_restates_the_month_and_only_it(after: Warehouse) -> None:
    restated = found(
        after,
        """
        select engagement_id, measure, period, as_reported_amount, now_amount, difference_amount
        from marts.fct_restatements where driver is null order by all
        """,
    )
    # Billed: 60,000 − 30,000 for Harbor. Collected: 1,500 from Juniper. Nothing else has moved.
    assert restated == [
        (HARBOR, "billed_revenue", "month", dollars(60_000), dollars(30_000), dollars(-30_000)),
        (HARBOR, "billed_revenue", "to_date", dollars(60_000), dollars(30_000), dollars(-30_000)),
        (JUNIPER, "collected_cash", "month", dollars(0), dollars(1_500), dollars(1_500)),
        (JUNIPER, "collected_cash", "to_date", dollars(0), dollars(1_500), dollars(1_500)),
    ]


def test_the_drivers_explain_the_restatement(after: Warehouse) -> None:
    moved = found(
        after,
        """
        select measure, driver, sum(difference_amount) from marts.fct_restatements
        where driver is not null group by all order by all
        """,
    )
    assert moved == [
        # Of Harbor's 35,000 that was not due 5,000 is left; of Juniper's 5,500 that is overdue 4,000.
        ("billed_to_collected", "not_due", dollars(30_000)),
        ("billed_to_collected", "overdue", dollars(1_500)),
        # Harbor is billed 30,000 and recognised 50,000: its 10,000 deferred is gone, 20,000 is accrued.
        ("billed_to_recognized", "accrued", dollars(20_000)),
        ("billed_to_recognized", "deferred", dollars(10_000)),
        ("planned_to_billed", "credit_note", dollars(-30_000)),
    ]


def test_the_records_that_moved_the_month_are_named_with_the_load_that_first_showed_them(after: Warehouse) -> None:
    records = found(
        after,
        """
        select measure, source_object, source_id, what_happened, difference_amount, dated_on,
            cast(first_seen_at as date)
        from marts.fct_restatement_records order by all
        """,
    )
    seen = date(2026, 5, 4)
    assert records == [
        ("billed_revenue", "accounting_invoice_lines", "NL1", "came", dollars(-30_000), date(2026, 3, 28), seen),
        ("collected_cash", "accounting_payments", "Y2", "came", dollars(1_500), date(2026, 3, 30), seen),
    ]


def test_the_records_add_up_to_the_restatement(after: Warehouse) -> None:
    [(restated,)] = found(after, "select sum(difference_amount) from marts.fct_restatements where period = 'month'")
    [(explained,)] = found(after, "select sum(difference_amount) from marts.fct_restatement_records")
    assert restated == explained == dollars(-30_000 + 1_500)


def test_a_record_that_left_the_month_or_changed_in_it_is_named_as_such(restated: Restated, tmp_path: Path) -> None:
    records = rebuilt(
        restated,
        tmp_path,
        "fct_restatement_records",
        "select source_id, what_happened, as_reported_amount, now_amount, difference_amount from ({model}) order by 1",
        "delete from raw_tieout.reported_records where measure <> 'recognized_revenue'",
        "update raw_tieout.closed_months set measures = ['recognized_revenue']",
        # As if G1 had been told as 48,000, and another posting of 700 that is no more.
        "update raw_tieout.reported_records set amount = 48000",
        "insert into raw_tieout.reported_records by name select * replace ('G0' as source_id, 700 as amount) "
        "from raw_tieout.reported_records",
    )
    assert records == [
        ("G0", "left", dollars(700), dollars(0), dollars(-700)),
        ("G1", "changed", dollars(48_000), dollars(50_000), dollars(2_000)),
    ]


@pytest.mark.parametrize("mart", ["fct_restatements", "fct_restatement_records"])
def test_what_could_not_be_told_then_is_no_restatement_now(restated: Restated, tmp_path: Path, mart: str) -> None:
    measures = rebuilt(
        restated,
        tmp_path,
        mart,
        "select distinct measure from ({model})",
        "update raw_tieout.closed_months set measures = list_filter(measures, lambda m: m = 'collected_cash')",
    )
    assert measures == [("collected_cash",)]


def test_each_telling_of_a_month_has_its_own_restatements(restated: Restated, tmp_path: Path) -> None:
    settings = copied(restated, tmp_path)
    close(settings, MARCH, say=print, again=True, reason="Credit note 2026-004")
    tellings = rebuilt(
        restated,
        tmp_path,
        "fct_restatements",
        "select is_latest, sum(difference_amount) from ({model}) where period = 'month' group by all order by all",
        raw_file=settings.raw_file,
    )
    # What was told again in May is what is so now.
    assert tellings == [(False, dollars(-30_000 + 1_500))]


def test_a_month_is_closed_once_unless_again_with_a_reason_which_keeps_both(restated: Restated, tmp_path: Path) -> None:
    settings = copied(restated, tmp_path)
    with pytest.raises(SettingsError, match=r"2026-03 was closed at 2026-.*--again --reason"):
        close(settings, MARCH, say=print)
    with pytest.raises(SettingsError, match="needs its reason"):
        close(settings, MARCH, say=print, again=True, reason=" ")
    close(settings, MARCH, say=print, again=True, reason="Credit note 2026-004")
    with duckdb.connect(str(settings.raw_file), read_only=True) as raw:
        told = raw.execute(
            """
            select c.snapshot, c.reason, sum(f.amount)
            from raw_tieout.closed_months as c join raw_tieout.reported_figures as f using (month, closed_at)
            where f.measure = 'billed_revenue' and f.period = 'to_date' group by all order by c.snapshot
            """
        ).fetchall()
    assert told == [
        (restated.first.id, None, dollars(66_000)),
        (restated.second.id, "Credit note 2026-004", dollars(36_000)),
    ]


def test_a_month_that_is_not_over_is_refused(restated: Restated, tmp_path: Path) -> None:
    settings = copied(restated, tmp_path)  # its business day is 4 May
    with pytest.raises(SettingsError, match=r"2026-05 is not over: .* up to 2026-05-04"):
        close(settings, date(2026, 5, 1), say=print)
    close(settings, date(2026, 4, 1), say=print)


def test_a_refused_closing_leaves_raw_as_it_was(restated: Restated, tmp_path: Path) -> None:
    settings = copied(restated, tmp_path)
    with pytest.raises(SettingsError):
        close(settings, MARCH, say=print)
    with duckdb.connect(str(settings.raw_file), read_only=True) as raw:
        assert raw.execute("select count(*) from raw_tieout.closed_months").fetchall() == [(1,)]


def test_before_anything_is_published_there_is_nothing_to_close(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_first(tmp_path / "home")
    assert main(["--home", str(tmp_path / "home"), "close", "2026-03"]) == 2
    assert "Run `tieout refresh`" in capsys.readouterr().err


@pytest.mark.parametrize("month", ["2026-13", "March", "2026-03-31"])
def test_what_is_no_month_is_wrong_usage(month: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["close", month])
    assert ended.value.code == 2


def test_diff_names_the_figures_that_moved_between_two_snapshots(restated: Restated) -> None:
    moved = diff(restated.settings)
    assert (moved.older, moved.newer, moved.day) == (restated.first.id, restated.second.id, date(2026, 4, 2))
    assert (moved.measures, moved.definitions) == ([], [])
    by_figure = {(row[0], row[1]): row[2:] for row in moved.rows}
    assert by_figure == {
        ("billed_revenue", None): (dollars(66_000), dollars(36_000), dollars(-30_000), 1),
        ("collected_cash", None): (dollars(25_000), dollars(26_500), dollars(1_500), 1),
        ("planned_to_billed", "credit_note"): (dollars(0), dollars(-30_000), dollars(-30_000), 1),
        ("billed_to_recognized", "accrued"): (dollars(0), dollars(20_000), dollars(20_000), 1),
        ("billed_to_recognized", "deferred"): (dollars(-16_000), dollars(-6_000), dollars(10_000), 1),
        ("billed_to_collected", "not_due"): (dollars(-35_000), dollars(-5_000), dollars(30_000), 1),
        ("billed_to_collected", "overdue"): (dollars(-5_500), dollars(-4_000), dollars(1_500), 1),
    }


def test_diff_tells_each_engagement_as_json(restated: Restated, capsys: pytest.CaptureFixture[str]) -> None:
    home = str(restated.settings.home)
    command = ["--home", home, "diff", restated.first.id, restated.second.id, "--by-engagement", "--format", "json"]
    assert main(command) == 0
    moved = json.loads(capsys.readouterr().out)
    assert (moved["older"], moved["as_of"]) == (restated.first.id, "2026-04-02")
    assert {
        "engagement_id": HARBOR, "measure": "billed_revenue", "driver": None, "older_amount": "60000.00",
        "newer_amount": "30000.00", "difference_amount": "-30000.00",
    } in moved["figures"]  # fmt: skip


def test_diff_refuses_what_cannot_be_compared(restated: Restated) -> None:
    with pytest.raises(SettingsError, match=f"There is no snapshot 'x'. Kept are: {restated.first.id}"):
        diff(restated.settings, "x")
    with pytest.raises(SettingsError, match="compared with itself"):
        diff(restated.settings, restated.second.id)


def rebuilt(
    restated: Restated, folder: Path, mart: str, question: str, *edits: str, raw_file: Path | None = None
) -> list[tuple[Any, ...]]:
    """What the mart of the second build would answer had raw.duckdb been edited before; {model} stands for its rows."""
    raw, warehouse = folder / "edited_raw.duckdb", folder / "edited.duckdb"
    shutil.copyfile(raw_file or restated.settings.raw_file, raw)
    shutil.copyfile(restated.second.file, warehouse)
    with duckdb.connect(str(raw)) as connection:
        for edit in edits:
            connection.execute(edit)
    compiled = restated.settings.build_folder / restated.second.id / "project" / "target" / "compiled"
    [model] = compiled.rglob(f"{mart}.sql")
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(f"attach '{raw}' as raw (read_only)")
        return connection.execute(question.format(model=model.read_text())).fetchall()


def copied(restated: Restated, folder: Path) -> Settings:
    """A home of its own with the same raw.duckdb and the second snapshot published, to close months in."""
    home = folder / "home"
    write_first(home)
    (home / "raw.duckdb").write_bytes(restated.settings.raw_file.read_bytes())
    (home / "snapshots").symlink_to(restated.settings.snapshots_folder)
    (home / "warehouse.duckdb").symlink_to(restated.second.file)
    return read_settings(home)
