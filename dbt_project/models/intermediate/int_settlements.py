"""What every invoice line settles, on every day: lines -> portions, each a run of days.

A line settles work in the order of invoice date and id, as if un-billed lines had never been; who settles what changes
only where a line is un-billed, comes back or is voided. So an engagement's time is cut at those days, and settled anew
within each stretch. Milestones and recurring dates are cut further, where the plan in effect changes their amount.
One row per line, target and run of days; amounts in whole cents at cc.
"""

from collections import defaultdict

import pyarrow as pa

FOREVER = 2_932_896  # 9999-12-31 as days since 1970-01-01
BEFORE = -719_162  # 0001-01-01
WORKS_AT_ONCE = 400_000  # engagements are settled in groups of about so many works, to bound memory


def model(dbt, session):
    dbt.config(materialized="table")
    relations = {
        "int_invoice_lines": dbt.ref("int_invoice_lines"),
        "int_unbilled_days": dbt.ref("int_unbilled_days"),
        "int_line_targets": dbt.ref("int_line_targets"),
        "int_plan_lines": dbt.ref("int_plan_lines"),
        "int_work": dbt.ref("int_work"),
        "int_inferring_systems": dbt.ref("int_inferring_systems"),
        "int_milestone_days": dbt.ref("int_milestone_days"),
    }
    days = "(\"{0}\" - date '1970-01-01')::integer"
    cents = "(cc_amount * 100)::bigint"
    lines = relations["int_invoice_lines"]
    inferring = {name for (name,) in relations["int_inferring_systems"].fetchall()}
    settling = lines.filter(
        "type = 'invoice' and not has_no_known_project and kind not in ('advance', 'adjustment')"
    ).project(
        "engagement_id, invoice_line_id, invoice_id, project_id, kind, source_system, "
        f"{cents}, is_missing_fx_rate, {days.format('standing_from')}, {days.format('standing_to')}"
    )  # fmt: skip
    by_engagement = defaultdict(list)
    for engagement, *line in settling.fetchall():
        by_engagement[engagement].append(Line(*line))
    unbilled = defaultdict(list)
    for invoice, since, until in relations["int_unbilled_days"].project(
        f"invoice_id, {days.format('effective_from')}, {days.format('effective_to')}"
    ).fetchall():
        unbilled[invoice].append((since, until))
    links = defaultdict(list)
    for line, kind, key in relations["int_line_targets"].order("invoice_line_id, target_type, target_key").fetchall():
        links[line].append((kind, key))
    plans = defaultdict(list)
    for engagement, *plan in relations["int_plan_lines"].filter("target_key is not null").project(
        f"engagement_id, project_id, kind, target_key, {cents}, {days.format('planned_date')}, "
        f"{days.format('effective_from')}, {days.format('effective_to')}"
    ).fetchall():
        plans[engagement].append(plan)
    milestones = relations["int_milestone_days"].filter("reached_on is not null")
    reached = dict(milestones.project(f"milestone_id, {days.format('reached_on')}").fetchall())

    rows = []
    work = relations["int_work"]
    for group in groups(work, by_engagement):
        works = defaultdict(list)
        names = pa.table({"engagement_id": pa.array(group, pa.string())})
        session.register("settling_engagements", names)
        for engagement, *entry in work.join(
            session.table("settling_engagements"), "engagement_id"
        ).project(
            f"engagement_id, work_id, work_type, project_id, {cents}, {days.format('work_date')}, "
            f"{days.format('approved_on')}, {days.format('written_off_on')}"
        ).fetchall():  # fmt: skip
            works[engagement].append(Work(*entry))
        session.unregister("settling_engagements")
        for engagement in group:
            settle_engagement(
                engagement, by_engagement[engagement], unbilled, links, works[engagement], plans[engagement], reached,
                inferring, rows,
            )  # fmt: skip
    return as_table(rows)


class Line:
    __slots__ = ("cents", "id", "invoice", "is_missing", "kind", "project", "since", "system", "until")

    def __init__(self, id, invoice, project, kind, system, cents, is_missing, since, until):
        self.id, self.invoice, self.project, self.kind, self.system = id, invoice, project, kind, system
        self.cents, self.is_missing, self.since, self.until = cents, is_missing, since, until


