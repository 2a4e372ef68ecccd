"""A small community for the tests: people, lists, posts, meetups; and what is due to them.

Everything goes in by the community's own acts, at `EARLIER`, before the tests' `now`. Builders
return ids, because acts take ids; `letter` reads what one person is told.
"""

import hashlib
from datetime import UTC, datetime

from sqlalchemy import insert, select

from community import (
    arrivals,
    digest_replies,
    emails,
    gatherings,
    lifecycle,
    lists,
    meetups,
    people,
    received,
    subscriptions,
)
from community.audiences import Audience
from community.calendar import Calendar
from community.outbox import Delivery, Notice
from community.people import Address, Person, PersonField, PersonRole, Reader, Role
from community.posts import Post
from community.steps import Step
from community.store import Session, Store
from community.tokens import Tokens
from letters import kinds
from letters.letter import House, Letter

#: Monday 4 January 2027, 9:00 in Oslo: four weeks before `now`.
EARLIER = datetime(2027, 1, 4, 8, 0, tzinfo=UTC)
#: The Monday after `now`, 12:00 in Oslo.
NEXT_WEEK = datetime(2027, 2, 8, 11, 0, tzinfo=UTC)


def a_person(
    store: Store,
    name: str = "Ada Holm",
    *,
    roles: tuple[Role, ...] = (Role.MEMBER,),
    fields: tuple[str, ...] = (),
    slack_id: str | None = None,
    language: str = "en",
    email: str | None = None,
) -> int:
    """Add an active person; the address is made of the name: `ada.holm@example.org`."""

    def add(session: Session) -> int:
        person = Person(name=name, language=language, slack_id=slack_id, joined_at=EARLIER)
        lifecycle.advance(session, person, "add", by=None, now=EARLIER)
        address = emails.normalised(email or f"{name.replace(' ', '.')}@example.org")
        session.add(Address(person_id=person.id, email=address, is_primary=True))
        session.add_all(PersonRole(person_id=person.id, role=role) for role in roles)
        for rank, code in enumerate(fields):
            session.add(PersonField(person_id=person.id, code=code, rank=rank))
        return person.id

    return store.run_sync(add)


def a_coordinator(store: Store, name: str = "Kari Berg", *, slack_id: str | None = None) -> int:
    """Add somebody who plans gatherings and announcements, and is not a member."""
    return a_person(store, name, roles=(Role.COORDINATOR,), slack_id=slack_id)


def a_moderator(store: Store, name: str = "Mona Vik", *, slack_id: str | None = None) -> int:
    """Add somebody who decides about held posts."""
    return a_person(store, name, roles=(Role.MODERATOR,), slack_id=slack_id)


def a_list(
    store: Store,
    *subscribers: int,
    address: str = "postdocs@lists.example.org",
    grace_seconds: int = 0,
) -> int:
    """Make a list with the default policy but no grace, and these subscribers."""

    def make(session: Session) -> int:
        made = lists.create(session, address, by=None, now=EARLIER)
        made.policy_changes = {"grace_seconds": grace_seconds} if grace_seconds != 120 else {}
        subscriptions.subscribe(session, made.id, subscribers, by=None, now=EARLIER)
        return made.id

    return store.run_sync(make)


def a_mail(
    sender: str = "ada.holm@example.org",
    *,
    subject: str = "Lunch",
    text: str = "Shall we have lunch?",
    answers: tuple[str, ...] = (),
    is_automatic: bool = False,
    is_unreadable: bool = False,
    unreadable: str = "",
) -> received.Received:
    """Give what the mail door reads from one mail; the Message-ID is made of its words."""
    raw = f"From: {sender}\r\nSubject: {subject}\r\n\r\n{text}\r\n".encode()
    fingerprint = hashlib.sha256(raw).hexdigest()
    return received.Received(
        raw=raw,
        sender=sender,
        message_id=f"{fingerprint[:12]}@example.org",
        fingerprint=fingerprint,
        subject=subject,
        from_name="",
        from_addresses=(sender,),
        answers=answers,
        text=text,
        is_automatic=is_automatic,
        list_ids=(),
        is_unreadable=is_unreadable,
        unreadable=unreadable,
        to_addresses=("postdocs@lists.example.org",),
    )


