"""What each metric means, read from a build's semantic manifest: semantic_manifest.json -> Metric records.

dbt writes the manifest out of dbt_project/models/semantic/*.yml. This is the plain reading of it, without MetricFlow,
so that the command line and the app know a metric's words, dimensions and way of adding up at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

# What the meta of a metric must say, and in which words where only some are known.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "kind": ("fact", "ratio", "comparison"),
    "system_of_record": ("crm", "psa", "accounting", "support", "middleware", "tieout", "shared"),
    "time": ("flow", "balance", "rate"),
    "unit": ("money", "hours", "days", "minutes", "share", "count"),
    "direction": ("up", "down", "neutral"),
    "owner": (),
    "where_to_fix": (),
    "definition_version": (),
}

_EVERY = ("label", "description", *REQUIRED)


@dataclass(frozen=True)
class Dimension:
    """A column that a metric can be told apart by; `group_by` is what MetricFlow calls it.

    `is_joined`: it is an attribute of what the metric's rows belong to (engagement, client, resource), not their own.
    """

    name: str
    group_by: str
    description: str
    is_joined: bool = False
    is_day: bool = False


@dataclass(frozen=True)
class Metric:
    """One metric as its YAML says it.

    `type` is MetricFlow's: simple, cumulative (a balance of dated changes), ratio or derived. `aggregate` says how rows
    of its view become one value: sum, median, or ratio (sum of numerators / sum of denominators).
    """

    name: str
    label: str
    description: str
    type: str
    aggregate: str
    expression: str | None
    inputs: tuple[str, ...]
    dimensions: tuple[Dimension, ...]
    meta: Mapping[str, Any]
    definition: Mapping[str, Any]

    @property
    def is_input(self) -> bool:
        """Whether it only serves other metrics: it has no view and no row in the catalogue."""
        return bool(self.meta.get("is_input"))

    @property
    def is_balance(self) -> bool:
        """Whether it stands at the end of a day, rather than happens on a day."""
        return self.meta.get("time") == "balance"

    @property
    def needs(self) -> tuple[str, ...]:
        """What must be loaded for it to be told: names of marts.dim_availability, nearly all canonical tables."""
        return tuple(self.meta.get("needs", ()))

    @property
    def dimension_names(self) -> tuple[str, ...]:
        return tuple(dimension.name for dimension in self.dimensions)


class Definitions:
    """Every metric of one semantic manifest, inputs included, by name: dbt's own order differs from parse to parse."""

    def __init__(self, manifest: Mapping[str, Any]) -> None:
        self.manifest = dict(manifest) | {
            kind: sorted(manifest[kind], key=lambda told: str(told["name"])) for kind in ("metrics", "semantic_models")
        }
        self._models = {model["name"]: model for model in self.manifest["semantic_models"]}
        self._definitions = {metric["name"]: metric for metric in self.manifest["metrics"]}
        self._measures = {
            measure["name"]: (measure, model) for model in self._models.values() for measure in model["measures"]
        }

    @classmethod
    def read(cls, file: Path) -> Definitions:
        """The definitions in a semantic_manifest.json."""
        return cls(json.loads(file.read_text()))

    @cached_property
    def all(self) -> dict[str, Metric]:
        """Every metric by name, those included that only serve others."""
        return {name: self._metric(definition) for name, definition in self._definitions.items()}

    @cached_property
    def metrics(self) -> dict[str, Metric]:
        """The metrics of the catalogue by name."""
        return {name: metric for name, metric in self.all.items() if not metric.is_input}

    def measure(self, metric: Metric) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The measure of a simple or cumulative metric, and the semantic model that holds it."""
        return self._measures[metric.definition["type_params"]["measure"]["name"]]

    def leaves(self, metric: Metric) -> list[Metric]:
        """The simple and cumulative metrics that a metric is made of, itself if it is one, each once."""
        if not metric.inputs:
            return [metric]
        found = {leaf.name: leaf for name in metric.inputs for leaf in self.leaves(self.all[name])}
        return list(found.values())

    def faults(self) -> list[str]:
        """A sentence for each metric that does not say what it must, or not in known words."""
        found = []
        for name, metric in self.metrics.items():
            given = dict(metric.meta) | {"label": metric.definition["label"], "description": metric.description}
            found += [f"The metric {name} has no {key}: add it to its YAML." for key in _EVERY if not given.get(key)]
            found += [
                f"The metric {name} says {key}: {given[key]}. Known are {', '.join(words)}."
                for key, words in REQUIRED.items()
                if words and given.get(key) and given[key] not in words
            ]
            if (metric.meta.get("kind") == "comparison") != (metric.meta.get("system_of_record") == "shared"):
                found.append(
                    f"The metric {name} is shared by two systems if and only if it is a comparison. Say which."
                )
        return found

    def _metric(self, definition: Mapping[str, Any]) -> Metric:
        params = definition["type_params"]
        kind = definition["type"]
        inputs: tuple[str, ...] = ()
        if kind == "ratio":
            inputs = (params["numerator"]["name"], params["denominator"]["name"])
        elif kind == "derived":
            inputs = tuple(metric["name"] for metric in params["metrics"])
        return Metric(
            name=definition["name"],
            label=definition["label"] or definition["name"],
            description=" ".join((definition["description"] or "").split()),
            type=kind,
            aggregate=self._aggregate(definition),
            expression=params["expr"],
            inputs=inputs,
            dimensions=self._dimensions(definition["name"]),
            meta=(definition["config"] or {}).get("meta", {}),
            definition=definition,
        )

    def _aggregate(self, definition: Mapping[str, Any]) -> str:
        if definition["type"] == "ratio":
            return "ratio"
        if definition["type"] == "derived":
            return "sum"
        measure, _ = self._measures[definition["type_params"]["measure"]["name"]]
        return str(measure["agg"])

    def _dimensions(self, name: str) -> tuple[Dimension, ...]:
        """A metric made of others has the dimensions that all of them have."""
        definition = self._definitions[name]
        params = definition["type_params"]
        if definition["type"] in ("simple", "cumulative"):
            measure, model = self._measures[params["measure"]["name"]]
            return self._model_dimensions(model, has_cases=measure["agg"] != "sum")
        inputs = params["metrics"] or [params["numerator"], params["denominator"]]
        first, *others = [self._dimensions(given["name"]) for given in inputs]
        return tuple(d for d in first if all(d.name in {o.name for o in other} for other in others))

    def _model_dimensions(self, model: Mapping[str, Any], has_cases: bool) -> tuple[Dimension, ...]:
        """The model's entities with the attributes that other models know of them, then its own dimensions.

        What cannot be added up keeps one row per case, so that its key is a dimension too.
        """
        found = []
        primary = model["primary_entity"]
        for entity in model["entities"]:
            if entity["type"] == "primary":
                primary = entity["name"]
                if has_cases:
                    found.append(Dimension(primary, primary, "The case that the row is about."))
                continue
            column = entity["expr"] if (entity["expr"] or "").isidentifier() else entity["name"]
            found.append(Dimension(column, entity["name"], entity["description"] or ""))
            for other in self._models.values():
                if any(e["type"] == "primary" and e["name"] == entity["name"] for e in other["entities"]):
                    found += [_dimension(d, entity["name"], is_joined=True) for d in other["dimensions"]]
        found += [_dimension(d, primary) for d in model["dimensions"] if not _is_time_of(d, model)]
        return tuple(found)


def _is_time_of(dimension: Mapping[str, Any], model: Mapping[str, Any]) -> bool:
    return bool(dimension["name"] == (model["defaults"] or {}).get("agg_time_dimension"))


def _dimension(dimension: Mapping[str, Any], entity: str, is_joined: bool = False) -> Dimension:
    is_day = dimension["type"] == "time"
    group_by = f"{entity}__{dimension['name']}{'__day' if is_day else ''}"
    return Dimension(dimension["name"], group_by, dimension["description"] or "", is_joined, is_day)
