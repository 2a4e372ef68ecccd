"""The posts that wait for a moderator: one of them, a page of them, and how many there are.

Questions only; what moderators do with a post is in moderation.py. Ten thousand posts may wait:
nothing here reads more of them than it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Row, Select, bindparam, exists, func, or_, select, text
from sqlalchemy.orm import Session, aliased

from community import attachments, judgements
from community.attachments import Attachment
from community.cases import Decision, Proof
from community.claims import Claim
from community.errors import Refusal
from community.lists import MailingList
from community.people import Person
from community.posts import WAITS, Post, Thread

EXCERPT_LENGTH = 600
#: So many posts are shown at once.
PAGE: Final = 25
#: The rules that hold a post whose author may be anybody: time alone lets none of these out.
WITHOUT_NAME: Final = ("sender", "unproved", "nonmember")

#: As the index has it: with parameters neither database would see that it is the same.
IS_WAITING: Final[ColumnElement[bool]] = text(f"post.{WAITS}")  # type: ignore[assignment]  # a condition


@dataclass(frozen=True, kw_only=True)
class HeldPost:
    """A post as a moderator or its author sees it in a card, a letter or a queue."""

    post_id: int
    list_address: str
    subject: str
    #: The subject as it came, where a moderator has changed it.
    came_as: str | None = None
    #: The name and address that the decision rests on (threat 6).
    from_name: str
    from_email: str
    excerpt: str
    rule: str
    #: The policy's values, for the words of the rule.
    policy: dict[str, str | int]
    #: Why the mail could not be read, as an `Unreadable` says it; empty if it could.
    unreadable: str = ""
    received_at: datetime
    deadline_at: datetime | None
    #: What happens at the deadline.
    outcome: str
    state: str
    decided_at: datetime | None
    decided_by: str | None
    #: What the moderator wrote to the author, and which of the house's reasons was given.
    reason: str
    canned: str = ""
    #: Whether the mail is proved to come from `from_email`.
    proof: str = Proof.UNKNOWN
    #: Who said last to be looking at it, and how long that counts.
    claimed_by: str | None = None
    claimed_until: datetime | None = None

    attachments: tuple[Attachment, ...] = ()
    #: To whose people and those of related fields it goes alone; empty: to all.
    fields: tuple[str, ...] = ()
    #: The `Topic` of its thread, or empty.
    topic: str = ""

    def claimer(self, now: datetime) -> str | None:
        """Return who is looking at it at `now`."""
        is_fresh = self.claimed_until is not None and self.claimed_until > now
        return self.claimed_by if is_fresh else None


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which of the posts that wait somebody wants to see; empty for all."""

    list_address: str = ""
    rule: str = ""
    #: Part of the subject, the name or the address.
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """Some of the posts that wait, the longest waiting first."""

    posts: tuple[HeldPost, ...]
    #: The number of the last post shown, where more wait behind it; for the next page.
    after: int | None
    #: How many are wanted, on all pages.
    count: int
    #: How many wait, by list and by rule.
    by_list: dict[str, int] = field(default_factory=dict)
    by_rule: dict[str, int] = field(default_factory=dict)


def page(session: Session, wanted: Wanted, *, after: int = 0, limit: int = PAGE) -> Page:
    """Return the posts that wait after the one with this number, the longest waiting first."""
    conditions = matching(wanted)
    query = _cards().where(IS_WAITING, *conditions, Post.id > after)
    rows = session.execute(query.order_by(Post.id).limit(limit + 1)).all()
    shown = tuple(_cards_of(session, rows[:limit]))
    counted = (
        select(MailingList.address, Post.rule, func.count(), func.count().filter(*conditions))
        if conditions
        else select(MailingList.address, Post.rule, func.count(), func.count())
    )
    by_list: dict[str, int] = {}
    by_rule: dict[str, int] = {}
    found = 0
    groups = counted.join(MailingList, MailingList.id == Post.list_id).where(IS_WAITING)
    for address, rule, count, fits in session.execute(
        groups.group_by(MailingList.address, Post.rule).order_by(MailingList.address, Post.rule)
    ):
        by_list[address] = by_list.get(address, 0) + count
        by_rule[rule] = by_rule.get(rule, 0) + count
        found += fits
    return Page(
        posts=shown,
        after=shown[-1].post_id if len(rows) > limit else None,
        count=found,
        by_list=by_list,
        by_rule=by_rule,
    )


