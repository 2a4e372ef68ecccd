"""What administrators are told when Slack refuses the service's token, or a new one."""

from community.chat_tokens import RENEWAL
from community.people import Reader
from letters.letter import House, Letter, language
from texts import say


def refused(code: str, to: Reader, house: House) -> Letter:
    """Tell an administrator what stands still, or soon will, and what to do."""
    tongue = language(to)
    return Letter(
        language=tongue,
        subject=say(tongue, "Slack does not let {name} in", name=house.name),
        paragraphs=(
            _unrenewed(code.removeprefix(RENEWAL), to, house)
            if code.startswith(RENEWAL)
            else _shut_out(code, to, house)
        ),
        why=say(tongue, "You get this because you are an administrator."),
    )


def _shut_out(code: str, to: Reader, house: House) -> tuple[str, ...]:
    tongue = language(to)
    return (
        say(
            tongue,
            "Slack refuses the token of {name} and says: {code}. Nothing comes in Slack until "
            "that is mended; what waits goes out then. Mail and the pages work.",
            name=house.name,
            code=code,
        ),
        say(
            tongue,
            "Install the app in Slack again. Put its new token into SAMBAND_SLACK_BOT_TOKEN or, if "
            "it expires, its refresh token into SAMBAND_SLACK_REFRESH_TOKEN, and start the service "
            "again. SAMBAND_SLACK_BOT_TOKEN_FILE and SAMBAND_SLACK_REFRESH_TOKEN_FILE are read "
            "again by themselves. “samband doctor” says whether Slack takes the token.",
        ),
    )


def _unrenewed(code: str, to: Reader, house: House) -> tuple[str, ...]:
    tongue = language(to)
    return (
        say(
            tongue,
            "The token of {name} in Slack cannot be renewed: {code}. The old one is good for an "
            "hour at the most; then nothing comes in Slack until that is mended. Mail and the "
            "pages work.",
            name=house.name,
            code=code,
        ),
        say(
            tongue,
            "If it says token_file_unusable, the service cannot read or write its "
            "SAMBAND_SLACK_TOKEN_FILE. Otherwise look at the app’s Client ID and Client Secret, "
            "or install the app in Slack again, put its new refresh token into "
            "SAMBAND_SLACK_REFRESH_TOKEN, and start the service again; a new one in "
            "SAMBAND_SLACK_REFRESH_TOKEN_FILE is taken within a minute, without that.",
        ),
    )
