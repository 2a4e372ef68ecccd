"""The files of the code base, for the tests that read it."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
#: The packages that run; tests and migrations besides.
PACKAGES = (
    *("app", "bot", "community", "config", "letters", "mailing", "sandbox", "scheduler"),
    *("texts", "web"),
)
#: What is made by running or installing, and not by us.
MADE = {".git", ".venv", ".hypothesis", "var"}


def files(*folders: str) -> Iterator[Path]:
    """List all files that we wrote, in the whole repository or in some of its folders."""
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        for path in sorted(start.rglob("*")):
            parts = path.relative_to(ROOT).parts
            is_made = any(
                part in MADE or part.endswith(("cache", "cache__", ".egg-info")) for part in parts
            )
            if path.is_file() and not is_made and path.name not in (".env", ".coverage"):
                yield path


def modules(*folders: str) -> Iterator[Path]:
    """List the Python files in some folders, or everywhere."""
    return (path for path in files(*folders) if path.suffix == ".py")


@cache
def parsed(path: Path) -> ast.Module:
    """Read a Python file as a syntax tree."""
    return ast.parse(path.read_text("utf-8"), str(path))


def shown(path: Path, line: int | None = None) -> str:
    """Say where something is, in a way that editors open."""
    name = str(path.relative_to(ROOT))
    return name if line is None else f"{name}:{line}"
