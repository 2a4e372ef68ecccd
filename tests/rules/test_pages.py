"""The pages lead to what is there: each file and name exists, each promise has its place."""

import re

from tests.rules import test_reliability, tree

PAGES = [tree.ROOT / name for name in ("README.md", "CONTRIBUTING.md")]
PAGES += sorted((tree.ROOT / "docs").glob("*.md"))
#: `mailing/fanout.py:carry`, or a file alone; without a folder it may lie in any.
_NAMED = re.compile(r"`([\w./-]+\.(?:py|md|html|yaml|toml|example))(?::(\w+))?`")
_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_KEPT = re.compile(r"^\| ([A-Z]\d+) \|", re.MULTILINE)


def is_there(file: str, name: str) -> bool:
    """Say whether there is such a file, and it makes something of this name, if one is given."""
    made = re.compile(rf"^\s*(?:(?:async )?def|class) {name}\b|^\s*{name}\b[^=\n]*=", re.MULTILINE)
    found = [path for path in tree.files() if str(path).endswith(f"/{file}")]
    return any(not name or made.search(path.read_text("utf-8")) for path in found)


def test_every_file_and_name_on_a_page_is_there() -> None:
    lost = [
        f"{tree.shown(page)}: {file}{':' if name else ''}{name}"
        for page in PAGES
        for file, name in _NAMED.findall(page.read_text("utf-8"))
        if not is_there(file, name)
    ]

    assert lost == []


def test_every_link_between_pages_leads_somewhere() -> None:
    lost = [
        f"{tree.shown(page)}: {link}"
        for page in [*PAGES, *sorted((tree.ROOT / "docs" / "decisions").glob("*.md"))]
        for link in _LINK.findall(page.read_text("utf-8"))
        if not (page.parent / link).exists()
    ]

    assert lost == []


def test_every_promise_about_mail_has_its_place_in_the_architecture() -> None:
    kept = set(_KEPT.findall((tree.ROOT / "docs" / "architecture.md").read_text("utf-8")))

    assert sorted(test_reliability.PROMISES - kept) == []


def test_every_decision_is_in_the_index() -> None:
    folder = tree.ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text("utf-8")
    titles = {path: path.read_text("utf-8").partition("\n")[0] for path in folder.glob("0*.md")}

    missing = [
        path.name
        for path, title in titles.items()
        if f"| [{path.name[:4]}]({path.name}) | {title[len('# 0000 ') :]} |" not in index
    ]

    assert missing == []
