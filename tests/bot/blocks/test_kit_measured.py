"""Every view that the bot can make, found by walking bot/blocks and measured at its worst.

A view that is new is here by itself; where its types do not say enough, `worst.py` is told.
"""

import dataclasses
import importlib
import inspect
import json
import pkgutil
import re
import typing
from collections.abc import Callable, Iterator

import pytest

import bot.blocks
from bot.blocks import items, kit
from bot.blocks.items import Item
from bot.blocks.kit import Json, Shown
from bot.commands import COMMANDS
from letters.actions import NEEDS_NO_LINK
from sandbox.blockkit import BLOCK_RULES, problems, view_is_too_large, view_problems
from tests.bot.blocks.worst import LONG, MANY, Worst
from texts import LANGUAGES, Language, say

#: The pieces that views are made of; `test_kit.py` has them.
PIECES = ("kit", "items")
#: So many signs of a button are seen on a phone.
PHONE = 30
#: A button of letters to people who may be nobody we know: it is never in Slack.
BY_MAIL_ALONE = "person.disown"
#: What Slack would read as marks, in JSON.
MRKDWN = re.compile(r'"type": "mrkdwn", "text": "([^"]*)"')


def views() -> dict[str, Callable[..., object]]:
    """Return every public function of bot/blocks that makes something to show, by its name."""
    found: dict[str, Callable[..., object]] = {}
    for module in pkgutil.iter_modules(bot.blocks.__path__):
        if module.name in PIECES:
            continue
        source = importlib.import_module(f"bot.blocks.{module.name}")
        for name, function in inspect.getmembers(source, inspect.isfunction):
            is_ours = function.__module__ == source.__name__ and not name.startswith("_")
            makes = typing.get_type_hints(function).get("return") if is_ours else None
            if makes in (Json, Shown, Item, list[Json]):
                found[f"{module.name}.{name}"] = function
    return found


VIEWS = views()


def made(name: str, language: Language, worst: Worst) -> object:
    return VIEWS[name](**worst.arguments(VIEWS[name], language=language))


def surfaces(name: str, language: Language, worst: Worst) -> Iterator[tuple[str, list[str]]]:
    """Return where a thing is shown, and what Slack would refuse of it there."""
    thing = made(name, language, worst)
    if isinstance(thing, Item):
        thing = items.listing(language, name, [thing] * worst.many, empty="-")
    if isinstance(thing, Shown):
        yield "message", [*problems(thing.blocks, "message"), *_fallback(thing.text)]
    elif isinstance(thing, list):
        yield "message", problems(thing, "message")
    elif isinstance(thing, dict) and thing["type"] in ("modal", "home"):
        too_large = ["more than 250 kB"] if view_is_too_large(thing) else []
        yield thing["type"], [*view_problems(thing), *too_large, *_titles(thing)]
    elif isinstance(thing, dict):
        block = thing if thing["type"] in BLOCK_RULES else kit.rows([thing])[0]
        yield "message", problems([block], "message")


def _fallback(text: str) -> list[str]:
    size = len(text.encode("utf-16-le")) // 2
    return [] if 0 < size <= 4000 and "<" not in text else [f"{size} signs of text: {text[:40]}"]


def _titles(view: Json) -> list[str]:
    keys = ("title", "submit", "close")
    said = [view[key]["text"] for key in keys if key in view]
    return [f"cut off: {words}" for words in said if words.endswith("…")]


@pytest.mark.parametrize("many", [MANY, 1])
@pytest.mark.parametrize("language", LANGUAGES)
def test_slack_refuses_none_of_our_views_at_its_worst(language: Language, many: int) -> None:
    refused = {
        name: wrong
        for name in VIEWS
        for _, wrong in surfaces(name, language, Worst(many=many))
        if wrong
    }

    assert refused == {}


def test_no_words_of_others_are_markup_anywhere() -> None:
    """Look at all that Slack would read as mrkdwn: our own bold labels, and nothing besides."""
    whole = json.dumps([_plain(made(name, "en", Worst(many=2))) for name in VIEWS])

    marked = MRKDWN.findall(whole)

    assert [words for words in marked if "<" in words or "*b*" in words] == []


def test_words_that_read_from_right_to_left_end_where_they_stand() -> None:
    """A right-to-left override in a name must not turn round what we say after it."""
    assert "\u202e" not in kit.plain("a\u202eb", 10)["text"]
    assert kit.plain("שלום", 10)["text"] == "שלום"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_words_of_our_buttons_fit_a_phone(language: Language) -> None:
    """Slack shows about thirty signs of a button on a phone; what is not ours to shorten is cut."""
    letters = {name: one.label for name, one in NEEDS_NO_LINK.items() if name != BY_MAIL_ALONE}
    labels = {name: say(language, label) for name, label in letters.items()}
    labels |= {word: say(language, one.label) for word, one in COMMANDS.items()}
    for name in VIEWS:
        shown = _buttons(_plain(made(name, language, Worst(many=1))))
        labels |= {words: name for words in shown if LONG[:20] not in words}

    assert {name: words for name, words in labels.items() if len(words) > PHONE} == {}


def _buttons(thing: object) -> Iterator[str]:
    if isinstance(thing, dict):
        if thing.get("type") == "button":
            yield thing["text"]["text"]
        thing = list(thing.values())
    if isinstance(thing, list | tuple):
        for each in thing:
            yield from _buttons(each)


def test_every_view_is_measured() -> None:
    """Name some that are old, so that a walk that finds nothing is seen."""
    assert {"home.view", "held.queue", "posts.listing", "letters.shown"} <= set(VIEWS)
    assert len(VIEWS) > 50


def _plain(thing: object) -> object:
    if isinstance(thing, Shown):
        return thing.blocks
    return dataclasses.asdict(thing) if isinstance(thing, Item) else thing
