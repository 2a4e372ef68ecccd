"""Every message in the code has its Norwegian words, and no words outlive their message.

If a test here fails, run `python -m texts.extract` and fill in what it prints.
"""

import re
from html.parser import HTMLParser

import pytest
from babel.messages.catalog import Catalog, Message

from texts import extract
from texts.catalogue import path_of, read
from texts.extract import is_translated
from texts.templates import environment
from texts.words import placeholders

#: Names are the same in every language.
NAMES = {"Samband", "Slack", "Outlook", "English", "Norsk", "bokmål"}
#: The forms that docs/vocabulary.md does not choose; what people type may be any of them.
OTHER_FORMS = re.compile(
    r"\b(?:lista|uka|lenka|klokka|sida|tida|mail|mails|mailen|mailer|epost|epost\w+|e-mail|digesten"
    r"|digester|sammendrag|subject|topic|nu|efter|fremover|dulting\w*)\b",
    re.IGNORECASE,
)
#: Where a fact goes, by its English name.
FACT = re.compile(r"\{\w+|%\(\w+\)s")
READ_ALOUD = {"alt", "aria-label", "placeholder", "title"}
TEMPLATES = sorted(
    path
    for door in ("mailing", "web")  # the sandbox is for developers, in English
    for kind in ("html", "txt")
    for path in (extract.ROOT / door).rglob(f"templates/**/*.{kind}")
)


@pytest.fixture(scope="module")
def said() -> Catalog:
    return read(path_of("nb"), "nb")


@pytest.fixture(scope="module")
def meant() -> Catalog:
    return extract.found()


def test_every_message_has_its_norwegian_words(meant: Catalog) -> None:
    catalog = extract.merged(read(path_of("nb"), "nb"), meant)

    missing = extract.missing(catalog)

    if missing:
        pytest.fail(f"Fill these in, in {path_of('nb').name}:\n\n{missing}", pytrace=False)


def test_no_words_outlive_their_message(said: Catalog, meant: Catalog) -> None:
    orphans = {message.id for message in said} - {message.id for message in meant}

    assert orphans == set()


def test_both_languages_have_the_same_placeholders(said: Catalog) -> None:
    wrong = [message.id for message in said if is_translated(message) and not _fits(message)]

    assert wrong == []


def test_bokmal_has_one_form_for_each_word(said: Catalog) -> None:
    forms = [each for message in said for each in _said(message)]
    found = {word for each in forms for word in OTHER_FORMS.findall(FACT.sub("", each))}

    assert found == set()


def test_templates_say_nothing_outside_trans() -> None:
    found = {path.name: unmarked(path.read_text("utf-8")) for path in TEMPLATES}

    assert {name: words for name, words in found.items() if words} == {}


def test_unmarked_finds_words_between_tags_and_in_what_is_read_aloud() -> None:
    page = (
        "<style>p { color: red }</style><p class='x'>Hello {{ name }}, 12 &nbsp; – Samband"
        "{% trans %}marked{% endtrans %}<input placeholder='Name' value='v' title='{{ t }}'>"
    )

    assert unmarked(page) == ["Hello", "Name"]


class _Words(HTMLParser):
    """Collects the words that a page shows or reads aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_code = tag in ("script", "style")
        for name, value in attrs:
            if name in READ_ALOUD:
                self.handle_data(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._is_code = False

    def handle_data(self, data: str) -> None:
        if not self._is_code:
            words = re.findall(r"[^\W\d_]{2,}", data)
            self.words += [word for word in words if word not in NAMES]


def unmarked(source: str) -> list[str]:
    """Return the words of a template that stand outside `{% trans %}`."""
    shown: list[str] = []
    in_trans = False
    for _, kind, text in environment().lex(source):
        if kind == "name" and text in ("trans", "endtrans"):
            in_trans = text == "trans"
        elif kind == "data" and not in_trans:
            shown.append(text)
    page = _Words()
    page.feed("".join(shown))
    page.close()
    return page.words


def _said(message: Message) -> list[str]:
    """Return the translations of a message, one for each form."""
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def _fits(message: Message) -> bool:
    if isinstance(message.id, str):
        return _names(str(message.string)) == _names(message.id)
    one, many = (_names(form) for form in message.id)
    said_one, said_many = (_names(form) for form in message.string or ("", ""))
    # The form for one may say "one" or "a" in words.
    return said_many == many and one - {"n", "num"} <= said_one <= one | many


def _names(message: str) -> set[str]:
    of_template = set(re.findall(r"%\((\w+)\)s", message))
    return of_template or placeholders(message)
