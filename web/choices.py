"""What somebody who has got a post can do about such posts: one page, to which every copy leads.

The same address stands in all copies, so that an answer which quotes it gives nobody's right away;
who is not signed in yet is mailed a link.
"""

from starlette.responses import Response

from community import directory
from community.deliveries import VERBS
from community.subscriptions import Mode
from community.threads import Unseen
from letters.deliveries import how
from letters.digests import reply_url
from web.asking import Ask


async def about_post(ask: Ask) -> Response:
    """Show the choices about the thread and the list of a post; who sees neither sees their own."""
    try:
        post = await ask.read(directory.about_post, ask.thing(), reader=ask.me, now=ask.now)
    except Unseen:
        return ask.go("/me")  # off the list, most likely: there they can join again
    now_by = post.chosen.mode if post.chosen else None
    return ask.page(
        "choices.html",
        post=post,
        answers=[
            reply_url(post.subject, post.message_id, to=to)
            for to in (post.author, post.list_address)
            if post.author
        ],
        how=how(ask.language, post.chosen, ask.site.house),
        others=[f"mailing_list.{VERBS[mode]}" for mode in Mode if mode != now_by],
    )