class Work:
    __slots__ = ("approved", "cents", "id", "project", "type", "worked", "written_off")

    def __init__(self, id, type, project, cents, worked, approved, written_off):
        self.id, self.type, self.project, self.cents = id, type, project, cents
        self.worked, self.approved, self.written_off = worked, approved, written_off


def groups(work, by_engagement):
    """Names of engagements with lines, in groups that hold about WORKS_AT_ONCE works each."""
    counts = dict(work.aggregate("engagement_id, count(*)", "engagement_id").fetchall())
    group, size = [], 0
    for engagement in sorted(by_engagement):
        group.append(engagement)
        size += counts.get(engagement, 0)
        if size >= WORKS_AT_ONCE:
            yield group
            group, size = [], 0
    if group:
        yield group


def settle_engagement(engagement, lines, unbilled, links, works, plans, reached, inferring, rows):
    """Appends to rows: (engagement, line, target type, target, disposition, cents, is_inferred, since, until)."""
    cuts = {BEFORE}
    for line in lines:
        for since, until in unbilled.get(line.invoice, ()):
            cuts.update((since, until))
        if line.until < FOREVER:
            cuts.add(line.until)
    cuts = sorted(cut for cut in cuts if cut < FOREVER)
    lines = sorted(lines, key=lambda line: (line.since, line.id))
    works_by_id = {(work.type, work.id): work for work in works}
    queues = defaultdict(list)  # for inference: a project's approved work, oldest first
    for work in works:
        if work.approved < FOREVER and work.cents > 0:
            queues[work.project, work.type].append(work)
    for queue in queues.values():
        queue.sort(key=lambda work: (work.approved, work.worked, work.id))
    for start, end in zip(cuts, [*cuts[1:], FOREVER], strict=True):
        standing = [
            line for line in lines
            if line.since < end and line.until > start
            and not any(since < end and until > start for since, until in unbilled.get(line.invoice, ()))
        ]  # fmt: skip
        stretch = Stretch(engagement, start, end, plans, reached, rows)
        for line in standing:
            stretch.settle(line, links.get(line.id, ()), works_by_id, queues, line.system in inferring)
        stretch.pour()


