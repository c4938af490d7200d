"""Clients whose names look like one company's. One row per pair of records that nothing ties yet.

crm_accounts, psa_clients, accounting_customers -> normalised names -> blocks -> pairs with a score of 0 to 100.
"""

import unicodedata
from collections import defaultdict
from itertools import combinations
from typing import Any

import pyarrow as pa
from rapidfuzz import fuzz

LEAST_SCORE = 84
LARGEST_BLOCK = 60  # a word that more names hold tells nothing
LEGAL_FORMS = frozenset(
    "inc incorporated llc llp lp ltd limited plc corp corporation co company gmbh ag kg ug se sa sas sarl srl spa bv nv"
    " ab as asa oy aps kk pty pte group groups holding holdings the and".split()
)
NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "first": "1st", "second": "2nd", "third": "3rd",
}  # fmt: skip
# letters of other scripts that look Latin: Cyrillic, then Greek
LOOKALIKES = str.maketrans(
    "аеорсухівјѕԁһкмтнԛԝգ" + "αεορτυχικνμηγβ",
    "aeopcyxibjsdhkmthqwq" + "aeoptuxiknmnyb",
)


def normal_words(name: str) -> list[str]:
    """The words that tell a company from others: one alphabet, no accents, no invisible characters, no legal form."""
    text = unicodedata.normalize("NFKD", name)
    text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Mn", "Cc"))
    text = text.casefold().translate(LOOKALIKES).replace("&", " and ").replace("'", "").replace("\u2019", "")
    words = "".join(c if c.isalnum() else " " for c in text).split()
    words = [NUMBER_WORDS.get(word, word) for word in words]
    telling = [word for word in words if word not in LEGAL_FORMS]
    return telling or words


def similarity(one: list[str], other: list[str]) -> float:
    """0 to 100. Numbers must agree: `Plant 1` and `Plant 2` are two."""
    if [word for word in one if word.isdigit()] != [word for word in other if word.isdigit()]:
        return 0.0
    joined, other_joined = " ".join(one), " ".join(other)
    return max(
        fuzz.ratio("".join(one), "".join(other)),
        fuzz.token_sort_ratio(joined, other_joined),
        # one name inside the other counts less: `Harbor` may be another company than `Harbor Lighting`
        0.9 * fuzz.token_set_ratio(joined, other_joined) if min(len(joined), len(other_joined)) >= 5 else 0,
    )


def blocks(words: list[str]) -> set[str]:
    """Names that share a block are compared: a word, how a word begins, or how the whole begins."""
    joined = "".join(words)
    return (
        {word for word in words if len(word) > 2}
        | {"^" + word[:4] for word in words if len(word) > 4}
        | {"^^" + joined[:5]}
    )


def model(dbt: Any, session: Any) -> pa.Table:
    """member, other_member, their normal names, and a score of at least LEAST_SCORE."""
    dbt.config(materialized="table")
    nodes = dbt.ref("int_client_members").select("member, client_id, name").fetchall()
    words = {member: normal_words(name or "") for member, _, name in nodes}
    clients = {member: client for member, client, _ in nodes}

    members: dict[str, set[str]] = defaultdict(set)
    for member, telling in words.items():
        for block in blocks(telling):
            members[block].add(member)
    pairs = {
        pair
        for block in members.values()
        if 1 < len(block) <= LARGEST_BLOCK
        for pair in combinations(sorted(block), 2)
        if clients[pair[0]] != clients[pair[1]]
    }

    found = []
    for one, other in sorted(pairs):
        score = similarity(words[one], words[other])
        if score >= LEAST_SCORE:
            found.append((one, other, " ".join(words[one]), " ".join(words[other]), round(score, 1)))
    columns = list(zip(*found, strict=True)) if found else [[], [], [], [], []]
    return pa.table(
        {
            "member": pa.array(columns[0], pa.string()),
            "other_member": pa.array(columns[1], pa.string()),
            "normal_name": pa.array(columns[2], pa.string()),
            "other_normal_name": pa.array(columns[3], pa.string()),
            "score": pa.array(columns[4], pa.float64()),
        }
    )
