"""A snapshot in PostgreSQL: relations of `marts` and `semantic` -> tables of the same names, in one transaction.

Every table's rows are replaced where they stand. So a reader sees the old snapshot until the new one is committed, a
long report in REPEATABLE READ sees the old one to its end, nobody waits for anybody, and what others have built on the
tables (grants, views) stays. To put new tables in the old ones' place would do none of that: PostgreSQL finds tables by
name in the newest catalogue, and a report that began before would find the new ones, empty.
A table is altered only where its columns have changed. Whatever goes wrong, PostgreSQL takes everything back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
import pyarrow as pa
import pyarrow.csv
from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict

from warehouse.connect import Warehouse
from warehouse.errors import ExportError, SettingsError
from warehouse.export import EXPORT_SECONDS
from warehouse.relations import SCHEMAS, Relation, business_day, quoted_name

LOCK_SECONDS = 10
CONNECT_SECONDS = 30
SHOWN_NAMES = 5
SNAPSHOT = sql.Identifier("semantic", "snapshot")
TYPES = {
    "BOOLEAN": "boolean",
    "TINYINT": "smallint",
    "SMALLINT": "smallint",
    "UTINYINT": "smallint",
    "INTEGER": "integer",
    "USMALLINT": "integer",
    "BIGINT": "bigint",
    "UINTEGER": "bigint",
    "UBIGINT": "numeric(20,0)",
    "FLOAT": "real",
    "DOUBLE": "double precision",
    "DATE": "date",
    "TIMESTAMP": "timestamp without time zone",
    "TIMESTAMP WITH TIME ZONE": "timestamp with time zone",
    "VARCHAR": "text",
    "JSON": "jsonb",
}

# Whatever has a name in our schemas, ours or not, with the columns that it has.
STANDING = """
    select
        n.nspname || '.' || c.relname,
        array(
            select array[a.attname::text, format_type(a.atttypid, a.atttypmod)]
            from pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        )
    from pg_class as c
    inner join pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any(%s) and c.relkind in ('r', 'p', 'v', 'm', 'f')
"""
HOLDERS = """
    select a.pid, a.usename, a.application_name, a.xact_start
    from pg_locks as l inner join pg_stat_activity as a on a.pid = l.pid
    where l.relation = to_regclass(%s) and l.granted and l.database = (
        select oid from pg_database where datname = current_database()
    )
    order by a.xact_start
"""

Columns = dict[str, str]  # name -> PostgreSQL's type
Say = Callable[[str], None]


def copy_to_postgres(warehouse: Warehouse, relations: Sequence[Relation], address: str, *, say: Say) -> None:
    """Replace the rows of schemas `marts` and `semantic` of that database by the snapshot's, whole or not at all.

    The password comes from the environment or ~/.pgpass, as libpq finds it. Raises SettingsError where the database
    cannot be reached or its state forbids it, ExportError where the rows that arrived are not those that were sent.
    """
    with _transaction(address) as connection:
        target = _Target(connection, address)
        target.refuse_what_is_not_ours([relation.full_name for relation in relations])
        for schema in SCHEMAS:
            target.create_schema(schema)
        # Those that must be altered last: from then on their readers wait for us.
        for relation in sorted(relations, key=target.must_alter):
            target.receive(warehouse, relation)
            say(f"export {relation.full_name}: {_verified(warehouse, connection, relation):,} rows")
        for gone in sorted(target.ours - {relation.full_name for relation in relations}):
            target.drop(gone)
            say(f"export {gone}: gone")
        target.record(warehouse, relations)
    with suppress(psycopg.Error, SettingsError):  # the export is done; autovacuum gets to it too
        _tidy(address, relations)
    say(f"exported {warehouse.snapshot_id} to PostgreSQL")


def columns_of(relation: Relation) -> Columns:
    """The relation's columns as PostgreSQL has them."""
    return {
        column.name: TYPES.get(column.type) or column.type.replace("DECIMAL", "numeric") for column in relation.columns
    }


