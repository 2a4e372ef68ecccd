"""What happens to Slack accounts: who comes, who goes, who becomes a guest.

Nobody is answered; each event has its effect once, however often Slack sends it.
"""

from typing import Final

from bot.acquaintance import is_guest, proved_address
from bot.turns import Listener, Turn
from community import linking


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


EVENTS: Final[dict[str, Listener]] = {"team_join": arrive, "user_change": change}
