"""What happens to Slack accounts: who comes, who goes, who becomes a guest.

Nobody is answered; each event has its effect once, however often Slack sends it.
"""

from typing import Final

from bot.acquaintance import is_guest, proved_address
from bot.turns import Listener, Turn
from community import chat_tokens, linking


async def change(turn: Turn) -> None:
    """Let mail take over from a Slack user who is gone or is no full member any more.

    Who comes back, or has another address now, is known again by that address, without a word.
    """
    user, now = turn.body["event"]["user"], turn.door.clock.now()
    slack_id, email = str(user["id"]), proved_address(user)
    if user.get("deleted") or is_guest(user, team_id=None):
        await turn.act(linking.unlink, slack_id, now=now)
    elif await turn.ask(linking.could_meet, slack_id, email):
        await turn.act(linking.meet, slack_id, email, now=now)


async def arrive(turn: Turn) -> None:
    """Greet a new member of the workspace who is known by address; say nothing to others."""
    user = turn.body["event"]["user"]
    if not is_guest(user, team_id=None):
        now = turn.door.clock.now()
        await turn.act(linking.arrive, str(user["id"]), proved_address(user), now=now)


async def uninstall(turn: Turn) -> None:
    """Tell that the app was taken out of the workspace; everything works by mail meanwhile."""
    await _tell(turn, "app_uninstalled")


async def revoke(turn: Turn) -> None:
    """Tell that the app's token was revoked; people's own tokens are none of ours."""
    if turn.body["event"].get("tokens", {}).get("bot"):
        await _tell(turn, "token_revoked")


async def _tell(turn: Turn, code: str) -> None:
    turn.door.standing.note(code)
    await turn.act(chat_tokens.refuse, code, now=turn.door.clock.now())


EVENTS: Final[dict[str, Listener]] = {
    "team_join": arrive,
    "user_change": change,
    "app_uninstalled": uninstall,
    "tokens_revoked": revoke,
}