class _Target:
    """The database as it was found, and what is done to it."""

    def __init__(self, connection: psycopg.Connection[Any], address: str) -> None:
        self._connection, self._address = connection, address
        self.standing: dict[str, Columns] = {
            name: dict(columns) for name, columns in connection.execute(STANDING, [list(SCHEMAS)]).fetchall()
        }
        self.ours = self._recorded()

    def _recorded(self) -> set[str]:
        """The tables that the last export made."""
        if "semantic.snapshot" not in self.standing:
            return set()
        if "tables" not in self.standing["semantic.snapshot"]:
            raise SettingsError(
                "semantic.snapshot is there and is not Tieout's. Rename it, or export to another database."
            )
        recorded = self._connection.execute(sql.SQL("select unnest(tables) from {}").format(SNAPSHOT)).fetchall()
        return {name for (name,) in recorded} & set(self.standing)

    def refuse_what_is_not_ours(self, names: Sequence[str]) -> None:
        """Raises SettingsError where a table of that name stands that no export made."""
        foreign = sorted((set(names) & set(self.standing)) - self.ours)
        if foreign:
            more = f" and {len(foreign) - SHOWN_NAMES} more" if len(foreign) > SHOWN_NAMES else ""
            raise SettingsError(
                f"{', '.join(foreign[:SHOWN_NAMES])}{more}: there already, and not made by Tieout. Rename what is "
                "there, or export to another database."
            )

    def create_schema(self, schema: str) -> None:
        exists = "select 1 from pg_namespace where nspname = %s"
        if self._connection.execute(exists, [schema]).fetchone() is None:
            self._connection.execute(sql.SQL("create schema {}").format(sql.Identifier(schema)))
            told = f"Schema {schema} of Tieout's snapshot. `tieout export` replaces the rows of its tables."
            self._connection.execute(
                sql.SQL("comment on schema {} is {}").format(sql.Identifier(schema), sql.Literal(told))
            )

    def must_alter(self, relation: Relation) -> bool:
        """Whether the table stands with other columns."""
        standing = self.standing.get(relation.full_name)
        return standing is not None and standing != columns_of(relation)

    def receive(self, warehouse: Warehouse, relation: Relation) -> None:
        """Put the relation's rows in the place of what its table holds, with its columns and comments."""
        with self._told(relation.full_name):
            self._receive(warehouse, relation)

    def _receive(self, warehouse: Warehouse, relation: Relation) -> None:
        table, wanted = _identifier(relation), columns_of(relation)
        if relation.full_name in self.standing:
            if self.must_alter(relation):
                self._alter(relation, self.standing[relation.full_name], wanted)
            self._connection.execute(sql.SQL("delete from {}").format(table))
        else:
            typed = [_typed(name, data_type) for name, data_type in wanted.items()]
            self._connection.execute(sql.SQL("create table {} ({})").format(table, sql.SQL(", ").join(typed)))
        names = sql.SQL(", ").join(map(sql.Identifier, wanted))
        statement = sql.SQL("copy {} ({}) from stdin (format csv)").format(table, names)
        with (
            warehouse.batches(relation.sql, EXPORT_SECONDS) as (_, batches),
            self._connection.cursor().copy(statement) as copy,
        ):
            for batch in batches:
                copy.write(_as_csv(batch))
        self._connection.execute(sql.SQL("; ").join(_comments(relation)))

    def _alter(self, relation: Relation, standing: Columns, wanted: Columns) -> None:
        """Give the table the wanted columns; one of another type is made anew, since its rows are replaced anyway."""
        dropped = [
            sql.SQL("drop column {}").format(sql.Identifier(name))
            for name, data_type in standing.items()
            if wanted.get(name) != data_type
        ]
        added = [
            sql.SQL("add column {}").format(_typed(name, data_type))
            for name, data_type in wanted.items()
            if standing.get(name) != data_type
        ]
        self._connection.execute(
            sql.SQL("alter table {} {}").format(_identifier(relation), sql.SQL(", ").join([*dropped, *added]))
        )

    def drop(self, name: str) -> None:
        """Drop a table that the snapshot no longer has."""
        with self._told(name):
            self._connection.execute(sql.SQL("drop table {}").format(sql.Identifier(*name.split(".", 1))))

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        """Who stands in the way of a change of this table: another's object that needs it, or someone who uses it."""
        try:
            yield
        except errors.DependentObjectsStillExist as error:
            raise SettingsError(
                f"The new snapshot changes the columns of {name} or no longer has it, and others build on it: "
                f"{_one_line(error.diag.message_detail)}. Drop or change what does, then export again. "
                "What was exported before stands."
            ) from error
        except errors.LockNotAvailable as error:
            self._connection.rollback()
            raise SettingsError(
                f"{name} was in use for {LOCK_SECONDS} seconds{_holders(self._address, name)}, and must change. Export "
                "again when that has ended. What was exported before stands."
            ) from error

    def record(self, warehouse: Warehouse, relations: Sequence[Relation]) -> None:
        """Say which snapshot it is, and which tables are ours."""
        if "semantic.snapshot" not in self.standing:
            self._connection.execute(
                sql.SQL(
                    "create table {0} (snapshot_id text, business_day date, reporting_currency text, "
                    "exported_at timestamptz, tables text[]); "
                    "comment on table {0} is 'Which snapshot of Tieout the schemas marts and semantic hold. One row.'; "
                    "comment on column {0}.snapshot_id is 'The snapshot, a name that is never used again.'; "
                    "comment on column {0}.business_day is 'The day as of which it stands.'; "
                    "comment on column {0}.reporting_currency is 'ISO 4217 code of its amounts.'; "
                    "comment on column {0}.exported_at is 'When it was exported.'; "
                    "comment on column {0}.tables is 'The tables that `tieout export` made, and replaces.'"
                ).format(SNAPSHOT)
            )
        self._connection.execute(sql.SQL("delete from {}").format(SNAPSHOT))
        self._connection.execute(
            sql.SQL("insert into {} values (%s, %s, %s, now(), %s)").format(SNAPSHOT),
            [
                warehouse.snapshot_id,
                business_day(warehouse),
                warehouse.manifest["reporting_currency"],
                sorted(relation.full_name for relation in relations),
            ],
        )


