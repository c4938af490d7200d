"""The questions of a morning, for the two pages that answer them: app/questions/today*.sql → words and links."""

from __future__ import annotations

from dataclasses import dataclass

from app import formats, metrics
from app.blocks import Answer, Row


@dataclass(frozen=True)
class Question:
    """A question, its unit (`amount` or `hours`), what a detail of it is called, and what the answer means."""

    label: str
    unit: str
    detail: str
    meaning: str


QUESTIONS = {
    "invoiceable": Question(
        "What can we invoice today?", "amount", "What",
        "Approved work, milestones reached and fees due, of clients that are not on credit hold.",
    ),
    "disputed": Question(
        "What is disputed?", "amount", "Invoice", "Open invoices that the client disputes, tax included.",
    ),
    "overrunning": Question(
        "Which projects overrun?", "hours", "Project",
        "Worked and remaining hours beyond the plan, by the newest progress report; what has ended is left out.",
    ),
    "unstaffed": Question(
        "What was sold and never staffed?", "hours", "Role",
        "Sold hours that nobody has worked or is booked for; what has ended is left out.",
    ),
    "on_hold": Question(
        "What is on hold?", "amount", "On hold",
        "Projects that stand still, with what fell due meanwhile; clients on credit hold, with what is kept back.",
    ),
    "late_this_week": Question(
        "What becomes late this week?", "amount", "Step",
        "What is expected to stand open, and passes its time within seven days if nobody acts.",
    ),
}  # fmt: skip


def answers(scope: metrics.Scope, chosen: str | None = None) -> list[Answer]:
    """Each question with its answer on the day."""
    return [_answer(scope, row, row["question"] == chosen) for row in metrics.today_totals(scope).to_pylist()]


def _answer(scope: metrics.Scope, row: Row, is_chosen: bool) -> Answer:
    asked = QUESTIONS[row["question"]]
    show = formats.hours if asked.unit == "hours" else formats.compact
    if row["lacks"]:
        where = "Lacks " + formats.without_tables(row["lacks"])
    else:
        where = f"{formats.count(row['engagement_count'])} engagement{'' if row['engagement_count'] == 1 else 's'}"
    href = formats.page_url("today", scope.parameters, question=row["question"])
    return Answer(asked.label, show(row[asked.unit]), where, href, is_chosen, row["lacks"])
