"""Loading: what changes is kept in both versions, what does not change leaves no trace, and nothing is half done."""

import os
import signal
import subprocess
import sys
import textwrap
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from ingestion import pipeline
from ingestion.history import LoadError
from ingestion.pipeline import load
from ingestion.systems import ConfigurationError, SourceError, System

ACCOUNTS = "account_id,name\nA1,Acme\nA2,Beta\n"
LINES = "deal_line_id,deal_id,family,amount\n"


def at(day: int) -> datetime:
    return datetime(2026, 1, day, tzinfo=UTC)


def test_a_second_identical_load_changes_nothing_but_the_book(home):
    home.write(crm_accounts=ACCOUNTS, crm_deal_lines=LINES + "L1,D1,service,0.10\n")
    home.load()
    before = home.contents("crm_accounts"), home.contents("crm_deal_lines")
    again = home.load()
    assert (home.contents("crm_accounts"), home.contents("crm_deal_lines")) == before
    assert {(table.rows_loaded, table.versions_added, table.versions_retired) for table in again.tables} == {
        (1, 0, 0),
        (2, 0, 0),
    }
    assert home.rows("SELECT count(*), count(DISTINCT load_id) FROM raw_tieout.loads") == [(4, 2)]


def test_the_order_of_rows_and_columns_changes_nothing(home):
    home.write(crm_accounts=ACCOUNTS)
    home.load()
    before = home.contents("crm_accounts")
    home.write(crm_accounts='NAME , account_id,website\n"Beta",A2,\n Acme,A1,\n')
    home.load()
    assert home.contents("crm_accounts") == before


def test_an_edit_a_deletion_and_a_return_keep_every_version(home):
    history = "SELECT account_id, name, valid_from, valid_to FROM raw_exports.crm_accounts ORDER BY 1, 3"
    home.write(crm_accounts="account_id,name\nA1,Acme\nA2,Beta\n")
    home.load(exported_at=at(1))
    home.write(crm_accounts="account_id,name\nA1,Acme Ltd\nA2,Beta\n")
    home.load(exported_at=at(2))
    assert home.rows(history) == [
        ("A1", "Acme", at(1), at(2)),
        ("A1", "Acme Ltd", at(2), None),
        ("A2", "Beta", at(1), None),
    ]
    home.write(crm_accounts="account_id,name\nA1,Acme Ltd\n")
    home.load(exported_at=at(3))
    home.write(crm_accounts="account_id,name\nA1,Acme\nA2,Beta\n")
    home.load(exported_at="2026-01-04T00:00:00Z")
    assert home.rows(history) == [
        ("A1", "Acme", at(1), at(2)),
        ("A1", "Acme Ltd", at(2), at(4)),
        ("A1", "Acme", at(4), None),
        ("A2", "Beta", at(1), at(3)),
        ("A2", "Beta", at(4), None),
    ]


def test_a_file_with_only_its_header_is_a_table_without_rows(home):
    home.write(crm_accounts="account_id,name\n")
    home.load()
    assert home.contents("crm_accounts") == []
    home.write(crm_accounts=ACCOUNTS)
    home.load(exported_at=None)
    home.write(crm_accounts="account_id,name\n")
    report = home.load()
    assert home.current("crm_accounts", "account_id") == []
    assert (report.tables[0].rows_read, report.tables[0].versions_retired) == (0, 2)


def test_money_adds_up_to_the_cent(home):
    # 0.10 + 0.20 = 0.30, which is 0.30000000000000004 where money is floating
    home.write(crm_deal_lines=LINES + "L1,D1,service,0.10\nL2,D1,service,0.20\nL3,D1,service,99999999999999.9999\n")
    home.load()
    assert home.rows("SELECT sum(amount) FROM raw_exports.crm_deal_lines WHERE source_id <> 'L3'") == [
        (Decimal("0.3000"),)
    ]
    assert home.current("crm_deal_lines", "amount")[-1] == (Decimal("99999999999999.9999"),)


def test_raw_has_exactly_the_promised_columns(home):
    home.write(crm_deal_lines=LINES)
    home.load()
    columns = dict(
        home.rows(
            "SELECT column_name, data_type FROM duckdb_columns() WHERE schema_name = 'raw_exports' "
            "AND table_name = 'crm_deal_lines'"
        )
    )
    assert columns == {
        "deal_line_id": "VARCHAR",
        "deal_id": "VARCHAR",
        "family": "VARCHAR",
        "amount": "DECIMAL(18,4)",
        "role": "VARCHAR",
        "hours": "DECIMAL(18,6)",
        "rate": "DECIMAL(18,6)",
        "source_id": "VARCHAR",
        "extra_columns": "JSON",
        "load_id": "VARCHAR",
        "row_version": "VARCHAR",
        "valid_from": "TIMESTAMP WITH TIME ZONE",
        "valid_to": "TIMESTAMP WITH TIME ZONE",
    }
    tables = home.rows("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'raw_exports'")
    assert [name for (name,) in tables if not name.startswith("_dlt_")] == ["crm_deal_lines"]


