"""What the author of a post can choose that is beyond their quota, until it goes into the digest.

The digest is what happens by itself; instead it goes at once to people of the author's field and
related ones, or a moderator looks at it. One choice, and none after a moderator has decided.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from community import asking, holds, lifecycle, meters, outbox, people, releases
from community.cases import Decision
from community.errors import Refusal
from community.holds import HeldPost
from community.lists import MailingList
from community.outbox import Channel
from community.posts import Post, Thread
from community.store import calendar_of

#: The rule that leaves the author a choice.
QUOTA = "quota"
WAITS = "queued"


@dataclass(frozen=True, kw_only=True)
class Overflow:
    """A post on its way into the digest, as its author sees it."""

    post: HeldPost
    author_id: int | None
    is_reply: bool
    #: New threads, or answers, of its author in the seven days before it, and how many may be.
    count: int
    most: int
    #: What can be done now: verbs of the post.
    verbs: tuple[str, ...]


def card(session: Session, post_id: int) -> Overflow:
    """Return a post that is beyond its author's quota, with what is left to choose.

    Raises:
        Refusal: there is none.
    """
    shown = holds.card(session, post_id)
    post = session.get_one(Post, post_id)
    kind = "replies" if post.is_reply else "threads"
    key = f"{'replies' if post.is_reply else 'posts'}_per_member_per_week"
    own = people.fields(session, post.author_id) if post.author_id is not None else ()
    fields = post.fields or own
    return Overflow(
        post=shown,
        author_id=post.author_id,
        is_reply=post.is_reply,
        count=int(post.judgement.get("seen", {}).get(f"{kind}_this_week", 0)),
        most=int(post.judgement.get("policy", shown.policy).get(key, 0)),
        verbs=(("narrow", "ask") if fields else ("ask",)) if _is_open(post) else (),
    )


def narrow(session: Session, post_id: int, *, by: int, now: datetime) -> None:
    """Send a post at once to people of its author's field and related ones, and to nobody else.

    Raises:
        Refusal: somebody else's post; it is settled; no field is noted; the budget is used up.
    """
    post = _own(session, post_id, by=by)
    codes = post.fields or " ".join(people.fields(session, by))
    if not codes:
        raise Refusal("No field of research is noted for you. Ask a coordinator to note it.")
    if not meters.of_list(session, post.list_id, now=now).mails_left:
        raise Refusal("The list has carried what it carries at once. It stays in the digest.")
    lifecycle.advance(session, post, "narrow", by=by, now=now)
    post.fields = codes
    if not post.is_reply:
        session.get_one(Thread, post.thread_id).fields = post.fields
    releases.carry_out(session, post, Decision.ACCEPT, now=now)


def ask(session: Session, post_id: int, *, by: int, now: datetime) -> None:
    """Have a moderator look at a post instead; if none decides, the list's policy does.

    Raises:
        Refusal: somebody else's post, or it is settled.
    """
    post = _own(session, post_id, by=by)
    lifecycle.advance(session, post, "ask", by=by, now=now)
    hours = session.get_one(MailingList, post.list_id).policy.hold_hours
    post.deadline_at = calendar_of(session).working_hours_later(now, hours)
    asking.ask_again(session, post, now=now)
    outbox.put(session, "post.wait", post_id, by, channel=Channel.MAIL, now=now)


def _own(session: Session, post_id: int, *, by: int) -> Post:
    post = session.get(Post, post_id)
    if post is None or post.author_id != by:
        raise Refusal("There is no post {number}.", number=str(post_id))
    # The list first, as whoever takes mails does: so its budget holds exactly.
    session.get_one(MailingList, post.list_id, with_for_update={"key_share": True})
    session.refresh(post, with_for_update=True)
    if not _is_open(post):
        raise lifecycle.NotNow
    return post


def _is_open(post: Post) -> bool:
    return post.state == WAITS and post.rule == QUOTA and post.decided_at is None