class Stretch:
    """One engagement between two days on which a line is un-billed, comes back or is voided."""

    def __init__(self, engagement, start, end, plans, reached, rows):
        self.engagement, self.start, self.end, self.plans, self.reached, self.rows = (
            engagement, start, end, plans, reached, rows
        )  # fmt: skip
        self.settled = set()  # works that a linked line has settled
        self.taken = defaultdict(int)  # cents that inference has taken from a work (type, id) or a milestone
        self.heads = defaultdict(int)  # how far inference has come in each queue
        self.pours = []  # lines for milestones and recurring dates: (line, [(target, cents or None)], is_inferred)

    def settle(self, line, links, works, queues, may_infer):
        entries = [works[link] for link in links if link in works]
        if entries:
            self.settle_linked(line, entries)
            return
        targets = [key for kind, key in links if kind in ("milestone", "recurring")]
        if targets:
            self.pours.append((line, [(target, None) for target in targets], False))
        elif not may_infer or line.is_missing:
            self.add(line, None, None, "billed_without_link", line.cents, False)
        elif line.kind in ("time", "expense"):
            self.infer_work(line, queues[line.project, "time_entry" if line.kind == "time" else "expense"])
        elif line.kind in ("milestone", "recurring"):
            self.infer_targets(line)
        else:
            self.add(line, None, None, "billed_without_link", line.cents, False)

    def settle_linked(self, line, entries):
        worth = 0
        for work in entries:
            if (work.type, work.id) in self.settled or work.written_off < line.since:
                continue
            self.settled.add((work.type, work.id))
            portion = work.cents - self.taken[work.type, work.id]  # an inferring ledger may have settled a part
            worth += portion
            self.add(line, work.type, work.id, "settled", portion, False)
        rest = "missing_fx_rate" if line.is_missing else "billing_adjustment"
        self.add(line, None, None, rest, line.cents - worth, False)

    def infer_work(self, line, queue):
        left = line.cents
        key = (line.project, line.kind)
        position = self.heads[key]
        while left > 0 and position < len(queue) and queue[position].approved <= line.since:
            work = queue[position]
            open_cents = work.cents - self.taken[work.type, work.id]
            if (work.type, work.id) in self.settled or work.written_off < line.since or open_cents <= 0:
                position += 1  # a later line comes no earlier, so this work is past for it too
                continue
            portion = min(left, open_cents)
            self.taken[work.type, work.id] += portion
            left -= portion
            self.add(line, work.type, work.id, "settled", portion, True)
        self.heads[key] = position
        self.add(line, None, None, "billed_without_link", left, True)

    def infer_targets(self, line):
        held = {}  # target -> [cents in effect on the invoice date, earliest planned date]
        for project, kind, target, cents, planned, since, until in self.plans:
            if project == line.project and kind == line.kind and since <= line.since < until:
                now = held.setdefault(target, [0, planned])
                now[0] += cents
                now[1] = min(now[1], planned)

        def order(target):
            reached = self.reached.get(target)
            is_reached = reached is not None and reached <= line.since
            return (not is_reached, reached if is_reached else held[target][1], held[target][1], target)

        left, portions = line.cents, []
        for target in sorted(held, key=order):
            portion = min(left, held[target][0] - self.taken[target])
            if portion > 0:
                self.taken[target] += portion
                left -= portion
                portions.append((target, portion))
        if portions:
            self.pours.append((line, portions, True))
        self.add(line, None, None, "billed_without_link", left, True)

    def pour(self):
        """Milestones and recurring dates take their lines in order, each up to its amount in effect on the day."""
        if not self.pours:
            return
        cuts = {self.start}
        for _, _, _, _, _, since, until in self.plans:
            cuts.update(day for day in (since, until) if self.start < day < self.end)
        cuts = sorted(cuts)
        for start, end in zip(cuts, [*cuts[1:], self.end], strict=True):
            amounts, planned_dates, kinds = defaultdict(int), {}, {}
            for _, kind, target, cents, planned, since, until in self.plans:
                if since <= start < until:
                    amounts[target] += cents
                    planned_dates[target] = min(planned, planned_dates.get(target, planned))
                    kinds[target] = kind
            for line, targets, is_inferred in self.pours:
                if line.since >= end:
                    continue
                since = max(start, line.since)
                held = [item for item in targets if item[0] in kinds]
                held.sort(key=lambda item: (planned_dates[item[0]], item[0]))
                if is_inferred:
                    for target, cents in targets:
                        if target not in kinds:
                            self.add(line, None, target, "billed_not_planned", cents, True, since, end)
                left = sum(cents for _, cents in held) if is_inferred else line.cents
                for target, cents in held:
                    # a line without an exchange rate settles whatever is left; a negative one settles nothing
                    want = amounts[target] if line.is_missing else left if cents is None else cents
                    portion = max(min(want, amounts[target]), 0)
                    amounts[target] -= portion
                    left -= portion
                    self.add(line, kinds[target], target, "settled", portion, is_inferred, since, end)
                rest = "billing_adjustment" if is_inferred or len(held) == len(targets) else "billed_not_planned"
                if line.is_missing:
                    rest = "missing_fx_rate"
                self.add(line, None, None, rest, left, is_inferred, since, end)

    def add(self, line, target_type, target, disposition, cents, is_inferred, since=None, until=None):
        if cents:
            self.rows.append((
                self.engagement, line.id, target_type, target, disposition, cents, is_inferred,
                max(self.start, line.since) if since is None else since, self.end if until is None else until,
            ))  # fmt: skip


def as_table(rows):
    """The portions as an Arrow table."""
    columns = list(zip(*rows, strict=True)) or [[] for _ in range(9)]
    text, whole, day = pa.string(), pa.int64(), pa.date32()
    names = ("engagement_id", "invoice_line_id", "target_type", "target_key", "disposition", "cents", "is_inferred",
             "effective_from", "effective_to")  # fmt: skip
    types = (text, text, text, text, text, whole, pa.bool_(), day, day)
    arrays = [
        pa.array(column, pa.int32()).cast(day) if kind == day else pa.array(column, kind)
        for column, kind in zip(columns, types, strict=True)
    ]
    return pa.table(arrays, names=list(names))
