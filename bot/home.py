"""App Home: published when a member opens it, and again after a press on it.

What changes later, by others or by time, `publishing.py` brings up to date.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

import structlog
from slack_sdk.errors import SlackApiError

from bot.blocks import home as blocks
from bot.blocks.kit import Json
from bot.errors import Meaning, meaning
from bot.home_seen import Seen, of_person
from bot.pacing import read
from bot.turns import Turn
from community import home_views
from letters.letter import House
from texts import language_of

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A Home tab as Slack gets it."""

    slack_id: str
    view: Json
    #: The SHA-256 of what it shows.
    content: str
    again_at: datetime


async def opened(turn: Turn) -> None:
    """Publish the Home tab of whoever opened it: known, not known yet, or a guest."""
    if turn.body["event"].get("tab", "home") != "home":
        return
    if turn.known is not None:
        # Before it is read: from here on, whatever changes is noted for this tab too.
        await turn.act(home_views.opened, turn.known.person_id, now=turn.door.clock.now())
    await publish(turn)


async def publish(turn: Turn, *, note: str = "", refused: bool = False) -> None:
    """Publish the Home tab as things are now; `note` says what was just done, or `refused`."""
    if turn.is_guest:
        view = blocks.guest(turn.language)
        await turn.door.client.views_publish(user_id=turn.slack_id, view=view)
    elif turn.known is None:
        view = blocks.stranger(turn.language, name=turn.door.house.name)
        await turn.door.client.views_publish(user_id=turn.slack_id, view=view)
    else:
        marked = note if refused or not note else f"✓ {note}"
        await _publish(turn, turn.known.person_id, note=marked)


async def _publish(turn: Turn, person_id: int, *, note: str) -> None:
    store, now = turn.door.store, turn.door.clock.now()
    seen = await store.read(of_person, person_id, now=now)
    if seen is None:
        return
    tab = drawn(seen, turn.door.house)
    view = drawn(seen, turn.door.house, note=note).view if note else tab.view
    try:
        answer = await turn.door.client.views_publish(user_id=turn.slack_id, view=view)
    except SlackApiError as error:
        _, code, seconds = read(error)
        await store.run(home_views.mark_late, person_id, seconds=seconds, now=now)
        if meaning(code) is not Meaning.PASSING:
            raise
        log.info("home.late", error=code)
        return  # it was done all the same (M2), and the tab follows
    await store.run(
        home_views.shown_at_once,
        person_id,
        before=seen.slack_hash,
        content=tab.content,
        slack_hash=str(answer["view"].get("hash", "")),
        again_at=tab.again_at,
        now=now,
    )


def is_home(view: Json | None) -> bool:
    """Say whether a view is a Home tab."""
    return (view or {}).get("type") == "home"


def drawn(seen: Seen, house: House, *, note: str = "") -> Tab:
    """Return the Home tab of a person; `note` is what was just done."""
    reader = seen.comes.reader
    view = blocks.view(language_of(reader.language), seen.comes, house, note=note)
    written = json.dumps(view, sort_keys=True, separators=(",", ":"))
    return Tab(
        slack_id=reader.slack_id or "",
        view=view,
        content=hashlib.sha256(written.encode()).hexdigest(),
        again_at=seen.again_at,
    )
