"""How one cell's text becomes a typed value, and what is wrong with it when it does not: as SQL, for whole batches.

canonical types → SQL expressions → quarantine.py
"""

import re
from dataclasses import dataclass

from ingestion.canonical import CURRENCIES, decimal_places, sql_type, words

_TIME = r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6}0*)?)?"
_OFFSET = r"( ?(Z|UTC|[+-]\d{2}(:?\d{2})?))?"
_DATE = r"\d{4}-\d{2}-\d{2}"


@dataclass(frozen=True)
class Cell:
    """One column's (or JSON field's) cell as SQL expressions over a row of `read_rows`.

    `text` and `value` are the names under which a batch holds its text and its typed value.
    """

    name: str
    text: str
    value: str
    text_expression: str
    value_expression: str
    is_unreadable: str  # boolean
    shown: str  # the text to show in quarantine
    complaint: str  # the sentence that says what is wrong with it


def column_cell(name: str, type_name: str, time_zone: str, is_there: bool) -> Cell:
    """The cell of a column in a batch of form "columns"; one that the source lacks is empty in every row."""
    text, value = quoted(f"text {name}"), quoted(f"value {name}")
    as_text = f"nullif(CAST({quoted(name)} AS VARCHAR), '')" if is_there else "CAST(NULL AS VARCHAR)"
    return Cell(
        name=name,
        text=text,
        value=value,
        text_expression=as_text,
        value_expression=typed(text, type_name, time_zone),
        is_unreadable=f"({text} IS NOT NULL AND {value} IS NULL)",
        shown=text,
        complaint=_complaint(name, text, type_name),
    )


def field_cell(name: str, type_name: str, time_zone: str) -> Cell:
    """The cell of a JSON field of a record (`Amount`, `MetaData.CreateTime`, `Line[*].Amount`: the first bad one)."""
    text, value = quoted(f"text {name}"), quoted(f"value {name}")
    path = "$" + re.sub(r"([^.\[\]*]+)", r'"\1"', "." + name)
    found = f"json_extract_string(parsed, {literal(path)})"
    if "[*]" not in name:
        as_text, unreadable = f"nullif(trim({found}), '')", f"({text} IS NOT NULL AND {value} IS NULL)"
        value_expression = _readable(text, type_name, time_zone)
    else:
        bad = f"nullif(item, '') IS NOT NULL AND ({_readable('item', type_name, time_zone)}) IS NULL"
        as_text = f"list_filter({found}, lambda item: {bad})[1]"
        unreadable, value_expression = f"({text} IS NOT NULL)", "CAST(NULL AS VARCHAR)"
    return Cell(
        name=name,
        text=text,
        value=value,
        text_expression=as_text,
        value_expression=value_expression,
        is_unreadable=unreadable,
        shown=text,
        complaint=_complaint(name, text, type_name),
    )


def typed(text: str, type_name: str, time_zone: str) -> str:
    """SQL that turns a trimmed text into a canonical type, exactly or not at all (null)."""
    if places := decimal_places(type_name):
        plain = rf"[+-]?(\d+(\.\d{{1,{places[1]}}}0*)?|\.\d{{1,{places[1]}}}0*)"
        return f"CASE WHEN {_matches(text, plain)} THEN TRY_CAST({text} AS {sql_type(type_name)}) END"
    if allowed := words(type_name) or (tuple(sorted(CURRENCIES)) if type_name == "currency" else ()):
        return f"CASE WHEN {text} IN ({', '.join(literal(word) for word in allowed)}) THEN {text} END"
    if type_name == "boolean":
        return f"CASE lower({text}) WHEN 'true' THEN true WHEN 'false' THEN false END"
    if type_name == "integer":
        return f"CASE WHEN {_matches(text, r'[+-]?[0-9]+')} THEN TRY_CAST({text} AS BIGINT) END"
    if type_name == "date":
        return f"CASE WHEN {_matches(text, _DATE)} AND {text} >= '0001' THEN TRY_CAST({text} AS DATE) END"
    if type_name == "timestamp":
        day = f"TRY_CAST({text} AS DATE)"
        # DuckDB wants seconds; a file need not have them.
        full = f"regexp_replace({text}, '^(.{{10}}.\\d\\d:\\d\\d)($|[^:])', '\\1:00\\2')"
        return (
            f"CASE WHEN {text} < '0001' THEN NULL "
            f"WHEN {_matches(text, _DATE)} THEN timezone({literal(time_zone)}, {day}::TIMESTAMP) "
            f"WHEN {_matches(text, _DATE + '[T ]' + _TIME + _OFFSET)} THEN TRY_CAST({full} AS TIMESTAMPTZ) END"
        )
    return text


def _readable(text: str, type_name: str, time_zone: str) -> str:
    """SQL that is null where a JSON field cannot be read as its type. Numbers may have exponents and long fractions."""
    if decimal_places(type_name):
        number = r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?"
        return f"CASE WHEN {_matches(text, number)} THEN TRY_CAST({text} AS DECIMAL(38,10)) END"
    if type_name == "date":
        return f"coalesce({typed(text, 'date', time_zone)}, CAST({typed(text, 'timestamp', time_zone)} AS DATE))"
    return typed(text, type_name, time_zone)


def _complaint(name: str, text: str, type_name: str) -> str:
    """SQL of a sentence that says what is wrong with an unreadable cell."""
    said = (
        f"{literal(name)} || ' ''' || left({text}, 60) || CASE WHEN length({text}) > 60 THEN '…' ELSE '' END || ''' '"
    )
    if places := decimal_places(type_name):
        digits = places[0] - places[1]
        return f"""{said} || CASE
            WHEN regexp_full_match(lower({text}), '[+-]?(nan|inf|infinity)') THEN 'is not a number that can be added up'
            WHEN regexp_full_match({text}, '[+-]?[0-9]{{1,3}}(,[0-9]{{3}})+(\\.[0-9]+)?')
                THEN 'has commas; write numbers plainly, such as 1234.56'
            WHEN regexp_full_match({text}, '[+-]?[0-9. ]*,[0-9]+')
                THEN 'has a decimal comma; write numbers plainly, such as 1234.56'
            WHEN regexp_full_match({text}, '[+-]?[0-9.]+[eE][+-]?[0-9]+')
                THEN 'is in scientific notation; write numbers plainly, such as 1234.56'
            WHEN regexp_full_match({text}, '[+-]?[0-9]*\\.[0-9]+')
                AND NOT regexp_full_match({text}, '[+-]?[0-9]*\\.[0-9]{{1,{places[1]}}}0*')
                THEN 'has more than {places[1]} decimals; round it where it comes from'
            WHEN regexp_full_match({text}, '[+-]?[0-9]*(\\.[0-9]+)?')
                THEN 'is too large; at most {digits} digits may stand before the point'
            ELSE 'is not a number such as 1234.56'
        END"""
    complaints = {
        "boolean": "is neither true nor false",
        "integer": "is not a whole number (of at most 18 digits)",
        "date": "is not a date such as 2026-03-31",
        "timestamp": "is not a time such as 2026-03-31T14:05:00+02:00",
        "currency": "is not an ISO 4217 currency code such as USD",
    }
    allowed = words(type_name)
    wrong = f"is none of {', '.join(allowed)}" if allowed else complaints.get(type_name, "cannot be read")
    return f"{said} || {literal(wrong)}"


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {literal(pattern)})"


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
