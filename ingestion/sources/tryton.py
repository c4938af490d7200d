"""Tryton 8.2 on PostgreSQL, read straight from its tables.

Tryton's PostgreSQL → one READ ONLY, REPEATABLE READ transaction → Arrow tables of text → pipeline.py types them

Tryton has no reporting API that tells history, so its tables are the contract: `TABLES` names every column that is
read, and nothing else is. All tables come from one transaction, so they are one moment of the firm. Ids and the columns
that hold them are text, as in a Tryton reference (`sale.line,7`). What the query itself does: an interval becomes
seconds and a float a number; `__id`, the key of a history table (whose `id` is its record's), becomes `history_id`, and
`line` the kind of line it is; and Tryton's timestamps, which carry no offset, are read in the `server_time_zone` of
[systems.<name>] (default UTC). The database's address is a secret: TIEOUT_<SYSTEM>_URL, for example
`postgresql://tieout:…@erp.example/tryton`. Give that user SELECT and nothing more.

Not told by Tryton: approval of timesheets, write-offs, roles, planned dates, change orders, holds.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, LiteralString

import psycopg
import pyarrow as pa
from psycopg import sql

from ingestion.read_only import read_only_postgres
from ingestion.systems import SourceError, SourceTable, System

Connection = psycopg.Connection[tuple[Any, ...]]
BATCH_ROWS = 50_000
STAMPS = {"create_date": "timestamp", "write_date": "timestamp"}


@dataclass(frozen=True)
class Columns:
    """What is read of one of Tryton's tables: column → type; `queries` where a column is not simply read."""

    module: str  # the Tryton module that brings the table
    columns: Mapping[str, str]
    queries: Mapping[str, str] = field(default_factory=dict)
    only: LiteralString = "true"
    is_optional: bool = False

    @property
    def key(self) -> str:
        return next(iter(self.columns))


def _ids(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "text")


