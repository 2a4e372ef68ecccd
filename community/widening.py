"""A mail that comes again by another address of its list: it is one post, for the people of both.

A server may hand a mail in once for each of its addresses, and those that are in its envelope alone
are then known one by one. What a moderator has decided about, or its author has narrowed, stays as
it is, and so does what comes again when no server would still try. Called by whatever finds that a
mail is there already (A4).
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from community import author_letters, channel_cards, field_tags, journal, meters, releases
from community.due import GIVE_UP_AFTER
from community.overflows import QUOTA
from community.posts import ON_ITS_WAY, Post, Thread

STAYS: Final = ("held", "quarantined", "queued", ON_ITS_WAY)
#: Who is meant as well gets it now, or in the next digest.
LEFT: Final = ("released", "digested")
#: Where a budget counts what goes to all.
AT_ONCE: Final = (ON_ITS_WAY, "released")


def widen(session: Session, post_id: int, fields: str, *, now: datetime) -> None:
    """Have a post go to the people of these fields as well, or to all where there are none."""
    post = session.get_one(Post, post_id, with_for_update=True, populate_existing=True)
    begun = session.get_one(Thread, post.thread_id)
    is_late = now - post.received_at > GIVE_UP_AFTER
    if is_late or not post.fields or not _may_change(post, begun):
        return
    wider = field_tags.in_order((*post.fields.split(), *fields.split())) if fields else ()
    if " ".join(wider) == post.fields or (not wider and not _has_room(session, post, now=now)):
        return
    post.fields = " ".join(wider)
    if not post.is_reply:
        begun.fields = post.fields
    journal.write(session, "post", post_id, "widen", by=None, now=now)
    if post.state in LEFT:
        releases.to_more(session, post, now=now)
        return
    which = f"widen{journal.count(session, 'post', post_id, 'widen')}"
    channel_cards.renew(session, "post.hold", post_id, detail=which, now=now)
    author_letters.change_card(session, post, which=which, now=now)


def _may_change(post: Post, begun: Thread) -> bool:
    """Tell whether it is still what its envelopes say that decides to whom a post goes."""
    is_narrowed = post.rule == QUOTA and post.state in AT_ONCE
    is_held_to_thread = post.is_reply and begun.fields != ""
    goes = post.state in (*STAYS, *LEFT) and not post.is_contained
    return goes and post.decided_at is None and not is_narrowed and not is_held_to_thread


def _has_room(session: Session, post: Post, *, now: datetime) -> bool:
    """Tell whether the list's budget, which counts no post for some fields, has room for it."""
    meter = meters.of_list(session, post.list_id, now=now)
    return post.state not in AT_ONCE or (
        meter.mails_left > 0 and (post.is_reply or meter.threads_left > 0)
    )
