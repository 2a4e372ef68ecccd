"""The pictures of the bot are there, small, and each stands in its page."""

import re

from bot.commands import COMMANDS
from pictures.__main__ import FOLDER, ROOT
from pictures.scenes import scenes

NAMED = re.compile(r"\(pictures/chat/([^)]+)\)")


def test_every_command_and_scene_is_photographed_once() -> None:
    names = [scene.name for scene in scenes()]

    assert len(set(names)) == len(names)
    assert {f"postdoc-{word}" for word in COMMANDS} <= set(names)


def test_the_page_shows_pictures_that_are_there_and_small() -> None:
    named = set(NAMED.findall((ROOT / "docs" / "chat.md").read_text("utf-8")))
    there = {path.name: path.stat().st_size for path in FOLDER.glob("*.png")}

    assert named == set(there)
    assert max(there.values()) <= 60_000
    assert sum(there.values()) < 4_000_000
