"""A state changes by its table only: `lifecycle.advance` is the one writer of `.state`.

Work that is due has states too; `due` alone writes those, many rows at a time.
"""

import ast

from tests.rules import tree

WRITER = "community/lifecycle.py"
SET_BASED_WRITERS = {WRITER, "community/due.py"}


def writes(node: ast.AST) -> bool:
    """Tell whether a node assigns to some `.state`, in any statement, or sets it by name."""
    if isinstance(node, ast.Attribute):
        return node.attr == "state" and isinstance(node.ctx, ast.Store | ast.Del)
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr":
        return any(ast.unparse(given) == "'state'" for given in node.args)
    return False


def updates(node: ast.AST) -> bool:
    """Tell whether a call writes the column in SQL: `.values(state=...)`."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "values"
        and any(keyword.arg == "state" for keyword in node.keywords)
    )


def test_only_advance_writes_a_state() -> None:
    others = [
        tree.shown(path, getattr(node, "lineno", 0))
        for path in tree.modules(*tree.PACKAGES)
        if tree.shown(path) != WRITER
        for node in ast.walk(tree.parsed(path))
        if writes(node)
    ]

    assert others == [], "\n".join(others)


def test_only_lifecycle_and_due_write_states_in_sql() -> None:
    others = [
        tree.shown(path, getattr(node, "lineno", 0))
        for path in tree.modules(*tree.PACKAGES)
        if tree.shown(path) not in SET_BASED_WRITERS
        for node in ast.walk(tree.parsed(path))
        if updates(node)
    ]

    assert others == [], "\n".join(others)


def test_the_rule_sees_every_way_to_write_a_state() -> None:
    written = "a.state = 1\na.state, b = 1, 2\na.state += 1\nsetattr(a, 'state', 1)\nb = a.state"

    seen = [node for node in ast.walk(ast.parse(written)) if writes(node)]

    assert sorted(getattr(node, "lineno", 0) for node in seen) == [1, 2, 3, 4]
