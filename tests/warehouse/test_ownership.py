"""A fact draws on its own system only: shown by rewiring models, small ones and the sample firm's own, one by one."""

from pathlib import Path

import pytest

from warehouse.connect import Warehouse
from warehouse.definitions import Definitions
from warehouse.errors import BuildError
from warehouse.ownership import IDENTITY, Lineage, Owners, described, faults, measured, read_models
from warehouse.project import read_variables
from warehouse.semantics import definitions_of
from warehouse.settings import REPOSITORY, read_settings

SEED = REPOSITORY / "dbt_project" / "seeds" / "systems.csv"

# --- A model of the house in miniature -----------------------------------------------------------------------------

MODELS = {
    "staging.stg_lines": "select record ->> '$.id' as line_id, cast(record ->> '$.net' as decimal(18, 4)) as net,"
    " record ->> '$.project' as project_id, record ->> '$.status' as status from raw.raw_books.invoices",
    "staging.stg_time": "select * from raw.raw_hours.timelogs",
    "canonical.lines": "with united as (select line_id, net, project_id, status from staging.stg_lines)"
    " select * from united",
    "canonical.time": "select entry_id, project_id, hours, rate, approved from staging.stg_time",
    "canonical.fx": "select currency, rate as fx_rate from raw.raw_books.rates",
    "intermediate.int_lines": "select lines.*, fx.fx_rate, round(lines.net * fx.fx_rate, 2) as amount"
    " from canonical.lines as lines left join canonical.fx as fx on true",
    "marts.fct_billed": "with moves as (select *, 1 as direction from intermediate.int_lines where status = 'open'"
    " union all select *, -1 as direction from intermediate.int_lines)"
    " select project_id, direction * amount as billed_amount from moves",
}
COLUMNS = {
    "raw.raw_books.invoices": ["source_id", "record"],
    "raw.raw_books.rates": ["currency", "rate"],
    "raw.raw_hours.timelogs": ["entry_id", "project_id", "hours", "rate", "approved"],
}
OWNERS = Owners(
    {"books": "quickbooks", "hours": "birdview"},
    {
        ("*", "quickbooks", "invoices"): "accounting",
        ("*", "quickbooks", "rates"): "shared",
        ("*", "birdview", "timelogs"): "psa",
    },
)


def one_metric(name: str = "billed", owner: str = "accounting", kind: str = "fact") -> Definitions:
    model = {
        "name": "billed", "primary_entity": "line", "entities": [], "defaults": {"agg_time_dimension": "metric_date"},
        "dimensions": [], "node_relation": {"schema_name": "marts", "alias": "fct_billed"},
        "measures": [{"name": "billed_amount", "agg": "sum", "expr": None}],
    }  # fmt: skip
    metric = {
        "name": name, "label": name, "description": "", "type": "simple",
        "type_params": {"measure": {"name": "billed_amount"}, "expr": None, "metrics": []},
        "config": {"meta": {"kind": kind, "system_of_record": owner}},
    }  # fmt: skip
    return Definitions({"semantic_models": [model], "metrics": [metric]})


def small_faults(relation: str = "", old: str = "", new: str = "", **metric: str) -> list[str]:
    """What is wrong after one text in one model is replaced."""
    models = dict(MODELS)
    if relation:
        assert old in models[relation]
        models[relation] = models[relation].replace(old, new)
    return faults(one_metric(**metric), Lineage(models, COLUMNS), OWNERS)


def test_a_value_of_its_own_system_and_of_exchange_rates_is_right() -> None:
    assert small_faults() == []


def test_the_lineage_goes_through_stars_unions_and_common_tables() -> None:
    definitions = one_metric()
    lineage = Lineage(MODELS, COLUMNS)
    assert described(definitions.all["billed"], definitions, lineage) == ["canonical.fx.fx_rate", "canonical.lines.net"]
    assert lineage.raw_tables("canonical.lines", "net") == {"raw.raw_books.invoices"}


def test_a_fallback_on_another_system_is_a_fault_that_names_metric_column_model_and_system() -> None:
    worked = "coalesce(direction * amount, (select sum(t.hours * t.rate) from canonical.time as t))"
    found = small_faults("marts.fct_billed", "direction * amount", worked)
    assert len(found) == 2
    for named in ("billed", "accounting", "canonical.time.hours", "raw_hours.timelogs (psa)", "marts.fct_billed"):
        assert named in found[0], found


def test_a_foreign_value_that_enters_below_the_mart_is_named_where_it_enters() -> None:
    foreign = "round(lines.net * (select max(t.rate) from canonical.time as t), 2)"
    found = small_faults("intermediate.int_lines", "round(lines.net * fx.fx_rate, 2)", foreign)
    assert ["it enters in intermediate.int_lines.amount" in sentence for sentence in found] == [True]


def test_one_foreign_branch_of_a_union_is_enough() -> None:
    found = small_faults(
        "marts.fct_billed",
        "union all",
        "union all select t.entry_id, t.hours, t.project_id, 'open', 1, t.hours, 1 from canonical.time as t union all",
    )
    assert any("draws its value from canonical.time.hours" in sentence for sentence in found)


def test_a_filter_on_a_foreign_column_is_a_fault_too() -> None:
    approved = "status = 'open' and project_id in (select t.project_id from canonical.time as t where t.approved)"
    found = small_faults("marts.fct_billed", "status = 'open'", approved)
    assert found and all("counts only rows chosen by canonical.time" in sentence for sentence in found)