def test_rows_set_aside_are_listed_with_file_line_column_value_and_record(home):
    home.write(crm_deal_lines=LINES + "L1,D1,service,1\nL2,D1,service,\nL3,D1,gift,3\n")
    report = home.load()
    table = report.tables[0]
    assert (table.rows_read, table.rows_loaded, table.rows_quarantined, table.status) == (3, 1, 2, "finished")
    assert home.rows(
        "SELECT table_name, file, line, column_name, value, reason, record->>'deal_line_id' "
        "FROM raw_tieout.quarantined_rows ORDER BY line"
    ) == [
        ("crm_deal_lines", "crm_deal_lines.csv", 3, "amount", None, "amount is empty, and every row needs it", "L2"),
        (
            "crm_deal_lines",
            "crm_deal_lines.csv",
            4,
            "family",
            "gift",
            "family 'gift' is none of service, pass_through",
            "L3",
        ),
    ]


def test_a_record_whose_new_version_is_set_aside_was_not_deleted(home):
    home.write(crm_deal_lines=LINES + "L1,D1,service,1\nL2,D1,service,2\nL3,D1,service,3\n")
    home.load()
    home.write(crm_deal_lines=LINES + "L1,D1,service,1\nL2,D1,service,two\n")
    report = home.load()
    assert home.current("crm_deal_lines", "source_id, amount") == [("L1", Decimal(1)), ("L2", Decimal(2))]
    assert (report.tables[0].versions_added, report.tables[0].versions_retired) == (0, 1)


def test_while_some_key_cannot_be_read_nothing_counts_as_deleted(home):
    home.write(crm_deal_lines=LINES + "L1,D1,service,1\nL2,D1,service,2\nL3,D1,service,3\n")
    home.load()
    home.write(crm_deal_lines=LINES + 'L1,D1,service,1.50\nL2,D1,"service,2\n')
    report = home.load()
    assert home.current("crm_deal_lines", "source_id, amount") == [
        ("L1", Decimal("1.5")),
        ("L2", Decimal(2)),
        ("L3", Decimal(3)),
    ]
    assert "no record was taken as deleted" in report.tables[0].error


def test_a_refused_table_stays_as_it_was_and_the_others_are_loaded(home):
    home.write(crm_accounts=ACCOUNTS, crm_deal_lines=LINES + "L1,D1,service,1\n")
    home.load()
    home.write(
        crm_accounts="account_id,name\nA1,Acme\nA3,Gamma\n", crm_deal_lines="deal_line_id,deal_id,amount\nL1,D1,9\n"
    )
    with pytest.raises(
        SourceError, match=r"crm_deal_lines\.csv is refused: it lacks the required column family"
    ) as raised:
        home.load()
    assert [(table.table, table.status) for table in raised.value.report.refused] == [("crm_deal_lines", "refused")]
    assert home.current("crm_deal_lines", "source_id, amount") == [("L1", Decimal(1))]
    assert home.current("crm_accounts", "source_id") == [("A1",), ("A3",)]
    assert home.rows("SELECT table_name, status FROM raw_tieout.loads ORDER BY started_at, 1")[-2:] == [
        ("crm_accounts", "finished"),
        ("crm_deal_lines", "refused"),
    ]


def test_a_file_that_is_gone_is_refused_rather_than_taken_as_all_deleted(home):
    home.write(crm_accounts=ACCOUNTS, crm_deal_lines=LINES + "L1,D1,service,1\n")
    home.load()
    home.write(crm_deal_lines=None)
    with pytest.raises(SourceError, match="crm_deal_lines was there at an earlier load and is gone"):
        home.load()
    assert home.current("crm_deal_lines", "source_id") == [("L1",)]


def test_files_that_are_no_canonical_table_or_claim_one_twice_are_refused(home):
    home.write(crm_accounts=ACCOUNTS, crm_deal=LINES)
    (home.exports / "CRM_accounts.parquet").write_bytes(b"")
    with pytest.raises(SourceError) as raised:
        home.load()
    assert "crm_deal.csv is refused: there is no canonical table 'crm_deal'. Did you mean crm_deals?" in str(
        raised.value
    )
    assert "both claim to be the whole table crm_accounts" in str(raised.value)