_OPPORTUNITY = {
    **_ids("number", "description", "party", "company", "currency", "employee", "state"),
    "amount": "decimal",
    "conversion_probability": "decimal",
    "end_date": "date",
    **_ids("create_uid", "write_uid"),
    **STAMPS,
}
TABLES: Mapping[str, Columns] = {
    # who
    "party_party": Columns("party", {**_ids("id", "name"), **STAMPS}),
    "party_identifier": Columns("party", _ids("id", "party", "type", "code")),
    "party_contact_mechanism": Columns("party", _ids("id", "party", "type", "value")),
    "company_company": Columns("company", _ids("id", "party", "currency")),
    "company_employee": Columns(
        "company", {**_ids("id", "party", "company"), "start_date": "date", "end_date": "date"}
    ),
    "company_employee_cost_price": Columns(
        "timesheet_cost", {**_ids("id", "employee"), "date": "date", "cost_price": "decimal"}, is_optional=True
    ),
    "res_user": Columns("res", _ids("id", "name", "login")),
    # what, and in which money
    "currency_currency": Columns("currency", _ids("id", "code")),
    "currency_currency_rate": Columns("currency", {**_ids("id", "currency"), "date": "date", "rate": "decimal"}),
    "product_product": Columns("product", _ids("id", "template")),
    "product_template": Columns("product", _ids("id", "name", "type", "default_uom")),
    "product_uom": Columns("product", _ids("id", "category")),
    # Tryton's names for records of its own: which unit is the hour, which category of units is time
    "ir_model_data": Columns(
        "ir", _ids("id", "fs_id", "db_id"), only="module = 'product' and fs_id in ('uom_hour', 'uom_cat_time')"
    ),
    # sold
    "sale_opportunity": Columns("sale_opportunity", {"id": "text", **_OPPORTUNITY}),
    "sale_opportunity__history": Columns(
        "sale_opportunity", {"history_id": "integer", "id": "text", **_OPPORTUNITY}, {"history_id": "__id"}
    ),
    "sale_sale": Columns("sale", _ids("id", "origin", "party", "company", "currency", "state", "invoice_method")),
    "sale_line": Columns(
        "sale", {**_ids("id", "sale", "type", "product", "unit"), "quantity": "decimal", "unit_price": "decimal"}
    ),
    # planned and worked
    "project_work": Columns(
        "project",
        {
            **_ids("id", "name", "type", "number", "company", "party", "origin", "parent", "product", "status"),
            **_ids("project_invoice_method", "invoice_line"),
            "list_price": "decimal",
            "effort_seconds": "decimal",
            "progress": "decimal",
            **STAMPS,
        },
        {"effort_seconds": "effort_duration"},
    ),
    "project_work_status": Columns("project", {**_ids("id", "name"), "progress": "decimal"}),
    "project_work_invoiced_progress": Columns(
        "project_invoice", {**_ids("id", "work", "invoice_line"), "progress": "decimal", **STAMPS}
    ),
    "timesheet_work": Columns(
        "timesheet",
        {
            **_ids("id", "name", "origin", "company"),
            "timesheet_start_date": "date",
            "timesheet_end_date": "date",
            **STAMPS,
        },
    ),
    "timesheet_line": Columns(
        "timesheet",
        {
            **_ids("id", "company", "employee", "work", "description", "invoice_line"),
            "date": "date",
            "duration_seconds": "decimal",
            **STAMPS,
        },
        {"duration_seconds": "duration"},
    ),
    # billed, recognised, collected
    "account_account": Columns("account", _ids("id", "code", "name", "type", "company")),
    "account_account_type": Columns(
        "account", {**_ids("id", "name"), **dict.fromkeys(("revenue", "receivable"), "boolean")}
    ),
    "account_journal": Columns("account", _ids("id", "type")),
    "account_period": Columns(
        "account",
        {**_ids("id", "company", "type", "state"), "start_date": "date", "end_date": "date", **STAMPS},
    ),
    "account_move": Columns(
        "account", {**_ids("id", "company", "journal", "origin", "state", "create_uid"), "date": "date", **STAMPS}
    ),
    "account_move_line": Columns(
        "account",
        {
            **_ids("id", "move", "account", "party", "origin", "reconciliation", "second_currency"),
            **dict.fromkeys(("debit", "credit", "amount_second_currency"), "decimal"),
            "maturity_date": "date",
        },
    ),
    "account_move_reconciliation": Columns("account", {"id": "text", "date": "date"}),
    "account_invoice": Columns(
        "account_invoice",
        {
            **_ids("id", "number", "type", "state", "sequence_type_cache", "party", "company", "currency"),
            **_ids("move", "cancel_move"),
            "invoice_date": "date",
            "accounting_date": "date",
            **STAMPS,
        },
    ),
    "account_invoice_line": Columns(
        "account_invoice",
        {
            **_ids("id", "invoice", "type", "account", "product", "origin", "description"),
            "quantity": "decimal",
            "unit_price": "decimal",
            **STAMPS,
        },
    ),
    "account_invoice_line-account_tax": Columns(
        "account_invoice", _ids("id", "invoice_line", "tax"), {"invoice_line": "line"}
    ),
    "account_invoice_tax": Columns("account_invoice", {**_ids("id", "invoice"), "amount": "decimal"}),
    "account_invoice-account_move_line": Columns(
        "account_invoice", _ids("id", "invoice", "move_line"), {"move_line": "line"}
    ),
}


def tables(system: System) -> list[SourceTable]:
    """Tryton's tables, all of one snapshot of its database.

    Raises SourceError where the database has no address or does not answer; when read, for a table that is not there.
    """
    snapshot = Snapshot(system)
    snapshot.connection()  # so that what cannot be reached is said once and not for every table
    return [
        SourceTable(
            name=raw_name(name),
            key=(table.key,),
            columns=table.columns,
            read=partial(snapshot.read, name),
            required=(table.key,),
            origin=f"table {name}",
        )
        for name, table in TABLES.items()
    ]


