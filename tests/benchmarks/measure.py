"""What a load, a build, a publish and a question cost. Not a test: nothing here fails for being slow.

    python tests/benchmarks/measure.py --scale 1 10 100 --folder FOLDER

sample firm × scale -> `tieout refresh` (timed part by part, with its peak of memory) -> questions, timed -> a table
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
sys.path.insert(0, str(REPOSITORY))

from warehouse.connect import Warehouse, published_file  # noqa: E402

STATEMENTS = {bridge: Path(__file__).with_name(f"{bridge}.sql") for bridge in ("sold_to_planned", "planned_to_billed")}
BRIDGES = (*STATEMENTS, "billed_to_recognized", "billed_to_collected")
REPEATS = 20
# What `tieout refresh` says as the next part begins.
BEGINS = (("(load ", "models and tests"), ("build  metrics", "metrics"), ("build  checks", "checks and publish"))
# What the sample firm's records are, as far as an item can come of them.
RECORDS = (
    "crm_deals", "crm_deal_lines", "psa_budget_lines", "psa_milestones", "psa_time_entries", "psa_expenses",
    "accounting_invoice_lines", "accounting_payments", "accounting_revenue_postings",
)  # fmt: skip


@dataclass
class Part:
    """One part of a refresh: seconds from its first to its last sign of life, bytes of all its processes at most."""

    name: str
    seconds: float = 0.0
    memory: int = 0


@dataclass
class Figures:
    scale: int
    parts: list[Part] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)
    questions: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # seconds: the bridge, the statement by hand


def make_home(folder: Path, scale: int) -> Path:
    """A home that reads the sample firm, so many times; nothing is loaded yet."""
    home = folder / f"scale_{scale}"
    if not (home / "sample").exists():
        run([sys.executable, "-m", "warehouse.cli", "sample", "--scale", str(scale), "--to", str(home / "sample")])
    settings = (REPOSITORY / "tieout.toml").read_text(encoding="utf-8").replace('"data/sample/', '"sample/')
    (home / "tieout.toml").write_text(settings, encoding="utf-8")
    shutil.copytree(REPOSITORY / "decisions", home / "decisions", dirs_exist_ok=True)
    for name in ("build", "snapshots"):
        shutil.rmtree(home / name, ignore_errors=True)
    for file in home.glob("raw.duckdb*"):
        file.unlink()
    return home


def run(command: list[str]) -> None:
    subprocess.run(command, check=True, cwd=REPOSITORY)


def refresh(home: Path) -> list[Part]:
    """`tieout refresh` on an empty home: what each part took."""
    command = [sys.executable, "-u", "-m", "warehouse.cli", "--home", str(home), "refresh"]
    parts = [Part("load")]
    with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as process:
        since = time.perf_counter()
        with watched(process.pid, lambda memory: note_memory(parts[-1], memory)):
            assert process.stdout is not None
            for line in process.stdout:
                if len(parts) <= len(BEGINS) and BEGINS[len(parts) - 1][0] in line:
                    parts[-1].seconds, since = time.perf_counter() - since, time.perf_counter()
                    parts.append(Part(BEGINS[len(parts) - 1][1]))
        parts[-1].seconds = time.perf_counter() - since
    if process.returncode:
        raise SystemExit(f"{home}: tieout refresh ended with {process.returncode}.")
    return parts


def note_memory(part: Part, memory: int) -> None:
    part.memory = max(part.memory, memory)


@contextmanager
def watched(process: int, tell: Callable[[int], None]) -> Iterator[None]:
    """While this lasts, tell the memory (bytes) of a process and all it has started, five times a second."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.2):
            tell(sum(resident(one) for one in family(process)))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def family(process: int) -> list[int]:
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [process, *(one for child in children for one in family(int(child)))]


def resident(process: int) -> int:
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))


