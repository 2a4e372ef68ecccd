"""Who writes to a list from outside hears what becomes of it: it waits, is decided, is passed on.

Only where it is proved who wrote, so that nobody has us write to others (threat 21). `arrivals.py`
notes it when the mail comes, `releases.py` when it is decided, and a step tells them. They are
nobody here for it (`newcomers.py`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import newcomers, outbox, rations, steps
from community.author_letters import OUTSIDE, TOLD
from community.cases import Decision, Proof
from community.outbox import Channel
from community.posts import Post, Told
from community.steps import Step

#: That it waits, and then what was decided.
REPORT: Final = "post.report"
PASSED_ON: Final = TOLD[Decision.FORWARD]

#: What they hear of later; what is discarded is dropped without a word.
REPORTED: Final = (Decision.ACCEPT, Decision.DIGEST, Decision.RETURN)


def note(session: Session, post: Told, decision: Decision, *, language: str, now: datetime) -> None:
    """Have the author of a post that waits or was passed on be told, if nobody here knows them.

    Whom we know is told with the post itself. `language` is the one to write in.
    """
    if not _is_proved(post):
        return
    if decision is Decision.FORWARD:
        steps.plan(session, "post.pass_on", post.id, due_at=now, detail=language)
    elif decision is Decision.HOLD:
        steps.plan(session, "post.report", post.id, due_at=now, detail=language)


def report(session: Session, posts: Sequence[Told], *, which: str, now: datetime) -> None:
    """Have those be told once more who were told that these posts wait; `which` as in `turn`."""
    waited = [post.id for post in posts if post.deadline_at is not None and _is_proved(post)]
    if not waited:
        return
    known = select(Step.object_id, Step.detail).where(
        Step.action == REPORT, Step.object_id.in_(waited), Step.detail.not_like("%:%")
    )
    for post_id, language in session.execute(known.order_by(Step.object_id)).all():
        steps.plan(session, "post.report", post_id, due_at=now, detail=f"{language}:{which}")


def _is_proved(post: Told) -> bool:
    return post.author_id is None and post.rule == OUTSIDE and post.proof == Proof.PASS


def tell(session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime) -> None:
    """Tell an outsider who has their mail, at most once a day for each list; a step."""
    _tell(session, PASSED_ON, post_id, detail, matter="", now=now)


def tell_report(
    session: Session, post_id: int, *, detail: str, due_at: datetime, now: datetime
) -> None:
    """Tell an outsider that a post waits, once a day for each list, or what became of it."""
    which = detail.partition(":")[2]
    _tell(session, REPORT, post_id, detail, matter=f":{post_id}:{which}" if which else "", now=now)


def _tell(
    session: Session, kind: str, post_id: int, detail: str, *, matter: str, now: datetime
) -> None:
    """Put a letter, within what one address may be sent; not to who is to be spared ours."""
    language, _, which = detail.partition(":")
    post = session.get(Post, post_id)
    if post is None or not rations.take(
        session, post.from_email, f"{kind}:{post.list_id}{matter}", now=now
    ):
        return
    author = newcomers.known_or_new(
        session, post.from_email, name=post.from_name, language=language, now=now
    )
    outbox.put(session, kind, post.id, author.id, detail=which, channel=Channel.MAIL, now=now)
