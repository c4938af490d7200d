"""The canonical tables and types, as the loader understands them."""

import pytest

from ingestion.canonical import CURRENCIES, TABLES, arrow_type, raw_column, sql_type


def test_every_key_and_required_column_is_a_column_of_known_type():
    assert len(TABLES) == 32
    for table in TABLES.values():
        assert set(table.key) | set(table.required) <= set(table.columns), table.name
        for type_name in table.columns.values():
            assert sql_type(type_name)
            assert arrow_type(type_name) is not None


@pytest.mark.parametrize(
    ("type_name", "sql"),
    [
        ("money", "DECIMAL(18,4)"),
        ("hours", "DECIMAL(18,6)"),
        ("share", "DECIMAL(9,6)"),
        ("fx_rate", "DECIMAL(20,10)"),
        ("timestamp", "TIMESTAMPTZ"),
        ("open|closed", "VARCHAR"),
    ],
)
def test_types_are_exact(type_name, sql):
    assert sql_type(type_name) == sql


def test_an_unknown_type_is_named():
    with pytest.raises(ValueError, match="There is no column type 'float'"):
        sql_type("float")


def test_currencies_are_iso_4217():
    assert {"USD", "EUR", "GBP", "JPY", "CHF", "CLF", "HRK"} <= CURRENCIES
    assert not {"XXX", "XTS", "DEM", "usd", "$", "CNH"} & CURRENCIES


def test_our_own_columns_keep_their_names():
    assert (raw_column("source_id"), raw_column("amount")) == ("canonical_source_id", "amount")