def count(warehouse: Warehouse) -> dict[str, int]:
    def one(sql: str) -> int:
        return int(warehouse.rows(sql)[1][0][0])

    tables = ("fct_variance_items", "fct_variance_deltas", "fct_variance_balances", "dim_engagements")
    return {
        "time entries": one("select count(*) from canonical.psa_time_entries"),
        "records": sum(one(f"select count(*) from canonical.{table}") for table in RECORDS),
    } | {table: one(f"select count(*) from marts.{table}") for table in tables}


def ask(warehouse: Warehouse) -> dict[str, tuple[float, float]]:
    """Medians of each bridge on twenty days, and of the statement by hand that answers the same on one day (else 0)."""
    last = date.fromisoformat(str(warehouse.manifest["business_day"]))
    days = [last - timedelta(days=17 * n) for n in range(REPEATS)]
    answers = {}
    for bridge in BRIDGES:
        macro = median(
            warehouse, "select * from semantic.bridge($bridge, $day)", [{"bridge": bridge, "day": day} for day in days]
        )
        by_hand = 0.0
        if bridge in STATEMENTS:
            by_hand = median(warehouse, STATEMENTS[bridge].read_text(encoding="utf-8"), [{"day": day} for day in days])
        answers[bridge] = (macro, by_hand)
    return answers


def median(warehouse: Warehouse, sql: str, parameters: list[dict[str, object]]) -> float:
    warehouse.query(sql, parameters[0])
    seconds = []
    for one in parameters:
        since = time.perf_counter()
        warehouse.query(sql, one)
        seconds.append(time.perf_counter() - since)
    return statistics.median(seconds)


def measure(folder: Path, scale: int, *, is_there: bool) -> Figures:
    home = folder / f"scale_{scale}" if is_there else make_home(folder, scale)
    figures = Figures(scale, [] if is_there else refresh(home))
    file = published_file(home)
    figures.files = {"raw.duckdb": (home / "raw.duckdb").stat().st_size, "snapshot": file.stat().st_size}
    warehouse = Warehouse(file)
    figures.counts, figures.questions = count(warehouse), ask(warehouse)
    warehouse.close()
    return figures


def table(found: list[Figures]) -> str:
    """The figures as a Markdown table, one column per scale."""
    head = [f"scale {figures.scale}" for figures in found]
    rows = [["| |", *(f" {cell} |" for cell in head)], ["|---|", *("---:|" for _ in found)]]

    def row(name: str, cells: list[str]) -> None:
        rows.append([f"| {name} |", *(f" {cell} |" for cell in cells)])

    for name in found[0].counts:
        row(name, [f"{figures.counts[name]:,}" for figures in found])
    row("items per record", [f"{f.counts['fct_variance_items'] / f.counts['records']:.2f}" for f in found])
    for name in found[0].files:
        row(f"{name}, MB", [f"{figures.files[name] / 1e6:,.0f}" for figures in found])
    for n, part in enumerate(found[0].parts):
        row(f"{part.name}, s", [f"{figures.parts[n].seconds:,.0f}" for figures in found])
        row(f"{part.name}, MB at most", [f"{figures.parts[n].memory / 1e6:,.0f}" for figures in found])
    for bridge in BRIDGES:
        row(
            f"`semantic.bridge('{bridge}', day)`, ms",
            [f"{figures.questions[bridge][0] * 1000:,.0f}" for figures in found],
        )
        if bridge in STATEMENTS:
            row("by hand, ms", [f"{figures.questions[bridge][1] * 1000:,.0f}" for figures in found])
            row("by hand ÷ bridge", [f"{f.questions[bridge][1] / f.questions[bridge][0]:.1f}" for f in found])
    return "\n".join("".join(cells) for cells in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=int, nargs="+", default=[1], help="so many times the sample firm")
    parser.add_argument(
        "--folder", type=Path, required=True, help="where homes of that size are made (scale 100: 4 GB)"
    )
    parser.add_argument("--ask", action="store_true", help="only ask: the homes are there and published")
    arguments = parser.parse_args()
    found = [measure(arguments.folder.resolve(), scale, is_there=arguments.ask) for scale in arguments.scale]
    print(table(found))


if __name__ == "__main__":
    main()
