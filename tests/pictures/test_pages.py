"""The pictures of the pages are there, small, and each stands in its page."""

from pictures import pages


def test_the_page_and_the_pictures_agree_with_the_table() -> None:
    there = {path.name: path.stat().st_size for path in pages.FOLDER.glob("*.png")}

    assert len(pages.names()) == 2 * len(pages.LOOKS)
    assert set(there) == pages.names()
    assert max(there.values()) <= 100_000
    assert (pages.DOCS / "pages.md").read_text("utf-8") == pages.page_of()
