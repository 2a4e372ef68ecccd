"""What stands in a moderators' channel: the card of a held post, and the card that counts them.

Said to everybody there, so in the house's own language and with nothing for one reader alone. Where
others than its members can read a channel, the text of posts is left out (threat 32).
"""

from dataclasses import dataclass, replace

from community import holds, moderators_channels
from community.channel_cards import ChannelCard
from community.holds import Crowd, HeldPost
from community.moderators_channels import ModeratorsChannel, Trouble
from community.people import Reader
from community.store import Session
from letters import posts
from letters.actions import button
from letters.letter import House, Letter, language, named
from texts import N_, Language, clock_time, moment, say

TROUBLES = {
    Trouble.PUBLIC: N_(
        "The channel is public, so cards there leave out what posts say. Make it private: its "
        "members stay, and the cards have the text again from tomorrow on."
    ),
    Trouble.SHARED: N_(
        "People of another organisation are in the channel, so cards there leave out what posts "
        "say. Choose a channel of your own people."
    ),
    Trouble.UNKNOWN: N_(
        "Slack does not say who can read the channel, so cards there leave out what posts say. "
        "Install the app again: it may lack the scopes channels:read and groups:read."
    ),
    Trouble.CLOSED: N_(
        "We cannot write in the channel. Invite the app there: type /invite @Samband in it, and "
        "choose the channel again (/postdoc channel). Until then each moderator gets direct "
        "messages."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a card stands."""

    house: House
    tongue: Language
    #: Whether the text of posts may stand there.
    is_private: bool


def write(session: Session, card: ChannelCard, *, house: House, tongue: Language) -> Letter:
    """Return what a card says now."""
    is_private = moderators_channels.may_read_posts(session, card.channel)
    place = Place(house=house, tongue=tongue, is_private=is_private)
    if card.kind == "post.count":
        return count(holds.crowd(session, card.object_id), place)
    return hold(holds.card(session, card.object_id), place)


def hold(post: HeldPost, place: Place) -> Letter:
    """Show a held post with what moderators can do, or what has become of it and nothing to do."""
    if post.state not in posts.VERBS:
        return _decided(post, place)
    tongue = place.tongue
    claimed = _claimed(post, place)
    hidden = say(tongue, "What it says is left out here: others can read this channel.")
    facts = [
        *posts.about(tongue, post),
        *posts.waiting(tongue, replace(post, claimed_by=None), place.house),
    ]
    verbs = posts.VERBS[post.state]
    return Letter(
        language=tongue,
        subject=say(tongue, "Held: {subject}", subject=named(tongue, post.subject)),
        paragraphs=tuple(filter(None, (claimed, "" if place.is_private else hidden))),
        facts=tuple(facts),
        quote=post.excerpt if place.is_private else None,
        buttons=tuple(button(tongue, f"post.{verb}", post.post_id) for verb in verbs),
        more=tuple(button(tongue, f"post.{verb}", post.post_id) for verb in posts.MORE[post.state]),
        why=say(tongue, "Every moderator of {list} can decide here.", list=post.list_address),
    )


def _claimed(post: HeldPost, place: Place) -> str:
    if post.claimed_by is None or post.claimed_until is None:
        return ""
    time = clock_time(place.tongue, place.house.local(post.claimed_until))
    return say(place.tongue, "{name} has it, until {time}.", name=post.claimed_by, time=time)


def _decided(post: HeldPost, place: Place) -> Letter:
    """Show in few lines who decided what and when."""
    tongue = place.tongue
    facts = [(say(tongue, "List"), post.list_address)]
    if post.from_email:
        facts.append((say(tongue, "From"), posts.author(post)))
    if post.decided_at is not None:
        facts.append((say(tongue, "When"), moment(tongue, place.house.local(post.decided_at))))
    return Letter(
        language=tongue,
        subject=named(tongue, post.subject),
        paragraphs=(posts.decided(tongue, post),),
        facts=tuple(facts),
        why="",
    )


def count(crowd: Crowd, place: Place) -> Letter:
    """Say how many posts of a list wait and why, with the way to decide about many."""
    why = say(place.tongue, "Every moderator of {list} can decide here.", list=crowd.list_address)
    return posts.counted(crowd, place.tongue, place.house, why=why)


def watch(view: tuple[ModeratorsChannel, list[str]], to: Reader, house: House) -> Letter | None:
    """Tell an administrator once what is wrong with a moderators' channel, and what helps."""
    channel, addresses = view
    tongue = language(to)
    if channel.trouble == Trouble.NONE or not addresses:
        return None
    facts = [
        (say(tongue, "List"), ", ".join(addresses)),
        (say(tongue, "Channel"), channel.channel),
    ]
    if channel.reason:
        facts.append((say(tongue, "Slack says"), channel.reason))
    return Letter(
        language=tongue,
        subject=say(tongue, "The moderators’ channel needs you"),
        paragraphs=(say(tongue, TROUBLES[Trouble(channel.trouble)]),),
        facts=tuple(facts),
        why=say(tongue, "You get this because you are an administrator."),
    )
