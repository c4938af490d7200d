"""What can be said of the source without any Tryton: its sentences, and its columns."""

import ast
import re
from pathlib import Path

import pytest

from ingestion.sources import tryton
from ingestion.systems import SourceError, System

MACROS = Path(__file__).parents[2] / "dbt_project" / "macros" / "tryton.sql"


def system(monkeypatch: pytest.MonkeyPatch, address: str | None) -> System:
    monkeypatch.delenv("TIEOUT_ERP_URL", raising=False)
    if address is not None:
        monkeypatch.setenv("TIEOUT_ERP_URL", address)
    return System("erp", "tryton")


def test_a_system_without_an_address_says_which_variable_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="Set TIEOUT_ERP_URL=postgresql://"):
        tryton.tables(system(monkeypatch, None))


def test_an_address_that_is_none_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceError, match="PostgreSQL address cannot be read") as refused:
        tryton.tables(system(monkeypatch, "our password hunter2"))
    assert "hunter2" not in str(refused.value)


def test_the_staging_models_know_the_columns_that_are_read() -> None:
    """The macro needs types for a warehouse without any Tryton; they are written there a second time."""
    (text,) = re.findall(r"set tables = (\{.*?\n    \})", MACROS.read_text(encoding="utf-8"), re.DOTALL)
    known = {
        table: {name: kind for kind, names in kinds.items() for name in names.split()}
        for table, kinds in ast.literal_eval(text).items()
    }
    assert known == {tryton.raw_name(name): dict(table.columns) for name, table in tryton.TABLES.items()}
