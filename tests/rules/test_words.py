"""The generated page about lives is up to date, and each noun has its word in both languages."""

from community import lifecycle
from tests.rules import tree


def table_rows(page: str) -> dict[str, list[str]]:
    """Read the rows of all tables in a Markdown page, by their first cell, without marks."""
    rows = {}
    for line in page.splitlines():
        if line.startswith("|"):
            cells = [cell.strip().strip("`*_") for cell in line.strip().strip("|").split("|")]
            rows[cells[0].lower()] = cells[1:]
    return rows


def test_lives_page_is_what_lifecycle_prints() -> None:
    page = (tree.ROOT / "docs" / "lives.md").read_text("utf-8")

    assert page == lifecycle.as_markdown(), "make it again from lifecycle.as_markdown()"


def test_every_noun_has_its_norwegian_word_in_the_vocabulary() -> None:
    rows = table_rows((tree.ROOT / "docs" / "vocabulary.md").read_text("utf-8"))

    missing = [
        noun
        for noun in lifecycle.LIVES
        if not any(rows.get(noun.replace("_", " "), rows.get(noun, [""])))
    ]

    assert missing == []
