"""How Tryton is read: only ever read, all tables at one moment, and a sentence where it cannot be."""

import ast
import re
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest

from ingestion.sources import tryton
from ingestion.systems import SourceError, SourceTable, System

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "tryton.sql"


def system(monkeypatch: pytest.MonkeyPatch, address: str | None) -> System:
    monkeypatch.delenv("TIEOUT_ERP_URL", raising=False)
    if address is not None:
        monkeypatch.setenv("TIEOUT_ERP_URL", address)
    return System("erp", "tryton")


def rows_of(tables: list[SourceTable], name: str) -> list[dict[str, Any]]:
    (table,) = [table for table in tables if table.name == name]
    batches = list(table.read())
    return pa.concat_tables(batches).to_pylist() if batches else []


def test_the_server_refuses_a_write_in_the_connection_that_reads(erp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    # with the address of a user who may write: it is the transaction that may not
    snapshot = tryton.Snapshot(system(monkeypatch, erp.url))
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        snapshot.connection().execute("update party_party set name = 'ours'")
    snapshot.close()


def test_all_tables_are_read_at_one_moment(erp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    before = tryton.tables(system(monkeypatch, erp.url))
    employees = rows_of(before, "company_employee")
    with psycopg.connect(erp.url) as writer:
        writer.execute("update party_party set name = 'Renamed meanwhile' where name = 'Iris Media'")
    try:
        assert len(employees) == 4
        assert "Iris Media" in [party["name"] for party in rows_of(before, "party_party")]
        after = tryton.tables(system(monkeypatch, erp.url))
        assert "Renamed meanwhile" in [party["name"] for party in rows_of(after, "party_party")]
    finally:
        with psycopg.connect(erp.url) as writer:
            writer.execute("update party_party set name = 'Iris Media' where name = 'Renamed meanwhile'")


def test_a_history_keeps_its_own_key_and_its_records(erp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    revisions = rows_of(tryton.tables(system(monkeypatch, erp.url)), "sale_opportunity_history")
    assert len({revision["history_id"] for revision in revisions}) == len(revisions) > 40
    assert {revision["id"] for revision in revisions} == {o["id"] for o in erp.answers["opportunities"]}


def test_amounts_and_durations_arrive_exactly(erp: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = tryton.tables(system(monkeypatch, erp.url))
    seconds = [float(line["duration_seconds"]) for line in rows_of(tables, "timesheet_line")]
    people = erp.answers["timesheets"]["by_month_and_employee"].values()
    assert sum(seconds) == sum(sum(by_employee.values()) for by_employee in people)
    assert 20 * 60 in seconds
    assert "9000.33" in [line["unit_price"] for line in rows_of(tables, "sale_line")]


def test_a_system_without_an_address_says_which_variable_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="Set TIEOUT_ERP_URL=postgresql://"):
        tryton.tables(system(monkeypatch, None))


def test_an_address_that_is_none_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="TIEOUT_ERP_URL is no PostgreSQL address") as refused:
        tryton.tables(system(monkeypatch, "our password hunter2"))
    assert "hunter2" not in str(refused.value)


def test_a_database_without_tryton_is_a_sentence(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = tryton.tables(system(monkeypatch, postgres_url))
    with pytest.raises(SourceError, match="no table party_party"):
        rows_of(tables, "party_party")


def test_the_staging_models_know_the_columns_that_are_read() -> None:
    """The macro needs types for a warehouse without any Tryton; they are written there a second time."""
    (text,) = re.findall(r"set tables = (\{.*?\n    \})", MACROS.read_text(encoding="utf-8"), re.DOTALL)
    known = {
        table: {name: kind for kind, names in kinds.items() for name in names.split()}
        for table, kinds in ast.literal_eval(text).items()
    }
    assert known == {tryton.raw_name(name): dict(table.columns) for name, table in tryton.TABLES.items()}