def matching(wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions on posts and their lists that say what is wanted."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.list_address:
        conditions.append(MailingList.address == wanted.list_address)
    if wanted.rule:
        conditions.append(Post.rule == wanted.rule)
    if wanted.words:
        columns = (Post.subject, Post.from_name, Post.from_email)
        conditions.append(or_(*(each.icontains(wanted.words, autoescape=True) for each in columns)))
    return conditions


def first(session: Session, limit: int) -> list[HeldPost]:
    """Return the posts that wait longest."""
    query = _cards().where(IS_WAITING).order_by(Post.id).limit(limit)
    return _cards_of(session, session.execute(query).all())


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Posts of one list that came faster than each could have a card."""

    list_id: int
    list_address: str
    #: How many wait, and how many of all lists.
    waiting: int
    everywhere: int
    #: How many wait by each rule, the most first.
    by_rule: tuple[tuple[str, int], ...] = ()
    #: The policy's values, for the words of the rules.
    policy: dict[str, str | int] = field(default_factory=dict)


def crowd(session: Session, post_id: int) -> Crowd:
    """Return how many posts of the list of this post wait."""
    a_list = session.get_one(MailingList, session.get_one(Post, post_id).list_id)
    groups = select(Post.rule, func.count()).where(IS_WAITING, Post.list_id == a_list.id)
    found = session.execute(groups.group_by(Post.rule)).all()
    by_rule = sorted(((rule, many) for rule, many in found), key=lambda each: (-each[1], each[0]))
    return Crowd(
        list_id=a_list.id,
        list_address=a_list.address,
        waiting=sum(many for _, many in by_rule),
        everywhere=count(session),
        by_rule=tuple(by_rule),
        policy=a_list.policy.values(),
    )


def count(session: Session) -> int:
    """Count the posts that wait."""
    return session.scalar(select(func.count(Post.id)).where(IS_WAITING)) or 0


def card(session: Session, post_id: int) -> HeldPost:
    """Return one post as its moderators and its author see it.

    Raises:
        Refusal: there is none.
    """
    row = session.execute(_ONE_CARD, {"post_id": post_id}).one_or_none()
    if row is None:
        raise Refusal("There is no post {number}.", number=str(post_id))
    return _cards_of(session, [row])[0]


def some(session: Session, post_ids: Sequence[int]) -> list[HeldPost]:
    """Return these posts, in the order in which they came."""
    query = _cards().where(Post.id.in_(post_ids)).order_by(Post.id)
    return _cards_of(session, session.execute(query).all())


def outcome_of(post: Post, a_list: MailingList) -> str:
    """Say what time does to a held post: it lets nothing out that anybody may have written."""
    return outcome_after(post.rule, a_list)


def outcome_after(rule: str, a_list: MailingList) -> str:
    """Say what time does to a post that this rule holds."""
    outcome = a_list.policy.hold_outcome
    goes_out = outcome in (Decision.ACCEPT, Decision.DIGEST)
    return Decision.RETURN if goes_out and rule in WITHOUT_NAME else outcome


_CLAIMER = aliased(Person)
#: Most posts bring nothing along, and nothing is looked for.
_BROUGHT = exists().where(Attachment.post_id == Post.id)
Found = Row[Post, MailingList, str | None, str | None, datetime | None, str, bool]


def _cards() -> Select[Post, MailingList, str | None, str | None, datetime | None, str, bool]:
    said = (Person.name, _CLAIMER.name, Claim.until, Thread.topic)
    return (
        select(Post, MailingList, *said, _BROUGHT)
        .join(MailingList, MailingList.id == Post.list_id)
        .join(Thread, Thread.id == Post.thread_id)
        .join(Person, Person.id == Post.decided_by, isouter=True)
        .join(Claim, Claim.post_id == Post.id, isouter=True)
        .join(_CLAIMER, _CLAIMER.id == Claim.person_id, isouter=True)
    )


_ONE_CARD = _cards().where(Post.id == bindparam("post_id", type_=Post.id.type))


def _cards_of(session: Session, rows: Sequence[Found]) -> list[HeldPost]:
    brought = attachments.of_posts(session, [post.id for post, *_, has_some in rows if has_some])
    return [_card(*row[:-1], brought=brought.get(row[0].id, ())) for row in rows]


def _card(
    post: Post,
    a_list: MailingList,
    decided_by: str | None,
    claimed_by: str | None,
    claimed_until: datetime | None,
    topic: str,
    *,
    brought: tuple[Attachment, ...],
) -> HeldPost:
    shorter = post.text[:EXCERPT_LENGTH].rstrip()
    return HeldPost(
        post_id=post.id,
        list_address=a_list.address,
        subject=post.subject,
        came_as=post.came_as,
        from_name=post.from_name,
        from_email=post.from_email,
        proof=post.proof,
        excerpt=shorter + ("…" if len(post.text) > EXCERPT_LENGTH else ""),
        rule=post.rule,
        policy=a_list.policy.values(),
        unreadable=judgements.unreadable(post.judgement),
        received_at=post.received_at,
        deadline_at=post.deadline_at,
        outcome=outcome_of(post, a_list),
        state=post.state,
        decided_at=post.decided_at,
        decided_by=decided_by,
        reason=post.reason,
        canned=post.canned,
        claimed_by=claimed_by,
        claimed_until=claimed_until,
        attachments=brought,
        fields=tuple(post.fields.split()),
        topic=topic,
    )
