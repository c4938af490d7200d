"""Reading CSV: every physical line is part of a row that is read, or of one that is set aside."""

import codecs
import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingestion.files.csv_file import read_csv
from ingestion.systems import ConfigurationError, SourceError

HEADER = ["id", "name", "amount"]


def read(file: Path, encoding: str | None = None) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]]]:
    """The rows read (line, cells) and those that could not be (line, why, as it stood), each by line."""
    rows, problems = [], []
    for batch in read_csv(file, ["id", "name"], encoding):
        for row in batch.to_pylist():
            if row.get(":problem"):
                problems.append((row[":line"], row[":problem"], row[":text"]))
            else:
                rows.append((row[":line"], [cell for name, cell in row.items() if not name.startswith(":")]))
    return sorted(rows), sorted(problems)


def read_text(folder: Path, text: str) -> tuple[list[tuple[int, list[str]]], list[tuple[int, str, str]]]:
    (folder / "t.csv").write_text(text, encoding="utf-8", newline="")
    return read(folder / "t.csv")


def test_a_quoted_line_break_keeps_the_numbers_of_the_lines_after_it(tmp_path):
    rows, problems = read_text(tmp_path, 'id,name,amount\n1,"a\nb",10\n\n2,c,20\n')
    assert rows == [(2, ["1", "a\nb", "10"]), (5, ["2", "c", "20"])]
    assert problems == []


def test_quotes_and_commas_inside_quotes_are_text(tmp_path):
    rows, _ = read_text(tmp_path, 'id,name,amount\r\n1,"say ""hi"", twice",10\r\n2,"",20')
    assert rows == [(2, ["1", 'say "hi", twice', "10"]), (3, ["2", "", "20"])]


@pytest.mark.parametrize(
    "text",
    [
        '1,"Acme,10\n2,Beta,20\n3,Gamma,30\n',  # never closed
        '1,"Acme,10\n2,Beta,20\n3,Gamma,30\n4,"Delta",40\n',  # closed by the next quote there is
        '1,"Acme,10\r2,Beta,20\r3,Gamma,30',  # line ends of an old Mac
    ],
)
def test_a_quote_that_is_not_closed_costs_its_own_line_and_swallows_no_other(tmp_path, text):
    rows, problems = read_text(tmp_path, "id,name,amount\n" + text)
    assert [row for row in rows if row[0] in (3, 4)] == [(3, ["2", "Beta", "20"]), (4, ["3", "Gamma", "30"])]
    assert problems[0][0] == 2
    assert "a quote opens here and does not close" in problems[0][1]
    assert problems[0][2] == '1,"Acme,10'


def test_a_cell_that_runs_over_what_look_like_rows_is_set_aside_with_them(tmp_path):
    # Two missing quotes, or a text that quotes a table? Nothing is loaded from it: neither as a cell nor as rows.
    text = '1,"Acme,10\n2,Beta,20\n3,Gamma,30\n4,Delta",40'
    rows, problems = read_text(tmp_path, f"id,name,amount\n{text}\n5,Eps,50\n")
    assert rows == [(6, ["5", "Eps", "50"])]
    assert problems == [(2, "a cell in quotes runs over lines that look like rows of their own", text)]


def test_a_row_with_too_few_or_too_many_cells_is_set_aside_as_it_stood(tmp_path):
    rows, problems = read_text(tmp_path, "id,name,amount\n1,a\n2,b,20,x\n3,c,30\n")
    assert rows == [(4, ["3", "c", "30"])]
    assert problems == [
        (2, "the line has 2 cells where the header has 3", "1,a"),
        (3, "the line has 4 cells where the header has 3", "2,b,20,x"),
    ]


def test_a_stray_quote_and_a_nul_are_set_aside(tmp_path):
    rows, problems = read_text(tmp_path, 'id,name,amount\n1,5" by 3" pipe,10\n2,a\0b,20\n3,"a\0b",30\n')
    assert rows == []
    assert [(line, why) for line, why, _ in problems] == [
        (2, "a quote stands where none may; put the whole cell in quotes and double those inside it"),
        (3, "the line holds a NUL character"),
        (4, "the line holds a NUL character"),
    ]


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_a_byte_order_mark_tells_the_encoding(tmp_path, mark, encoding):
    (tmp_path / "t.csv").write_bytes(mark + "id,name,amount\n1,Zoë 株,10\n".encode(encoding))
    assert read(tmp_path / "t.csv")[0] == [(2, ["1", "Zoë 株", "10"])]


