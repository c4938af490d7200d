"""The sample firm: the committed files are reproducible, hold every case, and mean what truly happened."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.canonical import TABLES
from ingestion.sample_firm import firm, names
from ingestion.sample_firm.billed import spread
from ingestion.sample_firm.ledger import COLUMNS, Ledger, salesforce_id
from ingestion.sample_firm.quickbooks import records as quickbooks_records
from warehouse.connect import Warehouse

REPOSITORY = Path(__file__).parents[2]
SAMPLE = REPOSITORY / "data" / "sample"

# edge case -> a word of the name of the client who shows it
CASES = {
    "scope drops after close": "Scope Drops After Close",
    "a deal split into two projects": "Split Deal",
    "two deals feed one project": "Two Deals One Project",
    "a project pauses, resumes": "Pauses And Resumes",
    "a project closes early": "Closes Early",
    "the client changes legal entity": "New Name plc",
    "time and materials become fixed fee": "Hourly Becomes Fixed Fee",
    "billing early": "Bills Early",
    "billing late": "Bills Late",
    "billing in another currency": "Bills In Euros",
    "a change order nobody signed": "Unsigned Change Order",
    "a first plan that is a change order": "First Plan Is A Change Order",
    "a CRM amount overwritten after close": "Overwritten After Close",
    "a mistake at closing corrected": "Corrected At Closing",
    "a deal reopened, lost, won again": "Reopened Lost And Won Again",
    "a deal with no project": "Deal Without Project",
    "a project with no deal": "Project Without Deal",
    "an internal project": "Northbeam Internal",
    "re-planned twice in one day": "Replanned Twice In One Day",
    "a later version effective before an earlier one": "Later Version Effective Earlier",
    "a fixed fee with much time on it": "Fixed Fee Much Time",
    "time before, after and ahead of its plan": "Time Before After Ahead",
    "time approved, then rejected": "Approved Then Rejected",
    "time invoiced, then written off": "Invoiced Then Written Off",
    "an invoice voided": "Voids An Invoice",
    "an invoice voided where a void leaves no amount": "Voids In QuickBooks",
    "credited in full and billed again": "Credited In Full And Rebilled",
    "a credit note across a month end": "Credit Note Across Month End",
    "a credit note for more than the invoice": "Credit Beyond The Invoice",
    "a credit note without a project": "Credit Without Project",
    "one line for many entries": "One Line Many Entries",
    "many lines for one milestone": "Many Lines One Milestone",
    "a line for a sibling project's milestone": "Sibling Milestone",
    "an advance drawn down": "Advance Drawn Down",
    "an FX rate missing before the first": "Missing FX Rate",
    "a disputed invoice": "Disputed Invoice",
    "a part payment in another currency": "Part Payment In Dollars",
    "an overpayment": "Overpaying",
    "a bad debt": "Bad Debt",
    "an accounting system without links": "No Links Ledger",
    "two accounting systems in parallel": "Both Ledgers In Parallel",
    "the same client under three spellings": "Three Spellings",
    "the worked example": "Worked Example",
}


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return firm.generate()


def project_of(ledger: Ledger, client: str) -> Any:
    return next(project for project in ledger.projects if project.client.name.startswith(client))


def test_the_committed_files_are_what_the_seed_gives() -> None:
    assert firm.check(SAMPLE) == []


def test_check_names_each_file_that_differs(tmp_path: Path) -> None:
    firm.write(tmp_path)
    (tmp_path / "exports" / "fx_rates.csv").write_text("currency,rate_date,rate\n")
    (tmp_path / "birdview" / "users.jsonl").unlink()
    (tmp_path / "notes.txt").write_text("mine")
    assert firm.check(tmp_path) == [
        "birdview/users.jsonl is missing.",
        "notes.txt is none of the sample firm's files.",
        "exports/fx_rates.csv is not what the seed gives.",
    ]


def test_the_committed_decisions_are_the_firms(tmp_path: Path) -> None:
    firm.write_decisions(tmp_path)
    for file in tmp_path.iterdir():
        assert (REPOSITORY / "decisions" / file.name).read_bytes() == file.read_bytes()


def test_the_committed_files_are_small() -> None:
    assert sum(file.stat().st_size for file in SAMPLE.rglob("*")) < 4_000_000


def test_another_seed_is_another_firm(ledger: Ledger) -> None:
    other = firm.generate(seed=7)
    assert [row["amount"] for row in other.tables["crm_deals"]] != [row["amount"] for row in ledger.tables["crm_deals"]]


def test_several_firms_share_their_rates_and_no_key() -> None:
    tables = firm.generate(scale=2).canonical()
    assert len(tables["fx_rates"]) == len(firm.generate().canonical()["fx_rates"])
    for table, rows in tables.items():
        keys = Counter((row["source_system"], *(row[column] for column in TABLES[table].key)) for row in rows)
        assert [key for key, count in keys.items() if count > 1] == [], table


def test_several_firms_written_are_each_firm_after_the_other(tmp_path: Path) -> None:
    firm.write(tmp_path, scale=2)
    single = (SAMPLE / "salesforce" / "Account.jsonl").read_bytes()
    both = (tmp_path / "salesforce" / "Account.jsonl").read_bytes()
    assert both.startswith(single)
    assert both.count(b"\n") == 2 * single.count(b"\n")


@pytest.mark.parametrize("case", CASES)
def test_every_edge_case_stands_under_a_client_whose_name_says_so(ledger: Ledger, case: str) -> None:
    assert any(CASES[case] in row["name"] for row in ledger.tables["crm_accounts"])


def test_every_scenario_is_described_in_the_readme(ledger: Ledger) -> None:
    readme = (REPOSITORY / "data" / "README.md").read_text("utf-8")
    bulk = {name for name, *_ in names.CLIENTS}
    told = [row["name"] for row in ledger.tables["crm_accounts"] if row["name"] not in bulk]
    assert [name for name in told if name not in readme] == []


def test_the_worked_example_is_100_000_then_85_000_then_60_000(ledger: Ledger) -> None:
    project = project_of(ledger, "Worked Example")
    deal = next(row for row in ledger.tables["crm_deals"] if row["deal_id"] == project.row["crm_deal_id"])
    lines = [row for row in ledger.tables["psa_budget_lines"] if row["project_id"] == project.key]
    billed = [row for row in ledger.tables["accounting_invoice_lines"] if row["description"] and row["project_id"]
              == project.in_ledgers["quickbooks"]["accounting_project_id"]]  # fmt: skip
    waiting = [row for row in project.entries if row["time_entry_id"] not in project.settled]
    assert deal["amount"] == 100_000
    assert sum(line["amount"] for line in lines if line["version"] == 1) == 100_000
    assert sum(line["amount"] for line in lines if line["version"] == 2) == 85_000
    assert sum(line["net_amount"] for line in billed) == 60_000
    assert sum(row["hours"] * row["bill_rate"] for row in waiting) == 10_000  # 50 h x 200
    assert {row["status"] for row in waiting} == {"approved"}
    not_due = [line for line in lines if line["version"] == 2 and line["planned_date"] > names.LAST_DAY]
    assert sum(line["amount"] for line in not_due) == 15_000  # 85,000 - 60,000 - 10,000


def test_an_invoice_in_both_ledgers_is_the_same_in_both(ledger: Ledger) -> None:
    both = [document for document in ledger.documents if len(document.rows) == 2]
    assert both
    for document in both:
        first, second = document.rows["quickbooks"], document.rows["exports"]
        assert [first[name] for name in ("number", "currency", "type", "invoice_date")] == [
            second[name] for name in ("number", "currency", "type", "invoice_date")
        ]
        gross = [sum(line["net_amount"] + line["tax_amount"] for line in lines) for lines in document.lines.values()]
        assert gross[0] == gross[1] == document.gross
        assert names.PARALLEL_FROM <= document.day <= names.PARALLEL_UNTIL


def test_nobody_works_more_than_a_day_in_a_day(ledger: Ledger) -> None:
    worked: Counter[tuple[str, date]] = Counter()
    for entry in ledger.tables["psa_time_entries"]:
        worked[entry["resource_id"], entry["work_date"]] += entry["hours"]
    assert max(worked.values()) <= 8


def test_nothing_is_later_than_the_export(ledger: Ledger) -> None:
    for table, rows in ledger.canonical().items():
        for row in rows:
            moments = [value for value in row.values() if isinstance(value, datetime)]
            assert all(moment <= names.EXPORTED_AT for moment in moments), (table, row)


def test_quickbooks_amounts_of_credit_memos_are_positive_and_names_of_work_are_absent(ledger: Ledger) -> None:
    memos = [record for kind, record in quickbooks_records(ledger) if kind == "CreditMemo"]
    assert memos
    assert all(record["TotalAmt"] > 0 and all(line["Amount"] > 0 for line in record["Line"]) for record in memos)
    assert not [1 for _, record in quickbooks_records(ledger) if "birdview:" in repr(record)]


def test_an_id_of_salesforce_tells_case_in_its_last_three_letters() -> None:
    # 001Nb | 00000 | 00001: only the N of the first five is upper case: 2**3 = 8 -> I; none -> A, A
    assert salesforce_id("001", 1) == "001Nb0000000001IAA"


@given(
    st.decimals(min_value=-9999, max_value=9999, places=2),
    st.lists(st.decimals(min_value=-9999, max_value=9999, places=2), min_size=1, max_size=6),
)
def test_a_spread_amount_adds_up_to_the_cent(total: Decimal, weights: list[Decimal]) -> None:
    assert sum(spread(total, weights)) == total


# Columns whose references stay as they came; the canonical layer resolves the others to `<system>:<id>`.
AS_THEY_CAME = set("budget_line_id project_id client_id source_id target_id psa_project_id crm_account_id".split())


@pytest.fixture(scope="module")
def warehouse(sample: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published sample, made of the committed files."""
    connection = duckdb.connect(str(sample.file), read_only=True)
    connection.execute("set timezone = 'UTC'")
    yield connection
    connection.close()


def comparable(row: dict[str, Any], columns: list[str]) -> tuple[str, ...]:
    cells = []
    for column in columns:
        value = row[column]
        if isinstance(value, Decimal):
            value = value.normalize() + 0
        if isinstance(value, datetime):
            value = value.astimezone(UTC)
        if column in AS_THEY_CAME and isinstance(value, str) and ":" in value:
            value = value.split(":", 1)[1]
        cells.append("" if value is None else str(value))
    return tuple(cells)


@pytest.mark.parametrize("table", COLUMNS)
def test_what_the_exports_say_is_what_happened(
    table: str, ledger: Ledger, warehouse: duckdb.DuckDBPyConnection
) -> None:
    columns = [*COLUMNS[table], "source_system", "deleted_at"]
    cursor = warehouse.execute(f"select {', '.join(columns)} from canonical.{table}")
    found = Counter(comparable(dict(zip(columns, row, strict=True)), columns) for row in cursor.fetchall())
    truth = Counter(comparable(row, columns) for row in ledger.canonical()[table])
    assert list((truth - found).elements())[:3] == []
    assert list((found - truth).elements())[:3] == []
