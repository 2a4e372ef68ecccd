"""Which token the bot has, by the settings. Loads Slack's libraries: for processes with chat."""

from bot.renewing import RenewedToken, SlackApp
from bot.token_files import TokenFile
from bot.tokens import BotToken, LastingToken
from community.clock import Clock
from config.settings import Settings


def token_of(settings: Settings, clock: Clock) -> BotToken:
    """Return the token that lasts, or the one that is renewed."""
    lasting, first = settings.slack_bot_token, settings.slack_refresh_token
    if lasting is not None:
        return LastingToken(lasting.get_secret_value(), settings.file_of("slack_bot_token"))
    file, client_secret = settings.slack_token_file, settings.slack_client_secret
    assert file is not None and client_secret is not None  # noqa: S101, PT018 - `load` sees to it
    app = SlackApp(
        client_id=settings.slack_client_id or "",
        client_secret=client_secret.get_secret_value(),
        api_url=settings.slack_api_url,
    )
    return RenewedToken(
        clock,
        TokenFile(file),
        app,
        first=first.get_secret_value() if first else "",
        first_file=settings.file_of("slack_refresh_token"),
    )
