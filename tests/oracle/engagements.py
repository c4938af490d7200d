"""Who belongs together: clients (one real company) and engagements (ever-won deals and projects that are linked).

Firm -> `Engagement`s by id, and the engagement of any deal, project or customer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from .deals import winnings, won_deals
from .records import Firm, Row, stays_with

CLIENT_TABLES = {"crm": "crm_accounts", "psa": "psa_clients", "accounting": "accounting_customers"}


@dataclass(frozen=True)
class Engagement:
    """A connected component; `members` are (created_at, key, member_type), the earliest first."""

    id: str
    members: tuple[tuple[datetime, str, str], ...]
    reference_day: date | None  # None: unlinked, where each invoice's own day is its reference

    def keys(self, member_type: str) -> list[str]:
        return [key for _, key, kind in self.members if kind == member_type]


def components(nodes: Iterable[Hashable], links: Iterable[tuple[Hashable, Hashable]]) -> list[set[Any]]:
    """Connected components, by walking from every node that was not reached yet."""
    neighbours: dict[Any, set[Any]] = defaultdict(set)
    nodes = set(nodes)
    for one, other in links:
        if one in nodes and other in nodes:
            neighbours[one].add(other)
            neighbours[other].add(one)
    found, seen = [], set()
    for node in sorted(nodes, key=str):
        if node in seen:
            continue
        walk, reached = [node], {node}
        while walk:
            for neighbour in neighbours[walk.pop()] - reached:
                reached.add(neighbour)
                walk.append(neighbour)
        seen |= reached
        found.append(reached)
    return found


def engagements(firm: Firm) -> dict[str, Engagement]:
    """Every engagement with members, by id `<member_type>:<key of its earliest member>`."""
    return firm.once("engagements", lambda: find_engagements(firm))


def find_engagements(firm: Firm) -> dict[str, Engagement]:
    deals = {deal.key: deal for deal in won_deals(firm)}
    projects = firm.by_key["psa_projects"]
    nodes = [("deal", key) for key in deals] + [("project", key) for key in projects]
    links = []
    for key, project in projects.items():
        named = firm.resolve("crm_deals", project["crm_deal_id"], project.system)
        if named is not None:
            links.append((("project", key), ("deal", named.key)))
    for row in firm.rows["psa_project_deals"]:
        one = firm.resolve("psa_projects", row["project_id"], row.system)
        other = firm.resolve("crm_deals", row["deal_id"], row.system)
        if one is not None and other is not None and stays_with(row, one, other):
            links.append((("project", one.key), ("deal", other.key)))
    for key, deal in deals.items():
        parent = firm.resolve("crm_deals", deal["parent_deal_id"], deal.system)
        if parent is not None:
            links.append((("deal", key), ("deal", parent.key)))
    result = {}
    for component in components(nodes, links):
        created = {(kind, key): (deals if kind == "deal" else projects)[key]["created_at"] for kind, key in component}
        members = tuple(sorted((created[kind, key], key, kind) for kind, key in component))
        won = [w.starts for kind, key in component if kind == "deal" for w in winnings(firm, deals[key])]
        reference = min(won) if won else firm.day(members[0][0])
        _, key, kind = members[0]
        result[f"{kind}:{key}"] = Engagement(f"{kind}:{key}", members, reference)
    return result


def of_member(firm: Firm, member_type: str, key: str) -> str | None:
    """The engagement of a deal or project; None for a deal that was never won."""

    def index() -> dict[tuple[str, str], str]:
        return {(kind, k): e.id for e in engagements(firm).values() for _, k, kind in e.members}

    return firm.once("engagement of member", index).get((member_type, key))


def client_ids(firm: Firm) -> dict[str, str]:
    """`<role>:<key>` of an account, client or customer -> the id of its company: the first of them, CRM before PSA."""

    def named(key: str) -> list[str]:
        return [key] if key.partition(":")[0] in CLIENT_TABLES else [f"{kind}:{key}" for kind in CLIENT_TABLES]

    def work_out() -> dict[str, str]:
        nodes = [f"{kind}:{key}" for kind, table in CLIENT_TABLES.items() for key in firm.by_key[table]]
        links: list[tuple[str, str]] = []
        for alias in firm.settings.client_aliases:
            links += [(a, b) for a in named(alias["client_key"]) for b in named(alias["same_as"])]
        by_tax_id: dict[str, list[str]] = defaultdict(list)
        for kind, table in CLIENT_TABLES.items():
            for row in firm.rows[table]:
                account = firm.resolve("crm_accounts", row["crm_account_id"], row.system)
                if account is not None:
                    links.append((f"{kind}:{row.key}", f"crm:{account.key}"))
                tax_id = "".join(c for c in str(row["tax_id"] or "") if c.isalnum()).upper()
                if tax_id:
                    by_tax_id[tax_id].append(f"{kind}:{row.key}")
        for same in by_tax_id.values():
            links += [(same[0], other) for other in same[1:]]
        rank = list(CLIENT_TABLES)
        result = {}
        for component in components(nodes, links):
            first = min(component, key=lambda node: (rank.index(node.split(":")[0]), node))
            result.update(dict.fromkeys(component, first))
        return result

    return firm.once("clients", work_out)


def customer_client(firm: Firm, reference: Any, system: str) -> str:
    """The company of an accounting customer. One that nobody knows is a company of its own."""
    customer: Row | None = firm.resolve("accounting_customers", reference, system)
    if customer is not None:
        return client_ids(firm)[f"accounting:{customer.key}"]
    if reference is None:
        return "unknown"
    prefixed = str(reference).partition(":")[0] in firm.settings.systems and ":" in str(reference)
    return f"accounting:{reference}" if prefixed else f"accounting:{system}:{reference}"


def unlinked(firm: Firm, reference: Any, system: str) -> str:
    """The engagement of what has no project."""
    return f"unlinked:{customer_client(firm, reference, system)}"
