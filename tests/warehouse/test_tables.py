"""What the command line prints keeps every decimal exactly and every cell in its place."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal

from warehouse.tables import render

NAMES = ["client", "amount", "day", "at", "is_open", "count", "nothing"]
ROW = ("Harbor", Decimal("1250.00"), date(2026, 3, 31), datetime(2026, 3, 31, 2, tzinfo=UTC), True, 3, None)


def test_json_holds_decimals_as_exact_text() -> None:
    assert json.loads(render(NAMES, [ROW], "json")) == [
        {
            "client": "Harbor",
            "amount": "1250.00",
            "day": "2026-03-31",
            "at": "2026-03-31T02:00:00+00:00",
            "is_open": True,
            "count": 3,
            "nothing": None,
        }
    ]


def test_csv_holds_decimals_in_full_and_no_exponent() -> None:
    text = render(["client", "amount"], [('Harbor, "the" firm', Decimal("1E+3")), ("", Decimal("0E-4"))], "csv")
    assert list(csv.reader(io.StringIO(text))) == [
        ["client", "amount"],
        ['Harbor, "the" firm', "1000"],
        ["", "0.0000"],
    ]


def test_a_table_aligns_numbers_to_the_right_with_thousands_apart() -> None:
    assert render(["client", "amount"], [("Harbor", Decimal("1250.00")), ("Juniper", Decimal("-5.10"))], "table") == (
        "client     amount\n"
        "-------  --------\n"
        "Harbor   1,250.00\n"
        "Juniper     -5.10\n"
    )  # fmt: skip


def test_a_table_without_rows_still_has_its_header() -> None:
    assert render(["client", "amount"], [], "table") == "client  amount\n------  ------\n"


def test_a_control_character_in_a_name_cannot_leave_its_cell() -> None:
    text = render(["client"], [("Har\x1b[2Jbor\nLtd",)], "table")
    assert "\x1b" not in text
    assert len(text.splitlines()) == 3
