"""The repository works for whoever clones it: no machine, no registry, no foreign module."""

import importlib
import re
from pathlib import Path

from tests.rules import tree

#: Each has a letter in brackets, so that this file does not find itself.
MACHINE_PATHS = re.compile(r"/[r]oot/|/[h]ome/[a-z]|/[w]ork/|/[U]sers/[A-Za-z]|[p]yenv")
REGISTRIES = re.compile(r"[p]ypi\.org|[p]ythonhosted\.org|[n]pmjs\.|[i]ndex-url[ =]+\S*:")
BINARY = {".png", ".jpg", ".ico", ".mo", ".woff2", ".gz", ".db"}


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{tree.shown(path, number)} {line.strip()[:80]}"
        for path in tree.files()
        if path.suffix not in BINARY
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if pattern.search(line)
    ]


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    assert lines_with(MACHINE_PATHS) == []


def test_no_file_names_a_package_registry() -> None:
    # pip and uv use what the machine is configured for; a lock with an address would overrule that.
    assert lines_with(REGISTRIES) == []


def test_our_packages_are_ours() -> None:
    """Find a foreign package of the same name, which would win over ours without a word."""
    for name in (*tree.PACKAGES, "migrations"):
        module = importlib.import_module(name)

        assert module.__file__ is not None
        assert Path(module.__file__).parent == tree.ROOT / name


def test_every_requirement_is_locked_with_its_hash() -> None:
    for lock in tree.ROOT.glob("requirements*.lock"):
        blocks = re.split(r"\n(?=\S)", lock.read_text("utf-8"))
        unlocked = [
            block.splitlines()[0]
            for block in blocks
            if block.strip() and not block.startswith("#") and "--hash=sha256:" not in block
        ]

        assert unlocked == [], lock.name


def test_tests_lie_where_their_source_lies() -> None:
    """Ask that tests/<package>/test_<file>.py has a source; test_looks.py shows whole pages."""
    homeless = [
        tree.shown(path)
        for package in (*tree.PACKAGES, "migrations")
        for path in tree.modules(f"tests/{package}")
        if path.name.startswith("test_") and path.name != "test_looks.py" and not _has_source(path)
    ]

    assert homeless == [], "\n".join(homeless)


def _has_source(path: Path) -> bool:
    name = path.stem.removeprefix("test_")
    below = path.parent.relative_to(tree.ROOT / "tests")
    folder = tree.ROOT / below
    names = [folder / f"{name}.py", folder / name, folder / f"__{name}__.py"]
    # test_posts_bounces.py is about posts.py too.
    longer = [source.stem for source in folder.glob("*.py")]
    return any(source.exists() for source in names) or any(
        name.startswith(f"{stem}_") for stem in longer
    )
