"""Rows → pieces of HTML for st.html: figures, tables, notes. Pure functions; all data text goes through app.formats.

A table made here prints whole, can be read by a screen reader and holds links into the source systems.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import formats
from app.charts import CLASS_COLOURS, METRIC_COLOURS

Row = Mapping[str, Any]
SYSTEM_WORDS = {"crm": "CRM", "psa": "PSA", "accounting": "Accounting"}
KINDS: dict[str, Callable[[Any], str]] = {
    "money": formats.money,
    "signed": lambda value: formats.money(value, signed=True),
    "compact": formats.compact,
    "change": lambda value: formats.compact(value, signed=True),
    "share": formats.share,
    "count": formats.count,
    "hours": formats.hours,
    "day": formats.day,
}
RIGHT = {"money", "signed", "compact", "change", "share", "count", "hours"}


@dataclass(frozen=True)
class Column:
    """A table's column: the row's key, its heading, how it reads, a second line, a link, and whether a phone shows it.

    `kind` is one of KINDS, `class`, `words`, or `text`.
    """

    key: str
    heading: str
    kind: str = "text"
    under: str | None = None
    href: Callable[[Row], str | None] | None = None
    phone: bool = True


def system(name: str | None) -> str:
    """A role's or system's name as people say it: crm → CRM, quickbooks → Quickbooks."""
    return SYSTEM_WORDS.get(name or "", formats.sentence_case(name))


def heading(text: str, lede: str = "") -> str:
    """A section's heading and, in one line, what it is."""
    return f'<h2 class="t-h2">{formats.attribute(text)}</h2>' + (
        f'<p class="t-lede">{formats.attribute(lede)}</p>' if lede else ""
    )


def figures(rows: Sequence[Row], since: str, small: bool = False) -> str:
    """The metrics side by side, never added: amount, its owner, how it compares (a bar) and how it moved."""
    largest = max((abs(row["amount"]) for row in rows if row["amount"] is not None), default=0) or 1
    parts = [_figure(row, float(abs(row["amount"] or 0) / largest), since) for row in rows]
    return f'<dl class="t-figures{" t-figures-small" if small else ""}">{"".join(parts)}</dl>'


def _figure(row: Row, width: float, since: str) -> str:
    colour = METRIC_COLOURS[row["metric"]]
    owner = SYSTEM_WORDS[row["system_of_record"]]
    meaning = formats.attribute(row["description"] or "")
    head = (
        f'<div class="t-figure" style="--colour:{colour}">'
        f'<dt title="{meaning}">{formats.attribute(row["label"])}<small>{owner}</small></dt>'
    )
    if row["amount"] is None:
        return (
            f'{head}<dd class="t-big">{formats.NOT_AVAILABLE}</dd>'
            f'<dd class="t-exact" title="{formats.attribute(row["lacks"])}">'
            f"Lacks {formats.attribute(formats.without_tables(row['lacks']))}</dd></div>"
        )
    moved = f"{formats.compact(row['change_amount'], signed=True)} {formats.attribute(since)}"
    return (
        f'{head}<dd class="t-big" title="{formats.money(row["amount"])}">{formats.compact(row["amount"])}</dd>'
        f'<dd><div class="t-rail"><i style="width:{width * 100:.1f}%"></i></div></dd>'
        f'<dd class="t-exact">{moved}</dd></div>'
    )


@dataclass(frozen=True)
class Answer:
    """A question's answer in one look: the question, how much (already text), what it is, and where all of it is."""

    question: str
    big: str
    exact: str
    href: str
    is_chosen: bool = False
    lacks: str | None = None  # what is not loaded, where nobody can tell


def answers(found: Sequence[Answer]) -> str:
    """Questions and their answers side by side; each is a link to what stands behind it."""
    parts = [
        f'<a class="t-answer{" t-chosen" if one.is_chosen else ""}" href="{formats.attribute(one.href)}"'
        f'{" aria-current=true" if one.is_chosen else ""}>'
        f'<span class="t-question">{formats.attribute(one.question)}</span>'
        f'<span class="t-big">{one.big}</span><span class="t-exact">{formats.attribute(one.exact)}</span></a>'
        for one in found
    ]
    return f'<nav class="t-answers" aria-label="Questions of today">{"".join(parts)}</nav>'


