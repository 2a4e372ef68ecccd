"""What administrators are told of a moderator who lets posts in faster than a person reads."""

from community import haste
from community.people import Person, Reader
from letters.letter import House, Letter, language
from texts import say


def alert(moderator: Person, to: Reader, house: House) -> Letter:
    """Tell an administrator, and what can still be done."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "{name} accepts posts very fast", name=moderator.name),
        paragraphs=(
            say(
                tongue,
                "{name} has accepted more than {most} posts within a minute. That may be a "
                "moderator who has read them before, or somebody else in their mailbox or Slack "
                "account.",
                name=moderator.name,
                most=haste.MOST,
            ),
            say(
                tongue,
                "Ask them. What has not gone out yet can be stopped: {url}",
                url=f"{house.public_url}/held",
            ),
        ),
        why=say(tongue, "You get this because you are an administrator."),
    )
