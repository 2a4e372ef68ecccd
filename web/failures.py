"""What did not go out: administrators see why, have it tried again, or drop it."""

from collections.abc import Callable

from starlette.responses import Response

from community import chat_tokens, failures, freezes
from community.errors import Refusal
from web import errors, forms
from web.asking import Ask


async def show(ask: Ask) -> Response:
    """Show posts that were set aside, and what failed by itself."""
    return await _page(ask)


async def retry(ask: Ask) -> Response:
    """Have a row, or all copies of a post, tried again at once."""
    return await _act(ask, failures.retry, failures.retry_post, done="outbox.retry")


async def drop(ask: Ask) -> Response:
    """Drop a row, or all copies of a post that have not gone out."""
    return await _act(ask, failures.drop, failures.drop_post, done="outbox.drop")


async def _act(
    ask: Ask, one: Callable[..., None], of_post: Callable[..., int], *, done: str
) -> Response:
    me, now = ask.me.person_id, ask.now
    try:
        if "post" in ask.form:
            await ask.run(of_post, forms.whole(ask.form, "post"), by=me, now=now)
        else:
            await ask.run(one, forms.line(ask.form, "ref"), by=me, now=now)
    except Refusal as no:
        return await _page(ask, refused=errors.words(ask, no))
    return ask.go(f"/ops?done={done}")


async def _page(ask: Ask, *, refused: str | None = None) -> Response:
    rows = await ask.read(failures.failed, now=ask.now)
    frozen = await ask.read(freezes.current)
    return ask.page(
        "failures.html",
        status=409 if refused else 200,
        posts=await ask.read(failures.set_aside),
        rows=rows,
        is_cut=len(rows) == failures.MOST,
        dropped=failures.DROPPED,
        frozen_since=frozen and frozen.since,
        troubles=await ask.read(chat_tokens.troubles),
        refused=refused,
    )