def test_a_raw_table_that_nobody_owns_is_a_fault() -> None:
    models = MODELS | {
        "staging.stg_lines": MODELS["staging.stg_lines"].replace("raw_books.invoices", "raw_books.secret")
    }
    lineage = Lineage(models, COLUMNS | {"raw.raw_books.secret": ["record"]})
    assert "raw_books.secret (not in systems.csv)" in faults(one_metric(), lineage, OWNERS)[0]


def test_a_comparison_may_draw_on_any_system() -> None:
    hours = "direction * amount + (select sum(t.hours) from canonical.time as t)"
    assert small_faults("marts.fct_billed", "direction * amount", hours, kind="comparison", owner="shared") == []


def test_a_metric_that_claims_another_system_is_a_fault() -> None:
    assert "belongs to psa, but draws its value from canonical.lines.net" in small_faults(owner="psa")[0]


def test_what_is_called_just_revenue_is_a_fault() -> None:
    assert small_faults(name="revenue") == ["the metric revenue is called just revenue: say which of the five."]


def test_a_column_that_nobody_knows_stops_the_build_rather_than_counting_as_nothing() -> None:
    models = MODELS | {
        "marts.fct_billed": "select nowhere.amount as billed_amount from intermediate.int_lines as lines"
    }
    with pytest.raises(BuildError, match=r"marts\.fct_billed cannot be followed: nobody knows nowhere\.amount"):
        faults(one_metric(), Lineage(models, COLUMNS), OWNERS)


# --- The sample firm's own models ----------------------------------------------------------------------------------

Firm = tuple[Definitions, dict[str, str], dict[str, list[str]], Owners]


@pytest.fixture(scope="module")
def firm(sample: Warehouse, sample_home: Path) -> Firm:
    """Its definitions, compiled models, raw columns and owners."""
    settings = read_settings(sample_home)
    manifests = (sample_home / "build").glob("*/project/target/manifest.json")
    manifest = max(manifests, key=lambda file: file.stat().st_mtime)
    columns = {
        f"raw.raw_{system}.{table}": names
        for system, tables in read_variables(settings)["raw_tables"].items()
        for table, names in tables.items()
    }
    owners = Owners.read(SEED, {system.name: system.source for system in settings.systems})
    return definitions_of(sample), read_models(manifest), columns, owners


def rewired(firm: Firm, relation: str, old: str, new: str) -> list[str]:
    definitions, models, columns, owners = firm
    assert old in models[relation], f"{relation} reads otherwise now: rewire it anew"
    models = models | {relation: models[relation].replace(old, new)}
    return faults(definitions, Lineage(models, columns), owners)


def test_every_fact_of_the_sample_firm_draws_on_its_own_system(firm: Firm) -> None:
    definitions, models, columns, owners = firm
    assert faults(definitions, Lineage(models, columns), owners) == []


def test_every_money_fact_of_the_sample_firm_comes_from_somewhere(firm: Firm) -> None:
    """A lineage that finds nothing would find no fault either."""
    definitions, models, columns, _ = firm
    lineage = Lineage(models, columns)
    money = [m for m in definitions.all.values() if m.meta["kind"] == "fact" and m.meta["unit"] in ("money", "hours")]
    money = [m for m in money if m.meta["system_of_record"] != "tieout"]
    assert len(money) > 25
    for metric in money:
        for relation, expression in measured(metric, definitions):
            assert lineage.expression_origins(relation, expression).values, metric.name


def test_identity_models_exist(firm: Firm) -> None:
    assert set(firm[1]) >= IDENTITY


def test_billed_that_falls_back_on_time_fails(firm: Firm) -> None:
    found = rewired(
        firm,
        "marts.fct_billed",
        "cast(moves.direction * moves.amount as decimal(18, 2)) as billed_amount",
        "cast(coalesce(moves.direction * moves.amount, (select sum(t.hours * t.bill_rate) from"
        " canonical.psa_time_entries as t where t.project_id = moves.project_id)) as decimal(18, 2))"
        " as billed_amount",
    )
    assert any(
        all(
            named in sentence
            for named in ("metric billed_revenue", "psa_time_entries.hours", "(psa)", "marts.fct_billed")
        )
        for sentence in found
    )


def test_sold_that_falls_back_on_the_plan_fails(firm: Firm) -> None:
    found = rewired(
        firm,
        "intermediate.int_sold",
        "coalesce(lines.amount, wins.value_native_amount) as native_amount",
        "coalesce(lines.amount, (select sum(b.amount) from canonical.psa_budget_lines as b)) as native_amount",
    )
    assert any(
        "metric sold_revenue belongs to crm" in sentence and "psa_budget_lines.amount" in sentence for sentence in found
    )


def test_hours_that_count_only_where_they_were_invoiced_fail(firm: Firm) -> None:
    found = rewired(
        firm,
        "marts.fct_time_entries",
        "where entries.deleted_at is null",
        "where entries.project_id in (select l.project_id from canonical.accounting_invoice_lines as l)"
        " and entries.deleted_at is null",
    )
    assert any("worked_hours belongs to psa, but counts only rows chosen by" in sentence for sentence in found)


def test_collected_that_is_topped_up_from_the_crm_fails(firm: Firm) -> None:
    found = rewired(
        firm,
        "marts.fct_collected",
        "when 'payment' then amount",
        "when 'payment' then amount + (select max(d.amount) from canonical.crm_deals as d)",
    )
    assert any(
        "metric collected_cash belongs to accounting" in sentence and "crm_deals.amount" in sentence
        for sentence in found
    )