def test_another_encoding_is_refused_unless_it_is_named(tmp_path):
    file = tmp_path / "t.csv"
    file.write_bytes("id,name,amount\n1,a,10\n2,Zoë,20\n".encode("latin-1"))
    with pytest.raises(SourceError, match=r"t\.csv is refused: it is not UTF-8, line 3: byte 0xeb\. Save it as UTF-8"):
        read(file)
    assert read(file, "latin-1")[0][1] == (3, ["2", "Zoë", "20"])
    with pytest.raises(ConfigurationError, match="encoding = 'klingon' is no encoding"):
        read(file, "klingon")


def test_utf_16_without_its_mark_is_refused(tmp_path):
    (tmp_path / "t.csv").write_bytes("id,name,amount\n".encode("utf-16-le"))
    with pytest.raises(SourceError, match=r"NUL characters\. It may be UTF-16"):
        read(tmp_path / "t.csv")


@pytest.mark.parametrize(
    ("header", "sentence"),
    [
        ("id,amount", r"t\.csv is refused: it lacks the required column name\."),
        ("id,nmae", r"lacks the required column name\..* Is nmae meant to be name\?"),
        ("", r"t\.csv is refused: it lacks the required columns id, name\."),
        ("id;name;amount", "separated by something else than a comma"),
        ("id,name,Name ,amount", r"its columns 'name' and 'Name' are one and the same \(name\)"),
        ('id,"name', "the quotes in its header"),
    ],
)
def test_a_file_with_a_wrong_header_is_refused_whole(tmp_path, header, sentence):
    with pytest.raises(SourceError, match=sentence):
        read_text(tmp_path, header + "\n1,2,3\n")


def test_a_file_with_nothing_but_its_header_is_an_empty_table(tmp_path):
    (tmp_path / "t.csv").write_text("\ufeff ID , Name\n")
    batches = list(read_csv(tmp_path / "t.csv", ["id", "name"]))
    assert [batch.num_rows for batch in batches] == [0]
    assert batches[0].column_names == ["id", "name", ":line"]


LINE_END = re.compile(r"\r\n|\r|\n")
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@SETTINGS
@given(st.text(alphabet='a,"\n\r \0é', max_size=60))
def test_of_any_mess_each_line_is_accounted_for_once(tmp_path, mess):
    """Lines after the header = lines of rows read + lines set aside + empty lines."""
    rows, problems = read_text(tmp_path, "id,name,amount\n" + mess)
    lines = LINE_END.split(mess)
    lines = lines[:-1] if lines[-1] == "" else lines
    spans = [range(line, line + 1 + sum(len(LINE_END.findall(cell)) for cell in cells)) for line, cells in rows]
    spans += [range(line, line + 1 + len(LINE_END.findall(text))) for line, _, text in problems]
    covered = sorted(line for span in spans for line in span)
    empty = [number for number, line in enumerate(lines, start=2) if not line.strip() and number not in covered]
    assert sorted(covered + empty) == list(range(2, len(lines) + 2))


CELL = st.text(alphabet='ab,"\n\r é;', max_size=8).filter(lambda cell: len(re.findall(",", cell)) < 2)


@SETTINGS
@given(st.lists(st.tuples(CELL, CELL, CELL), max_size=8))
def test_what_a_csv_writer_wrote_is_read_back_as_it_was(tmp_path, written):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([HEADER, *written])
    rows, problems = read_text(tmp_path, text.getvalue())
    # What runs over lines that look like rows is set aside, whole; everything else is read as it was written.
    assert len(rows) + len(problems) == len(written)
    assert all(tuple(cells) in written for _, cells in rows)
    if not any("\n" in cell or "\r" in cell for row in written for cell in row):
        assert [tuple(cells) for _, cells in rows] == written


@SETTINGS
@given(st.text(alphabet='1a,"\n.-', max_size=60))
def test_of_any_mess_rows_read_are_rows_checked_and_rows_set_aside(checked, mess):
    counts, sound, aside = checked("crm_deal_lines", "deal_line_id,deal_id,family,amount\n1,1,service,1\n" + mess)
    assert counts.rows_read == len(sound) + len(aside)
    assert counts.rows_read >= 1
