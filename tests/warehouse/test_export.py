"""`tieout export` to files: whole or not at all, and exact to the last digit in Excel, CSV and Parquet."""

import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pyarrow.csv
import pyarrow.parquet
import pytest

from warehouse.build import Build
from warehouse.cli import main
from warehouse.connect import Warehouse
from warehouse.errors import QueryError, SettingsError
from warehouse.export import export

OpenWith = Callable[..., Warehouse]

THINGS = """
    create table marts.fct_things as select
        1234567890123456.78::decimal(18, 2) as money, -12345678901234567890.123456::decimal(38, 6) as hours,
        0.10::decimal(18, 2) as dime, 100000000000000000.00::decimal(20, 2) as round_sum,
        9007199254740993::bigint as whole, 170141183460469231731687303715884105::hugeint as huge,
        true as is_open, date '2026-03-31' as day, timestamptz '2026-03-31 23:30:00-05' as at,
        '=1+1' as formula, 'bell' || chr(7) as bell, '_x0041_' as escape, '#N/A' as gone, '' as empty,
        null::varchar as nothing, ['a', 'b'] as list, date '0001-01-01' as first_day, 0.1::double as share
"""


@pytest.fixture
def sheet_text(tmp_path: Path) -> Callable[[int], str]:
    """sheet_text(n) -> the XML of the n-th sheet of book.xlsx, as it stands in the file."""

    def read(number: int) -> str:
        with zipfile.ZipFile(tmp_path / "book.xlsx") as book:
            return book.read(f"xl/worksheets/sheet{number}.xml").decode()

    return read


def cells(xml: str, row: int) -> dict[str, tuple[str | None, str]]:
    """The cells of a row: column letter -> (type, text of the value)."""
    found = re.findall(rf'<c r="([A-Z]+){row}"([^>]*)>(?:<v>|<is><t[^>]*>)([^<]*)<', xml)
    kinds = {letter: re.search(r't="(\w+)"', attributes) for letter, attributes, _ in found}
    return {letter: (kind[1] if (kind := kinds[letter]) else None, text) for letter, _, text in found}


def test_a_workbook_says_what_it_is_and_holds_the_numbers_that_most_people_want(
    sample: Warehouse, sample_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(sample_home), "export", "--to", str(tmp_path / "book.xlsx")]) == 0
    assert "export semantic.revenue_monthly: 1," in capsys.readouterr().out
    book = openpyxl.load_workbook(tmp_path / "book.xlsx", read_only=True)
    assert book.sheetnames == [
        "About", "metric_catalog", "revenue_monthly", "sold_to_planned", "planned_to_billed", "billed_to_recognized",
        "billed_to_collected",
    ]  # fmt: skip
    about = {row[0]: row[2] for row in book["About"].iter_rows(values_only=True) if len(row) == 3}
    assert about["Snapshot"] == sample.snapshot_id
    assert about["Business day"] == sample.manifest["business_day"]
    assert about["Reporting currency"] == "USD"
    assert "every bridge ties: pass" in about["Checks"]
    assert about["Filters"].startswith("none")
    assert about["revenue_monthly"].startswith("semantic.revenue_monthly. ")


def test_a_bridge_in_the_workbook_leads_from_its_first_metric_to_its_last(
    sample: Warehouse, tmp_path: Path
) -> None:
    export(sample, ["semantic.planned_to_billed"], str(tmp_path / "book.xlsx"), say=print)
    rows = openpyxl.load_workbook(tmp_path / "book.xlsx")["planned_to_billed"].iter_rows(min_row=2, values_only=True)
    steps = [(row[2], row[3], row[4], round(Decimal(row[6]), 2)) for row in rows]
    assert [step[:3] for step in (steps[0], steps[-1])] == [
        ("start", "planned_revenue", "Planned"), ("end", "billed_revenue", "Billed")
    ]  # fmt: skip
    drivers = sum(amount for step, _, _, amount in steps if step == "driver")
    assert steps[0][3] + drivers == steps[-1][3]


def test_the_numbers_of_a_sheet_are_those_of_the_warehouse(
    sample: Warehouse, tmp_path: Path, sheet_text: Callable[[int], str]
) -> None:
    export(sample, ["semantic.revenue_monthly"], str(tmp_path / "book.xlsx"), say=print)
    written = [Decimal(text) for text in re.findall(r'<c r="K\d+"[^>]*t="n"[^>]*><v>([^<]*)</v>', sheet_text(2))]
    [(told,)] = sample.rows("select sum(sold_revenue) from semantic.revenue_monthly")[1]
    names, _ = sample.rows("select * from semantic.revenue_monthly limit 0")
    assert names[10] == "sold_revenue"  # column K
    assert sum(written) == told


