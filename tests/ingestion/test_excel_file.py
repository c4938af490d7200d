"""Reading Excel as text: what the sheet shows is what is read; serials of days and 0/1 are turned by type."""

from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from ingestion.canonical import TABLES
from ingestion.files.excel_file import read_excel
from ingestion.sources.template import tables
from ingestion.systems import SourceError, System

DEALS = TABLES["crm_deals"]
HEADER = [*DEALS.required, "amount", "close_date"]


def workbook(file: Path, *rows: list, title: str = "Sheet1", cover: bool = False) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    if cover:
        sheet.append(["read me first"])
        sheet = book.create_sheet(title)
    sheet.title = title
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file


def read(file: Path) -> list[dict]:
    return [row for batch in read_excel(file, DEALS.required, DEALS.columns) for row in batch.to_pylist()]


def deal(**cells: object) -> list:
    sound = dict.fromkeys(HEADER, "x") | {"is_closed": True, "is_won": False, "currency": "USD", "created_at": 46023}
    return list((sound | cells).values())


@pytest.mark.parametrize(
    ("column", "value", "text"),
    [
        ("created_at", 46023, "2026-01-01"),  # Excel's serial of that day: 1899-12-30 + 46023 days
        ("created_at", 46023.5, "2026-01-01 12:00:00"),
        ("created_at", datetime.fromisoformat("2026-01-01T09:30"), "2026-01-01 09:30:00"),
        ("close_date", 46112, "2026-03-31"),
        ("close_date", date(2026, 3, 31), "2026-03-31"),
        ("close_date", "2026-03-31", "2026-03-31"),
        ("close_date", -5, "-5"),
        ("is_won", 1, "true"),
        ("is_won", 0, "false"),
        ("is_won", True, "true"),
        ("is_won", 2, "2"),
        ("amount", 0.1 + 0.2, "0.3"),  # the file says 0.30000000000000004, the sheet shows 0.3
        ("amount", 1234567.89, "1234567.89"),
        ("amount", 1000, "1000"),
        ("amount", 1e-5, "0.00001"),
        ("amount", "1,5", "1,5"),
        ("deal_id", 1001, "1001"),
        ("deal_id", "007", "007"),
        ("name", "line\nbreak", "line\nbreak"),
    ],
)
def test_a_cell_is_read_as_the_sheet_shows_it(tmp_path, column, value, text):
    rows = read(workbook(tmp_path / "crm_deals.xlsx", HEADER, deal(**{column: value})))
    assert rows[0][column] == text
    assert rows[0][":line"] == 2


def test_empty_rows_are_no_rows_and_lines_are_excels_own(tmp_path):
    file = workbook(tmp_path / "crm_deals.xlsx", HEADER, deal(deal_id="D1"), [], [None, ""], deal(deal_id="D2"))
    assert [(row[":line"], row["deal_id"]) for row in read(file)] == [(2, "D1"), (5, "D2")]


def test_an_error_cell_a_formula_without_result_and_cells_beyond_the_header_are_set_aside(tmp_path):
    file = tmp_path / "crm_deals.xlsx"
    rows = [deal(amount="#REF!"), deal(amount="=1+1"), [*deal(), "extra"], deal(deal_id="D4")]
    found = read(workbook(file, HEADER, *rows))
    assert [(row[":line"], row.get(":problem")) for row in sorted(found, key=lambda row: row[":line"])] == [
        (2, "amount holds Excel's error #REF!"),
        (3, "amount holds a formula without its result; open the file in Excel and save it"),
        (4, "the row has cells beyond the header's last column"),
        (5, None),
    ]


def test_the_sheet_named_like_the_table_is_read_else_the_first(tmp_path):
    file = workbook(tmp_path / "crm_deals.xlsx", HEADER, deal(deal_id="D1"), title="crm_deals", cover=True)
    assert read(file)[0]["deal_id"] == "D1"


def test_a_file_that_is_not_excel_or_lacks_a_column_is_refused(tmp_path):
    file = tmp_path / "crm_deals.xlsx"
    file.write_text("deal_id,name\n")
    with pytest.raises(SourceError, match=r"crm_deals\.xlsx is refused: it cannot be read as an \.xlsx file"):
        read(file)
    with pytest.raises(SourceError, match=r"crm_deals\.xlsx is refused: it lacks the required columns .*currency"):
        read(workbook(file, ["deal_id", "name"]))


def test_an_excel_row_is_checked_like_any_other(tmp_path, scratch):
    from ingestion.quarantine import check

    workbook(tmp_path / "crm_deals.xlsx", HEADER, deal(deal_id=1, close_date=46112, amount=0.1 + 0.2), deal(amount="?"))
    counts = check(scratch, tables(System("exports", "template", tmp_path))[0], "America/New_York")
    assert (counts.rows_read, counts.rows_quarantined) == (2, 1)
    found = scratch.execute("SELECT deal_id, amount::VARCHAR, close_date, created_at FROM scratch.checked.crm_deals")
    deal_id, amount, close_date, created_at = found.fetchone()
    assert (deal_id, amount, close_date) == ("1", "0.3000", date(2026, 3, 31))
    assert created_at.isoformat() == "2026-01-01T05:00:00+00:00"  # a bare day begins in New York
