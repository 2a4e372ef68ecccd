"""What administrators are told when Slack refuses the service's token."""

from community.people import Reader
from letters.letter import House, Letter, language
from texts import say


def refused(code: str, to: Reader, house: House) -> Letter:
    """Tell an administrator what stands still, and what to do."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Slack does not let {name} in", name=house.name),
        paragraphs=(
            say(
                tongue,
                "Slack refuses the token of {name} and says: {code}. Nothing comes in Slack until "
                "that is mended; what waits goes out then. Mail and the pages work.",
                name=house.name,
                code=code,
            ),
            say(
                tongue,
                "Install the app in Slack again, put its Bot User OAuth Token into "
                "SAMBAND_SLACK_BOT_TOKEN, and start the service again. “samband doctor” says "
                "whether Slack takes it.",
            ),
        ),
        why=say(tongue, "You get this because you are an administrator."),
    )
