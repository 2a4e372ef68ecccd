"""A setting is explained where people look for it, and something reads it."""

import ast

from config.reference import as_env_example
from config.settings import Settings, variable
from tests.rules import tree


def test_env_example_is_what_config_reference_prints() -> None:
    written = (tree.ROOT / ".env.example").read_text("utf-8")

    assert written == as_env_example(), "make it again: python -m config.reference > .env.example"


def test_every_setting_is_in_the_page_about_running() -> None:
    page = (tree.ROOT / "docs" / "running.md").read_text("utf-8")

    assert [name for name in map(variable, Settings.model_fields) if name not in page] == [], (
        "paste what this prints: python -m config.reference --table"
    )


def test_every_setting_is_read_by_the_wiring() -> None:
    read = {
        node.attr
        for path in tree.modules("app")
        if not path.name.startswith("doctor")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Attribute)
    }

    assert sorted(set(Settings.model_fields) - read) == []


def test_no_other_package_reads_the_environment() -> None:
    readers = [
        tree.shown(path, node.lineno)
        for path in tree.modules(*tree.PACKAGES)
        if tree.shown(path) != "config/loading.py"
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
        and node.attr in ("environ", "getenv", "environb")
    ]

    assert readers == [], "\n".join(readers)
