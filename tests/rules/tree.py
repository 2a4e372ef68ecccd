"""The files of the code base, for the tests that read it."""

import ast
import os
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
MADE = {".git", ".venv", ".hypothesis", "var", ".env", ".coverage"}


def files(*folders: str) -> Iterator[Path]:
    """List all files that we wrote, in the whole repository or in some of its folders."""
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        yield from _within(start)


@cache
def _within(start: Path) -> tuple[Path, ...]:
    """Walk once through a folder, past what was made: what is installed is most of all."""
    found = []
    for folder, names, inside in os.walk(start):
        names[:] = [name for name in names if not _is_made(name)]
        found += [Path(folder, name) for name in inside if not _is_made(name)]
    return tuple(sorted(path for path in found if path.is_file()))


def _is_made(name: str) -> bool:
    return name in MADE or name.endswith(("cache", "cache__", ".egg-info"))


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
