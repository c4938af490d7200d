"""A small home and a small warehouse that passes every check: the worked example of a deal of 100,000.

Delivery's scope drops to 85,000; 60,000 is billed and paid, 10,000 is approved and waits, 15,000 is not due.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.firms import Firm, open_sample, open_ten_firms
from tests.warehouse.random_home import publish_ten_firms
from tests.warehouse.restated_home import Restated
from warehouse.build import Build
from warehouse.connect import Warehouse, published_file
from warehouse.publish import seal_and_check
from warehouse.settings import Settings, read_settings

TOML = """
reporting_currency = "USD"
business_time_zone = "America/New_York"

[systems.exports]
source = "template"
path = "exports"
"""

RAW = """
set TimeZone = 'UTC';
create schema raw_tieout;
create schema raw_exports;
create table raw_exports.crm_accounts (
    source_id varchar, account_id varchar, name varchar, load_id varchar, valid_from timestamptz, valid_to timestamptz
);
insert into raw_exports.crm_accounts values
    ('A1', 'A1', 'Harbor', 'load-1', '2026-04-01 02:00:00+00', null),
    ('A2', 'A2', 'Juniper', 'load-1', '2026-04-01 02:00:00+00', null);
create table raw_tieout.loads (
    load_id varchar, system varchar, source varchar, table_name varchar, started_at timestamptz,
    finished_at timestamptz, loaded_at timestamptz, rows_read bigint, rows_loaded bigint, rows_quarantined bigint,
    cursor varchar, schema_changes varchar, status varchar, error varchar
);
insert into raw_tieout.loads values (
    'load-1', 'exports', 'template', 'crm_accounts', '2026-04-01 02:00:00+00', '2026-04-01 02:00:00+00',
    '2026-04-01 02:00:00+00', 2, 2, 0, null, null, 'finished', null
);
create table raw_tieout.quarantined_rows (load_id varchar, system varchar, table_name varchar, reason varchar);
"""

WAREHOUSE = """
create schema marts; create schema semantic; create schema seeds; create schema staging; create schema intermediate;
create view staging.stg_exports__crm_accounts as select 1 as account_id;
create table intermediate.int_deals as select 1 as deal_id;

create table seeds.variance_drivers (bridge varchar, driver varchar, position integer, label varchar,
    class varchar, sentence varchar, owner_role varchar, fix_system varchar, fix_object varchar, fix_field varchar);
insert into seeds.variance_drivers values
    ('sold_to_planned', 'scope_reduced', 1, 'Scope reduced', 'expected', 'Delivery shrank, the CRM keeps it.',
        'delivery', 'psa', 'budget version', 'approved_by'),
    ('planned_to_billed', 'not_due_yet', 1, 'Not due yet', 'expected', 'Planned for later.', 'delivery', null, null,
        null),
    ('planned_to_billed', 'approved_not_billed', 2, 'Approved, not billed', 'expected', 'Waits for the next run.',
        'finance', 'accounting', 'invoice', 'line');

create table marts.dim_availability (kind varchar, name varchar, is_available boolean, lacks varchar,
    steps_lack varchar);
insert into marts.dim_availability (kind, name, is_available, lacks) values
    ('revenue', 'sold_revenue', true, null), ('revenue', 'planned_revenue', true, null),
    ('revenue', 'billed_revenue', true, null), ('revenue', 'recognized_revenue', false, 'postings'),
    ('revenue', 'collected_cash', true, null), ('bridge', 'sold_to_planned', true, null),
    ('bridge', 'planned_to_billed', true, null), ('bridge', 'billed_to_recognized', false, 'postings'),
    ('bridge', 'billed_to_collected', true, null);
create table marts.dim_engagements as select 'deal:exports:D1' as engagement_id, 'Pricing' as engagement_name,
    'crm:exports:A1' as client_id, 'Harbor' as client, 'Harbor' as parent_client, 'Advisory' as practice,
    'Dana' as project_manager;
create table marts.engagement_members as
    select 'deal:exports:D1' as engagement_id, 'deal' as member_type, 'exports' as source_system, 'D1' as source_id;