def test_a_number_is_written_digit_for_digit_and_one_that_excel_cannot_hold_is_said(
    open_with: OpenWith, tmp_path: Path, sheet_text: Callable[[int], str]
) -> None:
    said: list[str] = []
    export(open_with(THINGS), ["marts.fct_things"], str(tmp_path / "book.xlsx"), say=said.append)
    row = cells(sheet_text(2), 2)
    assert [row[letter] for letter in "ABCDEF"] == [
        ("n", "1234567890123456.78"),  # 18 digits
        ("n", "-12345678901234567890.123456"),  # 26 digits
        ("n", "0.10"),
        ("n", "100000000000000000.00"),  # 1 digit: the rest is zeros
        ("n", "9007199254740993"),  # 16 digits, one more than a float holds
        ("n", "170141183460469231731687303715884105"),  # 36 digits
    ]
    told = "Numbers of more than 15 digits: 4. All digits are in the file; Excel reads the first 15."
    assert f"export marts.fct_things: {told}" in said
    assert told in sheet_text(1)


def test_text_stays_text_and_days_are_days(
    open_with: OpenWith, tmp_path: Path, sheet_text: Callable[[int], str]
) -> None:
    export(open_with(THINGS), ["marts.fct_things"], str(tmp_path / "book.xlsx"), say=print)
    row = cells(sheet_text(2), 2)
    assert row["G"] == ("b", "1")
    assert [row[letter] for letter in "JKLM"] == [
        ("inlineStr", "=1+1"), ("inlineStr", "bell_x0007_"), ("inlineStr", "_x005F_x0041_"), ("inlineStr", "#N/A"),
    ]  # fmt: skip
    assert "N" not in row
    assert "O" not in row
    assert row["P"] == ("inlineStr", '["a","b"]')
    assert row["Q"] == ("inlineStr", "0001-01-01")  # before Excel's first day
    sheet = openpyxl.load_workbook(tmp_path / "book.xlsx")["fct_things"]
    assert (sheet["H2"].value, sheet["H2"].is_date) == (datetime(2026, 3, 31), True)  # noqa: DTZ001
    assert sheet["I2"].value == datetime(2026, 4, 1, 4, 30)  # noqa: DTZ001 - 23:30 in New York, in UTC


def test_a_text_longer_than_a_cell_is_cut_and_said(open_with: OpenWith, tmp_path: Path) -> None:
    said: list[str] = []
    texts = "repeat('x', 32768) as long, repeat('x', 32767) as fits"
    warehouse = open_with(f"create table marts.fct_things as select {texts}")
    export(warehouse, ["marts.fct_things"], str(tmp_path / "book.xlsx"), say=said.append)
    assert "export marts.fct_things: Texts cut to the 32,767 characters of a cell: 1." in said
    [row] = openpyxl.load_workbook(tmp_path / "book.xlsx")["fct_things"].iter_rows(min_row=2, values_only=True)
    assert row[0].endswith("x … (cut: an Excel cell holds no more)")
    assert [len(text) for text in row] == [32767, 32767]


def test_more_rows_than_a_sheet_holds_are_refused_with_another_way(open_with: OpenWith, tmp_path: Path) -> None:
    # A sheet has 2 ** 20 = 1,048,576 rows, of which the header takes one.
    warehouse = open_with("create table marts.fct_things as select range as n from range(1048576)")
    with pytest.raises(SettingsError, match=r"has 1,048,576 rows.*--format csv or parquet.*postgresql://"):
        export(warehouse, ["semantic.metric_catalog", "marts.fct_things"], str(tmp_path / "book.xlsx"), say=print)
    assert not (tmp_path / "book.xlsx").exists()


def test_two_relations_whose_names_are_alike_have_two_sheets(open_with: OpenWith, tmp_path: Path) -> None:
    names = ["marts.a_name_that_is_longer_than_a_sheets_may_be", "marts.a_name_that_is_longer_than_a_sheets_may_have"]
    warehouse = open_with(*(f"create table {name} as select 1 as n" for name in names))
    export(warehouse, names, str(tmp_path / "book.xlsx"), say=print)
    titles = openpyxl.load_workbook(tmp_path / "book.xlsx").sheetnames
    assert titles == ["About", "a_name_that_is_longer_than_a_sh", "a_name_that_is_longer_than_a 2"]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_files_hold_the_exact_values(open_with: OpenWith, tmp_path: Path, form: str) -> None:
    export(open_with(THINGS), ["marts.fct_things"], f"{tmp_path}/out/", form=form, say=print)
    file = tmp_path / "out" / f"marts.fct_things.{form}"
    if form == "csv":
        _, row = file.read_text().splitlines()
        assert row.startswith("1234567890123456.78,-12345678901234567890.123456,0.10,100000000000000000.00,900719")
        assert '"=1+1"' in row
        assert row.endswith(',"",,"[""a"",""b""]",0001-01-01,0.1')  # empty text is "", nothing is nothing
        return
    [values] = pyarrow.parquet.read_table(file).to_pylist()
    assert values["money"] == Decimal("1234567890123456.78")
    assert values["hours"] == Decimal("-12345678901234567890.123456")
    assert values["huge"] == Decimal("170141183460469231731687303715884105")
    assert (values["day"], values["empty"], values["nothing"]) == (date(2026, 3, 31), "", None)
    assert json.loads(values["list"]) == ["a", "b"]


