"""The forms that make something new: who may open one, and what sending it does.

One table by name. A form's name is the action of the button that opens it and the callback of the
form itself.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import compositions, held, introductions, moderators_channels, searches
from bot import meetups as meetup_forms
from bot.blocks import announcements as announcement_blocks
from bot.blocks import answers
from bot.blocks import gatherings as gathering_blocks
from bot.blocks import meetups as meetup_blocks
from bot.blocks import mentorships as mentorship_blocks
from bot.blocks import moderators_channels as channel_blocks
from bot.blocks.actions import Filled, filled
from bot.blocks.kit import Json
from bot.metadata import kept, number
from bot.turns import Turn
from community import (
    announcements,
    directory,
    expectations,
    gathering_cards,
    gatherings,
    linking,
    meetups,
    people,
    progress,
)
from community.audiences import Audience
from community.people import Role
from letters.posts import QUEUE


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form: `build` makes it for whoever may have it, `send` does what it says."""

    build: Callable[[Turn], Awaitable[Json]]
    send: Callable[[Turn], Awaitable[None]]
    #: Somebody we do not know may fill it in.
    strangers: bool = False


async def open_form(turn: Turn, name: str) -> None:
    """Open a form."""
    await turn.open(await FORMS[name].build(turn))


async def _meetup(turn: Turn) -> Json:
    return meetup_blocks.form(turn.language)


async def _propose(turn: Turn) -> None:
    given = filled(turn.body["view"])
    made = await turn.act(
        meetups.propose,
        topic=line(given, "topic"),
        place=line(given, "place"),
        starts_at=moment(given, "starts_at"),
        minutes=count(given, "minutes"),
        max_people=count(given, "max_people"),
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    card = await turn.ask(meetups.card, made.id, reader_id=turn.reader.person_id)
    await turn.finish(meetup_blocks.proposed_view(turn.language, card, turn.door.house))


async def _gathering(turn: Turn) -> Json:
    await turn.ask(people.require, turn.reader.person_id, Role.COORDINATOR)
    return gathering_blocks.form(turn.language)


async def _publish(turn: Turn) -> None:
    given = filled(turn.body["view"])
    made = await turn.act(
        gatherings.publish,
        title=line(given, "title"),
        place=line(given, "place"),
        starts_at=moment(given, "starts_at"),
        minutes=count(given, "minutes"),
        capacity=count(given, "capacity"),
        audience=Audience(line(given, "audience")),
        description=line(given, "description"),
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    card = await turn.ask(gathering_cards.card, made.id, reader_id=turn.reader.person_id)
    await turn.finish(gathering_blocks.published(turn.language, card, turn.door.house))


async def _announcement(turn: Turn) -> Json:
    await turn.ask(people.require, turn.reader.person_id, Role.COORDINATOR)
    return announcement_blocks.form(turn.language)


async def _draft(turn: Turn) -> None:
    given = filled(turn.body["view"])
    made = await turn.act(
        announcements.draft,
        title_en=line(given, "title_en"),
        body_en=line(given, "body_en"),
        title_nb=line(given, "title_nb"),
        body_nb=line(given, "body_nb"),
        audience=Audience(line(given, "audience")),
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    shown = await turn.ask(announcements.preview, made.id)
    await turn.finish(announcement_blocks.preview(turn.language, shown))


async def _preview(turn: Turn) -> Json:
    await turn.ask(people.require, turn.reader.person_id, Role.COORDINATOR)
    shown = await turn.ask(announcements.preview, number(turn.body["actions"][0].get("value")))
    return announcement_blocks.preview(turn.language, shown)


async def _schedule(turn: Turn) -> None:
    announcement_id = number(kept(turn.body["view"]).get("id"))
    await turn.act(
        announcements.schedule,
        announcement_id,
        send_at=moment(filled(turn.body["view"]), "send_at"),
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    card = await turn.ask(announcements.card, announcement_id)
    await turn.finish(announcement_blocks.scheduled(turn.language, card, turn.door.house))


async def _pair(turn: Turn) -> Json:
    await turn.ask(people.require, turn.reader.person_id, Role.COORDINATOR)
    postdocs = await turn.ask(directory.named, Role.MEMBER)
    mentors = await turn.ask(directory.named, Role.MENTOR)
    if not (postdocs and mentors):
        return answers.closing(turn.language, turn.say("There are no postdocs or no mentors yet."))
    return mentorship_blocks.form(turn.language, postdocs, mentors)


async def _make_pair(turn: Turn) -> None:
    given = filled(turn.body["view"])
    made = await turn.act(
        expectations.begin,
        postdoc_id=count(given, "postdoc_id"),
        mentor_id=count(given, "mentor_id"),
        by=turn.reader.person_id,
        now=turn.door.clock.now(),
    )
    view = await turn.ask(progress.of_pair, made.id)
    await turn.finish(mentorship_blocks.paired(turn.language, view))


async def _who_am_i(turn: Turn) -> Json:
    return answers.ask_form(turn.language)


async def _ask(turn: Turn) -> None:
    email = line(filled(turn.body["view"]), "email")
    await turn.act(linking.ask, turn.slack_id, email, now=turn.door.clock.now())
    await turn.finish(answers.asked(turn.language))


def line(given: dict[str, Filled], name: str) -> str:
    """Return what was typed or chosen; empty when nothing was."""
    return str(given.get(name, ""))


def count(given: dict[str, Filled], name: str) -> int:
    """Return a whole number; Slack lets nobody send anything else."""
    return number(given.get(name))


def moment(given: dict[str, Filled], name: str) -> datetime:
    """Return a moment; Slack lets nobody leave it out."""
    chosen = given[name]
    assert isinstance(chosen, datetime)  # noqa: S101 - the element gives nothing else
    return chosen


FORMS: Final[dict[str, Form]] = {
    "introduction.find": Form(build=introductions.form, send=introductions.send),
    "meetup.propose": Form(build=_meetup, send=_propose),
    "gathering.publish": Form(build=_gathering, send=_publish),
    "announcement.draft": Form(build=_announcement, send=_draft),
    "announcement.schedule": Form(build=_preview, send=_schedule),
    "mentorship.pair": Form(build=_pair, send=_make_pair),
    "post.compose": Form(build=compositions.form, send=compositions.look),
    "post.quote": Form(build=compositions.quote, send=compositions.look),
    "meetup.quote": Form(build=meetup_forms.from_message, send=_propose),
    "post.send": Form(build=compositions.form, send=compositions.send),
    "thread.answer": Form(build=compositions.answer, send=compositions.look),
    "post.search": Form(build=searches.form, send=searches.send),
    channel_blocks.FORM: Form(build=moderators_channels.form, send=moderators_channels.send),
    QUEUE: Form(build=held.form, send=held.send),
    "person.ask": Form(build=_who_am_i, send=_ask, strangers=True),
}
