"""What authors are told of their own posts: who hears of a decision, by which letter, which way.

Called by `releases.py` in the transaction of the decision. The words are in `letters/`.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from community import outbox, tellings
from community.cases import Decision, Proof
from community.outbox import Channel
from community.posts import BY_MAIL, LOST, Post, Told

#: What the author is told; who is accepted sees the post itself.
TOLD = {
    Decision.HOLD: "post.wait",
    Decision.DIGEST: "post.digest",
    Decision.RETURN: "post.return",
    Decision.FORWARD: "post.pass_on",
}
#: Where what is returned at once is told otherwise.
RETURNED_BY_RULE = {LOST: "digest.return", "administrivia": "post.answer"}
#: All letters to authors that go by themselves.
LETTERS = (*TOLD.values(), *RETURNED_BY_RULE.values(), "post.turn_back")
#: The rule that speaks of people who are not on the list, and how often they hear of it.
OUTSIDE = "nonmember"
ONCE_IN = timedelta(days=1)


def tell_author(session: Session, post: Post, kind: str, *, which: str = "", now: datetime) -> None:
    """Say something to a post's author, if we know one, by the way of the post."""
    if post.author_id is not None:
        about, way = (kind, post.id, post.author_id), _way_back(post)
        outbox.put(session, *about, detail=which, channel=way, now=now)


def change_card(session: Session, post: Post, *, which: str, now: datetime) -> None:
    """Have what its author reads in Slack of a post on its way say what has become of it."""
    if post.door != BY_MAIL:
        outbox.put_instead(session, "post.accept", post.id, detail=which, now=now)


def _way_back(post: Told) -> Channel | None:
    return Channel.MAIL if post.door == BY_MAIL else None  # as it came; else where its author is


def tell(
    session: Session, decided: Sequence[Told], decision: Decision, *, which: str, now: datetime
) -> None:
    """Tell the authors of posts what one decision about all of them means, where it says so."""
    if decision not in TOLD:
        return
    about: dict[tuple[str, Channel | None], list[tuple[int, int]]] = {}
    for post, author_id in _to_be_told(session, decided, now=now):
        by_way = (_kind(post, decision), _way_back(post))
        about.setdefault(by_way, []).append((post.id, author_id))
    for (kind, channel), own in about.items():
        tellings.tell_each(session, kind, own, detail=which, channel=channel, now=now)


def _to_be_told(
    session: Session, decided: Sequence[Told], *, now: datetime
) -> Iterator[tuple[Told, int]]:
    """Give the posts whose authors hear of them, with the author (threat 21).

    Whoever is named in a forged mail gets no letter by itself, and somebody who is not on the list
    and is not proved to have written at most one a day. What a moderator decides is always told.
    """
    told: dict[int, bool] = {}
    for post in decided:
        author_id = post.author_id
        if author_id is None:
            continue
        if post.decided_by is None and post.proof == Proof.FAIL:
            continue
        if post.decided_by is None and post.rule == OUTSIDE and post.proof != Proof.PASS:
            if author_id not in told:
                told[author_id] = tellings.is_told(session, author_id, LETTERS, since=now - ONCE_IN)
            if told[author_id]:
                continue
            told[author_id] = True
        yield post, author_id


def _kind(post: Told, decision: Decision) -> str:
    """Say which letter tells the author; a rule that returns a post says itself why."""
    if decision is Decision.RETURN and post.deadline_at is None:
        return RETURNED_BY_RULE.get(post.rule, "post.turn_back")
    return TOLD[decision]
