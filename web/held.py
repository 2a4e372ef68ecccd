"""The moderators' queue: what waits, why, until when, and a form for every decision."""

from starlette.responses import Response

from community import moderation, withdrawals
from letters.posts import OUTCOMES, VERBS, because
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show the posts that wait, the longest waiting first."""
    return ask.page(
        "held.html",
        posts=await ask.read(moderation.held),
        leaving=await ask.read(withdrawals.on_their_way),
        verbs=VERBS,
        outcomes=OUTCOMES,
        because=because,
    )
