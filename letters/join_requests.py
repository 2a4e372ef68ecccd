"""What is said about joining a list: to whoever asked, and to the moderators who decide."""

from dataclasses import replace

from community import joining
from community.join_cards import JoinCard
from community.outbox import Channel, Notice
from community.people import Reader
from community.policies import Policy
from letters.actions import button
from letters.letter import House, Letter, language
from texts import N_, Language, moment, say

STATES = {
    "asked": N_("not confirmed yet"),
    "waiting": N_("waits for a moderator"),
    "joined": N_("is on the list"),
    "declined": N_("was told no"),
    "expired": N_("nobody decided in time"),
    "dropped": N_("nothing was to be done"),
}
#: What a moderator, who has a name, has said.
SAID = {"joined": N_("{name} has said yes."), "declined": N_("{name} has said no.")}


def confirm(card: JoinCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Ask the owner of an address whether they want to be on a list, or say why there is no need.

    Nothing of what was written with the question stands in it (threat 22).
    """
    tongue = language(to)
    if notice.detail == "already":
        return _already(card, tongue)
    if notice.detail == "outside":
        return _outside(card, tongue)
    if notice.detail == "closed":
        return _closed(card, tongue)
    if notice.detail == "stranger":
        return stranger(card.list_address, to, house)
    if card.state != "asked":
        return None
    paragraphs = [
        say(
            tongue,
            "Somebody, probably you, wants this address on the list {list}. Press the button, or "
            "answer this mail with the word “yes”.",
            list=card.list_address,
        ),
    ]
    if card.is_decided:
        paragraphs.append(say(tongue, "A moderator of the list decides then, and you hear of it."))
    paragraphs.append(
        say(tongue, "Was it not you? Then do nothing. Without your yes nothing happens.")
    )
    return Letter(
        language=tongue,
        subject=say(tongue, "Do you want to join {list}?", list=card.list_address),
        paragraphs=tuple(paragraphs),
        facts=((say(tongue, "Good until"), moment(tongue, house.local(card.good_until))),),
        buttons=(button(tongue, "join_request.confirm", card.request_id),),
        why=say(tongue, "You get this because somebody asked to put this address on the list."),
        stop=button(tongue, "person.disown", 0),
        reply_to=house.confirm_address(card.request_id),
    )


def _already(card: JoinCard, tongue: Language) -> Letter:
    return Letter(
        language=tongue,
        subject=say(tongue, "You are on {list} already", list=card.list_address),
        paragraphs=(
            say(
                tongue,
                "Somebody, probably you, asked to put this address on the list {list}. It is on "
                "it already, so nothing was changed.",
                list=card.list_address,
            ),
            say(tongue, "Does less come than you expect? Choose how the posts come to you:"),
        ),
        buttons=(
            button(tongue, "mailing_list.each", card.list_id),
            button(tongue, "mailing_list.digest", card.list_id),
        ),
        why=say(tongue, "You get this because somebody asked to put this address on the list."),
        stop=button(tongue, "person.disown", 0),
    )


def _outside(card: JoinCard, tongue: Language) -> Letter:
    return Letter(
        language=tongue,
        subject=say(tongue, "{list} is for people of the community", list=card.list_address),
        paragraphs=(
            say(
                tongue,
                "Somebody, probably you, asked to put this address on the list {list}. It is for "
                "people of the community, and this address is none that we know.",
                list=card.list_address,
            ),
            say(
                tongue,
                "Do you belong to it? Ask again from your address at work, or write to the "
                "coordinators: {owner}",
                owner=owner(card.list_address),
            ),
        ),
        why=say(tongue, "You get this because somebody asked to put this address on the list."),
        stop=button(tongue, "person.disown", 0),
    )


def _closed(card: JoinCard, tongue: Language) -> Letter:
    return Letter(
        language=tongue,
        subject=say(tongue, "{list} is closed", list=card.list_address),
        paragraphs=(
            say(
                tongue,
                "Somebody, probably you, asked to put this address on the list {list}. It is "
                "closed, and takes nobody new.",
                list=card.list_address,
            ),
            say(
                tongue,
                "Is it needed again? Write to the coordinators: {owner}",
                owner=owner(card.list_address),
            ),
        ),
        why=say(tongue, "You get this because somebody asked to put this address on the list."),
        stop=button(tongue, "person.disown", 0),
    )


def stranger(list_address: str, to: Reader, house: House) -> Letter:
    """Tell somebody who wants to leave a list that this address is not on it."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=f"{say(tongue, 'You are not on the list')} ({list_address})",
        paragraphs=(
            say(
                tongue,
                "{email} is not on {list}, so there was nothing to change.",
                email=to.email,
                list=list_address,
            ),
            say(
                tongue,
                "Do posts come to you all the same? Then another of your addresses is on it: each "
                "post has its own way out in its header, or write to the coordinators: {owner}",
                owner=owner(list_address),
            ),
            say(
                tongue,
                "Is this address yours besides one that we know? Add it on your page, {page}, or "
                "write “add address {email}” from the one that we know.",
                page=f"{house.public_url}/me",
                email=to.email,
            ),
        ),
        why=say(tongue, "You get this because a mail from you asked for it."),
        stop=button(tongue, "person.disown", 0),
    )