@contextmanager
def _transaction(address: str) -> Iterator[psycopg.Connection[Any]]:
    """One transaction on that database, one export at a time. Any error of PostgreSQL's becomes a sentence."""
    connection = _connect(address)
    try:
        with connection:
            connection.execute(
                "select set_config('lock_timeout', %s, true), set_config('statement_timeout', '0', true), "
                "set_config('idle_in_transaction_session_timeout', '0', true), set_config('timezone', 'UTC', true)",
                [f"{LOCK_SECONDS}s"],
            )
            row = connection.execute("select pg_try_advisory_xact_lock(hashtext('tieout export'))").fetchone()
            if row is None or not row[0]:
                raise SettingsError("Another export into this database is running. Export again when it has ended.")
            yield connection
    except psycopg.Error as error:
        raise SettingsError(
            f"PostgreSQL says: {_one_line(error.diag.message_primary or str(error))}. What was exported before stands."
        ) from error


def _connect(address: str, *, autocommit: bool = False) -> psycopg.Connection[Any]:
    """A connection. What libpq says is repeated only where the address cannot hold a password."""
    try:
        given = conninfo_to_dict(address)
        return psycopg.connect(
            **({"connect_timeout": CONNECT_SECONDS, "application_name": "tieout export"} | given),  # type: ignore[arg-type]
            client_encoding="utf8",
            autocommit=autocommit,
        )
    except psycopg.Error as error:
        if may_hold_password(address):
            raise SettingsError(
                "PostgreSQL cannot be reached at that address. What it answers is not shown, since the address seems "
                "to hold a password: put that into the environment variable PGPASSWORD or into ~/.pgpass instead."
            ) from None
        raise SettingsError(f"PostgreSQL cannot be reached: {_one_line(str(error))}.") from error


def may_hold_password(address: str) -> bool:
    """Whether any part of the address could be a password, also where it is not written as it should be.

    An unescaped @ or / in a password makes libpq take the rest of it for a host, and say so.
    """
    rest = address.split("://", 1)[1]
    return ":" in rest.rpartition("@")[0] or "password" in rest.lower()


def _verified(warehouse: Warehouse, connection: psycopg.Connection[Any], relation: Relation) -> int:
    """The number of rows that arrived. Raises ExportError where it, or the sum of a column, is not what was sent."""
    exact = [column for column in relation.columns if column.is_exact]
    sums = "".join(f", sum({quoted_name(column.name)})" for column in exact)
    sent = warehouse.query(f"select count(*){sums} from ({relation.sql})", seconds=EXPORT_SECONDS)
    arrived = connection.execute(
        sql.SQL("select count(*){} from {}").format(
            sql.SQL("").join(sql.SQL(", sum({})").format(sql.Identifier(column.name)) for column in exact),
            _identifier(relation),
        )
    ).fetchone()
    assert arrived is not None
    expected = [column[0].as_py() for column in sent.columns]
    for what, one, other in zip(["rows", *(column.name for column in exact)], expected, arrived, strict=True):
        if one != other:
            counted = "the number of rows" if what == "rows" else f"the sum of {what}"
            raise ExportError(
                f"{relation.full_name}: {counted} was {one} and arrived as {other}. Look for triggers or rules on that "
                "table. Nothing was changed: what was exported before stands."
            )
    return int(arrived[0])


def _tidy(address: str, relations: Sequence[Relation]) -> None:
    """Let PostgreSQL use the old rows' room again, and know how many rows there are now."""
    with _connect(address, autocommit=True) as connection:
        for relation in relations:
            connection.execute(sql.SQL("vacuum (analyze) {}").format(_identifier(relation)))


def _holders(address: str, name: str) -> str:
    """Who uses a table, in brackets; empty where that cannot be seen any more."""
    with _connect(address, autocommit=True) as connection:
        rows = connection.execute(HOLDERS, [name]).fetchall()
    told = [
        f"process {pid}, {user}{f', {program}' if program else ''}, since {since:%Y-%m-%d %H:%M:%S %Z}"
        for pid, user, program, since in rows
    ]
    return f" ({'; '.join(told)})" if told else ""


def _as_csv(batch: pa.RecordBatch) -> bytes:
    """The rows as PostgreSQL's COPY reads them: text always quoted, null never."""
    buffer = pa.BufferOutputStream()
    pa.csv.write_csv(batch, buffer, pa.csv.WriteOptions(include_header=False))
    written: bytes = buffer.getvalue().to_pybytes()
    return written


def _comments(relation: Relation) -> list[sql.Composed]:
    table = _identifier(relation)
    comments = [sql.SQL("comment on table {} is {}").format(table, sql.Literal(relation.description))]
    return comments + [
        sql.SQL("comment on column {}.{} is {}").format(
            table, sql.Identifier(column.name), sql.Literal(column.description)
        )
        for column in relation.columns
    ]


def _identifier(relation: Relation) -> sql.Identifier:
    return sql.Identifier(relation.schema, relation.name)


def _typed(name: str, data_type: str) -> sql.Composed:
    return sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(data_type))


def _one_line(text: Mapping[str, Any] | str | None) -> str:
    return " ".join(str(text or "").split()).rstrip(".")
