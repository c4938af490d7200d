"""The one command, `tieout`: arguments -> a function of this package -> lines on the terminal and an exit code.

Exit codes: 0 done, 1 the data failed a check (nothing published), 2 wrong usage or configuration, 3 a source could not
be read. Imports stand inside the functions, so that `tieout --help` answers at once.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.errors import TieoutError
from warehouse.tables import FORMATS, render

if TYPE_CHECKING:
    from warehouse.settings import Settings

BRIDGES = ("sold_to_planned", "planned_to_billed", "billed_to_recognized", "billed_to_collected")
GRAINS = ("day", "week", "month", "quarter", "year")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
    except TieoutError as error:
        print(f"tieout {options.command}: {error}", file=sys.stderr)
        return error.exit_code
    except OSError as error:  # a full disk, a folder that cannot be written
        if isinstance(error, BrokenPipeError):  # `tieout query … | head` has read enough
            sys.stderr.close()
            return 0
        print(f"tieout {options.command}: {error}. What was published before stands.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"tieout {options.command}: stopped. What was published before stands.", file=sys.stderr)
        return 130
    return code


def parser() -> argparse.ArgumentParser:
    """Every command with its options. A command that does not exist yet is not here."""
    top = argparse.ArgumentParser(
        prog="tieout",
        description="Ties out what a services firm sold, planned and billed.",
        epilog="Exit codes: 0 done, 1 the data failed a check, 2 wrong usage or configuration, "
        "3 a source could not be read.",
    )
    top.add_argument(
        "--home", metavar="DIR", help="the folder with tieout.toml (default: $TIEOUT_HOME, else this repository)"
    )
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[argparse.Namespace], int], summary: str) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        added.set_defaults(run=run)
        return added

    demo = command("demo", _demo, "load, build and publish the sample firm, then serve it")
    _add_server_options(demo)

    load = command("load", _load, "copy the systems' records into raw.duckdb, with their history")
    load.add_argument("only", nargs="*", metavar="SYSTEM[.TABLE]", help="only these (default: all)")

    build = command("build", _build, "build and check a warehouse from raw.duckdb; publish nothing")
    build.add_argument("--dev", action="store_true", help="in build/dev, kept between runs, without the final checks")
    build.add_argument("--select", nargs="+", metavar="NODE", help="with --dev: only these dbt nodes")
    build.add_argument("--exclude", nargs="+", metavar="NODE", help="with --dev: not these dbt nodes")

    command("refresh", _refresh, "load, build, check and publish: what a schedule runs")

    serve = command("serve", _serve, "open the app on the published warehouse")
    _add_server_options(serve)

    query = command("query", _query, "values of metrics from the published warehouse")
    query.add_argument("metrics", nargs="*", metavar="METRIC", help="without one: the metrics there are")
    query.add_argument("--by", nargs="+", action="extend", default=[], metavar="DIMENSION", help="one row for each")
    query.add_argument(
        "--where", action="append", default=[], metavar="FILTER", help="\"client = 'Harbor'\"; repeated = and"
    )
    query.add_argument("--from", dest="start", type=_day, metavar="DATE", help="first day, included")
    query.add_argument("--to", dest="end", type=_day, metavar="DATE", help="last day, included")
    query.add_argument("--grain", choices=GRAINS, help="one row for each of these periods")
    query.add_argument("--sql", action="store_true", help="print the SELECT that would run, and run nothing")
    query.add_argument("--explain", action="store_true", help="print what the metrics mean, whose they are and why")
    _add_format(query)

    explain = command("explain", _explain, "the bridges between two metrics: each driver, its amount and what to do")
    explain.add_argument(
        "name", nargs="?", metavar="NAME", help="an engagement's, deal's or project's id, or a client; else the firm"
    )
    explain.add_argument("--bridge", choices=BRIDGES, help="default: each that is available")
    explain.add_argument("--as-of", type=_day, metavar="DATE", help="default: the warehouse's business day")
    explain.add_argument("--from", dest="start", type=_day, metavar="DATE", help="the movement from this day on")
    explain.add_argument("--records", action="store_true", help="the records behind the drivers")
    explain.add_argument("--driver", metavar="DRIVER", help="with --records: those of this driver")
    _add_format(explain)

    close = command("close", _close, "freeze a month's figures as reported; without a month: what has changed since")
    close.add_argument("month", nargs="?", type=_month, metavar="MONTH", help="such as 2026-03; it must be over")
    close.add_argument("--again", action="store_true", help="report a closed month anew, beside the first figures")
    close.add_argument("--reason", metavar="TEXT", help="with --again: why, for those who were told the first figures")
    _add_format(close)

    diff = command("diff", _diff, "which figures moved between two snapshots, as of the older one's business day")
    diff.add_argument("first", nargs="?", metavar="SNAPSHOT", help="default: the one before the published one")
    diff.add_argument("second", nargs="?", metavar="SNAPSHOT", help="default: the published one")
    diff.add_argument("--by-engagement", action="store_true", help="one row for each engagement")
    _add_format(diff)

    export = command("export", _export, "copy the published numbers to Excel, CSV, Parquet or PostgreSQL")
    export.add_argument(
        "names", nargs="*", metavar="NAME", help="semantic.<view> or marts.<table> (default: what most people want)"
    )
    export.add_argument("--to", required=True, metavar="TARGET", help="FILE.xlsx, FOLDER/ or postgresql://user@host/db")
    export.add_argument("--format", choices=("csv", "parquet"), help="of the files in FOLDER/ (default: csv)")

    docs = command("docs", _docs, "open dbt's documentation of the published warehouse")
    docs.add_argument("--build-only", action="store_true", help="write the page and say where, and serve nothing")
    docs.add_argument("--port", type=int, default=8502, metavar="N", help="default: 8502")

    _add_format(command("status", _status, "what was loaded and what is published"))
    _add_format(command("doctor", _doctor, "check this installation and this home"))

    sample = command("sample", _sample, "write or check the sample firm's exports")
    sample.add_argument("--check", action="store_true", help="are the committed exports what the generator writes?")
    sample.add_argument("--scale", type=_scale, default=1, metavar="N", help="so many times the firm (needs --to)")
    sample.add_argument("--to", type=Path, metavar="DIR", help="write them into this folder")

    _add_format(command("test", _test, "check the published warehouse again, and show the tests of its build"))

    approve = command("approve", _approve, "approve the definitions of metrics as the newest build compiled them")
    approve.add_argument("metrics", nargs="*", metavar="METRIC", help="default: all that changed")
    approve.add_argument("--by", required=True, metavar="NAME", help="who approves")

    for tool, example in (("dbt", "source freshness"), ("mf", "validate-configs")):
        tools = command(tool, _tool, f"run {tool} itself in the development build: `tieout {tool} {example}`")
        tools.add_argument("arguments", nargs=argparse.REMAINDER, metavar="ARGUMENT", help=f"{tool}'s own")

    rollback = command("rollback", _rollback, "publish an earlier snapshot again")
    rollback.add_argument("snapshot", nargs="?", metavar="SNAPSHOT", help="default: the one before the published one")
    return top


def _demo(options: argparse.Namespace) -> int:
    from warehouse.refresh import refresh
    from warehouse.serve import serve

    settings = _settings(options)
    refresh(settings, say=_say)
    serve(settings.home, options.port)


def _load(options: argparse.Namespace) -> int:
    from warehouse.refresh import load

    load(_settings(options), say=_say, only=options.only)
    return 0


def _build(options: argparse.Namespace) -> int:
    from warehouse.errors import SettingsError
    from warehouse.refresh import build

    if not options.dev and (options.select or options.exclude):
        raise SettingsError("--select and --exclude build a part, which cannot be checked whole: add --dev.")
    arguments = [*_repeat("--select", options.select), *_repeat("--exclude", options.exclude)]
    build(_settings(options), say=_say, is_development=options.dev, arguments=arguments)
    return 0


def _refresh(options: argparse.Namespace) -> int:
    from warehouse.refresh import refresh

    refresh(_settings(options), say=_say)
    return 0


def _serve(options: argparse.Namespace) -> int:
    from warehouse.connect import published_file
    from warehouse.serve import serve

    settings = _settings(options)
    published_file(settings.home)
    serve(settings.home, options.port)


def _query(options: argparse.Namespace) -> int:
    from warehouse.connect import open_warehouse
    from warehouse.errors import SettingsError
    from warehouse.semantics import explain_metrics, list_metrics, prepare_query, query

    warehouse = open_warehouse(_home(options))
    asked = {name: getattr(options, name) for name in ("by", "where", "start", "end", "grain")}
    if not options.metrics and (options.explain or options.sql or any(asked.values())):
        raise SettingsError("Name a metric: `tieout query` alone lists them.")
    if options.explain or not options.metrics:
        names, rows = explain_metrics(warehouse, options.metrics) if options.metrics else list_metrics(warehouse)
        _show(names, rows, options.format)
        return 0
    if options.sql:
        prepared = prepare_query(warehouse, options.metrics, **asked)
        print(prepared.sql + "".join(f"\n-- ${name} = {value!s}" for name, value in prepared.parameters.items()))
        return 0
    table = query(warehouse, options.metrics, **asked)
    _show(table.column_names, [tuple(row.values()) for row in table.to_pylist()], options.format)
    for name, *_, lacks in list_metrics(warehouse)[1]:
        if name in options.metrics and lacks:
            _say_aside(f"{name} is not available: this warehouse lacks {lacks}.")
    return 0


def _explain(options: argparse.Namespace) -> int:
    from warehouse.connect import open_warehouse
    from warehouse.errors import SettingsError
    from warehouse.explain import explain
    from warehouse.explained import show

    if options.driver and not options.records:
        raise SettingsError("--driver chooses among the records: add --records.")
    warehouse = open_warehouse(_home(options))
    explanations = explain(
        warehouse,
        options.name,
        bridge=options.bridge,
        as_of=options.as_of,
        start=options.start,
        with_records=options.records,
        driver=options.driver,
    )
    is_whole = options.bridge is None and options.driver is None
    print(show(warehouse, explanations, options.format, is_whole=is_whole), end="", flush=True)
    return 0


def _close(options: argparse.Namespace) -> int:
    from warehouse.close import close, reported
    from warehouse.connect import open_warehouse
    from warehouse.errors import SettingsError

    if options.month is None:
        if options.again or options.reason:
            raise SettingsError("Name the month to close again, such as 2026-03.")
        names, rows = reported(open_warehouse(_home(options)))
        if not rows:
            _say_aside("No closed month is published yet: close one, then run `tieout refresh`.")
        _show(names, rows, options.format)
        return 0
    names, rows = close(_settings(options), options.month, say=_say_aside, reason=options.reason, again=options.again)
    _show(names, rows, options.format)
    return 0


def _diff(options: argparse.Namespace) -> int:
    from warehouse.diff import diff, show

    moved = diff(_settings(options), options.first, options.second, by_engagement=options.by_engagement)
    print(show(moved, options.format), end="", flush=True)
    return 0


def _export(options: argparse.Namespace) -> int:
    from warehouse.connect import open_warehouse
    from warehouse.export import export

    export(open_warehouse(_home(options)), options.names, options.to, form=options.format, say=_say)
    return 0


def _docs(options: argparse.Namespace) -> int:
    from warehouse.docs import serve_page, write_page

    page = write_page(_settings(options), say=_say)
    if not options.build_only:
        serve_page(page, options.port, say=_say)
    return 0


def _status(options: argparse.Namespace) -> int:
    from warehouse.status import published_status, systems_status

    settings = _settings(options)
    names, rows = systems_status(settings)
    _show(names, rows, options.format)
    if options.format == "table":
        for line in published_status(settings):
            print(line)
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from warehouse.doctor import examine

    findings = examine(_home(options))
    _show(("check", "result", "what"), findings, options.format)
    return 0 if all(result != "wrong" for _, result, _ in findings) else 2


def _sample(options: argparse.Namespace) -> int:
    from warehouse.refresh import check_sample, write_sample

    if options.check:
        return check_sample(say=_say)
    return write_sample(options.to, scale=options.scale, say=_say)


def _test(options: argparse.Namespace) -> int:
    from warehouse.status import test_results

    names, rows, has_failed = test_results(_settings(options))
    _show(names, rows, options.format)
    return 1 if has_failed else 0


def _approve(options: argparse.Namespace) -> int:
    from datetime import UTC, datetime

    from warehouse.approvals import approve, newest_target
    from warehouse.project import DBT_PROJECT

    target = newest_target(_settings(options).build_folder)
    on = datetime.now(UTC).date()
    for name in approve(target, DBT_PROJECT, options.metrics, by=options.by, on=on):
        _say(f"approved {name}")
    return 0


def _tool(options: argparse.Namespace) -> int:
    from warehouse.refresh import develop

    return develop(_settings(options), options.command, options.arguments, say=_say_aside)


def _rollback(options: argparse.Namespace) -> int:
    from warehouse.refresh import roll_back

    roll_back(_settings(options), options.snapshot, say=_say)
    return 0


def _home(options: argparse.Namespace) -> Path:
    from warehouse.settings import find_home

    return find_home(options.home)


def _settings(options: argparse.Namespace) -> Settings:
    from warehouse.settings import read_settings

    return read_settings(_home(options))


def _say(line: str) -> None:
    print(line, flush=True)


def _say_aside(line: str) -> None:
    """Beside the result, so that JSON stays JSON."""
    print(line, file=sys.stderr, flush=True)


def _show(names: Sequence[str], rows: Sequence[Sequence[object]], form: str) -> None:
    print(render(names, rows, form), end="", flush=True)


def _repeat(option: str, values: list[str] | None) -> list[str]:
    return [option, *values] if values else []


def _add_format(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=FORMATS, default="table", help="json holds decimals as text, exactly")


def _add_server_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--port", type=int, default=8501, metavar="N", help="default: 8501")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date such as 2026-03-31") from None


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no month such as 2026-03") from None


def _scale(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
