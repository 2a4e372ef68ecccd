"""Finding posts again: what is kept of each for that, and how a question is answered.

`keeping.keep` keeps the stems of a post in the transaction of the post; the databases' own full
text indexes follow by themselves (a trigger on SQLite, a generated column on PostgreSQL; both stand
in the migrations). The pages, the chat command and the command line ask `find`. Who asks finds only
what `threads.py` would show them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import (
    ForeignKey,
    Row,
    Select,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from community import authorship, excerpts, stems, threads
from community.excerpts import Piece
from community.lists import MailingList
from community.people import Reader
from community.posts import Post, Thread, Told
from community.prepared import Prepared
from community.queries import Phrase, Query
from community.store import Base, calendar_of
from community.subscriptions import Subscription

#: So many of the newest posts that fit are ranked; who has more is asked to be more exact.
MOST_RANKED: Final = 500
A_PAGE: Final = 20
#: What of a long post is kept for the search, and looked through for the words around a hit.
MOST_WORDS: Final = 5_000
_LOOKED_AT: Final = 20_000
#: How many posts of before there was a search are taken up at a time.
A_BATCH: Final = 500
#: A post of a year ago counts half as much as one of today.
_HALVED_AFTER: Final = timedelta(days=365)
_IN_SUBJECT: Final = 4.0
_BY_AUTHOR: Final = 2.0


class PostStems(Base):
    """The words of a post as the search knows them."""

    __tablename__ = "post_stems"

    post_id: Mapped[int] = mapped_column(
        ForeignKey("post.id", ondelete="CASCADE"), primary_key=True
    )
    #: Stems with one space between them.
    subject: Mapped[str]
    #: Of the name under which readers see the author.
    author: Mapped[str]
    #: Without what is quoted.
    text: Mapped[str]


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A post that was found, as its reader may see it."""

    post_id: int
    thread_id: int
    list_address: str
    subject: tuple[Piece, ...]
    author: str
    excerpt: tuple[Piece, ...]
    at: datetime
    state: str


@dataclass(frozen=True, kw_only=True)
class Found:
    """One page of what was found, the best first."""

    hits: tuple[Hit, ...]
    #: How many there are in all; never more than MOST_RANKED.
    count: int
    #: Whether there are older ones that were not looked at.
    is_cut: bool
    #: From 1.
    number: int
    has_more: bool


_STEMS: Final = Prepared(insert(PostStems), "post_id", "subject", "author", "text")


def index(session: Session, posts: Iterable[Told]) -> None:
    """Keep what the search knows of new posts."""
    _STEMS.each(session, [_stems_of(post) for post in posts])


def index_again(session: Session, post_ids: Sequence[int]) -> None:
    """Keep what the search knows of posts as they are now; what has no words is not found."""
    session.flush()
    session.execute(delete(PostStems).where(PostStems.post_id.in_(post_ids)))
    index(session, session.scalars(select(Post).where(Post.id.in_(post_ids))))


