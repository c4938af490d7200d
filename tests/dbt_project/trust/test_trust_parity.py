"""The tests that run in every build notice what they are there for: a lost row, a lost cent, an unknown word."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

Rows = list[tuple[Any, ...]]
PROJECT = Path(__file__).parents[3] / "dbt_project"

# singular test -> what is done to the built file, after which it must find something
SABOTAGE = {
    "assert_templates_reach_the_canonical_tables": "delete from canonical.psa_time_entries where source_id = 'T1'",
    "assert_connectors_reach_the_canonical_tables": "delete from canonical.accounting_customers"
    " where source_system = 'quickbooks'",
    "assert_billed_is_every_line": "update marts.fct_billed set billed_native_amount = billed_native_amount + 0.01"
    " where invoice_line_id = 'ledger:I-1001-1'",
    "assert_recognized_is_every_posting": "delete from marts.fct_recognized where source_id = 'G-closes'",
    "assert_collected_is_every_payment": "delete from marts.fct_collected",
    "assert_worked_is_every_time_entry": "insert into marts.fct_time_entries from marts.fct_time_entries limit 1",
    "assert_planned_is_every_line_in_effect": "delete from marts.fct_planned where project_id = 'office:P-held'",
    "assert_sold_is_every_winning": "update marts.fct_sold set sold_native_amount = 999 where source_id = 'D-held'",
    "assert_facts_belong_to_engagements": "delete from marts.dim_engagements"
    " where engagement_id = 'deal:office:D-held'",
    "assert_rows_read_are_loaded_or_quarantined": "update marts.fct_loads set rows_read = rows_read + 1",
    "assert_quarantined_rows_are_counted": "delete from marts.fct_quarantined_rows",
    "assert_every_driver_is_known": "update marts.fct_variance_items set driver = 'mystery' where driver = 'rate'",
    "assert_every_item_is_classified": "update seeds.variance_drivers set class = 'unsure' where driver = 'rate'",
    "assert_every_breach_rule_is_known": "delete from seeds.breach_rules where rule = 'work_on_credit_hold'",
    "assert_unresolved_references_are_breaches": "delete from marts.fct_ownership_breaches"
    " where source_id = 'T-astray'",
    "assert_exceptions_are_the_bridges_nets": "update intermediate.int_exceptions_variance set amount = amount + 0.01",
    "assert_every_raw_table_is_declared": "delete from seeds.systems where table_name = 'psa_milestones'",
}


def test_every_rule_of_the_queue_and_of_parity_is_sabotaged_here() -> None:
    described = (PROJECT / "tests" / "_tests.yml").read_text()
    assert {name for name in SABOTAGE if f"name: {name}," not in described} == set()


@pytest.mark.parametrize("name", sorted(SABOTAGE))
def test_a_build_test_finds_nothing_until_something_is_wrong(trust_home: Path, tmp_path: Path, name: str) -> None:
    build = trust_home / "build" / "dev"
    sql = next((build / "project" / "target" / "compiled").rglob(f"{name}.sql")).read_text()
    file = tmp_path / "warehouse.duckdb"
    shutil.copyfile(build / "warehouse.duckdb", file)
    with duckdb.connect(str(file)) as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(f"attach '{trust_home / 'raw.duckdb'}' as raw (read_only)")
        assert connection.execute(sql).fetchall() == []
        connection.execute(SABOTAGE[name])
        assert connection.execute(sql).fetchall() != []


def test_an_undeclared_raw_table_is_named_in_a_sentence(trust_home: Path, tmp_path: Path) -> None:
    build = trust_home / "build" / "dev"
    name = "assert_every_raw_table_is_declared"
    sql = next((build / "project" / "target" / "compiled").rglob(f"{name}.sql")).read_text()
    raw = tmp_path / "raw.duckdb"
    shutil.copyfile(trust_home / "raw.duckdb", raw)
    with duckdb.connect(str(raw)) as connection:
        connection.execute("create schema raw_attic; create table raw_attic.boxes (source_id varchar)")
        connection.execute("create table raw_office.secrets (source_id varchar)")
    file = tmp_path / "warehouse.duckdb"
    shutil.copyfile(build / "warehouse.duckdb", file)
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute(f"attach '{raw}' as raw (read_only)")
        sentences = [sentence for (sentence,) in connection.execute(sql).fetchall()]
    assert sentences[0].startswith("raw_attic.boxes is in no line of systems.csv. Add attic,attic,boxes,")
    assert sentences[1].startswith("raw_office.secrets is in no line of systems.csv. Add *,template,secrets,")
    assert len(sentences) == 2


def test_every_driver_of_the_seed_is_made_by_a_model() -> None:
    """A driver that no model can produce is a promise that nobody keeps."""
    files = [
        *(PROJECT / "models" / "intermediate").rglob("*.sql"),
        *(PROJECT / "models" / "intermediate").rglob("*.py"),
    ]
    models = "\n".join(file.read_text() for file in files)
    seed = (PROJECT / "seeds" / "variance_drivers.csv").read_text()
    drivers = {line.split(",")[1] for line in seed.splitlines()[1:]}
    assert {driver for driver in drivers if not re.search(rf"""['"]{driver}['"]""", models)} == set()


def test_every_raw_table_a_connector_reads_is_declared(rows: Callable[[str], Rows]) -> None:
    from ingestion.canonical import TABLES
    from ingestion.sources import birdview, quickbooks, salesforce
    from ingestion.sources.tryton import TABLES as TRYTON

    declared = set(rows("select source, table_name from seeds.systems where system = '*'"))
    for table in TABLES:
        assert ("template", table) in declared
    for source in (birdview, quickbooks, salesforce):
        for vendor_object in source.OBJECTS:
            assert (source.__name__.rsplit(".", 1)[-1], vendor_object.table) in declared
    for table in TRYTON:
        assert ("tryton", table.replace("__", "_").replace("-", "_")) in declared
