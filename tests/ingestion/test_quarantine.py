"""What may enter raw: each cell exactly, or its whole row set aside with line, column, value and reason."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

DEALS = "deal_id,account_id,name,stage,is_closed,is_won,amount,close_date,currency,created_at,contract_type\n"
SOUND = {
    "deal_id": "D1",
    "account_id": "A1",
    "name": "Alpha",
    "stage": "Won",
    "is_closed": "true",
    "is_won": "true",
    "amount": "100.00",
    "close_date": "2026-03-31",
    "currency": "USD",
    "created_at": "2026-01-01T09:00:00Z",
    "contract_type": "fixed_fee",
}


def deal(**cells: str) -> str:
    return ",".join(f'"{cell}"' if "," in cell else cell for cell in {**SOUND, **cells}.values()) + "\n"


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("deal_id", "", "deal_id is empty, and every row needs it"),
        ("name", "", "name is empty, and every row needs it"),
        ("amount", "", "amount is empty, and is needed once is_closed is true"),
        ("close_date", "", "close_date is empty, and is needed once is_closed is true"),
        ("amount", "1.234,56", "amount '1.234,56' has a decimal comma; write numbers plainly, such as 1234.56"),
        ("amount", "1234,5", "amount '1234,5' has a decimal comma; write numbers plainly, such as 1234.56"),
        ("amount", "1,234.56", "amount '1,234.56' has commas; write numbers plainly, such as 1234.56"),
        ("amount", "1e3", "amount '1e3' is in scientific notation; write numbers plainly, such as 1234.56"),
        ("amount", "1e400", "amount '1e400' is in scientific notation; write numbers plainly, such as 1234.56"),
        ("amount", "NaN", "amount 'NaN' is not a number that can be added up"),
        ("amount", "-inf", "amount '-inf' is not a number that can be added up"),
        ("amount", "1.00001", "amount '1.00001' has more than 4 decimals; round it where it comes from"),
        ("amount", "1" * 31, f"amount '{'1' * 31}' is too large; at most 14 digits may stand before the point"),
        ("amount", "$5", "amount '$5' is not a number such as 1234.56"),
        ("amount", "1_000", "amount '1_000' is not a number such as 1234.56"),
        ("close_date", "31.03.2026", "close_date '31.03.2026' is not a date such as 2026-03-31"),
        ("close_date", "2026-02-30", "close_date '2026-02-30' is not a date such as 2026-03-31"),
        ("close_date", "0000-01-01", "close_date '0000-01-01' is not a date such as 2026-03-31"),
        ("created_at", "yesterday", "created_at 'yesterday' is not a time such as 2026-03-31T14:05:00+02:00"),
        ("created_at", "2026-03-31T24:00",
         "created_at '2026-03-31T24:00' is not a time such as 2026-03-31T14:05:00+02:00"),
        ("is_won", "yes", "is_won 'yes' is neither true nor false"),
        ("currency", "XXX", "currency 'XXX' is not an ISO 4217 currency code such as USD"),
        ("currency", "usd", "currency 'usd' is not an ISO 4217 currency code such as USD"),
        ("contract_type", "gift", "contract_type 'gift' is none of time_and_materials, fixed_fee, recurring"),
    ],
)  # fmt: skip
def test_a_cell_that_breaks_the_contract_sets_its_row_aside_with_a_sentence(checked, column, value, sentence):
    counts, sound, aside = checked("crm_deals", DEALS + deal(**{column: value}) + deal(deal_id="D2"), "deal_id")
    assert sound == [("D2",)]
    assert aside == [(2, column, value or None, sentence)]
    assert (counts.rows_read, counts.rows_checked, counts.rows_quarantined) == (2, 1, 1)


def test_a_row_with_several_breaches_is_one_row_that_names_them_all(checked):
    _, _, aside = checked("crm_deals", DEALS + deal(amount="x", currency="ZZZ"))
    assert aside == [
        (
            2,
            "amount",
            "x",
            "amount 'x' is not a number such as 1234.56; also: "
            "currency 'ZZZ' is not an ISO 4217 currency code such as USD",
        )
    ]


def test_an_open_deal_needs_neither_amount_nor_close_date(checked):
    _, sound, aside = checked("crm_deals", DEALS + deal(is_closed="false", amount="", close_date=""), "amount")
    assert (sound, aside) == ([(None,)], [])


@pytest.mark.parametrize(
    ("text", "amount"),
    [("0.10", "0.1"), ("-0", "0"), ("+7", "7"), (".5", "0.5"), ("1.50000000", "1.5"), ("-12.3456", "-12.3456"),
     ("99999999999999.9999", "99999999999999.9999"), ("  8  ", "8"), ("\u00a09\t", "9")],
)  # fmt: skip
def test_money_is_exact_to_the_last_place(checked, text, amount):
    _, sound, _ = checked("crm_deals", DEALS + deal(amount=text), "amount")
    assert sound == [(Decimal(amount),)]


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-31T14:05:00+02:00", datetime(2026, 3, 31, 12, 5, tzinfo=UTC)),
        ("2026-03-31T14:05:00.250+0200", datetime(2026, 3, 31, 12, 5, 0, 250_000, tzinfo=UTC)),
        ("2026-03-31 14:05Z", datetime(2026, 3, 31, 14, 5, tzinfo=UTC)),
        ("2026-03-31T14:05:00.1234560Z", datetime(2026, 3, 31, 14, 5, 0, 123_456, tzinfo=UTC)),
        # without an offset: UTC
        ("2026-03-31T14:05:00", datetime(2026, 3, 31, 14, 5, tzinfo=UTC)),
        # a bare day begins at midnight where the business is: New York is at -5 in winter, -4 in summer
        ("2026-03-01", datetime(2026, 3, 1, 5, 0, tzinfo=UTC)),
        ("2026-07-01", datetime(2026, 7, 1, 4, 0, tzinfo=UTC)),
    ],
)
def test_a_time_is_one_moment(checked, text, moment):
    _, sound, aside = checked("crm_deals", DEALS + deal(created_at=text), "created_at", "America/New_York")
    assert (sound, aside) == ([(moment,)], [])


def test_a_date_stays_the_day_that_is_written(checked):
    _, sound, _ = checked("crm_deals", DEALS + deal(), "close_date", "Pacific/Auckland")
    assert sound == [(date(2026, 3, 31),)]


def test_of_identical_rows_one_is_kept_and_the_rest_set_aside(checked):
    text = DEALS + deal(amount="1") + deal(amount="1.00") + deal(amount="1.0")
    counts, sound, aside = checked("crm_deals", text, '":line", deal_id')
    assert sound == [(2, "D1")]
    kept = "deal_id D1 is here a second time, identical to line 2, which was kept"
    assert aside == [(3, "deal_id", "D1", kept), (4, "deal_id", "D1", kept)]
    assert counts.rows_read == 3 == counts.rows_checked + counts.rows_quarantined


def test_of_differing_rows_with_one_key_none_is_kept(checked):
    counts, sound, aside = checked(
        "crm_deals", DEALS + deal(amount="1") + deal(amount="2") + deal(deal_id="D2"), "deal_id"
    )
    assert sound == [("D2",)]
    reason = "deal_id D1 is on lines 2, 3 with different contents; none of them was loaded"
    assert aside == [(2, "deal_id", "D1", reason), (3, "deal_id", "D1", reason)]
    assert counts.rows_quarantined == 2


def test_a_sound_row_is_not_trusted_where_a_broken_one_has_its_key(checked):
    _, sound, aside = checked("crm_deals", DEALS + deal(amount="1") + deal(amount="one"))
    assert sound == []
    assert [(line, column) for line, column, _, _ in aside] == [(2, "deal_id"), (3, "amount")]


def test_keys_that_differ_in_case_are_two_records(checked):
    _, sound, _ = checked("crm_deals", DEALS + deal(deal_id="d1") + deal(deal_id="D1"), "source_id")
    assert sound == [("d1",), ("D1",)]


def test_a_key_of_several_columns_joins_their_text_unmistakably(checked):
    text = "project_id,deal_id\nP1,D1\na|b,c\na,b|c\n"
    _, sound, aside = checked("psa_project_deals", text, "source_id")
    assert (sound, aside) == ([("P1|D1",), (r"a\|b|c",), (r"a|b\|c",)], [])


def test_an_optional_part_of_a_key_may_be_empty(checked):
    text = "role,currency,rate,effective_from,client_id\nDev,USD,100,2026-01-01,\nDev,USD,90,2026-01-01,C1\n"
    _, sound, aside = checked("accounting_rate_cards", text, "source_id")
    assert (sound, aside) == ([("Dev|USD|2026-01-01|||",), ("Dev|USD|2026-01-01||C1|",)], [])


def test_unlisted_columns_are_kept_and_listed_ones_may_be_absent(checked):
    text = "Account_ID , NAME,mood,Region\nA1,Acme,happy,\nA2,Beta,,\n"
    counts, sound, _ = checked("crm_accounts", text, "account_id, name, industry, extra_columns")
    assert sound == [("A1", "Acme", None, '{"mood":"happy"}'), ("A2", "Beta", None, None)]
    assert counts.columns == ("account_id", "name", "mood", "region")


def test_a_canonical_column_named_like_one_of_ours_keeps_both(checked):
    text = "invoice_line_id,source,source_id\nL1,time_entry,T1\n"
    _, sound, _ = checked("accounting_line_links", text, "source_id, canonical_source_id")
    assert sound == [("L1|time_entry|T1", "T1")]


def test_a_version_depends_on_what_is_told_and_on_nothing_else(checked):
    version = "row_version"
    plain = checked("crm_accounts", "account_id,name\nA1,Acme\n", version)[1]
    reordered = checked("crm_accounts", "name,account_id,website,mood\nAcme ,A1,,\n", version)[1]
    assert plain == reordered  # order of columns, blanks around a cell, and columns nobody filled
    others = [
        "account_id,name,website\nA1,Acme,x\n",
        "account_id,name,mood\nA1,Acme,x\n",
        "account_id,name\nA1,Acme2\n",
        "account_id,name,legal_name\nA1,Acme,x\n",
        "account_id,name\nA1,Acme\x1f1website=x\n",
    ]
    versions = {checked("crm_accounts", text, version)[1][0] for text in others}
    assert len(versions | {plain[0]}) == 5 + 1


def test_hostile_text_is_only_text(checked):
    names = ["=1+1", "<script>", "Асme", "a\u200bb", "\u202eevil", "'; DROP TABLE x; --", "a\x1f1name=b", "{}"]
    rows = "".join(f"A{number},{name}\n" for number, name in enumerate(names))
    _, sound, aside = checked("crm_accounts", "account_id,name\n" + rows, "name")
    assert (sound, aside) == ([(name,) for name in names], [])


def test_a_source_may_call_its_columns_what_it_likes(scratch):
    import pyarrow as pa

    from ingestion.quarantine import check
    from ingestion.systems import SourceTable

    names = [
        "id",
        "line",
        "lines",
        "ordinal",
        "problem",
        "parsed",
        "record",
        "source_id",
        "value",
        "Mixed Case",
        "select",
    ]
    batch = pa.table({**{name: ["1", "2", "2"] for name in names}, "extra": ["x", "y", "z"]})
    table = SourceTable("order", ("id",), dict.fromkeys(names, "text"), lambda: iter([batch]))
    counts = check(scratch, table, "UTC")
    assert (counts.rows_read, counts.rows_quarantined) == (3, 2)
    found = scratch.execute(
        'SELECT "line", "Mixed Case", canonical_source_id, extra_columns FROM scratch.checked."order"'
    )
    assert found.fetchall() == [("1", "1", "1", '{"extra":"x"}')]
