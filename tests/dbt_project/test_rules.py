"""Every rule holds on the rows it was written for, and MetricFlow finds the metrics sound on a built warehouse.

Builds leave unit tests out, since they judge the code and not the data: here is where they run, once.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def built(trust_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the small firm's home, whose file nobody else has open."""
    home = tmp_path_factory.mktemp("built") / "home"
    shutil.copytree(trust_home, home)
    return home


def tieout(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command on a home, its colours left out."""
    command = [sys.executable, "-m", "warehouse.cli", "--home", str(home), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    done.stdout = re.sub(r"\x1b\[[0-9;]*m", "", done.stdout)
    return done


def test_every_rule_holds_on_the_rows_it_was_written_for(built: Path) -> None:
    done = tieout(built, "dbt", "test", "--select", "test_type:unit")
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    results = json.loads((built / "build/dev/project/target/run_results.json").read_text())["results"]
    assert len(results) > 90
    assert {result["status"] for result in results} == {"pass"}


def test_metricflow_finds_nothing_wrong_with_the_definitions_or_with_the_warehouse(built: Path) -> None:
    done = tieout(built, "mf", "validate-configs", "--show-all")
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    for part in ("semantics of built manifest", "semantic models", "dimensions", "entities", "measures", "metrics"):
        assert f"Successfully validated {'the ' if 'built' in part else ''}{part}" in done.stdout
    # MetricFlow's own reading of the older YAML leaves the measure beside the metric that it makes of it
    issues = [line for line in done.stdout.splitlines() if line.startswith("•")]
    assert [line for line in issues if "should not have both a measure and a metric" not in line] == []