def a_post(store: Store, list_id: int, mail: received.Received, *, now: datetime = EARLIER) -> int:
    """Have the list receive a mail; the first of a member is held."""
    return store.run_sync(arrivals.receive, list_id, mail, now=now).id


def receive(session: Session, list_id: int, mail: received.Received, *, now: datetime) -> Post:
    """Receive a mail on its own, and as what it may be: an answer to a digest."""
    there, answer = digest_replies.directed(session, list_id, mail, now=now)
    return arrivals.receive(session, there, answer, now=now)


def answers(session: Session, post_id: int, count: int) -> list[int]:
    """Put so many copies of a post into its thread, past all rules; return their ids."""
    like = dict(session.execute(select(Post.__table__).filter_by(id=post_id)).mappings().one())
    del like["id"]
    rows = [like | {"fingerprint": f"{number:064}"} for number in range(count)]
    return list(session.scalars(insert(Post).returning(Post.id), rows))


def a_meetup(
    store: Store,
    host: int,
    *,
    topic: str = "Lunch",
    starts_at: datetime = NEXT_WEEK,
    max_people: int = 5,
    now: datetime = EARLIER,
) -> int:
    """Have `host` propose a meetup of an hour at Hangaren."""
    return store.run_sync(
        meetups.propose,
        topic=topic,
        place="Hangaren",
        starts_at=starts_at,
        max_people=max_people,
        by=host,
        now=now,
    ).id


def a_gathering(
    store: Store,
    coordinator: int,
    *,
    title: str = "Spring seminar",
    description: str = "",
    starts_at: datetime = NEXT_WEEK,
    capacity: int = 2,
    audience: Audience = Audience.POSTDOCS,
    now: datetime = EARLIER,
) -> int:
    """Have `coordinator` publish a gathering of two hours at Hangaren."""
    return store.run_sync(
        gatherings.publish,
        title=title,
        place="Hangaren",
        starts_at=starts_at,
        minutes=120,
        capacity=capacity,
        audience=audience,
        description=description,
        by=coordinator,
        now=now,
    ).id


def a_house() -> House:
    """Give the installation that speaks in the tests."""
    return House(
        name="Samband",
        public_url="https://samband.example.org",
        domain="lists.example.org",
        calendar=Calendar(),
        tokens=Tokens("a key for tests"),
    )


def a_reader(store: Store, person_id: int) -> Reader:
    """Read what a door knows about a person."""
    return store.read_sync(people.reader, person_id)


def notices(store: Store, kind: str | None = None) -> list[Notice]:
    """Read every notice, or those of one kind, in the order in which they were put."""

    def read(session: Session) -> list[Notice]:
        query = select(Notice).order_by(Notice.id)
        return list(session.scalars(query.where(Notice.kind == kind) if kind else query))

    return store.read_sync(read)


def told(store: Store, kind: str) -> list[tuple[int, str]]:
    """Say who is told by a kind of notice: (person, channel), those not cancelled, sorted."""
    live = (notice for notice in notices(store, kind) if notice.state != "cancelled")
    return sorted((notice.person_id, notice.channel) for notice in live)


def deliveries(store: Store, post_id: int) -> list[Delivery]:
    """Read the deliveries of a post."""
    query = select(Delivery).where(Delivery.post_id == post_id).order_by(Delivery.id)
    return store.read_sync(lambda session: list(session.scalars(query)))


def planned(store: Store, action: str | None = None) -> list[Step]:
    """Read every step, or those of one action, the earliest first."""
    query = select(Step).order_by(Step.due_at, Step.id)
    query = query.where(Step.action == action) if action else query
    return store.read_sync(lambda session: list(session.scalars(query)))


def letter(store: Store, kind: str, person_id: int) -> Letter | None:
    """Read the newest letter of a kind to this person; None when it no longer applies."""
    newest = [notice for notice in notices(store, kind) if notice.person_id == person_id][-1]
    written = store.read_sync(kinds.write, newest, house=a_house())
    return None if written is None else written[1]
