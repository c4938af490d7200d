"""`tieout export --to postgresql://…` on a real server: everything arrives, exact; a reader sees one whole snapshot."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.required import missing
from warehouse import export_postgres
from warehouse import publish as publishing
from warehouse.build import Build
from warehouse.cli import main
from warehouse.connect import Warehouse
from warehouse.errors import ExportError, SettingsError
from warehouse.export import export
from warehouse.publish import seal_and_check
from warehouse.settings import REPOSITORY, Settings

PAGE = (REPOSITORY / "docs" / "analysts.md").read_text()
EXPORT, QUESTION = re.findall(r"^(?:tieout|psql) .*postgresql://.*$", PAGE, re.MULTILINE)
Publish = Callable[..., Warehouse]
EXTRA = {"semantic.bridges", "semantic.bridges_by_engagement", "semantic.snapshot"}
COLUMNS = ("column marts.fct_money.deal", "column marts.fct_money.amount")
MONEY = "create table marts.fct_money as select 'D1' as deal, {}::decimal(18, 2) as amount"


@pytest.fixture(scope="session")
def make_database(postgres_url: str) -> Iterator[Callable[[], str]]:
    """make_database() -> the address of a new, empty database; dropped at the end."""
    made: list[str] = []

    def make() -> str:
        name = f"tieout_export_{secrets.token_hex(4)}"
        with psycopg.connect(postgres_url, autocommit=True) as server:
            server.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
        made.append(name)
        return urlsplit(postgres_url)._replace(path=f"/{name}").geturl()

    yield make
    with psycopg.connect(postgres_url, autocommit=True) as server:
        for name in made:
            server.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@pytest.fixture
def database(make_database: Callable[[], str]) -> str:
    return make_database()


@pytest.fixture
def publish(make_build: Callable[..., Build]) -> Publish:
    """publish(id, *statements) -> the small warehouse after these SQL statements, open for reading; not checked."""

    def make(snapshot: str, *statements: str) -> Warehouse:
        build = make_build(snapshot, *statements)
        file = build.file.rename(build.file.with_name(f"{snapshot}.duckdb"))
        manifest = {"business_day": "2026-03-31", "reporting_currency": "USD"}
        file.with_suffix(".json").write_text(json.dumps(manifest))
        return Warehouse(file)

    return make


def ask(database: str, query: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchall()


def money(database: str) -> list[tuple[Any, ...]]:
    """The snapshot that stands there, and what it says of the money."""
    return ask(database, "select s.snapshot_id, m.amount from semantic.snapshot as s, marts.fct_money as m")


@pytest.fixture(scope="module")
def exported(make_database: Callable[[], str], sample_home: Path) -> tuple[str, str]:
    """The whole published sample firm, exported by the command: the database, and what was said."""
    address = make_database()
    return address, run(EXPORT, address, sample_home)


def run(command: str, address: str, home: Path) -> str:
    """What a command of docs/analysts.md says, run by the shell with this environment's programs, on that database."""
    environment = os.environ | {"TIEOUT_HOME": str(home), "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = command.replace("postgresql://tieout@db.example/analytics", address)
    done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_table_and_view_is_a_table_with_its_rows(exported: tuple[str, str], sample: Warehouse) -> None:
    address, said = exported
    tables = {f"{schema}.{name}" for schema, name in ask(address, """
        select schemaname, tablename from pg_tables where schemaname in ('marts', 'semantic')
    """)}  # fmt: skip
    _, rows = sample.rows("""
        select schema_name || '.' || table_name from duckdb_tables() where schema_name in ('marts', 'semantic')
        union all
        select schema_name || '.' || view_name from duckdb_views() where schema_name in ('marts', 'semantic')
    """)
    published = {name for (name,) in rows}
    assert tables == published | EXTRA
    assert len(published) > 130
    counts = {name: int(n.replace(",", "")) for name, n in re.findall(r"export ([\w.]+): ([\d,]+) rows", said)}
    assert set(counts) == tables - {"semantic.snapshot"}
    for name, told in counts.items():
        assert ask(address, f"select count(*) from {name}") == [(told,)], name


def test_the_sum_of_every_decimal_column_is_that_of_the_warehouse(
    exported: tuple[str, str], sample: Warehouse
) -> None:
    _, rows = sample.rows("""
        select schema_name || '.' || table_name, list(column_name) from duckdb_columns()
        where schema_name in ('marts', 'semantic') and data_type like 'DECIMAL%' group by all
    """)
    assert len(rows) > 80
    for name, columns in rows:
        sums = f"select {', '.join(f'sum({column})' for column in columns)} from {name}"
        assert ask(exported[0], sums) == sample.rows(sums)[1], name


def test_columns_have_the_types_of_the_warehouse(exported: tuple[str, str], sample: Warehouse) -> None:
    _, rows = sample.rows("""
        select schema_name || '.' || table_name || '.' || column_name, data_type from duckdb_columns()
        where schema_name in ('marts', 'semantic')
    """)
    names = {
        "VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "DOUBLE": "double precision", "DATE": "date",
        "BOOLEAN": "boolean", "HUGEINT": "numeric(38,0)", "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    }  # fmt: skip
    wanted = {column: names.get(kind) or kind.replace("DECIMAL", "numeric") for column, kind in rows}
    found = dict(ask(exported[0], """
        select n.nspname || '.' || c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod)
        from pg_attribute as a inner join pg_class as c on c.oid = a.attrelid
        inner join pg_namespace as n on n.oid = c.relnamespace
        where n.nspname in ('marts', 'semantic') and a.attnum > 0 and c.relkind = 'r'
    """))  # fmt: skip
    assert {column: found[column] for column in wanted} == wanted


def test_comments_come_along(exported: tuple[str, str], sample: Warehouse) -> None:
    _, rows = sample.rows("""
        select schema_name || '.' || view_name, comment from duckdb_views()
        where schema_name in ('marts', 'semantic')
        union all
        select schema_name || '.' || table_name, comment from duckdb_tables()
        where schema_name in ('marts', 'semantic')
        union all
        select schema_name || '.' || table_name || '.' || column_name, comment from duckdb_columns()
        where schema_name in ('marts', 'semantic')
    """)
    found = dict(ask(exported[0], """
        select n.nspname || '.' || c.relname || coalesce('.' || a.attname, ''), d.description
        from pg_description as d inner join pg_class as c on c.oid = d.objoid
        inner join pg_namespace as n on n.oid = c.relnamespace
        left join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.objsubid and a.attnum > 0
        where n.nspname in ('marts', 'semantic')
    """))  # fmt: skip
    assert {name: found.get(name) for name, _ in rows} == dict(rows)


def test_the_bridges_of_the_business_day_tie(exported: tuple[str, str]) -> None:
    bridges = ask(exported[0], """
        select bridge, sum(amount) filter (where step = 'start') + sum(amount) filter (where step = 'driver'),
            sum(amount) filter (where step = 'end')
        from semantic.bridges group by bridge
    """)  # fmt: skip
    assert len(bridges) == 4
    assert all(led == end for _, led, end in bridges)
    by_engagement = "select bridge, sum(amount) from semantic.bridges_by_engagement group by bridge order by 1"
    drivers = "select bridge, sum(amount) from semantic.bridges where step = 'driver' group by bridge order by 1"
    assert ask(exported[0], by_engagement) == ask(exported[0], drivers)


def test_the_question_that_the_analysts_page_shows_is_answered(exported: tuple[str, str], sample_home: Path) -> None:
    if shutil.which("psql") is None:
        missing("psql is not installed: apt-get install postgresql-client")
    answer = run(QUESTION, exported[0], sample_home)
    assert [line.split("|")[1].strip() for line in answer.splitlines() if " start " in line or " end " in line] == [
        "Billed", "Collected", "Billed", "Recognised", "Planned", "Billed", "Sold", "Planned"
    ]  # fmt: skip


def test_the_snapshot_says_which_it_is(exported: tuple[str, str], sample: Warehouse) -> None:
    [row] = ask(exported[0], "select snapshot_id, business_day::text, exported_at <= now() from semantic.snapshot")
    assert row == (sample.snapshot_id, sample.manifest["business_day"], True)


def test_every_kind_of_value_arrives(publish: Publish, database: str) -> None:
    things = """
        create table marts.fct_things as select * from (values
            (1, 12345678901234567890.123456::decimal(38, 6), 170141183460469231731687303715884105::hugeint, true,
                timestamptz '2026-03-31 23:30:00-05', '', 'a "quoted", text' || chr(10) || 'of two lines', ['x', null],
                0.1::double, uuid '00000000-0000-0000-0000-000000000001'),
            (2, null, null, null, null, null, '\\.', null, 'infinity'::double, null)
        ) as t (id, money, huge, is_open, seen, empty, words, list, share, key)
    """
    export(publish("one", things), [], database, say=print)
    rows = ask(database, "select id, money, huge, is_open, empty, words, list, share, key from marts.fct_things")
    assert [row[:4] for row in rows] == [
        (1, Decimal("12345678901234567890.123456"), Decimal("170141183460469231731687303715884105"), True),
        (2, None, None, None),
    ]
    assert [row[4:] for row in rows] == [
        ("", 'a "quoted", text\nof two lines', ["x", None], 0.1, "00000000-0000-0000-0000-000000000001"),
        (None, "\\.", None, float("inf"), None),
    ]
    # 23:30 in New York, in UTC
    assert ask(database, "select seen = '2026-04-01 04:30:00+00' from marts.fct_things where id = 1") == [(True,)]


def test_a_reader_sees_its_snapshot_to_the_end_and_the_next_one_after(publish: Publish, database: str) -> None:
    export(publish("one", MONEY.format(100)), [], database, say=print)
    with psycopg.connect(database) as reader:
        reader.execute("set transaction isolation level repeatable read")
        assert reader.execute("select snapshot_id from semantic.snapshot").fetchall() == [("one",)]
        export(publish("two", MONEY.format(250)), [], database, say=print)  # does not wait for the reader
        assert money(database) == [("two", Decimal(250))]
        # a table that it had not read before the export
        assert reader.execute("select amount from marts.fct_money").fetchall() == [(Decimal(100),)]
        assert reader.execute("select snapshot_id from semantic.snapshot").fetchall() == [("one",)]
    assert money(database) == [("two", Decimal(250))]


def test_what_others_have_built_on_the_tables_stays(publish: Publish, database: str) -> None:
    role = f"tieout_reader_{secrets.token_hex(4)}"
    export(publish("one", MONEY.format(100)), [], database, say=print)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"create role {role}".encode())
        connection.execute(f"grant usage on schema marts to {role}; grant select on marts.fct_money to {role}".encode())
        connection.execute("create view public.twice as select 2 * amount as amount from marts.fct_money")
        connection.execute("create table marts.targets as select 7 as target")
        try:
            export(publish("two", MONEY.format(250)), [], database, say=print)
            assert ask(database, "select amount from public.twice") == [(Decimal(500),)]
            assert ask(database, "select target from marts.targets") == [(7,)]
            assert ask(database, f"select has_table_privilege('{role}', 'marts.fct_money', 'select')") == [(True,)]
        finally:
            connection.execute(f"drop owned by {role}; drop role {role}".encode())


def test_a_table_whose_columns_change_is_altered_and_one_that_is_gone_is_dropped(
    publish: Publish, database: str
) -> None:
    export(publish("one", MONEY.format(100), "create table marts.fct_old as select 1 as n"), [], database, say=print)
    wider = "create table marts.fct_money as select 250::decimal(20, 4) as amount, true as is_open"
    said: list[str] = []
    export(publish("two", wider), [], database, say=said.append)
    assert money(database) == [("two", Decimal(250))]
    assert ask(database, """
        select column_name, numeric_precision, numeric_scale from information_schema.columns
        where table_name = 'fct_money' order by column_name
    """) == [("amount", 20, 4), ("is_open", None, None)]  # fmt: skip
    assert ask(database, "select to_regclass('marts.fct_old')") == [(None,)]
    assert "export marts.fct_old: gone" in said


@pytest.mark.parametrize("after", ["select 'D1' as deal", "select 100::decimal(20, 4) as amount", None])
def test_another_ones_view_is_named_and_never_taken_away(publish: Publish, database: str, after: str | None) -> None:
    export(publish("one", MONEY.format(100)), [], database, say=print)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create view public.twice as select 2 * amount as amount from marts.fct_money")
    changed = [f"create table marts.fct_money as {after}"] if after else []
    with pytest.raises(SettingsError, match=r"view public\.twice|view twice") as refused:
        export(publish("two", *changed), [], database, say=print)
    assert "others build on it" in str(refused.value)
    assert money(database) == [("one", Decimal(100))]
    assert ask(database, "select amount from public.twice") == [(Decimal(200),)]


def test_who_reads_a_table_that_must_change_is_named(
    publish: Publish, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_postgres, "LOCK_SECONDS", 1)
    export(publish("one", MONEY.format(100)), [], database, say=print)
    with psycopg.connect(database, application_name="a dashboard") as reader:
        reader.execute("select amount from marts.fct_money")
        with pytest.raises(SettingsError, match=r"fct_money was in use for 1 seconds \(process \d+, .*a dashboard"):
            export(publish("two", "create table marts.fct_money as select 1 as n"), [], database, say=print)
    assert money(database) == [("one", Decimal(100))]


@pytest.mark.parametrize(
    ("does", "sentence"),
    [
        ("return null", r"marts\.fct_money: the number of rows was 1 and arrived as 0"),
        ("new.amount := 1; return new", r"marts\.fct_money: the sum of amount was 250\.00 and arrived as 1\.00"),
    ],
)
def test_rows_that_arrive_otherwise_than_sent_are_refused_and_the_old_snapshot_stands(
    publish: Publish, database: str, does: str, sentence: str
) -> None:
    export(publish("one", MONEY.format(100)), [], database, say=print)
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"""
            create function public.meddle() returns trigger language plpgsql as $$ begin {does}; end $$;
            create trigger meddle before insert on marts.fct_money for each row execute function public.meddle()
        """.encode())
    with pytest.raises(ExportError, match=sentence) as refused:
        export(publish("two", MONEY.format(250)), [], database, say=print)
    assert refused.value.exit_code == 1
    assert money(database) == [("one", Decimal(100))]


