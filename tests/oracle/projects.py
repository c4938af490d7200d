"""How projects stand on any day: their status, their version in effect, and when their plan's lines fall due.

psa_projects + history + budget versions and lines -> `Project`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from .engagements import Engagement, engagements, of_member
from .money import UNKNOWN, Worth, worth
from .records import FOREVER, Firm, Row, after, group, stays_with

ENDED = ("closed", "cancelled")


@dataclass(frozen=True)
class PlanLine:
    """One budget line of one version, valued on its version's first day in effect."""

    row: Row
    version: int
    worth: Worth
    leaves: date

    @property
    def id(self) -> str:
        return str(self.row["budget_line_id"])

    @property
    def kind(self) -> str:
        return str(self.row["kind"])

    @property
    def hours(self) -> Decimal:
        return self.row["planned_hours"] or Decimal(0)


@dataclass
class Project:
    firm: Firm
    row: Row
    engagement: Engagement
    statuses: list[tuple[date, str]]  # (from this day on, status), in order; the first from the beginning of time
    contracts: list[tuple[date, str]]
    versions: dict[int, Row] = field(default_factory=dict)
    lines: dict[int, list[PlanLine]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return self.row.key

    def status(self, day: date) -> str:
        return [status for since, status in self.statuses if since <= day][-1]

    def contract_type(self, day: date) -> str:
        return [kind for since, kind in self.contracts if since <= day][-1]

    def has_started(self, day: date) -> bool:
        """Whether it has ever left draft (a draft that was cancelled never did)."""
        return any(since <= day and status not in ("draft", "cancelled") for since, status in self.statuses)

    def version_on(self, day: date) -> int | None:
        """The version in effect: the highest with effective_on <= day that is still there."""
        if self.firm.left_on(self.row) <= day or not self.has_started(day):
            return None
        there = [
            number
            for number, row in self.versions.items()
            if row["effective_on"] <= day and (day < self.firm.left_on(row) or stays_with(row, self.row))
        ]
        return max(there, default=None)

    def plan(self, day: date) -> list[PlanLine]:
        """The lines in effect on a day."""
        version = self.version_on(day)
        return [] if version is None else [line for line in self.lines[version] if day < line.leaves]

    def turning_days(self) -> list[date]:
        """Every day on which the plan in effect may change."""
        days = {row["effective_on"] for row in self.versions.values()}
        days |= {since for since, _ in self.statuses if since > date.min}
        days |= {self.firm.left_on(row) for row in [self.row, *self.versions.values()]}
        days |= {line.leaves for lines in self.lines.values() for line in lines}
        return sorted(days - {FOREVER})

    def ended_on(self, day: date) -> date | None:
        """The day since which it is closed or cancelled; None while it is not."""
        if self.status(day) not in ENDED:
            return None
        since = None
        for start, status in self.statuses:
            if start <= day:
                since = None if status not in ENDED else since or start
        return since

    def due_on(self, line: PlanLine, today: date) -> date | None:
        """As of today: the day the line falls due; None while a hold, or the end of the project, keeps it from it."""
        due: date | None = line.row["planned_date"]
        if self.is_paused(line, today):
            due = None
        elif due is not None and due <= today:
            while self.status(due) == "on_hold":
                due = after(due)
        ended = self.ended_on(today)
        if ended is not None:
            if line.kind in ("time", "expense"):
                return ended if due is None or due > ended else due
            return None if due is None or due > ended else due
        return due

    def is_paused(self, line: PlanLine, today: date) -> bool:
        """It fell due in a hold that lasts until today."""
        due = line.row["planned_date"]
        return due <= today and all(
            self.status(due + timedelta(days=n)) == "on_hold" for n in range((today - due).days + 1)
        )


def projects(firm: Firm) -> dict[str, Project]:
    """Every project by key."""
    return firm.once("projects", lambda: {row.key: build(firm, row) for row in firm.rows["psa_projects"]})


def history(firm: Firm, project: Row, field_name: str) -> list[Row]:
    def all_changes() -> dict[Any, list[Row]]:
        def owner(row: Row) -> Any:
            found = firm.resolve("psa_projects", row["project_id"], row.system)
            return (found.key if found else None, row["field"])

        rows = sorted(firm.present("psa_project_history"), key=lambda r: (r["changed_at"], str(r["new_value"])))
        return group(rows, owner)

    return firm.once("project history", all_changes).get((project.key, field_name), [])


def status_runs(firm: Firm, project: Row) -> list[tuple[date, str]]:
    """(from this day on, the status at the end of the day)."""
    changes = history(firm, project, "status")
    now = str(project["status"])
    moments: list[tuple[datetime | date, str]] = [(row["changed_at"], str(row["new_value"])) for row in changes]
    if changes:
        born_draft = changes[0]["new_value"] == "draft"
        first = str(changes[0]["old_value"] or ("draft" if born_draft else "open"))
    else:
        first = "draft" if now == "draft" else "open"
    last = moments[-1][1] if moments else first
    days = [(firm.day(moment) or date.min, status) for moment, status in moments]
    if now != last:
        created = firm.day(project["created_at"]) or date.min
        own = (project["end_date"] or created) if now in ENDED else created
        days.append((max(own, days[-1][0]) if days else own, now))
    at_end = {date.min: first} | dict(days)  # the last change of a day wins
    return sorted(at_end.items())


def contract_runs(firm: Firm, project: Row) -> list[tuple[date, str]]:
    changes = history(firm, project, "contract_type")
    if not changes:
        return [(date.min, str(project["contract_type"]))]
    first = str(changes[0]["old_value"] or changes[0]["new_value"])
    at_end = {date.min: first} | {firm.day(row["changed_at"]) or date.min: str(row["new_value"]) for row in changes}
    return sorted(at_end.items())


def build(firm: Firm, row: Row) -> Project:
    engagement = engagements(firm)[of_member(firm, "project", row.key) or ""]
    project = Project(firm, row, engagement, status_runs(firm, row), contract_runs(firm, row))

    def owner(child: Row) -> Any:
        found = firm.resolve("psa_projects", child["project_id"], child.system)
        return found.key if found else None

    versions = firm.once("versions", lambda: group(firm.rows["psa_budget_versions"], owner)).get(row.key, [])
    lines = firm.once("plan lines", lambda: group(firm.rows["psa_budget_lines"], owner)).get(row.key, [])
    project.versions = {int(version["version"]): version for version in versions}
    project.lines = {number: [] for number in project.versions}
    first_days: dict[int, date] = {}
    for day in project.turning_days():
        version_then = project.version_on(day)
        if version_then is not None:
            first_days.setdefault(version_then, day)
    for line in lines:
        number = int(line["version"])
        if number in project.versions:
            first = first_days.get(number)  # none: it never comes into effect, but links may name its lines
            value = UNKNOWN if first is None else worth(firm, engagement, line["amount"], str(row["currency"]), first)
            leaves = FOREVER if stays_with(line, row, project.versions[number]) else firm.left_on(line)
            project.lines[number].append(PlanLine(line, number, value, leaves))
    return project


def of_engagement(firm: Firm, engagement: Engagement) -> list[Project]:
    return [projects(firm)[key] for key in engagement.keys("project")]
