"""A reader sees one whole snapshot, reads it and nothing else, and can change nothing."""

import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from warehouse.build import Build
from warehouse.connect import Warehouse, open_warehouse
from warehouse.errors import QueryError, SettingsError
from warehouse.publish import publish, seal_and_check
from warehouse.settings import Settings

MakeBuild = Callable[..., Build]
SOLD = "select sum(sold_revenue) from semantic.revenue_as_of(date '2026-03-31')"


@pytest.fixture
def warehouse(settings: Settings, make_build: MakeBuild) -> Warehouse:
    publish(settings, seal_and_check(make_build("20260331T000000Z-aaaaaaaa")))
    return open_warehouse(settings.home)


def test_before_anything_is_published_a_reader_is_told_what_to_run(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="Run `tieout refresh`"):
        open_warehouse(settings.home)


def test_a_snapshot_that_cannot_be_opened_is_named_with_what_to_do(tmp_path: Path) -> None:
    damaged = tmp_path / "20260331T000000Z-cccccccc.duckdb"
    damaged.write_bytes(b"not a database" * 1000)
    with pytest.raises(SettingsError, match=r"20260331T000000Z-cccccccc cannot be opened.*Run `tieout rollback`"):
        Warehouse(damaged)


def test_a_snapshot_reads_under_any_name_without_naming_a_catalog(warehouse: Warehouse) -> None:
    assert warehouse.rows(SOLD)[1] == [(Decimal("100000.00"),)]
    assert warehouse.query("select * from semantic.revenue_monthly").num_rows == 7
    assert warehouse.snapshot_id == "20260331T000000Z-aaaaaaaa"


def test_parameters_are_bound_by_name_and_by_place(reader: Warehouse) -> None:
    assert reader.rows("select $a || 'x'", {"a": "'; drop"})[1] == [("'; dropx",)]
    assert reader.rows("select ? + ?", [1, 2])[1] == [(3,)]


@pytest.mark.parametrize(
    "sql",
    [
        "create table marts.x as select 1",
        "create table memory.main.x as select 1",
        "create temp table x as select 1",
        "insert into marts.dim_engagements values ('x')",
        "drop table marts.dim_engagements",
        "attach '/tmp/other.duckdb' as other",
        "detach warehouse",
        "use memory",
        "install excel",
        "load excel",
        "set memory_limit = '64GB'",
        "set enable_external_access = true",
        "reset lock_configuration",
        "copy (select 1) to '/tmp/x.csv'",
        "export database '/tmp/x'",
        "call pragma_version()",
        "checkpoint",
        "select 1; drop table marts.dim_engagements",
        "",
    ],
)
def test_whatever_is_not_one_select_is_refused(reader: Warehouse, sql: str) -> None:
    with pytest.raises(QueryError, match="one SELECT at a time"):
        reader.query(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from read_text('/etc/passwd')",
        "select * from glob('/etc/*')",
        "select * from '/etc/passwd'",
        "select * from read_parquet('https://example.com/x.parquet')",
        "select * from sqlite_scan('/tmp/x.db', 't')",
    ],
)
def test_no_query_reaches_another_file_or_the_network(reader: Warehouse, sql: str) -> None:
    with pytest.raises(QueryError):
        reader.query(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "install excel",
        "load excel",
        "attach '/tmp/other.duckdb' as other",
        "set enable_external_access = true",
        "set lock_configuration = false",
        "create table warehouse.marts.x as select 1",
    ],
)
def test_the_connection_itself_refuses_what_the_select_rule_would(reader: Warehouse, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        reader._connection.cursor().execute(sql)


def test_a_runaway_query_is_stopped_and_the_next_one_works(reader: Warehouse) -> None:
    runaway = "select count(*) from range(1000000) a, range(1000000) b where a.range * b.range % 7 = 3"
    with pytest.raises(QueryError, match=r"longer than 0\.2 seconds"):
        reader.query(runaway, seconds=0.2)
    assert reader.rows("select 1")[1] == [(1,)]


def test_a_large_answer_comes_in_batches_and_is_stopped_like_any_other(reader: Warehouse) -> None:
    with reader.batches("select range as n from range(50000)", 60) as (schema, batches):
        assert schema.names == ["n"]
        sizes = [batch.num_rows for batch in batches]
    assert (sum(sizes), max(sizes) <= 20_480) == (50_000, True)
    runaway = "select a.range + b.range as n from range(1000000) a, range(1000000) b"
    with pytest.raises(QueryError, match=r"longer than 0\.2 seconds"), reader.batches(runaway, 0.2) as (_, batches):
        assert sum(batch.num_rows for batch in batches) < 10**12
    with pytest.raises(OSError, match="disk full"), reader.batches("select 1", 60):  # the reader's own error stays one
        raise OSError("disk full")


def test_a_wrong_query_says_what_duckdb_says(reader: Warehouse) -> None:
    with pytest.raises(QueryError, match="nonsense"):
        reader.query("select nonsense")


def test_threads_do_not_disturb_each_other(reader: Warehouse) -> None:
    found: list[int] = []

    def ask(number: int) -> None:
        found.append(reader.rows("select $n + count(*) from marts.dim_engagements", {"n": number})[1][0][0])

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == list(range(1, 21))


def test_an_open_reader_keeps_its_snapshot_and_the_next_run_sees_the_new_one(
    settings: Settings, make_build: MakeBuild, warehouse: Warehouse
) -> None:
    doubled = "update marts.revenue_items set amount = 2 * amount"
    doubled_items = "update marts.fct_variance_items set amount = 2 * amount"
    publish(settings, seal_and_check(make_build("20260401T000000Z-bbbbbbbb", doubled, doubled_items)))
    assert warehouse.rows(SOLD)[1] == [(Decimal("100000.00"),)]
    newer = open_warehouse(settings.home)
    assert newer.rows(SOLD)[1] == [(Decimal("200000.00"),)]
    assert newer.snapshot_id != warehouse.snapshot_id
    assert open_warehouse(settings.home) is newer


def test_the_manifest_and_the_definitions_are_those_of_the_snapshot(warehouse: Warehouse) -> None:
    assert warehouse.manifest["snapshot"] == warehouse.snapshot_id
    assert warehouse.semantic_manifest.read_text() == "{}"


def test_a_closed_warehouse_leaves_no_temporary_folder(warehouse: Warehouse) -> None:
    folder = Path(warehouse._temp.name)
    assert folder.is_dir()
    warehouse.close()
    assert not folder.exists()
