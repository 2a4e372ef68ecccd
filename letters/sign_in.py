"""The words of the mailed sign-in link."""

from datetime import datetime

from community.outbox import Notice
from community.people import Reader
from community.sessions import LINK_LIVES
from letters.letter import Button, House, Letter, language
from texts import clock_time, say


def link(asked_at: datetime | None, notice: Notice, to: Reader, house: House) -> Letter | None:
    """Send the link that signs a person in; nothing when it was used or is gone."""
    if asked_at is None:
        return None
    tongue = language(to)
    until = clock_time(tongue, house.local(asked_at + LINK_LIVES))
    return Letter(
        language=tongue,
        subject=say(tongue, "Sign in to {house}", house=house.name),
        paragraphs=(
            say(
                tongue,
                "Somebody, probably you, asked to sign in with your address. The link works once, "
                "until {until}.",
                until=until,
            ),
            say(tongue, "Was it not you? Then do nothing; without this mail nobody gets in."),
        ),
        buttons=(
            Button(
                label=say(tongue, "Sign in"),
                action="sign_in.open",
                object_id=notice.object_id,
                style="primary",
            ),
        ),
        why=say(tongue, "You get this because your address was typed in at the sign-in page."),
    )
