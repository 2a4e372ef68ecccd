"""Files are short and named by what they are about: long ones and vague ones grow without end."""

import ast
import re

from tests.rules import tree

MOST_LINES = 400
READ_BY_PEOPLE = {".py", ".js", ".css", ".html"}
#: Words that say nothing about what is inside.
VAGUE = {"manager", "service", "services", "helper", "helpers", "util", "utils", "common"} | {
    "handle",
    "handler",
    "handlers",
    "data",
    "info",
}
#: Names that a library looks for: aiosmtpd's handle_DATA, HTMLParser's and SQLAlchemy's hooks;
#: and the end of data, which is SMTP's own word.
ASKED_FOR = re.compile(
    r"handle_[A-Z]+|handle_exception|handle_(starttag|endtag|data|startendtag)"
    r"|process_(bind_param|result_value)|data_received"
    r"|smtp_DATA|EndOfData|\w*(end_of|after)_data"
)
CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_|(?<=[A-Z])(?=[A-Z][a-z])")


def is_vague(name: str) -> bool:
    """Tell whether a vague word is in a name; `sole_process` means the system's, not the verb."""
    words = [word.lower() for word in CAMEL.split(name) if word]
    return bool(VAGUE & set(words)) or words[:1] == ["process"]


def test_no_file_has_more_than_400_lines() -> None:
    long = [
        f"{tree.shown(path)}: {count} lines"
        for path in tree.files()
        if path.suffix in READ_BY_PEOPLE
        and path.parent.name != "versions"  # a migration is drafted by Alembic and runs once
        and (count := len(path.read_text("utf-8").splitlines())) > MOST_LINES
    ]

    assert long == [], "\n".join(long)


def test_no_file_has_a_vague_name() -> None:
    vague = [
        tree.shown(path)
        for path in tree.modules()
        if any(is_vague(part) for part in path.relative_to(tree.ROOT).with_suffix("").parts)
    ]

    assert vague == [], "\n".join(vague)


def test_no_class_or_function_has_a_vague_name() -> None:
    vague = [
        f"{tree.shown(path, node.lineno)} {node.name}"
        for path in tree.modules(*tree.PACKAGES, "migrations")
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and is_vague(node.name)
        and not ASKED_FOR.fullmatch(node.name)
    ]

    assert vague == [], "\n".join(vague)


def test_every_module_says_what_lives_in_it() -> None:
    silent = [
        tree.shown(path)
        for path in tree.modules(*tree.PACKAGES, "migrations")
        if path.stat().st_size
        and "versions" not in path.parts
        and not ast.get_docstring(tree.parsed(path))
    ]

    assert silent == [], "\n".join(silent)
