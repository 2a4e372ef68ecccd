"""Takes all pictures of docs/chat.md anew, in both languages: `python -m pictures [NAME…]`.

Those of docs/pages.md are taken by `python -m pictures pages [NAME…]`.
"""

import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import migrations
from community import people
from pictures import camera, pages
from pictures.scenes import scenes
from pictures.shots import ACTORS, Scene
from tests.stories import town as towns
from texts import LANGUAGES, Language

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "pictures" / "chat"
PUBLIC_URL = "https://samband.example.org"
#: Monday, 10:00 in Oslo.
NOW = datetime(2027, 2, 1, 9, 0, tzinfo=UTC)
PAGE = """# The bot, in pictures

Every view that the bot shows, in both languages, as the sandbox draws it. Made by `make pictures`;
what is photographed stands in `pictures/scenes.py`. What Slack says by itself (“Only visible to
you”, “(optional)”) is in English in both: Slack does not speak Norwegian.
"""


async def take_all(language: Language, wanted: set[str]) -> None:
    """Play through all scenes in one language, and photograph those wanted."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/samband.db"
        migrations.upgrade(url)
        changes = {"default_language": language, "public_url": PUBLIC_URL}
        async with towns.standing(url, NOW, **changes) as town, camera.ready() as page:
            for email in ACTORS:
                await _speak(town, email, language)
            for scene in scenes():
                await _close_all(town)
                shot = await scene.make(town)
                if not wanted or scene.name in wanted:
                    keep(scene.name, language, await camera.take(page, town, shot))


def keep(name: str, language: Language, png: bytes) -> None:
    """Write down one picture."""
    target = FOLDER / f"{name}.{language}.png"
    target.write_bytes(png)
    print(f"{target.name}: {len(png) // 1000} kB")


async def _close_all(town: towns.Town) -> None:
    for user in list(town.workspace.memory.members):
        if town.workspace.modal(user) is not None:
            await town.workspace.close(user, all_of_them=True)


async def _speak(town: towns.Town, email: str, language: Language) -> None:
    store = town.demo.parts.store
    person = await store.read(people.by_email, email)
    assert person is not None, email  # noqa: S101 - everybody of the sample community is there
    await store.run(people.set_language, language, by=person.id, now=town.now)


def page_of(all_scenes: list[Scene]) -> str:
    """Return docs/chat.md."""
    lines = [PAGE]
    for scene in all_scenes:
        shown = " ".join(
            f"![{scene.name}, {language}](pictures/chat/{scene.name}.{language}.png)"
            for language in LANGUAGES
        )
        lines += [f"## {scene.name}", "", scene.words, "", shown, ""]
    return "\n".join(lines)


def main(wanted: set[str]) -> None:
    """Take the pictures, forget those of views that are gone, and write the page."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        asyncio.run(take_all(language, wanted))
    names = {f"{scene.name}.{language}.png" for scene in scenes() for language in LANGUAGES}
    for path in FOLDER.glob("*.png"):
        if path.name not in names:
            path.unlink()
    (ROOT / "docs" / "chat.md").write_text(page_of(scenes()), "utf-8")


if __name__ == "__main__":
    if sys.argv[1:2] == ["pages"]:
        pages.main(set(sys.argv[2:]))
    else:
        main(set(sys.argv[1:]))
