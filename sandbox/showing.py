"""What the sandbox page shows of one person: chat, mail, people and the time, as JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.invites import Invite
from sandbox.mailbox import Received
from sandbox.reading import Reading, read
from sandbox.records import Channel, Json, Member, Message, View
from sandbox.shortcuts import Shortcut
from sandbox.workspace import Workspace

MAX_SHOWN = 100
PREVIEW = 120
MAX_NAMED = 4


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody of the sample community; `slack_id` is None for who is not on Slack."""

    name: str
    email: str
    role: str
    field: str
    language: str
    slack_id: str | None


@dataclass(frozen=True, kw_only=True)
class Hints:
    """What the page offers: commands with what each does, and addresses to write to."""

    commands: tuple[tuple[str, str], ...] = ()
    addresses: tuple[str, ...] = ()
    #: What a newcomer can try, one sentence each.
    tries: tuple[str, ...] = ()
    #: The app's own menus.
    shortcuts: tuple[Shortcut, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Something that the service did during a jump in time."""

    at: datetime
    words: str


@dataclass(frozen=True, kw_only=True)
class Jumped:
    """The service's time after a jump, and what happened on the way, in order."""

    now: datetime
    happened: tuple[Happened, ...] = ()


def newcomers(workspace: Workspace, known: Container[str]) -> list[Person]:
    """Return the members of the workspace whose addresses are not known: they came later."""
    return [
        Person(
            name=member.real_name,
            email=member.email,
            role="guest" if member.is_restricted else "new in Slack",
            field="",
            language=member.locale[:2],
            slack_id=member.id,
        )
        for member in _members(workspace)
        if member.email not in known
    ]


def people_json(
    people: Iterable[Person], workspace: Workspace, mails: Iterable[Received]
) -> list[Json]:
    """Return the people with how many mails and bot messages each has, for the unread marks."""
    mail_counts = Counter(mail.recipient.casefold() for mail in mails)
    said: Counter[str] = Counter()
    for message in workspace.memory.messages:
        if message.user == workspace.bot.id:
            channel = workspace.memory.channels[message.channel]
            said.update([message.only_for] if message.only_for else channel.members)
    return [
        {
            "name": person.name,
            "email": person.email,
            "role": person.role,
            "field": person.field,
            "language": person.language,
            "on_slack": person.slack_id is not None,
            "mails": mail_counts[person.email.casefold()],
            "messages": said[person.slack_id or ""],
        }
        for person in people
    ]


def meanwhile(
    workspace: Workspace, mails: Iterable[Received], messages: Iterable[Message], *, since: datetime
) -> list[Happened]:
    """Return what was sent, as one line for each minute and wording, in order.

    A message from before `since` that was only brought up to date is no news.
    """
    people = {member.email.casefold(): member.real_name for member in _members(workspace)}
    sent: dict[tuple[datetime, str], list[str]] = {}
    for mail in mails:
        name = people.get(mail.recipient.casefold(), mail.recipient)
        at = mail.at.replace(second=0, microsecond=0)
        sent.setdefault((at, f"Mail “{read(mail.raw).subject}”"), []).append(name)
    for message in messages:
        at = datetime.fromtimestamp(float(message.ts), tz=UTC)
        if at < since:
            continue
        at = at.replace(second=0, microsecond=0)
        words = message.text.strip().partition("\n")[0][:PREVIEW]
        sent.setdefault((at, f"Slack “{words}”"), []).append(_room(workspace, message))
    lines = [Happened(at=at, words=f"{what} to {_some(to)}") for (at, what), to in sent.items()]
    return sorted(lines, key=lambda line: line.at)


def _members(workspace: Workspace) -> list[Member]:
    return [member for member in workspace.memory.members.values() if member.email]


def _room(workspace: Workspace, message: Message) -> str:
    channel = workspace.memory.channels[message.channel]
    if channel.kind in ("public", "private"):
        return f"#{channel.name}"
    others = [one for one in channel.members if one != workspace.bot.id]
    return " and ".join(workspace.memory.members[one].real_name for one in others)


def _some(names: list[str]) -> str:
    if len(names) <= MAX_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[: MAX_NAMED - 1])} and {len(names) - MAX_NAMED + 1} more"


def slack_json(workspace: Workspace, user: str) -> Json:
    """Return the Slack side of one member."""
    memory = workspace.memory
    member = memory.members[user]
    workspace.direct(user)
    channels = [channel for channel in memory.channels.values() if user in channel.members]
    seen = workspace.seen_by(user)
    return {
        "user": user,
        "bot": workspace.bot.id,
        "tz": member.tz,
        "locale": member.locale,
        "names": {one.id: one.real_name for one in memory.members.values()},
        "rooms": {one.id: one.name for one in memory.channels.values() if one.name},
        "channels": [_channel(workspace, channel, user, seen) for channel in channels],
        "home": _view(workspace.home(user)),
        "modal": _view(workspace.modal(user)),
        "depth": len(memory.stacks.get(user, [])),
    }


def _channel(workspace: Workspace, channel: Channel, user: str, seen: list[Message]) -> Json:
    said = [message for message in seen if message.channel == channel.id]
    return {
        "id": channel.id,
        "label": workspace.bot.real_name if channel.kind == "im" else channel.name,
        "kind": channel.kind,
        "count": sum(message.user != user for message in said),
        "messages": [_message(message) for message in said[-MAX_SHOWN:]],
    }


def _message(message: Message) -> Json:
    return {
        "ts": message.ts,
        "user": message.user,
        "text": message.text,
        "blocks": message.blocks,
        "only_you": message.only_for is not None,
        "edited": bool(message.history),
        "version": message.version,
    }


def _view(view: View | None) -> Json | None:
    if view is None:
        return None
    return {"id": view.id, "hash": view.hash, "values": view.values, **view.body}


def mail_line(mail: Received, reading: Reading) -> Json:
    """Return one line of the list of mails."""
    return {
        "number": mail.number,
        "at": mail.at.isoformat(),
        "from": reading.sender or mail.sender,
        "subject": reading.subject or "(no subject)",
        "preview": " ".join(reading.text.split())[:PREVIEW],
        "invites": len(reading.invites),
        "cancels": any(invite.method == "CANCEL" for invite in reading.invites),
    }


def mail_json(mail: Received, reading: Reading) -> Json:
    """Return one mail for reading."""
    return {
        **mail_line(mail, reading),
        "to": reading.to or mail.recipient,
        "sent_at": reading.sent_at.isoformat() if reading.sent_at else None,
        "text": reading.text,
        "has_html": bool(reading.html),
        "attachments": [
            {"name": one.name, "kind": one.kind, "size_bytes": one.size_bytes}
            for one in reading.attachments
        ],
        "list_headers": [list(pair) for pair in reading.list_headers],
        "one_click": reading.one_click,
        "message_id": reading.message_id,
        "broken": reading.broken,
        "calendar": [_invite(invite) for invite in reading.invites],
    }


def _invite(invite: Invite) -> Json:
    return {
        "method": invite.method,
        "sequence": invite.sequence,
        "summary": invite.summary,
        "starts_at": invite.starts_at.isoformat() if invite.starts_at else None,
        "ends_at": invite.ends_at.isoformat() if invite.ends_at else None,
        "place": invite.place,
        "attendees": [
            {"name": one.name, "address": one.address, "partstat": one.partstat}
            for one in invite.attendees
        ],
    }