def forget(session: Session) -> None:
    """Take what was deleted out of the index for good, also where it is kept to be merged later."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO post_words(post_words) VALUES ('optimize')"))


def take_up(session: Session) -> int:
    """Index some posts that came before there was a search; return how many."""
    missing = ~exists().where(PostStems.post_id == Post.id)
    posts = session.scalars(select(Post).where(missing).order_by(Post.id).limit(A_BATCH)).all()
    index(session, posts)
    return len(posts)


def find(
    session: Session, query: Query, *, reader: Reader | None, now: datetime, number: int = 1
) -> Found:
    """Return one page of the posts that this reader may see and that fit, the best first.

    `reader` is None for whoever runs the service. What is asked stands in full in a post: every
    word and phrase, in subject, author or text. Better is: in the subject, by that author, more
    often, newer.
    """
    list_ids = _lists(session, query.list_name, reader)
    if query.is_empty or not list_ids:
        return Found(hits=(), count=0, is_cut=False, number=number, has_more=False)
    rows = session.execute(_newest(_where(session, query, reader, list_ids))).all()
    ranked = sorted(rows[:MOST_RANKED], key=lambda row: (-_score(row, query, now), -row[0]))
    shown = ranked[(number - 1) * A_PAGE : number * A_PAGE]
    return Found(
        hits=_hits(session, [row[0] for row in shown], query.stems),
        count=len(ranked),
        is_cut=len(rows) > MOST_RANKED,
        number=number,
        has_more=len(ranked) > number * A_PAGE,
    )


def _newest(wanted: list[ColumnElement[bool]]) -> Select[int, datetime, str, str, str]:
    """Select the newest posts that fit: first which, from indexes alone, then what they say."""
    fit = (
        select(Post.id, Post.received_at)
        .where(*wanted)
        .order_by(Post.received_at.desc(), Post.id.desc())
        .limit(MOST_RANKED + 1)
        .subquery()
    )
    columns = (fit.c.id, fit.c.received_at, PostStems.subject, PostStems.author, PostStems.text)
    newest_first = (fit.c.received_at.desc(), fit.c.id.desc())
    return select(*columns).join(PostStems, PostStems.post_id == fit.c.id).order_by(*newest_first)


def _where(
    session: Session, query: Query, reader: Reader | None, list_ids: list[int]
) -> list[ColumnElement[bool]]:
    """Return what must be true of a post."""
    wanted: list[ColumnElement[bool]] = [_walked(session, list_ids)]
    if reader is not None:
        wanted.append(threads.visible(reader))
    if query.phrases or query.authors:
        wanted.append(_contains(session, query))
    knows_all = reader is None or threads.moderates(reader)
    for email in query.emails:
        wanted.append(authorship.by_address(email, knows_all=knows_all))
    for email, phrase in query.addresses:
        names_it = _contains(session, Query(phrases=(phrase,)))
        wanted.append(authorship.by_address(email, knows_all=knows_all) | names_it)
    if query.topic is not None:
        of_topic = (Thread.list_id.in_(list_ids), Thread.topic == query.topic.value)
        wanted.append(Post.thread_id.in_(select(Thread.id).where(*of_topic)))
    if query.after is not None:
        wanted.append(Post.received_at >= _midnight(session, query.after))
    if query.before is not None:
        wanted.append(Post.received_at < _midnight(session, query.before))
    return wanted


def _walked(session: Session, list_ids: list[int]) -> ColumnElement[bool]:
    """Select the posts of these lists, so that they come newest first out of an index.

    SQLite keeps no figures of what it has, and would collect all posts of several lists that fit
    and sort them; a sum is in no index, so that it walks `ix_post_received_at` instead.
    """
    is_summed = session.get_bind().dialect.name == "sqlite" and len(list_ids) > 1
    return (Post.list_id + 0 if is_summed else Post.list_id).in_(list_ids)


def _lists(session: Session, name: str, reader: Reader | None) -> list[int]:
    """Return the lists that are searched: those that the reader may read, or the one of them."""
    query = select(MailingList)
    if reader is not None and not threads.moderates(reader):
        mine = select(Subscription.list_id).where(Subscription.person_id == reader.person_id)
        query = query.where(MailingList.id.in_(mine))
    lists = session.scalars(query)
    return [one.id for one in lists if not name or name in (one.name, one.address)]


def _midnight(session: Session, day: date) -> datetime:
    return calendar_of(session).at_local(day, time(0))


def _contains(session: Session, query: Query) -> ColumnElement[bool]:
    """Ask the database's own index; stems are letters and digits, so that nothing is an operator.

    The tables and columns stand in the migrations, as each database has its own.
    """
    if session.get_bind().dialect.name == "sqlite":
        asked = [f'"{" ".join(phrase)}"' for phrase in query.phrases]
        asked += [f'author : "{" ".join(phrase)}"' for phrase in query.authors]
        match = text("SELECT rowid FROM post_words WHERE post_words MATCH :asked")
        words: Any = match.bindparams(asked=" AND ".join(asked))
        return (Post.id + 0).in_(words)  # the walk is by time: see `_walked`
    asked = [_in_order(phrase) for phrase in query.phrases]
    asked += [_in_order(phrase, ":B") for phrase in query.authors]
    column: ColumnElement[Any] = literal_column("post_stems.words")
    fits = column.op("@@")(func.to_tsquery("simple", " & ".join(asked)))
    return Post.id.in_(select(PostStems.post_id).where(fits))


def _in_order(phrase: Phrase, weight: str = "") -> str:
    return "(" + " <-> ".join(f"'{stem}'{weight}" for stem in phrase) + ")"


def _score(row: Row[int, datetime, str, str, str], query: Query, now: datetime) -> float:
    points = 0.0
    for phrase in (*query.phrases, *(phrase for _, phrase in query.addresses)):
        wanted = f" {' '.join(phrase)} "
        points += _IN_SUBJECT * (wanted in f" {row.subject} ")
        points += _BY_AUTHOR * (wanted in f" {row.author} ")
        often = f" {row.text} ".count(wanted)
        points += often / (often + 1)
    age = max((now - row.received_at) / _HALVED_AFTER, 0.0)
    recent = 0.5**age if age < 50 else 0.0
    return (points or 1.0) * (0.5 + 0.5 * recent)


def _hits(session: Session, post_ids: list[int], wanted: frozenset[str]) -> tuple[Hit, ...]:
    beginning = func.substr(Post.text, 1, _LOOKED_AT).label("beginning")
    columns = (Post.id, Post.thread_id, Post.subject, Post.from_name, Post.from_email)
    query = (
        select(*columns, beginning, Post.received_at, Post.state, MailingList.address)
        .join(MailingList, MailingList.id == Post.list_id)
        .where(Post.id.in_(post_ids))
    )
    there = {row.id: row for row in session.execute(query)}
    return tuple(
        Hit(
            post_id=row.id,
            thread_id=row.thread_id,
            list_address=row.address,
            subject=excerpts.marked(row.subject, wanted),
            author=threads.author_of(row.from_name, row.from_email),
            excerpt=excerpts.excerpt(row.beginning, wanted),
            at=row.received_at,
            state=row.state,
        )
        for row in (there[post_id] for post_id in post_ids)
    )


def _stems_of(post: Told) -> dict[str, object]:
    words = stems.of(excerpts.unquoted(post.text))
    author = threads.author_of(post.from_name, post.from_email)
    return {
        "post_id": post.id,
        "subject": " ".join(stems.of(post.subject)),
        "author": " ".join(stems.of(author)),
        "text": " ".join(words[:MOST_WORDS]),
    }