def raw_name(name: str) -> str:
    """A table's name in raw.duckdb: `sale_opportunity__history` → `sale_opportunity_history`."""
    return name.replace("__", "_").replace("-", "_")


class Snapshot:
    """One transaction, closed with the last table that is read, or when nobody holds the tables any more."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._unread = set(TABLES)
        self._open = ExitStack()
        self._connection: Connection | None = None
        self._known: Mapping[str, Mapping[str, str]] = {}

    def read(self, name: str) -> Iterator[pa.Table]:
        """The rows of one of Tryton's tables, every cell as text, in batches."""
        table = TABLES[name]
        try:
            connection = self.connection()
            if name in self._known:
                yield from self._batches(connection, name, table)
            elif not table.is_optional:
                raise SourceError(
                    f"[systems.{self._system.name}]: the Tryton database has no table {name}, or our user may not "
                    f"SELECT from it. Grant that, activate Tryton's module '{table.module}', or point {self.variable} "
                    "to another database."
                )
        except psycopg.Error as error:
            raise SourceError(
                f"[systems.{self._system.name}]: Tryton's table {name} could not be read "
                f"({type(error).__name__}). See that PostgreSQL runs and that the user in {self.variable} may SELECT "
                "from the table, then load again."
            ) from error
        finally:
            self._unread.discard(name)
            if not self._unread:
                self.close()

    @property
    def variable(self) -> str:
        """The environment variable that holds the database's address."""
        return f"TIEOUT_{self._system.name}_URL".upper()

    def connection(self) -> Connection:
        """The snapshot's connection, opened if it is not yet. The server lets it read and nothing else."""
        if self._connection is None:
            address = os.environ.get(self.variable)
            if not address:
                raise SourceError(
                    f"[systems.{self._system.name}] has no address. Set {self.variable}=postgresql://user@host/name in "
                    "the environment, or url in the secrets file's table of that system."
                )
            self._connection = self._open.enter_context(read_only_postgres(address))
            self._known = _columns_of(self._connection)
        return self._connection

    def close(self) -> None:
        """End the transaction. Reading again takes a new snapshot."""
        self._open.close()
        self._connection, self._unread = None, set(TABLES)

    __del__ = close

    def _batches(self, connection: Connection, name: str, table: Columns) -> Iterator[pa.Table]:
        zone = str(self._system.options.get("server_time_zone", "UTC"))
        cells = [
            _cell(column, kind, table.queries.get(column, column), self._known[name], zone)
            for column, kind in table.columns.items()
        ]
        query = sql.SQL("select {} from {} where {}").format(
            sql.SQL(", ").join(cells), sql.Identifier(name), sql.SQL(table.only)
        )
        schema = pa.schema([(column, pa.string()) for column in table.columns])
        with connection.cursor(name=f"tieout_{raw_name(name)}") as cursor:
            cursor.execute(query)
            while rows := cursor.fetchmany(BATCH_ROWS):
                columns = [pa.array(values, pa.string()) for values in zip(*rows, strict=True)]
                yield pa.Table.from_arrays(columns, schema=schema)


def _cell(column: str, kind: str, source: str, known: Mapping[str, str], zone: str) -> sql.Composable:
    """One cell as text that prints exactly; null where this Tryton lacks the column, as its module is not active."""
    cell: sql.Composable = sql.Identifier(source)
    if source not in known:
        cell = sql.SQL("null")
    elif kind == "timestamp":
        cell = sql.SQL("{} at time zone {}").format(cell, sql.Literal(zone))
    elif known[source] == "interval":
        cell = sql.SQL("extract(epoch from {})::numeric").format(cell)
    elif known[source] == "double precision":
        cell = sql.SQL("{}::numeric").format(cell)
    return sql.SQL("({})::text as {}").format(cell, sql.Identifier(column))


def _columns_of(connection: Connection) -> Mapping[str, Mapping[str, str]]:
    """Table → column → PostgreSQL's type, of the tables we may read."""
    rows = connection.execute(
        "select table_name, column_name, data_type from information_schema.columns "
        "where table_schema = current_schema()"
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found
