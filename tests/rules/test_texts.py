"""Every message in the code has its Norwegian words, and no words outlive their message.

If a test here fails, run `python -m texts.extract` and fill in what it prints.
"""

import re

import pytest
from babel.messages.catalog import Catalog, Message

from texts import extract
from texts.catalogue import path_of, read
from texts.extract import is_translated
from texts.words import placeholders


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
