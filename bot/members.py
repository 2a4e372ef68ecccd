"""What happens to Slack accounts: who comes, who goes, who becomes a guest."""

from bot.acquaintance import is_guest, proved_address
from bot.blocks.kit import Json
from bot.door import Door
from community import linking


async def change(door: Door, user: Json) -> None:
    """Let mail take over from a Slack user who is gone or is no full member any more."""
    if user.get("deleted") or is_guest(user, team_id=None):
        await door.store.run(linking.unlink, str(user["id"]), now=door.clock.now())


async def arrive(door: Door, user: Json) -> None:
    """Greet a new member of the workspace who is known by address; say nothing to others."""
    if not is_guest(user, team_id=None):
        now = door.clock.now()
        await door.store.run(linking.arrive, str(user["id"]), proved_address(user), now=now)
