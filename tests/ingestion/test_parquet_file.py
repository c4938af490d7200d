"""Reading Parquet: typed cells print exactly, or are set aside."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ingestion.files.parquet_file import read_parquet
from ingestion.quarantine import check
from ingestion.sources.template import tables
from ingestion.systems import SourceError, System

REQUIRED = {"deal_line_id": ["L1"], "deal_id": ["D1"], "family": ["service"]}


@pytest.mark.parametrize(
    ("amount", "read"),
    [
        (pa.array([Decimal("0.30")], pa.decimal128(9, 2)), Decimal("0.3")),
        (pa.array([Decimal("1.5000000")], pa.decimal256(60, 7)), Decimal("1.5")),
        (pa.array([0.1], pa.float64()), Decimal("0.1")),
        (pa.array([1e10], pa.float64()), Decimal(10_000_000_000)),
        (pa.array([0.5], pa.float32()), Decimal("0.5")),
        (pa.array([7], pa.int32()), Decimal(7)),
        (pa.array(["7.25"]), Decimal("7.25")),
        (pa.array([0.1 + 0.2], pa.float64()), None),  # 0.30000000000000004 is not 0.3: nobody rounds it silently
        (pa.array([float("nan")]), None),
        (pa.array([float("inf")]), None),
        (pa.array([None], pa.float64()), None),
    ],
)
def test_an_amount_is_exact_or_its_row_set_aside(tmp_path, scratch, amount, read):
    pq.write_table(pa.table({**REQUIRED, "amount": amount}), tmp_path / "crm_deal_lines.parquet")
    counts = check(scratch, tables(System("exports", "template", tmp_path))[0], "UTC")
    found = scratch.execute("SELECT amount FROM scratch.checked.crm_deal_lines").fetchall()
    assert found == ([] if read is None else [(read,)])
    assert counts.rows_quarantined == (1 if read is None else 0)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (pa.array([date(2026, 3, 31)]), "2026-03-31"),
        (pa.array([datetime.fromisoformat("2026-03-31")], pa.timestamp("ns")), "2026-03-31"),
        (pa.array([datetime.fromisoformat("2026-03-31T14:05")], pa.timestamp("us")), "2026-03-31 14:05:00.000000"),
        (
            pa.array([datetime(2026, 3, 31, 14, 5, tzinfo=UTC)], pa.timestamp("ms", "Asia/Tokyo")),
            "2026-03-31 14:05:00.000Z",
        ),
        (pa.array([True]), "true"),
        (pa.array(["a"]).dictionary_encode(), "a"),
        (pa.array([[1, 2]]), "[1, 2]"),
        (pa.array([None]), None),
    ],
)
def test_a_cell_prints_as_a_csv_file_would_hold_it(tmp_path, cell, text):
    pq.write_table(pa.table({"x": cell}), tmp_path / "t.parquet")
    rows = [row for batch in read_parquet(tmp_path / "t.parquet", []) for row in batch.to_pylist()]
    assert rows == [{"x": text, ":line": 1}]


def test_a_wrong_file_is_refused_whole(tmp_path):
    file = tmp_path / "crm_deal_lines.parquet"
    file.write_bytes(b"PAR1 and then nothing")
    with pytest.raises(SourceError, match=r"crm_deal_lines\.parquet is refused: it cannot be read as Parquet"):
        list(read_parquet(file, ["amount"]))
    pq.write_table(pa.table({"Amount": [1], "amount": [2]}), file)
    with pytest.raises(SourceError, match=r"its columns 'Amount' and 'amount' are one and the same"):
        list(read_parquet(file, ["amount"]))
    pq.write_table(pa.table({"x": [1]}), file)
    with pytest.raises(SourceError, match="lacks the required column amount"):
        list(read_parquet(file, ["amount"]))