def test_a_system_that_cannot_be_read_leaves_the_others_to_be_loaded(home):
    home.write(crm_accounts=ACCOUNTS)
    systems = [System("crm", "salesforce"), System("gone", "template", Path("nowhere")), home.system()]
    with pytest.raises(SourceError) as raised:
        load(home.folder, systems)
    assert "reads exported files only, so far" in str(raised.value)
    assert "nowhere is no folder" in str(raised.value)
    assert home.current("crm_accounts", "source_id") == [("A1",), ("A2",)]
    assert home.rows("SELECT system, table_name, status FROM raw_tieout.loads ORDER BY 1") == [
        ("crm", "", "refused"),
        ("exports", "crm_accounts", "finished"),
        ("gone", "", "refused"),
    ]


def test_only_what_is_named_is_loaded(home):
    home.write(crm_accounts=ACCOUNTS, crm_deal_lines=LINES)
    home.load(only=["exports.crm_accounts"])
    assert home.rows("SELECT table_name FROM raw_tieout.loads") == [("crm_accounts",)]
    with pytest.raises(SourceError, match=r"exports has no table crm_dells\. It has: crm_accounts, crm_deal_lines"):
        home.load(only=["exports.crm_dells"])
    with pytest.raises(ConfigurationError, match=r"There is no system 'hr' in tieout\.toml\. There are: exports"):
        home.load(only=["hr"])


@pytest.mark.parametrize(
    ("systems", "sentence"),
    [
        (
            [System("a", "netsweet")],
            r"names the source 'netsweet', which does not exist. There are: birdview, .*template",
        ),
        ([System("a", "template"), System("a", "template")], "Two systems in tieout.toml have one name"),
        ([System("a", "template", Path("x"), {"exported_at": "soon"})], "exported_at = 'soon' is not a time"),
        ([System("a", "template")], "needs a path"),
    ],
)
def test_a_wrong_configuration_says_what_is_wrong(tmp_path, systems, sentence):
    with pytest.raises(ConfigurationError, match=sentence):
        load(tmp_path, systems)


def test_a_system_name_must_make_a_schema_name():
    for name in ("Sales Force", "a__b", "_a", "1a", "a_", "", "tieout"):
        with pytest.raises(ConfigurationError, match="cannot be a system's name"):
            System(name, "template")


def test_time_never_runs_backwards(home):
    home.write(crm_accounts=ACCOUNTS)
    home.load(exported_at=at(5))
    with pytest.raises(ConfigurationError, match="Older exports cannot be loaded over newer ones"):
        home.load(exported_at=at(4))
    future = datetime(2999, 1, 1, tzinfo=UTC)
    home.load(exported_at=future)
    home.write(crm_accounts="account_id,name\n")
    home.load()  # the clock says less than 2999
    assert home.rows("SELECT DISTINCT valid_to >= valid_from FROM raw_exports.crm_accounts") == [(True,)]


def test_a_load_says_why_it_sets_rows_aside_and_quotes_the_first_three(home):
    home.write(crm_deal_lines=LINES + "L1,D1,service,1\n" + "".join(f"L{n},D1,gift,1\n" for n in range(2, 7)))
    home.load()
    assert [said.strip().split(";")[0] for said in home.said[1:]] == [
        *(f"crm_deal_lines.csv line {n}: family 'gift' is none of service, pass_through" for n in (3, 4, 5)),
        "and 2 more: once built, marts.fct_quarantined_rows and page Trust, section Data, list them all",
    ]


def test_a_column_that_is_not_canonical_is_kept_in_raw_and_named(home):
    home.write(crm_accounts="account_id,name,site,prent_acount_id\nA1,Acme,x,y\n")
    home.load()
    kept = "that crm_accounts does not: kept in raw, used nowhere."
    assert [said.strip() for said in home.said[1:]] == [
        f"crm_accounts.csv has a column site {kept} Did you mean website?",
        f"crm_accounts.csv has a column prent_acount_id {kept} Did you mean parent_account_id?",
    ]
    assert home.current("crm_accounts", "extra_columns") == [('{"prent_acount_id":"y","site":"x"}',)]


def test_columns_that_come_and_go_are_noted(home):
    home.write(crm_accounts="account_id,name,website\nA1,Acme,x\n")
    home.load()
    home.write(crm_accounts="account_id,name,industry\nA1,Acme,y\n")
    home.load()
    assert home.rows("SELECT schema_changes FROM raw_tieout.loads ORDER BY started_at") == [
        (None,),
        ('{"added": ["industry"], "removed": ["website"]}',),
    ]


