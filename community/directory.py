"""Who can be chosen from, and what one person has chosen: for the forms of pages."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from community import (
    deliveries,
    joining,
    lists,
    meters,
    newcomers,
    people,
    quiet_hours,
    subscriptions,
    threads,
    ways,
)
from community.deliveries import Chosen, MailChoice, ThreadChoice
from community.lists import MailingList
from community.meters import Meter
from community.people import Category, Person, Reader, Role
from community.posts import Post, Thread
from community.quiet_hours import QuietHours
from community.ways import Way


@dataclass(frozen=True)
class Named:
    """Somebody who can be chosen."""

    person_id: int
    name: str


@dataclass(frozen=True)
class ListChoice:
    """A list, and how its posts come to this person; not at all to who is not on it."""

    mailing_list: MailingList
    chosen: Chosen | None
    #: What is left of its budget now.
    meter: Meter
    #: How this person gets on it: they `join`, or `ask` a moderator; not at all while it is closed.
    join_verb: str = "join"
    #: It takes posts now.
    is_open: bool = True

    @property
    def am_on(self) -> bool:
        """Say whether this person is on the list."""
        return self.chosen is not None


@dataclass(frozen=True)
class Choices:
    """What one person has chosen to hear."""

    #: Every kind of automatic message, and by which way it comes.
    categories: tuple[tuple[Category, Way], ...]
    lists: tuple[ListChoice, ...]
    mail: MailChoice
    #: When messages may come; empty for at any hour.
    hours: QuietHours | None = None


@dataclass(frozen=True, kw_only=True)
class AboutPost:
    """What one person can choose about a post: its thread and its list."""

    list_id: int
    list_address: str
    #: Empty for who is not on the list.
    chosen: Chosen | None
    thread_id: int
    subject: str
    message_id: str
    #: The address of who wrote it; empty for who is not on the list.
    author: str
    #: How who is not on the list gets on it; empty while it is closed.
    join_verb: str
    #: True follows the thread, False has muted it, None neither.
    follows: bool | None


def join_verb(a_list: MailingList, *, is_outside: bool, now: datetime) -> str:
    """Say how somebody gets on a list: they `join`, or `ask` a moderator; empty while closed."""
    if a_list.is_closed(now):
        return ""
    asks = joining.asks_a_moderator(a_list.policy, is_of_community=not is_outside)
    return "ask" if asks else "join"


def offers(session: Session, person_id: int, *, now: datetime) -> list[tuple[MailingList, str]]:
    """Return every list, each with what this person can do about it: leave it, or get on it.

    About one that is closed, who is not on it can do nothing.
    """
    mine = {each.id for each in subscriptions.of_person(session, person_id)}
    is_outside = newcomers.is_outside(session, person_id)
    return [
        (each, "leave" if each.id in mine else join_verb(each, is_outside=is_outside, now=now))
        for each in lists.all_lists(session)
    ]


def named(session: Session, role: Role) -> tuple[Named, ...]:
    """Return the active people with a role, by name."""
    query = select(Person.id, Person.name).where(Person.id.in_(people.with_role(role)))
    return tuple(Named(*row) for row in session.execute(query.order_by(Person.name, Person.id)))


def choices(session: Session, person_id: int, *, now: datetime) -> Choices:
    """Return what one person has chosen to hear; of closed lists those that they are on."""
    mine = deliveries.of_person(session, person_id, now=now)
    is_outside = newcomers.is_outside(session, person_id)
    shown = [
        each for each in lists.all_lists(session) if each.id in mine or not each.is_closed(now)
    ]
    return Choices(
        categories=tuple(ways.of_person(session, person_id).items()),
        lists=tuple(
            ListChoice(
                each,
                mine.get(each.id),
                meter,
                join_verb(each, is_outside=is_outside, now=now),
                not each.is_closed(now),
            )
            for each, meter in meters.of_each(session, shown, now=now)
        ),
        mail=deliveries.mail_of(session, person_id),
        hours=quiet_hours.of_person(session, person_id),
    )


def about_post(session: Session, post_id: int, *, reader: Reader, now: datetime) -> AboutPost:
    """Return what a reader can choose about a post.

    Raises: Unseen.
    """
    thread = session.get_one(Thread, threads.thread_of(session, post_id, reader=reader))
    choice = session.get(ThreadChoice, (thread.id, reader.person_id))
    post = session.get_one(Post, post_id)
    mine = deliveries.of_person(session, reader.person_id, now=now)
    a_list = session.get_one(MailingList, thread.list_id)
    is_outside = newcomers.is_outside(session, reader.person_id)
    return AboutPost(
        list_id=thread.list_id,
        list_address=a_list.address,
        join_verb=join_verb(a_list, is_outside=is_outside, now=now),
        chosen=mine.get(thread.list_id),
        thread_id=thread.id,
        subject=thread.subject,
        message_id=post.message_id,
        author=post.from_email if thread.list_id in mine else "",
        follows=choice.follows if choice else None,
    )
