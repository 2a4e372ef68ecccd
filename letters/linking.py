"""What is said to people about being one and the same in Slack and by mail."""

from community.linking import LinkCard
from community.people import Reader
from letters.actions import button
from letters.letter import House, Letter, language
from texts import moment, say


def link(card: LinkCard, to: Reader, house: House) -> Letter | None:
    """Ask the person behind an address whether a Slack user is theirs; one act settles it."""
    tongue = language(to)
    if card.is_linked:
        return None
    paragraphs = [
        say(
            tongue,
            "Somebody in Slack says to be you. If it is you, press the button: {name} then knows "
            "you in Slack too, in your language and with your meetups, lists and gatherings.",
            name=house.name,
        ),
        say(tongue, "If it is not you, do nothing. Nothing changes without the button."),
    ]
    if card.takes_over:
        taken = say(tongue, "It takes the place of the Slack account that is linked to you now.")
        paragraphs.insert(1, taken)
    return Letter(
        language=tongue,
        subject=say(tongue, "Is this you in Slack?"),
        paragraphs=tuple(paragraphs),
        facts=((say(tongue, "Good until"), moment(tongue, house.local(card.good_until))),),
        buttons=(button(tongue, "person.link", card.request_id),),
        why=say(tongue, "You get this because your address was typed in Slack as being yours."),
    )