def test_a_load_waits_for_nobody_and_says_so(home):
    home.write(crm_accounts=ACCOUNTS)
    hold = "import duckdb, sys; raw = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    command = [sys.executable, "-c", hold, str(home.folder / "raw.duckdb")]
    holder = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert holder.stdout.readline() == b"1\n"
        with pytest.raises(LoadError, match=r"cannot be opened for writing\. If a load or a build is running"):
            home.load()
    finally:
        holder.communicate(b"\n")


def test_a_load_leaves_nothing_beside_raw_and_asks_nobody(home, monkeypatch):
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a load of files opened a network connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    before = dict(os.environ)
    home.write(crm_accounts=ACCOUNTS)
    home.load()
    assert dict(os.environ) == before
    files = sorted(str(path.relative_to(home.folder)) for path in home.folder.rglob("*") if path.is_file())
    assert files == ["exports/crm_accounts.csv", "raw.duckdb"]


KILLED_AT = {
    "while it reads": "ingestion.pipeline.check",
    "before it writes": "ingestion.history.write",
    "between two tables": "dlt.destinations.job_client_impl.SqlLoadJob.run",
    "after it wrote": "ingestion.history.verify",
}


@pytest.mark.parametrize("step", KILLED_AT)
def test_a_killed_load_is_healed_by_the_next(home, step):
    home.write(crm_accounts=ACCOUNTS, crm_deal_lines=LINES + "L1,D1,service,1\nL2,D1,service,2\n")
    home.load(exported_at=at(1))
    home.write(crm_accounts="account_id,name\nA1,Acme\nA3,Gamma\n", crm_deal_lines=LINES + "L1,D1,service,1.5\n")
    module, _, name = KILLED_AT[step].rpartition(".")
    script = f"""
        import os, pkgutil, signal
        from pathlib import Path
        from ingestion.pipeline import load
        from ingestion.systems import System
        place, calls = pkgutil.resolve_name({module!r}), []
        kept = getattr(place, {name!r})
        def kill(*args, **options):
            calls.append(1)
            if len(calls) == 2 or {name!r} == "write":
                os.kill(os.getpid(), signal.SIGKILL)
            return kept(*args, **options)
        setattr(place, {name!r}, kill)
        system = System("exports", "template", Path("exports"), {{"exported_at": "2026-01-02"}})
        load(Path({str(home.folder)!r}), [system])
    """
    killed = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], cwd=Path(pipeline.__file__).parents[1])
    assert killed.returncode == -signal.SIGKILL
    assert home.rows("SELECT count(*) FROM raw_tieout.loads WHERE status = 'failed'")[0][0] >= 1

    home.load(exported_at=at(3))
    assert home.current("crm_accounts", "source_id") == [("A1",), ("A3",)]
    assert home.current("crm_deal_lines", "source_id, amount") == [("L1", Decimal("1.5"))]
    # each record has one version at a time: where one ends the next may begin, and none overlap
    assert home.rows("""
        SELECT count(*) FROM raw_exports.crm_deal_lines AS a JOIN raw_exports.crm_deal_lines AS b USING (source_id)
        WHERE a.row_version < b.row_version
            AND a.valid_from < coalesce(b.valid_to, 'infinity') AND b.valid_from < coalesce(a.valid_to, 'infinity')
    """) == [(0,)]
    unfinished = home.rows("SELECT error FROM raw_tieout.loads WHERE status = 'failed'")
    assert all("Load again" in error for (error,) in unfinished)


def test_a_changed_type_is_refused_before_anything_is_written(home):
    home.write(crm_accounts=ACCOUNTS)
    home.load()
    with duckdb.connect(home.folder / "raw.duckdb") as connection:
        connection.execute("ALTER TABLE raw_exports.crm_accounts ALTER website TYPE INTEGER")
    with pytest.raises(SourceError, match="website was INTEGER until now and would become VARCHAR"):
        home.load()


def test_a_load_that_cannot_write_says_so_in_the_book_and_the_next_one_heals(home, monkeypatch):
    from dlt.destinations.impl.duckdb.duck import DuckDbCopyJob

    def disk_full(job: object) -> None:
        raise duckdb.IOException("No space left on device")

    home.write(crm_accounts=ACCOUNTS)
    monkeypatch.setenv("LOAD__RAISE_ON_MAX_RETRIES", "1")
    with monkeypatch.context() as patched:
        patched.setattr(DuckDbCopyJob, "run", disk_full)
        with pytest.raises(LoadError, match="No space left on device"):
            home.load()
    [(status, error)] = home.rows("SELECT status, error FROM raw_tieout.loads")
    assert status == "failed"
    assert "See that the disk has room, then load again" in error
    home.load()
    assert home.current("crm_accounts", "source_id") == [("A1",), ("A2",)]