def test_a_folder_says_what_it_holds_and_two_exports_of_a_snapshot_are_the_same(
    sample: Warehouse, sample_home: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        assert main(["--home", str(sample_home), "export", "--to", f"{tmp_path}/{name}/"]) == 0
    about = json.loads((tmp_path / "one" / "about.json").read_text())
    assert about["snapshot"] == sample.snapshot_id
    files = sorted(file.name for file in (tmp_path / "one").iterdir())
    assert files == [
        "about.json", "semantic.bridges.csv", "semantic.metric_catalog.csv", "semantic.revenue_monthly.csv"
    ]  # fmt: skip
    assert all((tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes() for file in files)
    monthly = pyarrow.csv.read_csv(tmp_path / "one" / "semantic.revenue_monthly.csv")
    assert about["rows"]["semantic.revenue_monthly.csv"] == monthly.num_rows


@pytest.mark.parametrize("to", ["out/", "book.xlsx"])
def test_an_export_that_fails_half_way_leaves_what_was_there(open_with: OpenWith, tmp_path: Path, to: str) -> None:
    warehouse = open_with("create view semantic.broken as select error('no such rate') as n")
    names = ["semantic.metric_catalog"]
    export(warehouse, names, f"{tmp_path}/{to}", say=print)
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    with pytest.raises(QueryError, match="no such rate"):
        export(warehouse, [*names, "semantic.broken"], f"{tmp_path}/{to}", say=print)
    assert {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["semantic.revenue_monthy", "--to", "x.xlsx"], "Did you mean semantic.revenue_monthly"),
        (["revenue_monthly", "--to", "x.xlsx"], "Did you mean semantic.revenue_monthly"),
        (["--to", "nowhere/x.xlsx"], "There is no folder"),
        (["--to", "x.csv"], "--to takes FILE.xlsx, FOLDER/"),
        (["--to", "host=db password=hunter2"], "--to takes FILE.xlsx, FOLDER/"),
        (["--to", "x.xlsx", "--format", "csv"], "--format chooses between csv and parquet"),
        (["marts.dim_days", "--to", "postgresql://nobody@nowhere/db"], "leave the names out"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_sentence(
    sample_home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["--home", str(sample_home), "export", *arguments]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "hunter2" not in told
    assert list(tmp_path.iterdir()) == []


def test_a_bridge_that_no_loaded_system_tells_is_left_out(open_with: OpenWith, tmp_path: Path) -> None:
    warehouse = open_with()  # its ledger posts no revenue
    export(warehouse, [], str(tmp_path / "book.xlsx"), say=print)
    book = openpyxl.load_workbook(tmp_path / "book.xlsx")
    assert "billed_to_recognized" not in book.sheetnames
    steps = [row[2:8] for row in book["planned_to_billed"].iter_rows(min_row=2, values_only=True)]
    assert steps == [
        ("start", "planned_revenue", "Planned", None, 85000, None),
        ("driver", "not_due_yet", "Not due yet", "expected", -15000, 1),
        ("driver", "approved_not_billed", "Approved, not billed", "expected", -10000, 1),
        ("end", "billed_revenue", "Billed", None, 60000, None),
    ]


@pytest.fixture
def open_with(make_build: Callable[..., Build]) -> OpenWith:
    """open_with(*statements) -> the small warehouse after these SQL statements, open for reading; not checked."""

    def make(*statements: str) -> Warehouse:
        build = make_build("20260331T000000Z-aaaaaaaa", *statements)
        manifest = {
            "business_day": "2026-03-31", "reporting_currency": "USD", "business_time_zone": "America/New_York",
            "checks": {"every bridge ties": "pass"}, "tests": {"accounts_are_unique": "pass"},
        }  # fmt: skip
        build.file.with_suffix(".json").write_text(json.dumps(manifest))
        return Warehouse(build.file)

    return make
