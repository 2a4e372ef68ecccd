"""What became of a post: for its author, and for whoever looks after the list."""

from starlette.exceptions import HTTPException
from starlette.responses import Response

from community import fates
from letters import fates as words
from letters.meters import left
from letters.posts import STATES
from web.asking import Ask
from web.threads import MOST_DIGITS


async def show(ask: Ask) -> Response:
    """Show who has a post, who gets it later or not and why, and who decided."""
    digits = ask.path["number"]
    if len(digits) > MOST_DIGITS:
        raise HTTPException(404)
    fate = await ask.read(fates.of, int(digits), reader=ask.me, now=ask.now)
    return ask.page("fate.html", fate=fate, words=words, states=STATES, left=left)
