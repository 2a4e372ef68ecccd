"""What is said to an address that somebody says is theirs too."""

from community.address_requests import AddressQuestion
from community.people import Reader
from letters.actions import button
from letters.letter import House, Letter, language
from texts import moment, say


def confirm(card: AddressQuestion | None, to: Reader, house: House) -> Letter | None:
    """Ask whoever reads mail at an address whether it is this person's."""
    if card is None or card.is_confirmed:
        return None
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Is this address yours?"),
        paragraphs=(
            say(
                tongue,
                "Somebody in {name}, probably you, says that mail shall go to {email} from now "
                "on. Press the button if that is so.",
                name=house.name,
                email=card.email,
            ),
            say(tongue, "Was it not you? Then do nothing. Without your yes nothing happens."),
        ),
        facts=((say(tongue, "Good until"), moment(tongue, house.local(card.good_until))),),
        buttons=(button(tongue, "address_request.confirm", card.request_id),),
        why=say(tongue, "You get this because somebody said that this address is theirs."),
        stop=button(tongue, "address_request.disown", card.request_id),
        to_address=card.email,
    )
