"""Every fault that is put into the warehouse is caught, by the net that docs/mutations.md names or by more.

`make test` puts in every ninth fault, CI every fourth; `TIEOUT_DEEP=1` all of them, and with `TIEOUT_WRITE=1` writes
docs/mutations.md anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from mutation import table
from mutation.built_firms import BuiltFirms, build_firms
from mutation.faults import FAULTS, Fault
from mutation.nets import Nets

IS_DEEP = os.environ.get("TIEOUT_DEEP") == "1"
IS_CI = os.environ.get("TIEOUT_REQUIRE_ALL") == "1"
IS_WRITING = os.environ.get("TIEOUT_WRITE") == "1"
FIRMS = 12


@pytest.fixture(scope="module")
def nets(tmp_path_factory: pytest.TempPathFactory) -> Nets:
    home = tmp_path_factory.mktemp("firms")
    firm = build_firms(home, FIRMS)
    return Nets(BuiltFirms(home), firm)


@pytest.fixture(scope="module")
def measured() -> Iterator[dict[str, list[str]]]:
    """What caught each fault; the page is written from it once all were tried."""
    found: dict[str, list[str]] = {}
    yield found
    if IS_WRITING and len(found) == len(FAULTS):
        table.write(found)


def test_a_warehouse_without_a_fault_is_caught_by_nothing(nets: Nets) -> None:
    everything = set(nets.built.models)
    assert nets.of_dbt(everything) + nets.of_contracts(everything) + nets.of_checks() + nets.of_oracle() == []


@pytest.mark.parametrize("fault", FAULTS[:: 1 if IS_DEEP else 4 if IS_CI else 9], ids=lambda fault: fault.what)
def test_a_fault_is_caught(fault: Fault, nets: Nets, measured: dict[str, list[str]]) -> None:
    caught = measured[fault.what] = nets.caught_by(fault)
    assert caught, "no net catches it"
    if not IS_WRITING and table.read()[fault.what].stops_a_publish:
        assert table.gates(caught), f"it no longer stops a publish; only {caught} catch it"


def test_a_fault_is_taken_back_whole(nets: Nets) -> None:
    with nets.built.with_fault(FAULTS[0]) as changed:
        assert len(changed) > 10
    assert nets.of_oracle() == []


# Where rows are compared one by one, one side is a handful whatever the firm's size: systems, a seed, one row.
COMPARES_WITH_FEW = {
    "fct_payment_visibility", "fct_project_setups", "fct_restatement_records", "fct_restatements",
    "fct_work_billing", "int_client_members", "int_duplicate_clients", "int_exceptions", "int_inferring_systems",
    "int_items_sold_to_planned",
}  # fmt: skip


def test_no_model_compares_every_row_with_every_other(nets: Nets) -> None:
    """A left join with a condition on its left side alone (`on a.kind = 'x' and a.key = b.key`) cannot be hashed: its
    cost grows with the square of the firm. `on case a.kind when 'x' then a.key end = b.key` says the same, and can."""
    explain = nets.built.connection.execute
    found = {
        model.name
        for model in nets.built.models.values()
        if model.kind != "python" and "BLOCKWISE_NL_JOIN" in explain(f"explain {model.sql}").fetchall()[0][1]
    }
    assert found - COMPARES_WITH_FEW == set()


@pytest.mark.skipif(IS_WRITING, reason="the page is being written")
def test_the_page_tells_of_every_fault() -> None:
    assert list(table.read()) == [fault.what for fault in FAULTS]
