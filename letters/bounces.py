"""What is said about mail that came back: to the owner of an address, and to coordinators."""

from collections.abc import Mapping
from typing import Final

from community.bounces import PostReturns
from community.causes import Cause, Report, cause_of
from community.lists import MailingList
from community.outbox import Notice
from community.people import Reader
from community.suppressions import AddressCard
from letters.actions import button
from letters.letter import House, Letter, language, named
from texts import N_, Language, moment, say

#: What can be wrong with an address itself.
REASONS: Final[Mapping[Cause, str]] = {
    Cause.GONE: N_("the other mail server knows no such address"),
    Cause.SOFT: N_("the mailbox is full, or its mail server cannot be reached"),
}


def probe(card: AddressCard | None, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Ask an address whether it works; what comes back of this mail is the answer."""
    tongue = language(to)
    if card is None or card.state != "probed" or notice.detail != str(card.suppression_id):
        return None
    if card.email != to.email:
        return None  # another address has become the main one, and would answer for this one
    return Letter(
        language=tongue,
        subject=say(tongue, "Does mail to you arrive?"),
        paragraphs=(
            say(
                tongue,
                "Mails from {name} to {email} have come back. This mail asks whether the address "
                "works. If you can read it, all is well and you need not do anything.",
                name=house.name,
                email=card.email,
            ),
            say(
                tongue,
                "If this mail comes back too, we send no more to this address until you or a "
                "coordinator say that it works again.",
            ),
        ),
        buttons=(button(tongue, "address.restore", card.address_id),),
        why=say(tongue, "You get this because mails to your address came back."),
        returns_to=house.probe_address(card.suppression_id),
    )


def suppress(card: AddressCard | None, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Tell whose address gets no more mail, why, since when, and how to put it back in use.

    The owner reads it in Slack; of somebody who is not there a coordinator reads it.
    """
    tongue = language(to)
    if card is None:
        return None
    if card.state != "suppressed":
        return _restored(card, to) if notice.replaces_id is not None else None
    if notice.replaces_id is None and notice.detail != str(card.suppression_id):
        return None
    if card.person_id == to.person_id:
        opening = say(
            tongue,
            "Mail to {email} comes back, so we have stopped sending posts and letters there. You "
            "still get what we say here in Slack. Press the button when the address works again.",
            email=card.email,
        )
    else:
        opening = say(
            tongue,
            "Mail to {name} at {email} comes back, and {name} is not in Slack. Do you know another "
            "way to ask for an address that works?",
            name=card.name,
            email=card.email,
        )
    return Letter(
        language=tongue,
        subject=say(tongue, "Mail to {email} comes back", email=card.email),
        paragraphs=(opening,),
        facts=facts(tongue, card, house),
        quote=card.diagnostic or None,
        buttons=(button(tongue, "address.restore", card.address_id),),
        why=_why(tongue, card, to),
    )


def _restored(card: AddressCard, to: Reader) -> Letter:
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Mail to {email} comes back", email=card.email),
        paragraphs=(say(tongue, "Mail goes to {email} again.", email=card.email),),
        why=_why(tongue, card, to),
    )


def _why(tongue: Language, card: AddressCard, to: Reader) -> str:
    if card.person_id == to.person_id:
        return say(tongue, "You get this because mails to your address came back.")
    return say(tongue, "You get this because you are a coordinator.")


def facts(tongue: Language, card: AddressCard, house: House) -> tuple[tuple[str, str], ...]:
    """Say whose address it is, since when it is so, and what the far side said."""
    rows = [(say(tongue, "Address"), card.email)]
    if card.since is not None:
        rows.append((say(tongue, "Since"), moment(tongue, house.local(card.since))))
    if card.status:
        rows.append((say(tongue, "Reason"), reason(tongue, card)))
    return tuple(rows)


def reason(tongue: Language, card: AddressCard) -> str:
    """Say in plain words why mail does not reach an address, with the number for who knows it."""
    said = Report(action="failed", status=card.status, diagnostic=card.diagnostic)
    words = REASONS.get(cause_of(said))
    return card.status if words is None else f"{say(tongue, words)} ({card.status})"


def refuse(post: PostReturns, to: Reader, house: House) -> Letter:
    """Tell a coordinator that a post itself was refused, and that nobody is blamed for it."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Many refused a post: {subject}", subject=named(tongue, post.subject)),
        paragraphs=(
            say(
                tongue,
                "So many copies of this post came back that it is not the fault of its readers. "
                "Nobody’s address is stopped for it. Often the far side took it for spam, or has "
                "put our mail server on a list.",
            ),
        ),
        facts=(
            (say(tongue, "List"), post.list_address),
            (say(tongue, "Copies"), str(post.copies)),
            (say(tongue, "Came back"), str(post.failed)),
        ),
        quote=post.diagnostic or None,
        why=say(tongue, "You get this because you are a coordinator."),
    )


def complain(a_list: MailingList | None, to: Reader, house: House) -> Letter | None:
    """Tell somebody who called a post spam that the list is left, and how to come back."""
    tongue = language(to)
    if a_list is None:
        return None
    return Letter(
        language=tongue,
        subject=say(tongue, "You are off the list {list}", list=a_list.address),
        paragraphs=(
            say(
                tongue,
                "Your mail program told us that you marked a mail from {list} as spam, so you get "
                "no more of it. If that was a slip, join again.",
                list=a_list.address,
            ),
        ),
        buttons=(button(tongue, "mailing_list.join", a_list.id),),
        why=say(tongue, "You get this because you were on {list}.", list=a_list.address),
    )
