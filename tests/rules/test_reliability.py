"""Each promise about mail names tests that are there: docs/reliability.md is no wish list."""

import ast
import re
from functools import cache

from proofs.mutations import GUARDS
from tests.rules import tree

PAGE = tree.ROOT / "docs" / "reliability.md"
#: What must be promised, and proved by a test.
PROMISES = {f"A{n}" for n in range(1, 8)} | {f"D{n}" for n in range(1, 9)} | {"G1", "B1", "U3"}
PROOFS = {"R1", "R2", "R3", "R9", "R13", "R22", "R31"}
_ROW = re.compile(r"^\| ((?:[A-Z]\d+(?:, )?)+) \|(.*)$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[a-z0-9_/]+\.py)::(test_\w+)`")


def named() -> dict[str, list[tuple[str, str]]]:
    """Return the tests that stand in the row of each id."""
    found: dict[str, list[tuple[str, str]]] = {}
    for ids, row in _ROW.findall(PAGE.read_text("utf-8")):
        for its_id in ids.split(", "):
            found.setdefault(its_id, []).extend(_TEST.findall(row))
    return found


@cache
def found_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file; none if there is no such file."""
    file = tree.ROOT / path
    if not file.exists():
        return frozenset()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in ast.walk(tree.parsed(file)) if isinstance(node, functions)
    )


def test_every_promise_and_proof_names_a_test() -> None:
    proved = {its_id for its_id, tests in named().items() if tests}

    assert sorted((PROMISES | PROOFS) - proved) == []


def test_every_id_in_a_table_names_a_test() -> None:
    assert [its_id for its_id, tests in named().items() if not tests] == []


def test_every_test_that_is_named_is_there() -> None:
    gone = [
        f"{its_id}: {path}::{name}"
        for its_id, tests in named().items()
        for path, name in tests
        if name not in found_in(path)
    ]

    assert gone == [], "\n".join(gone)


def test_every_guard_stands_where_its_proof_looks_for_it() -> None:
    """Ask that each guard that `python -m proofs mutations` takes away is there, and once."""
    lost = [
        f"{guard.path}: {guard.name}"
        for guard in GUARDS
        if (tree.ROOT / guard.path).read_text("utf-8").count(guard.old) != 1
    ]

    assert lost == [], "\n".join(lost)
