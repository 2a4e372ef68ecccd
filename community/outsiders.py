"""Who writes to a list from outside and is passed on: they hear once who has their mail.

Only where it is proved who wrote, so that nobody has us write to others (threat 21). `arrivals.py`
notes it when the mail comes, and a step tells them. They are nobody here for it (`newcomers.py`).
"""

from datetime import datetime

from sqlalchemy.orm import Session

from community import newcomers, outbox, rations, steps
from community.author_letters import OUTSIDE, TOLD
from community.cases import Decision, Proof
from community.outbox import Channel
from community.posts import Post

KIND = TOLD[Decision.FORWARD]


def note(session: Session, post: Post, *, language: str, now: datetime) -> None:
    """Have the author of a post that was passed on be told, if nobody here knows them.

    Whom we know is told with the post itself. `language` is the one to write in.
    """
    if post.author_id is None and post.rule == OUTSIDE and post.proof == Proof.PASS:
        steps.plan(session, "post.pass_on", post.id, due_at=now, detail=language)


def tell(session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Tell an outsider who has their mail, at most once a day for each list; a step.

    Who has said that they are to be spared mails of ours gets none.
    """
    post = session.get(Post, post_id)
    if post is None or not rations.take(
        session, post.from_email, f"{KIND}:{post.list_id}", now=now
    ):
        return
    author = newcomers.known_or_new(
        session, post.from_email, name=post.from_name, language=detail, now=now
    )
    outbox.put(session, KIND, post.id, author.id, channel=Channel.MAIL, now=now)
