"""`tieout docs`: dbt's documentation of what is published, on one page that works without a network."""

import json
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser import chromium
from warehouse.cli import main
from warehouse.connect import Warehouse, published_file
from warehouse.publish import Snapshot, damage
from warehouse.settings import REPOSITORY


@pytest.fixture(scope="module")
def page(sample_home: Path) -> Path:
    """The sample's documentation, written by the command."""
    done = tieout(sample_home, "--build-only")
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1].removeprefix("wrote "))


@pytest.fixture(scope="module")
def artifacts(page: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the page holds: dbt's manifest and its catalogue."""
    text = page.read_text()
    starts = [found.start() for found in re.finditer(r'\{"metadata": \{"dbt_schema_version"', text)]
    manifest, catalog = (json.JSONDecoder().raw_decode(text, start)[0] for start in starts)
    return manifest, catalog


def tieout(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "warehouse.cli", "--home", str(home), "docs", *arguments],
        capture_output=True, text=True, cwd=REPOSITORY,
    )  # fmt: skip


def test_the_page_holds_every_metric_and_every_page_of_the_app(
    artifacts: tuple[dict[str, Any], dict[str, Any]], sample: Warehouse
) -> None:
    manifest, _ = artifacts
    metrics = {metric["name"]: metric["description"] for metric in manifest["metrics"].values()}
    _, rows = sample.rows("select metric, description from semantic.metric_catalog")
    assert {name: " ".join(metrics[name].split()) for name, _ in rows} == dict(rows)
    pages = {exposure["name"] for exposure in manifest["exposures"].values()}
    assert {"overview", "bridge", "engagement", "trust", "ledger"} <= pages


def test_no_description_is_left_as_a_reference(artifacts: tuple[dict[str, Any], dict[str, Any]]) -> None:
    described = [
        text
        for node in (*artifacts[0]["nodes"].values(), *artifacts[0]["metrics"].values())
        for text in (node["description"], *(column["description"] for column in node.get("columns", {}).values()))
    ]
    assert "What was sold and is delivered as one: marts.dim_engagements." in described  # doc('engagement')
    assert [text for text in described if "doc(" in text] == []


def test_the_catalogue_has_the_types_of_what_is_published(
    artifacts: tuple[dict[str, Any], dict[str, Any]], sample: Warehouse
) -> None:
    _, catalog = artifacts
    found = {
        (node["metadata"]["schema"], node["metadata"]["name"], column["name"]): column["type"]
        for node in catalog["nodes"].values()
        for column in node["columns"].values()
    }
    _, rows = sample.rows("""
        select schema_name, table_name, column_name, data_type from duckdb_columns()
        where schema_name in ('canonical', 'marts', 'seeds')
    """)
    assert found == {tuple(column): kind for *column, kind in rows}


def test_the_snapshot_is_as_it_was_published(page: Path, sample_home: Path) -> None:
    snapshot = Snapshot(published_file(sample_home))
    assert page == sample_home / "build" / "docs" / snapshot.id / "index.html"
    assert damage(snapshot) == ""
    assert snapshot.file.stat().st_nlink == 1


def test_the_page_is_made_once_for_a_snapshot(page: Path, sample_home: Path) -> None:
    made = page.stat().st_mtime_ns
    assert tieout(sample_home, "--build-only").stdout == f"wrote {page}\n"
    assert page.stat().st_mtime_ns == made


@pytest.fixture
def address(page: Path, sample_home: Path) -> Iterator[str]:
    """Where the command serves it."""
    command = [sys.executable, "-m", "warehouse.cli", "--home", str(sample_home), "docs", "--port", "0"]
    with subprocess.Popen(
        command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
        # tests that a shell runs in the background hand on that Ctrl-C is ignored
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    ) as serving:  # fmt: skip
        assert serving.stdout is not None
        try:
            said = next(line for line in serving.stdout if "http://" in line)
            yield re.findall(r"http://localhost:\d+", said)[0]
            serving.send_signal(signal.SIGINT)
            assert serving.wait(timeout=10) == 0
        finally:
            serving.kill()


def test_a_browser_shows_it_and_asks_nobody_else(address: str) -> None:
    asked: list[str] = []
    with chromium() as browser:
        tab = browser.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(f"{address}/#!/overview")
        tab.get_by_role("heading", name="What was sold, planned and billed").wait_for()
        tab.goto(f"{address}/#!/metric/metric.tieout.sold_revenue")
        tab.get_by_text("What have clients committed to?").first.wait_for()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who listens where in a file")
def test_only_this_machine_is_served(address: str) -> None:
    port = int(address.rsplit(":", 1)[1])
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.status == 200
    listening = re.findall(rf"(\w+):{port:04X} 00000000:0000 0A", Path("/proc/net/tcp").read_text())
    assert listening == ["0100007F"]  # 127.0.0.1


def test_without_the_build_of_what_is_published_the_next_step_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / "build").mkdir()
    (home / "snapshots").mkdir()
    (home / "snapshots" / "20260331T000000Z-aaaaaaaa.duckdb").touch()
    (home / "warehouse.duckdb").symlink_to(home / "snapshots" / "20260331T000000Z-aaaaaaaa.duckdb")
    assert main(["--home", str(home), "docs", "--build-only"]) == 2
    assert "The build of 20260331T000000Z-aaaaaaaa is not kept any more" in capsys.readouterr().err