def table(columns: Sequence[Column], rows: Sequence[Row], label: str, total: Row | None = None) -> str:
    """Rows as a table; `total` is a last row with the keys it has. Says so where there are none."""
    if not rows:
        return '<p class="t-empty">Nothing here.</p>'
    head = "".join(f'<th scope="col" class="{_classes(column)}">{column.heading}</th>' for column in columns)
    body = "".join(f"<tr>{''.join(_cell(column, row) for column in columns)}</tr>" for row in rows)
    foot = ""
    if total:
        empty = "<td></td>"
        cells = "".join(_cell(column, total) if column.key in total else empty for column in columns)
        foot = f"<tfoot><tr>{cells}</tr></tfoot>"
    return (
        f'<div class="t-scroll" tabindex="0" role="region" aria-label="{formats.attribute(label)}">'
        f'<table class="t-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody>{foot}</table></div>'
    )


def _classes(column: Column) -> str:
    return " ".join(
        name
        for name, wanted in (
            ("t-right", column.kind in RIGHT),
            ("t-keep", column.kind in ("day", "class")),
            ("t-wide", not column.phone),
        )
        if wanted
    )


def _cell(column: Column, row: Row) -> str:
    value = row.get(column.key)
    if column.kind == "class":
        text = class_mark(value) if value else ""
    elif column.kind in KINDS:
        text = KINDS[column.kind](value)
    elif column.kind == "words":
        text = formats.escape(formats.sentence_case(value)) if value else "–"
    else:
        text = "–" if value is None or value == "" else formats.escape(value)
    href = column.href(row) if column.href else None
    if href:
        text = f'<a href="{formats.attribute(href)}">{text}</a>'
    under = row.get(column.under) if column.under else None
    if under:
        text += f"<small>{formats.escape(under)}</small>"
    return f'<td class="{_classes(column)}">{text}</td>'


def class_mark(name: str) -> str:
    """A class by its colour and its name."""
    return f'<span class="t-class" style="--colour:{CLASS_COLOURS[name]}">{formats.sentence_case(name)}</span>'


def legend(names: Iterable[str]) -> str:
    """Which colour is which class."""
    present = set(names)
    marks = "".join(class_mark(name) for name in CLASS_COLOURS if name in present)
    return f'<div class="t-legend">{marks}</div>'


def not_available(lacks: str) -> str:
    """What is said where nobody can tell: what is not loaded."""
    return f'<p class="t-tie">Not available: this warehouse lacks {formats.attribute(lacks)}.</p>'


def tie(ends: Row) -> str:
    """The check that start and steps make the end, as it is counted; in red where they do not. And what steps lack."""
    if not ends["is_available"]:
        return not_available(ends["lacks"])
    return _checked(ends) + _steps_lack(ends["steps_lack"])


def _steps_lack(lacks: str | None) -> str:
    """What is said of a bridge some steps of which nobody can tell."""
    if not lacks:
        return ""
    said = f"This warehouse lacks {formats.attribute(lacks)}: what is planned stands here as if none of it were done."
    return f'<p class="t-tie t-bad">{said}</p>'


def _checked(ends: Row) -> str:
    sum_text = (
        f"{formats.money(ends['start_amount'])} {_plus(ends['steps_amount'])} = {formats.money(ends['end_amount'])}"
    )
    if ends["ties"]:
        return f'<p class="t-tie t-status"><span class="t-ok">Ties:</span> <b>{sum_text}</b></p>'
    return f'<p class="t-tie t-bad">Does not tie: {sum_text.replace(" = ", " ≠ ")}</p>'


def _plus(amount: Any) -> str:
    return f"{'−' if amount < 0 else '+'} {formats.money(abs(amount))}"


def facts(pairs: Sequence[tuple[str, str]]) -> str:
    """Names and their values; the values are HTML, made by escape or class_mark."""
    return '<dl class="t-facts">' + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in pairs) + "</dl>"


def traits(pairs: Sequence[tuple[str, str]]) -> str:
    """Short facts in one line that wraps; the values are HTML, made by escape."""
    parts = (f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return f'<dl class="t-traits">{"".join(parts)}</dl>'


def metric_legend(labels: Mapping[str, str]) -> str:
    """Which colour is which metric."""
    marks = "".join(
        f'<span class="t-class" style="--colour:{colour}">{formats.attribute(labels[metric])}</span>'
        for metric, colour in METRIC_COLOURS.items()
        if metric in labels
    )
    return f'<div class="t-legend">{marks}</div>'
