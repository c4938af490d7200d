"""What a question to the semantic layer costs. Not a test: nothing here fails for being slow.

    python tests/benchmarks/ask_metrics.py HOME

published home -> each question as `tieout query` asks it, by MetricFlow's own SQL, by hand over the same marts, and
once through `mf query` -> a table of medians and ratios. The answers must agree, else it stops.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from warehouse.connect import Warehouse, published_file  # noqa: E402
from warehouse.semantics import compile_sql, query  # noqa: E402
from warehouse.settings import read_settings  # noqa: E402

REPEATS = 7
ENGAGEMENT = "left join marts.dim_engagements as e on e.engagement_id = f.engagement_id"
MONTH = "cast(date_trunc('month', f.metric_date) as date)"


@dataclass(frozen=True)
class Question:
    """A metric by month and dimensions; by hand: the mart, its value and the SQL of the dimensions."""

    metric: str
    by: tuple[str, ...]
    group_by: tuple[str, ...]
    by_hand: str


QUESTIONS = (
    Question("billed_revenue", ("practice",), ("engagement__practice",), f"""
        select {MONTH} as metric_date, e.practice, sum(f.billed_amount) as billed_revenue
        from marts.fct_billed as f {ENGAGEMENT} where f.metric_date <= $end group by all"""),
    Question("sold_revenue", ("client", "legal_entity"), ("engagement__client", "engagement__legal_entity"), f"""
        select {MONTH} as metric_date, e.client, e.legal_entity, sum(f.sold_amount) as sold_revenue
        from marts.fct_sold as f {ENGAGEMENT} where f.metric_date <= $end group by all"""),
    Question("worked_hours", ("project_manager",), ("engagement__project_manager",), f"""
        select {MONTH} as metric_date, e.project_manager, sum(f.worked_hours) as worked_hours
        from marts.fct_time_entries as f {ENGAGEMENT} where f.metric_date <= $end group by all"""),
    Question("planned_hours", ("client", "contract_type"), ("engagement__client", "engagement__contract_type"), f"""
        select {MONTH} as metric_date, e.client, e.contract_type, sum(f.planned_hours) as planned_hours
        from marts.fct_planned as f {ENGAGEMENT} where f.metric_date <= $end group by all"""),
    Question("delivery_cost_amount", ("practice",), ("engagement__practice",), f"""
        select {MONTH} as metric_date, e.practice, sum(f.delivery_cost_amount) as delivery_cost_amount
        from marts.fct_delivery_cost as f {ENGAGEMENT} where f.metric_date <= $end group by all"""),
)  # fmt: skip


def median(work: Callable[[], object]) -> float:
    """Seconds, the median of some runs after one that is not counted."""
    work()
    taken = []
    for _ in range(REPEATS):
        since = time.perf_counter()
        work()
        taken.append(time.perf_counter() - since)
    return statistics.median(taken)


def total(table: Any, metric: str) -> Any:
    return sum(value for value in table.column(metric).to_pylist() if value is not None)


def compile_cold(manifest: Path) -> float:
    """Seconds that a new process takes for its first metric, MetricFlow's import included."""
    code = (
        "import json, sys, time; since = time.perf_counter(); from warehouse.semantics import compile_sql\n"
        "compile_sql(json.load(open(sys.argv[1])), [('billed_revenue', ['metric_time__month'])])\n"
        "print(time.perf_counter() - since)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(manifest)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def mf_query(home: Path, question: Question) -> float:
    """Seconds of `mf query` on the same data: the published build's own project, file and raw copy."""
    settings = read_settings(home)
    project = settings.build_folder / published_file(home).stem / "project"
    metrics = [f"--metrics={question.metric}", f"--group-by=metric_time__month,{','.join(question.group_by)}"]
    with tempfile.TemporaryDirectory(dir=settings.build_folder) as folder:
        # MetricFlow finds the tables by the name that the file was built under
        (Path(folder) / "warehouse.duckdb").hardlink_to(published_file(home))
        environment = os.environ | {
            "TIEOUT_BUILD_FILE": f"{folder}/warehouse.duckdb",
            "TIEOUT_ACCESS_MODE": "read_only",
            "TIEOUT_RAW_FILE": str(settings.raw_file),
            "DBT_PROFILES_DIR": str(project),
        }
        since = time.perf_counter()
        subprocess.run(
            [str(Path(sys.executable).with_name("mf")), "query", *metrics, "--limit=5"],
            cwd=project, env=environment, capture_output=True, text=True, check=True,
        )  # fmt: skip
        return time.perf_counter() - since


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path, help="a home with a published warehouse")
    home = parser.parse_args().home.resolve()
    file = published_file(home)
    manifest = file.with_suffix(".semantic_manifest.json")
    told = json.loads(manifest.read_text())
    warehouse = Warehouse(file)
    end = date.fromisoformat(str(warehouse.manifest["business_day"]))
    heads = ["compiled, ms", "`query`, ms", "MetricFlow's SQL, ms", "by hand, ms", "query ÷ hand", "`mf query`, s"]
    rows = [f"| by month and … | {' | '.join(heads)} |", "|---|" + "---:|" * len(heads)]
    for question in QUESTIONS:
        request = [(question.metric, ["metric_time__month", *question.group_by])]
        sql = compile_sql(told, request, None, end)[0]
        ours = query(warehouse, [question.metric], by=question.by, grain="month", end=end)
        by_hand = warehouse.query(question.by_hand, {"end": end})
        assert total(ours, question.metric) == total(by_hand, question.metric), question
        # one more in the same engine, beside the engine itself
        many = median(lambda: compile_sql(told, request * 11, None, end))  # noqa: B023
        compiled = (many - median(lambda: compile_sql(told, request, None, end))) / 10  # noqa: B023
        asked = median(lambda: query(warehouse, [question.metric], by=question.by, grain="month", end=end))  # noqa: B023
        theirs = median(lambda: warehouse.query(sql))  # noqa: B023
        hand = median(lambda: warehouse.query(question.by_hand, {"end": end}))  # noqa: B023
        through_mf = mf_query(home, question)
        rows.append(
            f"| `{question.metric}` by {', '.join(question.by)} | {compiled * 1000:,.0f} | {asked * 1000:,.0f} | "
            f"{theirs * 1000:,.0f} | {hand * 1000:,.0f} | {asked / hand:.2f} | {through_mf:.1f} |"
        )
    print("\n".join(rows))
    print(f"\nThe first metric of a new process: {compile_cold(manifest):.1f} s, MetricFlow's import included.")
    warehouse.close()


if __name__ == "__main__":
    main()
