"""Vendor records from files: kept word for word, and set aside where a number, date or key cannot be read."""

import gzip
import json
from pathlib import Path

import duckdb
import pytest

from ingestion.pipeline import load
from ingestion.systems import SourceError, System

DEAL = '{"attributes": {"type": "Opportunity"}, "Id": "006A", "Amount": 1234567890.10, "IsDeleted": true}'


def run(folder: Path, source: str, **files: str | bytes) -> list[tuple[str, str]]:
    (folder / "in").mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / "in" / name.replace("_", ".")).write_bytes(text if isinstance(text, bytes) else text.encode())
    load(folder, [System("sys", source, Path("in"))])
    return rows(
        folder, "SELECT line, column_name, value, reason FROM raw_tieout.quarantined_rows ORDER BY table_name, line"
    )


def rows(folder: Path, query: str) -> list[tuple]:
    with duckdb.connect(folder / "raw.duckdb", read_only=True) as connection:
        return connection.execute(query).fetchall()


def test_a_record_is_kept_word_for_word(tmp_path):
    aside = run(tmp_path, "salesforce", Opportunity_jsonl=DEAL + "\n\n")
    assert aside == []
    found = rows(tmp_path, "SELECT source_id, record::VARCHAR, typeof(record) FROM raw_sys.opportunities")
    assert found == [("006A", DEAL, "JSON")]


def test_what_cannot_be_read_is_set_aside_not_nulled(tmp_path):
    lines = [
        '{"Id": "1", "Amount": "12,5"}',
        '{"Id": "2", "Amount": 1e400}',
        '{"Id": "3", "Amount": NaN}',
        '{"Id": "4", "CloseDate": "31/03/2026"}',
        '{"Id": "5", "SystemModstamp": "2026-03-31T10:00:00.000+0000", "CloseDate": "2026-03-31", "Amount": 1.5E+2}',
        '{"Id": "6", "CurrencyIsoCode": "EURO"}',
        '{"Amount": 7}',
        '{"Id": "8", "Amount": null, "CloseDate": ""}',
    ]
    aside = run(tmp_path, "salesforce", Opportunity_jsonl="\n".join(lines))
    assert [(line, column, value) for line, column, value, _ in aside] == [
        (1, "Amount", "12,5"),
        (2, "Amount", "1e400"),
        (3, "Amount", "NaN"),
        (4, "CloseDate", "31/03/2026"),
        (6, "CurrencyIsoCode", "EURO"),
        (7, "Id", None),
    ]
    assert aside[0][3] == "Amount '12,5' has a decimal comma; write numbers plainly, such as 1234.56"
    assert rows(tmp_path, "SELECT source_id FROM raw_sys.opportunities ORDER BY 1") == [("5",), ("8",)]


def test_a_bad_amount_deep_in_a_record_is_found(tmp_path):
    invoice = {
        "Id": "1",
        "TotalAmt": 3,
        "MetaData": {"CreateTime": "2026-03-31T10:00:00-07:00"},
        "Line": [{"Amount": 1}],
    }
    bad = {**invoice, "Id": "2", "Line": [{"Amount": 1}, {"Amount": "two"}, {"DetailType": "x"}, {"Amount": None}]}
    aside = run(tmp_path, "quickbooks", Invoice_jsonl=f"{json.dumps(invoice)}\n{json.dumps(bad)}\n")
    assert aside == [(2, "Line[*].Amount", "two", "Line[*].Amount 'two' is not a number such as 1234.56")]


def test_half_a_page_or_a_page_of_html_deletes_nothing(tmp_path):
    run(tmp_path, "birdview", projects_jsonl='{"ProjectID": 1}\n{"ProjectID": 2}\n')
    aside = run(tmp_path, "birdview", projects_jsonl="<html>\n502 Bad Gateway\n</html>\n")
    assert [(line, reason) for line, _, _, reason in aside] == [
        (n, "the line is not one JSON object") for n in (1, 2, 3)
    ]
    run(tmp_path, "birdview", projects_jsonl='{"ProjectID": 1, "Name": "x"}\n{"ProjectID": 2, "Na')
    found = rows(tmp_path, "SELECT source_id, record->>'Name' FROM raw_sys.projects WHERE valid_to IS NULL ORDER BY 1")
    assert found == [("1", "x"), ("2", None)]


def test_the_same_page_twice_counts_once(tmp_path):
    aside = run(tmp_path, "quickbooks", Payment_jsonl='{"Id": "1", "TotalAmt": 5}\n' * 2)
    assert [reason for *_, reason in aside] == ["Id 1 is here a second time, identical to line 1, which was kept"]


def test_compressed_files_are_read_and_broken_ones_refused(tmp_path):
    whole = gzip.compress(b'{"Id": "1"}\n' * 1)
    run(tmp_path, "salesforce", Account_jsonl_gz=whole)
    assert rows(tmp_path, "SELECT source_id FROM raw_sys.accounts") == [("1",)]
    with pytest.raises(SourceError, match=r"Account\.jsonl\.gz is refused: it breaks off or is damaged"):
        run(tmp_path, "salesforce", Account_jsonl_gz=whole[:-6])
    with pytest.raises(SourceError, match="both claim to be the whole table"):
        run(tmp_path, "salesforce", Account_jsonl_gz=whole, Account_jsonl="{}")


def test_a_file_that_is_not_utf_8_is_refused_by_line(tmp_path):
    with pytest.raises(SourceError, match=r"Account\.jsonl is refused: line 2 is not UTF-8 \(byte 0xeb\)"):
        run(tmp_path, "salesforce", Account_jsonl=b'{"Id": "1"}\n{"Id": "Zo\xeb"}\n')


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("salesforce", "Account, Opportunity, OpportunityLineItem, OpportunityFieldHistory"),
        ("birdview", "projects, tasks, timelogs, customers, users"),
        ("quickbooks", "Customer, Invoice, CreditMemo, Payment"),
    ],
)
def test_every_object_lands_in_its_table_and_a_missing_folder_says_what_belongs_there(tmp_path, source, files):
    with pytest.raises(SourceError) as raised:
        load(tmp_path, [System("sys", source)])
    assert ", ".join(f"{name}.jsonl" for name in files.split(", ")) in str(raised.value)
    assert 'in tieout.toml: [systems.sys] path = "…"' in str(raised.value)
    keys = {
        "projects": "ProjectID",
        "tasks": "TaskID",
        "timelogs": "TimeEntryID",
        "customers": "CustomerID",
        "users": "UserID",
    }
    run(tmp_path, source, **{f"{name}_jsonl": f'{{"{keys.get(name, "Id")}": 7}}\n' for name in files.split(", ")})
    loaded = rows(tmp_path, "SELECT table_name, rows_loaded FROM raw_tieout.loads WHERE status = 'finished' ORDER BY 1")
    assert len(loaded) == len(files.split(", "))
    assert {count for _, count in loaded} == {1}
