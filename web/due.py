"""What is due when, for whom and why: the coordinators' view of what happens by itself."""

from starlette.responses import Response

from community import freezes, overview
from web.asking import Ask

MOST = 100


async def show(ask: Ask) -> Response:
    """Show what waits for its moment, the next first."""
    items = await ask.read(overview.due, now=ask.now, limit=MOST)
    frozen = await ask.read(freezes.current)
    return ask.page("due.html", items=items, frozen_since=frozen and frozen.since)
