"""The sample firm: live through two years of one invented services firm and write what each system would export.

Data flow: seed -> `generate` -> Ledger -> `write` -> <folder>/<system>/<object>.jsonl[.gz] and <folder>/exports/*.csv.
"""

import csv
import gzip
import io
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import IO, cast

from ingestion.sample_firm import (
    birdview,
    exports,
    names,
    quickbooks,
    salesforce,
    scenarios_billing,
    scenarios_delivery,
    scenarios_money,
    scenarios_planned,
    scenarios_sold,
)
from ingestion.sample_firm.billed import number_documents
from ingestion.sample_firm.books import close_books
from ingestion.sample_firm.engagements import fixed_fee, pursue, recurring, time_and_materials
from ingestion.sample_firm.ledger import COLUMNS, Ledger
from ingestion.sample_firm.planned import hire, start_project, work
from ingestion.sample_firm.sold import open_client

SEED = 20260901
ENGAGEMENTS = 108
ZIPPED = {"timelogs", "tasks", "OpportunityFieldHistory", "Invoice"}


def generate(seed: int = SEED, scale: int = 1) -> Ledger:
    """What happened at the firm, or at `scale` independent firms one after the other. The same seed, the same firm."""
    return one_firm(seed, 0).extend(one_firm(seed, number) for number in range(1, scale))


def one_firm(seed: int, number: int) -> Ledger:
    """One firm, its scenarios first (so that their ids stay, however the rest changes), then the bulk."""
    ledger = Ledger(seed, number)
    hire(ledger)
    for subject in (scenarios_sold, scenarios_planned, scenarios_delivery, scenarios_billing, scenarios_money):
        for scenario in subject.SCENARIOS:
            scenario(ledger)
    clients = [
        open_client(
            ledger,
            *facts,
            terms_days=ledger.random.choice((14, 30, 30, 30, 45, 60)),
            pays_late_days=ledger.random.choice((0, 0, 0, 5, 25)),
        )
        for facts in names.CLIENTS
    ]
    days = (date(2026, 7, 10) - names.FIRST_DAY).days
    for index in range(ENGAGEMENTS):
        client = clients[index % len(clients)]
        won = names.FIRST_DAY + timedelta(days=2 + days * (index if index > 18 else index // 2) // ENGAGEMENTS)
        if client.currency == "CAD" and won < names.CAD_RATES_FROM + timedelta(days=4):
            won = names.CAD_RATES_FROM + timedelta(days=4 + index)
        sign = (time_and_materials, time_and_materials, fixed_fee, recurring, time_and_materials)[index % 5]
        sign(ledger, client, won, ledger.random.randint(600, 1900))
        if index % 2:
            pursue(ledger, client, won + timedelta(days=ledger.random.randint(0, 60)))
    work_on_ourselves(ledger)
    ledger.run()
    number_documents(ledger)
    close_books(ledger)
    return ledger


def work_on_ourselves(ledger: Ledger) -> None:
    """Internal time: a few hours a month of everyone."""
    client = open_client(ledger, "Northbeam Internal", has_tax_id=False)
    project = start_project(
        ledger, client, "Practice development", date(2024, 9, 2), is_internal=True, end=date(2027, 12, 31)
    )
    for role in names.ROLES:
        for quarter in range(8):
            first = names.FIRST_DAY + timedelta(days=91 * quarter + 20)
            work(
                ledger,
                project,
                role,
                names.ROLES[role][0] * 20,
                first,
                first + timedelta(days=60),
                rate=Decimal(0),
                billable=False,
                reason="Internal",
            )


def records(ledger: Ledger) -> Iterator[tuple[str, str, bytes]]:
    """(system, file name, line) of every record of every system; CSV files begin with their header."""
    for system, source in (("salesforce", salesforce), ("birdview", birdview), ("quickbooks", quickbooks)):
        for table, record in source.records(ledger):
            line = json.dumps(record, default=float, ensure_ascii=False, separators=(",", ":")) + "\n"
            yield system, f"{table}.jsonl{'.gz' if table in ZIPPED else ''}", line.encode()
    for table, cells in exports.rows(ledger):
        if not (ledger.firm and table == "fx_rates"):
            yield "exports", f"{table}.csv", csv_line(cells)


def csv_line(cells: list[str]) -> bytes:
    """One line of a CSV file."""
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(cells)
    return line.getvalue().encode()


def write(folder: Path, seed: int = SEED, scale: int = 1) -> None:
    """Write every system's files under the folder, firm after firm, so that memory holds one firm at a time."""
    files: dict[tuple[str, str], IO[bytes]] = {}
    with ExitStack() as open_files:
        for number in range(scale):
            for system, name, line in records(one_firm(seed, number)):
                if (system, name) not in files:
                    files[system, name] = open_file(folder / system / name, open_files)
                    if name.endswith(".csv"):
                        files[system, name].write(csv_line(COLUMNS[name.removesuffix(".csv")]))
                files[system, name].write(line)


def open_file(path: Path, open_files: ExitStack) -> IO[bytes]:
    """A new file; a zipped one carries no time and no name, so that the same records give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file: IO[bytes] = open_files.enter_context(path.open("wb"))
    if path.suffix == ".gz":
        file = cast(IO[bytes], open_files.enter_context(gzip.GzipFile("", "wb", fileobj=file, mtime=0)))
    return file


def content(path: Path) -> bytes:
    """What a file holds, unzipped: two versions of zlib may zip the same bytes differently."""
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def write_decisions(folder: Path, seed: int = SEED, scale: int = 1) -> None:
    """Write what people decided in review, a CSV file per seed: a home's `decisions/` folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in generate(seed, scale).decisions.items():
        cells = [list(rows[0]), *([exports.text(value) for value in row.values()] for row in rows)]
        (folder / f"{name}.csv").write_bytes(b"".join(csv_line(row) for row in cells))


def check(folder: Path, seed: int = SEED, scale: int = 1) -> list[str]:
    """How the folder differs from what the seed gives, a sentence a file; empty where it is the same to the byte."""
    with tempfile.TemporaryDirectory() as fresh:
        write(Path(fresh), seed, scale)
        expected = {path.relative_to(fresh): path for path in Path(fresh).rglob("*") if path.is_file()}
        found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
        return [
            *(f"{name} is missing." for name in sorted(expected.keys() - found.keys())),
            *(f"{name} is none of the sample firm's files." for name in sorted(found.keys() - expected.keys())),
            *(
                f"{name} is not what the seed gives."
                for name in sorted(expected.keys() & found.keys())
                if content(expected[name]) != content(found[name])
            ),
        ]
