"""Formats: what a number, a day or a name reads like, and that data text is never markup or a formula."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from app import formats


@pytest.mark.parametrize(
    ("value", "signed", "text"),
    [
        (Decimal("1234567.891"), False, "1,234,567.89"),
        (Decimal("-0.005"), False, "−0.01"),
        (Decimal("-0.001"), False, "0.00"),
        (Decimal("12.5"), True, "+12.50"),
        (Decimal("0"), True, "0.00"),
        (None, False, "n/a"),
    ],
)
def test_money_is_to_the_cent_and_what_is_not_known_is_not_zero(value, signed, text):
    assert formats.money(value, signed) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("26325445.89"), "26.3 M"),
        (Decimal("21000000"), "21.0 M"),
        (Decimal("-999999.99"), "−1.00 M"),
        (Decimal("999499"), "999 K"),
        (Decimal("105750.99"), "106 K"),
        (Decimal("1500"), "1.50 K"),
        (Decimal("-400"), "−400"),
        (Decimal("1234567890123"), "1,235 B"),
        (Decimal("-0.02"), "−0.02"),
        (Decimal("0"), "0"),
        (None, "n/a"),
    ],
)
def test_compact_shows_three_figures(value, text):
    assert formats.compact(value).replace(formats.THIN_SPACE, " ") == text


def test_days_and_moments_are_told_in_the_business_time_zone():
    assert formats.day(date(2026, 8, 1)) == "1 Aug 2026"
    assert formats.day(None) == "–"
    # 04:00 UTC is midnight in New York's summer
    assert formats.moment(datetime(2026, 9, 1, 4, tzinfo=UTC), "America/New_York") == "1 Sep 2026 00:00"


HOSTILE = '<img src=x onerror=alert(1)>"\'&[a](https://evil.example)![i](https://evil.example) :red[x] $1$ `c` # h'


def test_escaped_text_holds_no_tag_and_leaves_no_attribute():
    text = formats.escape(HOSTILE)
    assert "<img" not in text
    assert text.startswith("<bdi>") and text.endswith("</bdi>")
    assert '"' not in formats.attribute(HOSTILE) and "'" not in formats.attribute(HOSTILE)


def test_signs_that_draw_nothing_are_dropped_from_text_and_revealed_in_choices():
    assert formats.plain("A\u200bcme \u202eLtd\x00") == "Acme Ltd"
    assert formats.revealed("A\u200bcme") == "A⟨U+200B⟩cme"


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://crm.example/1", True),
        ("http://crm.example/1", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        ("//evil.example", False),
        ("https:///nohost", False),
        ("http://[broken", False),
        ("", False),
        (None, False),
    ],
)
def test_only_web_addresses_become_links(url, kept):
    assert formats.safe_url(url) == (url if kept else None)


def test_csv_neutralises_text_and_leaves_numbers_alone():
    table = pa.table(
        {
            "name": ["=1+1", "+x", "-x", "@x", " =x", "\t=x", "plain", None],
            "amount": [Decimal("-1.50")] * 8,
        }
    )
    text = formats.csv_file(table, {"as_of": "2026-08-31", "filters": "=evil"}).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert head == ["name", "amount", "as_of", "filters"]
    assert [row[0] for row in rows] == ["'=1+1", "'+x", "'-x", "'@x", "' =x", "'\t=x", "plain", ""]
    assert {row[1] for row in rows} == {"-1.50"}
    assert {row[3] for row in rows} == {"'=evil"}


def test_labels_wrap_into_two_lines_of_about_equal_length():
    assert formats.wrap("Not due yet") == ["Not due yet"]
    assert formats.wrap("More or fewer hours than planned") == ["More or fewer", "hours than planned"]
    assert formats.wrap("Unbreakablyverylongsinglelabelword") == ["Unbreakablyverylongsinglelabelword"]


def test_links_inside_the_app_keep_the_filters():
    assert (
        formats.page_url("bridge", (("practice", "Data & more"),), step="hours")
        == "bridge?practice=Data+%26+more&step=hours"
    )
    assert formats.page_url("bridge", ()) == "bridge"
