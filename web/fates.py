"""What became of a post: for its author, and for whoever looks after the list."""

from starlette.responses import Response

from community import fates
from letters import fates as words
from letters.meters import left
from letters.posts import STATES
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show who has a post, who gets it later or not and why, and who decided."""
    fate = await ask.read(fates.of, ask.thing(), reader=ask.me, now=ask.now)
    return ask.page("fate.html", fate=fate, words=words, states=STATES, left=left)