def wait(card: JoinCard, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Ask a moderator about somebody who wants to join, or say what has become of it."""
    if card.state != "waiting":
        return shown(card, to, house) if notice.replaces_id is not None else None
    letter = shown(card, to, house)
    by_mail = (how(letter.language),) if notice.channel == Channel.MAIL else ()
    return replace(
        letter,
        paragraphs=(*by_mail, *letter.paragraphs),
        reply_to=house.join_address(notice.id),
    )


def shown(card: JoinCard, to: Reader, house: House) -> Letter:
    """Show a moderator who wants to join a list, and what can be decided or taken back."""
    tongue = language(to)
    is_open = card.state == "waiting"
    facts = who(card, tongue, house)
    if is_open and not card.is_of_community:
        words = say(tongue, "Not of the community yet; comes in as a guest of this list.")
        facts.append((say(tongue, "Community"), words))
    if not is_open:
        facts.append((say(tongue, "Decided"), decided(card, tongue)))
    return Letter(
        language=tongue,
        subject=say(tongue, "{name} wants to join {list}", name=card.name, list=card.list_address),
        paragraphs=_waits(tongue, house) if is_open else (),
        facts=tuple(facts),
        buttons=tuple(button(tongue, action, card.request_id) for action in actions(card)),
        why=say(tongue, "You get this because you moderate {list}.", list=card.list_address),
    )


def who(card: JoinCard, tongue: Language, house: House) -> list[tuple[str, str]]:
    """Say who wants to join which list, and since when."""
    return [
        (say(tongue, "List"), card.list_address),
        (say(tongue, "Who"), f"{card.name} <{card.email}>"),
        (say(tongue, "Asked"), moment(tongue, house.local(card.asked_at))),
    ]


def actions(card: JoinCard) -> tuple[str, ...]:
    """Say what moderators can do: decide, or take back what one of them has decided."""
    if card.state == "waiting":
        return ("join_request.accept", "join_request.decline")
    return ("join_request.reopen",) if card.decided_by is not None else ()


def how(tongue: Language) -> str:
    """Say how to decide by an answer."""
    return say(
        tongue,
        "Press a button below, or answer this mail: “yes” in the first line, or “no”, a comma and "
        "the reason. They read the reason.",
    )


def _waits(tongue: Language, house: House) -> tuple[str, ...]:
    return (
        say(tongue, "The address has been confirmed: whoever reads mail there has asked."),
        say(tongue, "Everybody who waits: {url}", url=f"{house.public_url}/join-requests"),
    )


def decided(card: JoinCard, tongue: Language) -> str:
    """Say what has become of a question, and who decided it."""
    if card.decided_by is not None and card.state in SAID:
        return say(tongue, SAID[card.state], name=card.decided_by)
    return say(tongue, STATES[card.state])


def decline(card: JoinCard, to: Reader, house: House) -> Letter | None:
    """Tell whoever asked that a moderator said no, and why; nothing if it was taken back."""
    if card.state != "declined":
        return None
    tongue = language(to)
    reason = (card.reason,) if card.reason else ()
    return Letter(
        language=tongue,
        subject=say(tongue, "You cannot join {list} now", list=card.list_address),
        paragraphs=(
            say(tongue, "A moderator has looked at your wish to join {list}, and said no.",
                list=card.list_address),
            *reason,
            say(
                tongue,
                "Do you see it otherwise? Write to the coordinators: {owner}",
                owner=owner(card.list_address),
            ),
        ),
        why=say(tongue, "You get this because you asked to join {list}.", list=card.list_address),
    )  # fmt: skip


def expire(card: JoinCard, to: Reader, house: House) -> Letter:
    """Tell whoever asked that nobody has decided."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Your wish to join {list} is not decided yet", list=card.list_address),
        paragraphs=(
            say(
                tongue,
                "You asked to join {list}, and no moderator has decided in two weeks. We are "
                "sorry. Write to the coordinators, and they will see to it: {owner}",
                list=card.list_address,
                owner=owner(card.list_address),
            ),
        ),
        why=say(tongue, "You get this because you asked to join {list}.", list=card.list_address),
    )


def what_comes_next(tongue: Language, policy: Policy) -> str:
    """Say what follows once an address that asks to join is confirmed, as the policy has it."""
    decides = [joining.asks_a_moderator(policy, is_of_community=known) for known in (True, False)]
    if all(decides):
        words = say(tongue, "Then a moderator of the list decides, and you hear of it by mail.")
    elif any(decides):
        words = say(
            tongue,
            "People whom the community knows are on the list then. About everybody else a "
            "moderator decides, and you hear of it by mail.",
        )
    else:
        words = say(tongue, "Then you are on the list.")
    return words


def owner(list_address: str) -> str:
    """Return the address of the people behind a list."""
    name, _, domain = list_address.partition("@")
    return f"{name}-owner@{domain}"
