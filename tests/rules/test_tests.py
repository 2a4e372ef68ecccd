"""Tests take no time, skip nothing and replace nothing of ours."""

import ast

import pytest

from tests.rules import tree

#: The one place that skips, for lack of a browser or a database, and fails instead in CI.
MAY_SKIP = "tests/conftest.py"
SKIPS = {"pytest.skip", "pytest.xfail", "pytest.importorskip"} | {
    "pytest.mark.skip",
    "pytest.mark.skipif",
    "pytest.mark.xfail",
}
SLEEPS = {"time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep"}
PATCHES = {"monkeypatch.setattr", "monkeypatch.delattr", "monkeypatch.setitem", "mocker.patch"}
MOCKS = {"mock", "unittest.mock", "pytest_mock"}


def dotted(node: ast.AST) -> str:
    """Write `a.b.c` for an attribute of an attribute of a name."""
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def yields_to_the_loop(call: ast.Call) -> bool:
    """Allow `sleep(0)`, which lets other tasks run and takes no time."""
    return [ast.unparse(argument) for argument in call.args] == ["0"]


def offence(node: ast.AST) -> str:
    """Name what a test must not do, or nothing."""
    if isinstance(node, ast.Call) and (called := dotted(node.func)) in SLEEPS | PATCHES:
        return "" if called in SLEEPS and yields_to_the_loop(node) else called
    if isinstance(node, ast.Attribute) and dotted(node) in SKIPS:
        return dotted(node)
    if isinstance(node, ast.Import):
        return next((name.name for name in node.names if name.name in MOCKS), "")
    if isinstance(node, ast.ImportFrom) and node.module:
        whole = {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
        return next(iter(sorted(whole & (MOCKS | SLEEPS))), "")
    return ""


def test_no_test_sleeps_skips_or_patches() -> None:
    offences = [
        f"{tree.shown(path, getattr(node, 'lineno', 0))} {found}"
        for path in tree.modules("tests")
        for node in ast.walk(tree.parsed(path))
        if (found := offence(node)) and not (tree.shown(path) == MAY_SKIP and found in SKIPS)
    ]

    assert offences == [], "\n".join(offences)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("await asyncio.sleep(0.1)", ["asyncio.sleep"]),
        ("await asyncio.sleep(0)", []),
        ("from time import sleep", ["time.sleep"]),
        ("from unittest import mock", ["unittest.mock"]),
        ("@pytest.mark.skip\ndef f(): ...", ["pytest.mark.skip"]),
        ("monkeypatch.setattr(posts, 'receive', f)", ["monkeypatch.setattr"]),
        ("monkeypatch.chdir(tmp_path)", []),
    ],
)
def test_the_rule_sees_each_offence_once(code: str, found: list[str]) -> None:
    seen = [offence(node) for node in ast.walk(ast.parse(code))]

    assert [name for name in seen if name] == found
