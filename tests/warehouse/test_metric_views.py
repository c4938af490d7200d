"""The SELECT of a metric's view, run on rows that MetricFlow's SQL could have returned."""

from typing import Any

import duckdb
import pytest

from warehouse.definitions import Definitions
from warehouse.errors import BuildError
from warehouse.metric_views import rule, view_sql


def model(name: str, agg: str = "sum", primary: str | None = None) -> dict[str, Any]:
    entities = [{"name": "engagement", "type": "foreign", "expr": "engagement_id", "description": "x"}]
    if primary:
        entities.insert(0, {"name": primary, "type": "primary", "expr": primary, "description": "x"})
    return {
        "name": name,
        "primary_entity": None if primary else f"{name}_row",
        "entities": entities,
        "defaults": {"agg_time_dimension": "metric_date"},
        "measures": [{"name": f"{name}_measure", "agg": agg, "expr": None}],
        "dimensions": [{"name": "metric_date", "type": "time", "description": None}],
    }


ENGAGEMENTS = {
    "name": "engagements",
    "primary_entity": None,
    "entities": [{"name": "engagement", "type": "primary", "expr": "engagement_id", "description": None}],
    "defaults": None,
    "measures": [],
    "dimensions": [{"name": "client", "type": "categorical", "description": "The client."}],
}


def definition(name: str, kind: str, time: str = "flow", **params: Any) -> dict[str, Any]:
    empty = {"measure": None, "expr": None, "metrics": [], "numerator": None, "denominator": None}
    meta = {"time": time, "unit": "money"}
    return {
        "name": name, "label": name.title(), "description": "", "type": kind, "type_params": empty | params,
        "config": {"meta": meta},
    }  # fmt: skip


DEFINITIONS = Definitions(
    {
        "semantic_models": [model("sold"), model("billed"), model("days", "median", "deal"), ENGAGEMENTS],
        "metrics": [
            definition("sold", "simple", measure={"name": "sold_measure"}),
            definition("billed", "simple", measure={"name": "billed_measure"}),
            definition("days", "simple", time="rate", measure={"name": "days_measure"}),
            definition("gap", "derived", expr="sold - billed", metrics=[{"name": "sold"}, {"name": "billed"}]),
            definition("share", "ratio", time="rate", numerator={"name": "billed"}, denominator={"name": "sold"}),
            definition(
                "share_of_gap", "ratio", time="balance", numerator={"name": "gap"}, denominator={"name": "sold"}
            ),
            definition("product", "derived", expr="sold * billed", metrics=[{"name": "sold"}, {"name": "billed"}]),
        ],
    }
)

COLUMNS = "metric_time__day, engagement, engagement__client"
COMPILED = {
    "sold": f"""select * from (values
        (timestamp '2026-01-10', 'E1', 'Harbor', cast(100 as decimal(38, 2))), (timestamp '2026-01-10', 'E2', null, 50),
        (timestamp '2026-02-01', 'E1', 'Harbor', 0)) as t ({COLUMNS}, sold)""",
    "billed": f"""select * from (values
        (timestamp '2026-01-10', 'E1', 'Harbor', cast(40 as decimal(38, 2))),
        (timestamp '2026-03-01', 'E1', 'Harbor', 20)) as t ({COLUMNS}, billed)""",
    "days": """select * from (values (timestamp '2026-01-10', 'D1', 'E1', 'Harbor', 0),
        (timestamp '2026-01-10', 'D2', 'E1', 'Harbor', null)) as t
        (metric_time__day, deal, engagement, engagement__client, days)""",
}


def rows(name: str) -> list[dict[str, Any]]:
    sql = view_sql(DEFINITIONS.metrics[name], DEFINITIONS, COMPILED)
    return duckdb.sql(f"select * from ({sql}) order by all").arrow().read_all().to_pylist()


def test_a_view_has_a_day_the_dimensions_and_the_value() -> None:
    assert [str(value) for value in rows("billed")[0].values()] == ["2026-01-10", "E1", "Harbor", "40.00"]
    assert list(rows("billed")[0]) == ["metric_date", "engagement_id", "client", "billed"]


def test_what_is_joined_is_never_empty_so_that_no_row_is_lost_in_a_group() -> None:
    assert [(row["client"], float(row["sold"])) for row in rows("sold")] == [("Harbor", 100), ("(none)", 50)]


def test_rows_of_nothing_are_left_out_of_a_sum_but_not_out_of_a_median() -> None:
    assert len(rows("sold")) == 2
    assert [(row["deal"], row["days"]) for row in rows("days")] == [("D1", 0)]


def test_a_difference_counts_a_day_that_only_one_side_has() -> None:
    # 100 and - 40 on 10 January, 50 of the engagement without a client, - 20 on 1 March
    assert [float(row["gap"]) for row in rows("gap")] == [-40, 100, 50, -20]


GROUPED = """
    SELECT subq.metric_time__day, subq.engagement, COALESCE(subq.__sold, 0) AS sold
    FROM (
        SELECT f.metric_time__day, f.engagement, {sum} AS __sold FROM f GROUP BY f.metric_time__day, f.engagement{more}
    ) subq
"""


def ungrouped(sum_sql: str, more: str = "") -> bool:
    """Whether the view of a sum that MetricFlow compiled so is told without its grouping."""
    sql = GROUPED.format(sum=sum_sql, more=more)
    return "GROUP BY" not in view_sql(DEFINITIONS.metrics["sold"], DEFINITIONS, {"sold": sql}).upper()


def test_a_sum_is_told_ungrouped_so_that_a_question_groups_by_what_it_names_alone() -> None:
    assert ungrouped("SUM(f.amount)")
    assert ungrouped("SUM(CASE WHEN f.is_won THEN 1 ELSE 0 END)")


def test_what_does_not_add_up_row_by_row_stays_grouped() -> None:
    assert not ungrouped("COUNT(DISTINCT f.deal)")
    assert not ungrouped("SUM(DISTINCT f.amount)")
    assert not ungrouped("MAX(f.amount)")
    assert not ungrouped("SUM(f.amount)", " HAVING SUM(f.amount) > 10")


def test_a_share_shows_what_is_divided_by_what() -> None:
    told = [(float(row["numerator"]), float(row["denominator"]), row["share"]) for row in rows("share")]
    assert told == [(40, 100, 0.4), (0, 50, 0), (20, 0, None)]


def test_a_share_that_is_a_balance_divides_what_stands_on_the_day() -> None:
    # of E1: 60 / 100 on 10 January, (60 - 20) / 100 on 1 March
    assert [row["share_of_gap"] for row in rows("share_of_gap") if row["client"] == "Harbor"] == [0.6, 0.4]


def test_only_sums_and_differences_are_metrics_that_add_up() -> None:
    with pytest.raises(BuildError, match="only \\+ and - add up"):
        rows("product")


def test_each_kind_of_metric_says_how_its_rows_become_one_value() -> None:
    told = {name: rule(DEFINITIONS.metrics[name]) for name in ("sold", "share", "share_of_gap", "days")}
    assert "sum of its rows" in told["sold"]
    assert "sum of its numerators" in told["share"]
    assert "dated changes" in told["share_of_gap"]
    assert "median" in told["days"]