create table marts.fct_variance_items (
    bridge varchar, driver varchar, engagement_id varchar, amount decimal(18, 2), native_amount decimal(18, 4),
    native_currency varchar, effective_from date, effective_to date, source_system varchar, source_object varchar,
    source_id varchar, record_url varchar, reason varchar, is_inferred boolean, expected_until date
);
insert into marts.fct_variance_items values
    ('sold_to_planned', 'scope_reduced', 'deal:exports:D1', -15000, -15000, 'USD', '2026-02-01', null, 'exports',
        'budget_version', 'P1|2', null, null, false, null),
    ('planned_to_billed', 'approved_not_billed', 'deal:exports:D1', -10000, -10000, 'USD', '2026-02-01', null,
        'exports', 'time_entry', 'T1', null, null, false, '2026-03-08'),
    ('planned_to_billed', 'not_due_yet', 'deal:exports:D1', -75000, -75000, 'USD', '2026-01-10', '2026-02-01',
        'exports', 'budget_line', 'L1', null, null, false, null),
    ('planned_to_billed', 'not_due_yet', 'deal:exports:D1', -15000, -15000, 'USD', '2026-02-01', null,
        'exports', 'budget_line', 'L1', null, null, false, null);
create table marts.revenue_items (engagement_id varchar, metric varchar, amount decimal(18, 2), effective_from date);
insert into marts.revenue_items values
    ('deal:exports:D1', 'sold', 100000, '2026-01-10'),
    ('deal:exports:D1', 'planned', 100000, '2026-01-10'),
    ('deal:exports:D1', 'planned', -15000, '2026-02-01'),
    ('deal:exports:D1', 'billed', 25000, '2026-01-10'),
    ('deal:exports:D1', 'billed', 35000, '2026-02-01'),
    ('deal:exports:D1', 'collected', 25000, '2026-01-10'),
    ('deal:exports:D1', 'collected', 35000, '2026-02-01');
create schema canonical;
create table canonical.crm_accounts as select 'exports:A1' as account_id, 'Harbor Holding' as name;
create table canonical.crm_deals as
    select 'exports' as source_system, 'D1' as source_id, 'exports:A1' as account_id;
create table marts.fct_loads as select 'load-1' as load_id, 'exports' as system, 'crm_accounts' as table_name,
    2 as rows_read, 2 as rows_loaded, 0 as rows_quarantined, 'finished' as status;
create table marts.fct_exceptions as select 1 as id;
create table marts.fct_duplicate_candidates as select 1 as id;
create table marts.fct_ledger_ties as select 1 as id;
create table marts.fct_ownership_breaches as select 1 as id;
create table marts.fct_quarantined_rows as select 1 as id;

create table semantic.metric_catalog as
    select unnest(['sold_revenue', 'planned_revenue', 'billed_revenue']) as metric,
        unnest(['Sold', 'Planned', 'Billed']) as label;
create view semantic.revenue_monthly as select engagement_id, amount from marts.revenue_items;
create macro semantic.revenue_as_of(as_of) as table
    select r.engagement_id,
        coalesce(sum(r.amount) filter (where r.metric = 'sold'), 0) as sold_revenue,
        coalesce(sum(r.amount) filter (where r.metric = 'planned'), 0) as planned_revenue,
        coalesce(sum(r.amount) filter (where r.metric = 'billed'), 0) as billed_revenue,
        cast(null as decimal(18, 2)) as recognized_revenue,
        coalesce(sum(r.amount) filter (where r.metric = 'collected'), 0) as collected_cash
    from marts.revenue_items as r where r.effective_from <= as_of group by r.engagement_id;
create macro semantic.bridge_ends(wanted, as_of) as table
    select r.engagement_id, ends.start_amount, ends.end_amount
    from semantic.revenue_as_of(as_of) as r, lateral (values
        ('sold_to_planned', r.sold_revenue, r.planned_revenue),
        ('planned_to_billed', r.planned_revenue, r.billed_revenue),
        ('billed_to_collected', r.billed_revenue, r.collected_cash)
    ) as ends (bridge, start_amount, end_amount)
    where ends.bridge = wanted;
create macro semantic.bridge_by_engagement(wanted, as_of) as table
    select i.engagement_id, i.driver, d.label, d.class, sum(i.amount) as amount, count(*) as item_count
    from marts.fct_variance_items as i join seeds.variance_drivers as d using (bridge, driver)
    where i.bridge = wanted and i.effective_from <= as_of and (i.effective_to is null or i.effective_to > as_of)
    group by all;
create macro semantic.bridge(wanted, as_of) as table
    select driver, label, class, sum(amount) as amount, cast(sum(item_count) as bigint) as item_count
    from semantic.bridge_by_engagement(wanted, as_of) group by all;
create macro semantic.movement(wanted, from_date, to_date) as table
    select driver, label, class, sum(amount) as amount, cast(sum(item_count) as bigint) as item_count
    from (
        from semantic.bridge(wanted, to_date)
        union all
        select driver, label, class, -amount, -item_count
        from semantic.bridge(wanted, cast(from_date - interval 1 day as date))
    ) group by all;