def test_a_killed_export_leaves_the_old_snapshot(
    publish: Publish, database: str, settings: Settings, make_build: Callable[..., Build]
) -> None:
    old = publish("one", MONEY.format(100))
    export(old, [], database, say=print)
    comments = [f"comment on {what} is 'x'" for what in ("table marts.fct_money", *COLUMNS)]
    publishing.publish(settings, seal_and_check(make_build("two", MONEY.format(250), *comments)))
    with psycopg.connect(database) as blocker:
        blocker.execute("lock table semantic.metric_catalog in share mode")  # which comes after the tables of marts
        command = [sys.executable, "-m", "warehouse.cli", "--home", str(settings.home), "export", "--to", database]
        with subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True) as exporting:
            wait_until(lambda: bool(ask(database, "select 1 from pg_stat_activity where wait_event_type = 'Lock'")))
            exporting.kill()
    wait_until(lambda: not ask(database, "select 1 from pg_stat_activity where application_name = 'tieout export'"))
    assert money(database) == [("one", Decimal(100))]
    export(old, [], database, say=print)  # and the next one finds nothing in its way


def wait_until(holds: Callable[[], bool], seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_tables_that_are_not_ours_are_refused(publish: Publish, database: str) -> None:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("create schema marts; create table marts.fct_money as select 'theirs' as amount")
    with pytest.raises(SettingsError, match=r"marts\.fct_money: there already, and not made by Tieout"):
        export(publish("one", MONEY.format(100)), [], database, say=print)
    assert ask(database, "select amount from marts.fct_money") == [("theirs",)]
    assert ask(database, "select to_regnamespace('semantic')") == [(None,)]


def test_two_exports_at_once_are_refused(publish: Publish, database: str) -> None:
    with psycopg.connect(database) as other:
        other.execute("select pg_advisory_xact_lock(hashtext('tieout export'))")
        with pytest.raises(SettingsError, match="Another export into this database is running"):
            export(publish("one"), [], database, say=print)


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ada:hunter2@127.0.0.1:1/db",
        "postgresql://ada:hunter2@{server}/no_such_database",
        "postgresql://ada:hunter%2@127.0.0.1/db",  # no such escape
        "postgresql://ada:hunter@hunter2@127.0.0.1/db",  # an @ that should be %40
        "postgresql://ada:hunter2/hunter2@127.0.0.1/db",  # a / that should be %2F
        "postgresql://127.0.0.1:1/db?user=ada&password=hunter2",
        "postgres://ada:hunter2@127.0.0.1:hunter2/db?hunter2=1",
    ],
)
def test_a_password_is_never_repeated(
    address: str, postgres_url: str, sample_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = urlsplit(postgres_url)
    address = address.format(server=f"{server.hostname}:{server.port or 5432}")
    assert main(["--home", str(sample_home), "export", "--to", address]) == 2
    told = capsys.readouterr()
    assert "hunter" not in told.out + told.err
    assert "PGPASSWORD" in told.err


def test_without_a_password_in_the_address_the_servers_answer_is_told(
    sample_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--home", str(sample_home), "export", "--to", "postgresql://ada@127.0.0.1:1/db"]) == 2
    assert "PostgreSQL cannot be reached: connection failed" in capsys.readouterr().err


def test_a_user_who_may_not_is_told_so(publish: Publish, database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    role = f"tieout_nobody_{secrets.token_hex(4)}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"create role {role} login password 'hunter2'".encode())
        try:
            host = urlsplit(database)
            address = host._replace(netloc=f"{role}@{host.hostname}:{host.port or 5432}").geturl()
            monkeypatch.setenv("PGPASSWORD", "hunter2")
            with pytest.raises(SettingsError, match="PostgreSQL says: permission denied for database"):
                export(publish("one"), [], address, say=print)
        finally:
            connection.execute(f"drop role {role}".encode())
