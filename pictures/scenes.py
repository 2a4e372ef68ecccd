"""What is photographed: each command as it answers, and the views that come of doing something.

One table, in the order in which things happen; a view that is new is one line here, a command none.
"""

from datetime import timedelta
from email.message import EmailMessage
from typing import Final

from app import demo
from bot.commands import COMMANDS
from pictures import members
from pictures.shots import (
    AMARA,
    ELENA,
    JONAS,
    MICHAEL,
    TYPES,
    WEI,
    Scene,
    Shot,
    filled,
    home,
    shown,
    told,
    typed,
)
from sandbox.records import Message, View
from sandbox.replies import Reply
from tests.stories.town import Town


async def _meetup(town: Town) -> Shot:
    starts_at = int((town.now + timedelta(days=3, hours=2)).timestamp())
    make = filled(
        AMARA,
        "meetup",
        topic="Lunch for solids",
        place="Hangaren",
        starts_at=starts_at,
        max_people="4",
    )
    return await make(town)


async def _gathering(town: Town) -> Shot:
    starts_at = int((town.now + timedelta(days=10, hours=3)).timestamp())
    make = filled(
        MICHAEL,
        "gathering",
        title="Career seminar",
        place="Suhmhuset",
        starts_at=starts_at,
        capacity="20",
        audience="postdocs",
    )
    return await make(town)


ANNOUNCED: Final = {
    "title_en": "Mobility grants",
    "body_en": "Apply by 1 March.",
    "title_nb": "Mobilitetsstipend",
    "body_nb": "Søk innen 1. mars.",
    "audience": "postdocs",
}


async def _scheduled(town: Town) -> Shot:
    shot = await filled(MICHAEL, "announce", **ANNOUNCED)(town)
    assert isinstance(shot.what, View)  # noqa: S101 - the preview
    send_at = int((town.now + timedelta(days=2)).timestamp())
    assert await town.fill(MICHAEL, shot.what, send_at=send_at) == {}  # noqa: S101 - filled in well
    return Shot(MICHAEL, town.workspace.modal(town.slack(MICHAEL)))


async def _pair(town: Town) -> Shot:
    reply = await town.command(MICHAEL, "pair")
    assert reply.modal is not None  # noqa: S101 - it opens one
    chosen = {}
    for block in reply.modal.blocks:
        element = block.get("element", {})
        groups = element.get("option_groups", [])
        options = [
            *element.get("options", []),
            *(one for group in groups for one in group["options"]),
        ]
        named = [
            o["value"]
            for o in options
            if "Wei Zhang" in o["text"]["text"] or "Sigrid Moen" in o["text"]["text"]
        ]
        if named:
            chosen[block["block_id"]] = named[0]
    assert await town.fill(MICHAEL, reply.modal, **chosen) == {}  # noqa: S101 - filled in well
    return Shot(MICHAEL, town.workspace.modal(town.slack(MICHAEL)))


def _room(town: Town) -> str:
    return next(each.id for each in town.workspace.memory.channels.values() if each.name == "mods")


def _cards(town: Town) -> list[Message]:
    return town.workspace.messages(_room(town))


def _card(town: Town, words: str) -> Message:
    return next(card for card in _cards(town) if words in str(card.blocks))


def number_of(card: Message) -> str:
    """Return the number of the post of a card."""
    elements = [element for block in card.blocks for element in block.get("elements", [])]
    return str(next(element["value"] for element in elements if element.get("value")))


async def _seconds(town: Town) -> None:
    await town.wait_until(town.now + timedelta(seconds=70))


async def _channel(town: Town) -> Shot:
    members = [town.slack(each) for each in (AMARA, JONAS, MICHAEL)]
    room = town.workspace.add_channel("mods", members=members, private=True)
    return await filled(MICHAEL, "channel", channel=room.id)(town)


async def _held(town: Town) -> Shot:
    await town.write(WEI, "Who reads drafts with me?", "Dear all,\n\nThursdays at 12.\n\nWei")
    await _seconds(town)
    return Shot(AMARA, _card(town, "Who reads"))


async def _claimed(town: Town) -> Shot:
    card = _card(town, "Who reads")
    await _chosen(town, JONAS, card, "claim")
    return Shot(AMARA, _card(town, "Who reads"))


async def _chosen(town: Town, email: str, card: Message, verb: str) -> Reply:
    choice = f"{verb}-{number_of(card)}"
    reply = await town.workspace.press(town.slack(email), card, "post.more", selected=choice)
    await _seconds(town)
    return reply


