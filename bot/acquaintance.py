"""Who a Slack user is: known already, met for the first time, a guest, or a stranger so far.

Slack is asked only about people who are not linked, so that a press by a known person costs one
question to the database.
"""

from dataclasses import dataclass

from slack_sdk.errors import SlackApiError

from bot.blocks.kit import Json
from bot.door import Door
from bot.errors import Meaning, meaning
from bot.pacing import read
from community import linking
from community.people import Reader
from texts import Language, language_of


@dataclass(frozen=True, kw_only=True)
class Met:
    """What we know about whoever did something in Slack."""

    reader: Reader | None
    language: Language
    #: A guest, or somebody of another organisation (Slack Connect).
    is_guest: bool = False


async def meet(door: Door, slack_id: str, *, team_id: str | None) -> Met:
    """Find the person behind a Slack user, and link them at first contact if there is no doubt."""
    reader = await door.store.read(linking.who, slack_id)
    if reader is not None:
        return Met(reader=reader, language=language_of(reader.language))
    user = await _user(door, slack_id)
    language = language_of(str(user.get("locale") or ""))
    if is_guest(user, team_id=team_id):
        return Met(reader=None, language=language, is_guest=True)
    now = door.clock.now()
    person = await door.store.run(linking.meet, slack_id, proved_address(user), now=now)
    if person is None:
        return Met(reader=None, language=language)
    reader = await door.store.read(linking.who, slack_id)
    return Met(reader=reader, language=language_of(person.language))


async def _user(door: Door, slack_id: str) -> Json:
    try:
        answer = await door.client.users_info(user=slack_id, include_locale=True)
    except SlackApiError as error:
        if meaning(read(error)[1]) is Meaning.GONE:
            return {"is_stranger": True}  # of an organisation whose people we may not see
        raise
    user: Json = answer["user"]
    return user


def is_guest(user: Json, *, team_id: str | None) -> bool:
    """Say whether a Slack user is no full member of our workspace (threat 29)."""
    marks = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot")
    elsewhere = team_id is not None and user.get("team_id", team_id) != team_id
    return elsewhere or any(user.get(mark) for mark in marks)


def proved_address(user: Json) -> str:
    """Return the address that Slack says is this user's own, or nothing."""
    if not user.get("is_email_confirmed", True):
        return ""
    return str(user.get("profile", {}).get("email") or "")
