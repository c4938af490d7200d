"""Who approved which definition: definitions + SQL + lineage -> fingerprints, held against approved_metrics.yml in git.

A fingerprint covers all that a metric means: its YAML, its measures, the SQL compiled from them and the canonical
columns behind it. An edit voids the approval; an edit that does not raise definition_version fails the build.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from warehouse.definitions import Definitions, Metric
from warehouse.errors import SettingsError
from warehouse.settings import REPOSITORY

LOCK = "approved_metrics.yml"  # in the dbt project
FINGERPRINTS = "metric_fingerprints.json"  # in a build's project/target
COMPILED = REPOSITORY / "tests" / "warehouse" / "compiled_metrics"
HEADER = """\
# Which version of each metric is approved, by whom, and the fingerprint of what was approved. Written by
# `tieout approve`; a build fails where a definition changed and its definition_version did not.
"""

Approval = Mapping[str, Any]  # version, fingerprint, approved_by, approved_on


def fingerprint(metric: Metric, definitions: Definitions, sql: str, lineage: Sequence[str]) -> str:
    """A hash of everything a metric means: 16 hexadecimal digits."""
    leaves = definitions.leaves(metric)
    told = {
        "metrics": [_without_version(each.definition) for each in (metric, *leaves)],
        "measures": [definitions.measure(leaf)[0] for leaf in leaves],
        "marts": [definitions.measure(leaf)[1]["node_relation"]["alias"] for leaf in leaves],
        "sql": sql,
        "lineage": list(lineage),
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def read_lock(project: Path) -> dict[str, Approval]:
    """The approvals in a dbt project's lock file, by metric."""
    file = project / LOCK
    return dict(yaml.safe_load(file.read_text()) or {}) if file.exists() else {}


def faults(definitions: Definitions, fingerprints: Mapping[str, str], lock: Mapping[str, Approval]) -> list[str]:
    """A sentence for each metric whose definition changed while its version did not."""
    found = []
    for name, metric in definitions.metrics.items():
        approved, version = lock.get(name), int(metric.meta["definition_version"])
        if approved is None:
            continue
        if fingerprints[name] != approved["fingerprint"] and version <= approved["version"]:
            found.append(
                f"The definition of the metric {name} is not the one that {approved['approved_by']} approved as "
                f"version {approved['version']}. Undo the change, or set definition_version to "
                f"{approved['version'] + 1} in its YAML and have it approved: tieout approve {name} --by NAME."
            )
        elif fingerprints[name] == approved["fingerprint"] and version != approved["version"]:
            found.append(
                f"The metric {name} says definition_version {version}, but nothing changed since version "
                f"{approved['version']} was approved. Set it back."
            )
    found += [
        f"{LOCK} approves {name}, which is no metric. Take it out." for name in lock if name not in definitions.metrics
    ]
    return found


def entries(
    definitions: Definitions, fingerprints: Mapping[str, str], lock: Mapping[str, Approval]
) -> dict[str, dict[str, Any]]:
    """What the catalogue says of each metric: its fingerprint, and who approved it if that is what was approved."""
    found = {}
    for name in definitions.metrics:
        approved = lock.get(name, {})
        is_approved = approved.get("fingerprint") == fingerprints[name]
        found[name] = {
            "fingerprint": fingerprints[name],
            "approved_by": approved["approved_by"] if is_approved else None,
            "approved_on": approved["approved_on"] if is_approved else None,
        }
    return found


def approve(
    target: Path, project: Path, metrics: Sequence[str], *, by: str, on: date, compiled: Path = COMPILED
) -> list[str]:
    """Approve metrics (none named: all that are not) as a build compiled them, and keep their SQL in git.

    `target` is that build's project/target, `project` the repository's dbt project. Returns the metrics approved.
    """
    built: dict[str, Any] = json.loads((target / FINGERPRINTS).read_text())
    unknown = [name for name in metrics if name not in built]
    if unknown:
        raise SettingsError(f"There is no metric {unknown[0]!r} in the newest build. Run `tieout build` if it is new.")
    lock = {name: approval for name, approval in read_lock(project).items() if name in built}
    due = [name for name in built if lock.get(name, {}).get("fingerprint") != built[name]["fingerprint"]]
    chosen = [name for name in (metrics or built) if name in due]
    for name in chosen:
        if built[name]["version"] <= lock.get(name, {}).get("version", 0):
            raise SettingsError(
                f"The definition of {name} changed, and its definition_version is still {built[name]['version']}. "
                "Raise it in its YAML, mark it in the changelog (numbers change), and run `tieout build` again."
            )
    compiled.mkdir(parents=True, exist_ok=True)
    for name in chosen:
        lock[name] = {
            "version": built[name]["version"],
            "fingerprint": built[name]["fingerprint"],
            "approved_by": by,
            "approved_on": on,
        }
        (compiled / f"{name}.sql").write_text(built[name]["sql"] + "\n")
    for left in compiled.glob("*.sql"):
        if left.stem not in built:
            left.unlink()
    ordered = {name: dict(lock[name]) for name in built if name in lock}
    lines = [
        yaml.safe_dump({name: entry}, default_flow_style=None, sort_keys=False, width=200)
        for name, entry in ordered.items()
    ]
    (project / LOCK).write_text(HEADER + "".join(lines))
    return chosen


def newest_target(builds: Path) -> Path:
    """The target folder of the newest build whose metrics were compiled. Raises SettingsError where there is none."""
    found = sorted(builds.glob(f"*/project/target/{FINGERPRINTS}"), key=lambda file: file.stat().st_mtime)
    if not found:
        raise SettingsError("There is no build to approve the metrics of. Run `tieout build` first.")
    return found[-1].parent


def keep(target: Path, definitions: Definitions, fingerprints: Mapping[str, str], views: Mapping[str, str]) -> None:
    """Leave with a build what `approve` needs of it."""
    told = {
        name: {"version": metric.meta["definition_version"], "fingerprint": fingerprints[name], "sql": views[name]}
        for name, metric in definitions.metrics.items()
    }
    (target / FINGERPRINTS).write_text(json.dumps(told, indent=1))


def _without_version(definition: Mapping[str, Any]) -> dict[str, Any]:
    meta = {key: value for key, value in definition["config"]["meta"].items() if key != "definition_version"}
    return dict(definition) | {"config": {"meta": meta}}