async def _returning(town: Town) -> Shot:
    return shown(AMARA, await town.press(AMARA, _card(town, "Who reads"), "post.return"))


async def _editing(town: Town) -> Shot:
    return shown(AMARA, await _chosen(town, AMARA, _card(town, "Who reads"), "edit"))


async def _decided(town: Town) -> Shot:
    await town.press(JONAS, _card(town, "Who reads"), "post.accept")
    await _seconds(town)
    return Shot(AMARA, _card(town, "Who reads"))


async def _no_moderator(town: Town) -> Shot:
    card = next(each for each in _cards(town) if "post.accept" in str(each.blocks))
    await town.press(MICHAEL, card, "post.discard")
    return Shot(MICHAEL, town.workspace.ephemerals(town.slack(MICHAEL))[-1])


async def _counting(town: Town) -> Shot:
    for n in range(14):
        mail = EmailMessage()
        mail["From"], mail["To"] = f"eve{n}@elsewhere.example", demo.LIST
        mail["Subject"], mail["Message-ID"] = f"Offer {n + 1}", f"<offer{n}@elsewhere.example>"
        mail.set_content("Buy now.")
        await town.hand_in(f"eve{n}@elsewhere.example", mail.as_bytes().replace(b"\n", b"\r\n"))
    await town.settle()
    await _seconds(town)
    return Shot(AMARA, _cards(town)[-1])


async def _queue(town: Town) -> Shot:
    return shown(AMARA, await town.press(AMARA, _cards(town)[-1], "post.queue"))


async def _one_of_queue(town: Town) -> Shot:
    shot = await _queue(town)
    assert isinstance(shot.what, View)  # noqa: S101 - the queue
    [menu] = [e for b in shot.what.blocks for e in b.get("elements", []) if "look" in str(e)]
    first = menu["options"][0]["value"]
    await town.workspace.press(town.slack(AMARA), shot.what, "post.look", selected=first)
    return Shot(AMARA, town.workspace.modal(town.slack(AMARA)))


#: What comes of doing something; the forms themselves are among the commands.
DONE: Final = (
    Scene(name="meetup-proposed", words="A meetup is proposed.", make=_meetup),
    Scene(name="meetup-card", words="Who is near hears of it.", make=told(ELENA, "Lunch")),
    Scene(name="gathering-published", words="A gathering is published.", make=_gathering),
    Scene(name="gathering-card", words="Members are invited.", make=told(WEI, "Career seminar")),
    Scene(
        name="announcement-preview",
        words="An announcement as it will be read, and by how many.",
        make=filled(MICHAEL, "announce", **ANNOUNCED),
    ),
    Scene(name="announcement-scheduled", words="It is scheduled.", make=_scheduled),
    Scene(name="mentorship-paired", words="A mentor pair is made.", make=_pair),
    Scene(
        name="mentorship-nudge",
        words="The pair is led to a first meeting.",
        make=told(WEI, "Sigrid"),
    ),
    Scene(name="channel-chosen", words="The moderators' channel is chosen.", make=_channel),
    Scene(name="card", words="A held post in the moderators' channel.", make=_held),
    Scene(name="card-claimed", words="Somebody has it.", make=_claimed),
    Scene(name="card-return", words="Returning a post with a reason.", make=_returning),
    Scene(name="card-edit", words="Giving it another subject.", make=_editing),
    Scene(name="card-decided", words="Decided: who, what and when, for all.", make=_decided),
    Scene(name="card-count", words="Many come at once: one card counts them.", make=_counting),
    Scene(name="card-refused", words="Who is no moderator is told alone.", make=_no_moderator),
    Scene(name="queue", words="The queue: mark, sift, decide many.", make=_queue),
    Scene(name="queue-one", words="One post of the queue.", make=_one_of_queue),
)
HOMES: Final = (
    Scene(name="home-member", words="Home of a member.", make=home(WEI)),
    Scene(name="home-moderator", words="Home of a moderator.", make=home(AMARA)),
    Scene(name="home-coordinator", words="Home of a coordinator.", make=home(MICHAEL)),
    Scene(name="unknown-word", words="A word that nobody knows.", make=typed(WEI, "meetop")),
)


def scenes() -> list[Scene]:
    """Return everything that is photographed, in its order."""
    commands = [
        Scene(
            name=f"postdoc-{word}",
            words=f"`/postdoc {word}`: {command.does}",
            make=typed(TYPES.get(command.role, WEI), word),
        )
        for word, command in COMMANDS.items()
    ]
    return [*DONE, *members.POSTS, *commands, *HOMES, *members.HOMES, *members.ARRIVALS]