"""

MACROS = ("revenue_as_of", "bridge_ends", "bridge_by_engagement", "bridge", "movement")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with one template system and a raw.duckdb of one load at 22:00 of 31 March in New York."""
    home = tmp_path / "home"
    (home / "exports").mkdir(parents=True)
    (home / "exports" / "crm_accounts.csv").write_text("account_id,name\nA1,Harbor\nA2,Juniper\n")
    (home / "tieout.toml").write_text(TOML)
    with duckdb.connect(str(home / "raw.duckdb")) as raw:
        raw.execute(RAW)
    return home


@pytest.fixture
def settings(home: Path) -> Settings:
    return read_settings(home)


@pytest.fixture(scope="session")
def warehouse_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A build's file as dbt and the semantic layer leave it: inner layers still there."""
    file = tmp_path_factory.mktemp("warehouse") / "warehouse.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute(WAREHOUSE)
        relations = connection.execute(
            """
            select 'table', schema_name || '.' || table_name from duckdb_tables()
            union all select 'view', schema_name || '.' || view_name from duckdb_views() where not internal
            union all
            select 'column', schema_name || '.' || table_name || '."' || column_name || '"' from duckdb_columns()
            where not internal
            """
        ).fetchall()
        for kind, name in relations:
            connection.execute(f"comment on {kind} {name} is 'One row per thing.'")
        for macro in MACROS:
            connection.execute(f"comment on macro table semantic.{macro} is 'One row per thing.'")
    return file


@pytest.fixture(scope="session")
def sealed_file(warehouse_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small warehouse as it is published: the inner layers dropped."""
    build = Build(tmp_path_factory.mktemp("sealed"), {}, {})
    shutil.copyfile(warehouse_template, build.file)
    seal_and_check(build)
    build.file.with_suffix(".json").write_text('{"business_day": "2026-03-31"}')
    return build.file


@pytest.fixture(scope="session")
def reader(sealed_file: Path) -> Iterator[Warehouse]:
    """The small warehouse, open for reading."""
    warehouse = Warehouse(sealed_file)
    yield warehouse
    warehouse.close()


@pytest.fixture
def make_build(settings: Settings, warehouse_template: Path) -> Callable[..., Build]:
    """make_build(id, *statements) -> a Build whose file is the small warehouse after these SQL statements."""

    def make(build_id: str, *statements: str) -> Build:
        build = Build(settings.build_folder / build_id, {"business_day": "2026-03-31"}, {"accounts_are_unique": "pass"})
        build.target.mkdir(parents=True)
        (build.target / "semantic_manifest.json").write_text("{}")
        shutil.copyfile(warehouse_template, build.file)
        with duckdb.connect(str(build.file)) as connection:
            for statement in statements:
                connection.execute(statement)
        return build

    return make


@pytest.fixture(scope="session")
def before(restated: Restated) -> Iterator[Warehouse]:
    """The warehouse as published before March was restated, open for reading."""
    warehouse = Warehouse(restated.first.file)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def after(restated: Restated) -> Iterator[Warehouse]:
    """The warehouse as published after March was restated, open for reading."""
    warehouse = Warehouse(restated.second.file)
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def ten_firms_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with ten made-up firms published (random_home.py); one worker runs all that asks it (tests/conftest.py).

    A developer may point TIEOUT_TEN_FIRMS_HOME at one that is published already, and saves the build.
    """
    given = os.environ.get("TIEOUT_TEN_FIRMS_HOME")
    if given:
        return Path(given)
    home: Path = tmp_path_factory.mktemp("ten_firms")
    publish_ten_firms(home)
    return home


@pytest.fixture(scope="module", params=["sample", "ten_firms"])
def firm(request: pytest.FixtureRequest) -> Iterator[Firm]:
    """The sample firm, and the ten made-up ones, each with an analyst who worked everything out by hand."""
    home: Path = request.getfixturevalue(f"{request.param}_home")
    made = open_sample(home) if request.param == "sample" else open_ten_firms(home)
    yield made
    made.close()


@pytest.fixture(scope="module", params=["sample", "ten_firms"])
def published(request: pytest.FixtureRequest) -> Iterator[Warehouse]:
    """The sample firm's snapshot, and that of the ten made-up ones."""
    warehouse = Warehouse(published_file(request.getfixturevalue(f"{request.param}_home")))
    yield warehouse
    warehouse.close()


@pytest.fixture(scope="session")
def ten_firms(ten_firms_home: Path) -> Iterator[Warehouse]:
    """The ten made-up firms' published warehouse, open for reading."""
    warehouse = Warehouse(published_file(ten_firms_home))
    yield warehouse
    warehouse.close()
