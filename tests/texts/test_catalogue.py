from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from texts.catalogue import Catalogue, catalogue, path_of, read

PO = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"

msgid "Join"
msgstr "Bli med på øl"

msgid "Leave"
msgstr ""

#, fuzzy
msgid "Stop"
msgstr "Stans kanskje"

msgid "one seat"
msgid_plural "{n} seats"
msgstr[0] "én plass"
msgstr[1] "{n} plasser"

msgid "one post"
msgid_plural "{n} posts"
msgstr[0] "ett innlegg"
msgstr[1] ""
"""


@pytest.fixture
def norwegian(tmp_path: Path) -> Catalogue:
    path = tmp_path / "samband.po"
    path.write_text(PO, "utf-8")
    return Catalogue(read(path, "nb"))


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("Join", "Bli med på øl"),
        ("Leave", "Leave"),
        ("Stop", "Stop"),
        ("Never heard of", "Never heard of"),
        ("", ""),
    ],
)
def test_gettext_is_english_when_no_whole_translation_stands(
    norwegian: Catalogue, message: str, said: str
) -> None:
    assert norwegian.gettext(message) == said


@pytest.mark.parametrize(
    ("n", "said"), [(0, "{n} plasser"), (1, "én plass"), (2, "{n} plasser"), (21, "{n} plasser")]
)
def test_ngettext_has_one_form_for_one(norwegian: Catalogue, n: int, said: str) -> None:
    assert norwegian.ngettext("one seat", "{n} seats", n) == said


def test_ngettext_is_english_when_a_form_is_missing(norwegian: Catalogue) -> None:
    said = [norwegian.ngettext("one post", "{n} posts", n) for n in (1, 2)]

    assert said == ["one post", "{n} posts"]


def test_read_is_empty_when_there_is_no_file(tmp_path: Path) -> None:
    assert list(read(tmp_path / "none.po", "nb")) == list(Catalog(locale="nb"))


def test_catalogue_of_english_says_the_source() -> None:
    assert catalogue("en").gettext("Join") == "Join"


def test_catalogue_is_read_once() -> None:
    assert catalogue("nb") is catalogue("nb")


def test_path_of_a_language_is_where_gettext_expects_it() -> None:
    assert path_of("nb").parts[-4:] == ("texts", "nb", "LC_MESSAGES", "samband.po")
