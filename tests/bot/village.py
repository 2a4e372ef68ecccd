"""A village with one thing of every kind, each as it must be for what members do with it."""

import sqlite3
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from community import (
    address_requests,
    admissions,
    announcements,
    closures,
    deliveries,
    digests,
    expectations,
    gatherings,
    join_requests,
    lists,
    meetings,
    meetups,
    moderation,
    subscriptions,
    suppressions,
    ways,
)
from community.audiences import Audience
from community.bounces import Bounce
from community.digests import Digest
from community.people import Address, Category, Person, Role
from community.posts import Post
from community.store import Session, Store
from tests.builders import (
    a_gathering,
    a_list,
    a_mail,
    a_meetup,
    a_person,
    a_post,
    notices,
)

FIELD = ("1.3",)
FRIDAY = datetime(2027, 2, 5, 11, 0, tzinfo=UTC)


@dataclass
class Village:
    """Where everything is, by the names that the table of payloads uses."""

    path: Path
    now: datetime
    ids: dict[str, int] = field(default_factory=dict)

    def restore(self, url: str) -> None:
        """Make a database what the village was in the beginning."""
        target = sqlite3.connect(url.removeprefix("sqlite:///"))
        source = sqlite3.connect(self.path)
        source.backup(target)
        source.close()
        target.close()


def build(store: Store, now: datetime) -> dict[str, int]:
    """Put everything into an empty database; return its ids by name."""
    ids = _people(store)
    ids |= _posts(store, ids, now)
    ids |= _meetings(store, ids, now)
    ids |= _mentoring(store, ids, now)
    ids |= _addresses(store, ids, now)
    return ids


def _people(store: Store) -> dict[str, int]:
    return {
        "ada": a_person(store, "Ada Holm", fields=FIELD, slack_id="U0ADA"),
        "bo": a_person(store, "Bo Li", fields=FIELD, slack_id="U0BO"),
        "kari": a_person(store, "Kari Berg", roles=(Role.COORDINATOR,), slack_id="U0KARI"),
        "mona": a_person(store, "Mona Vik", roles=(Role.MODERATOR,), slack_id="U0MONA"),
        "per": a_person(store, "Per Foss", roles=(Role.MENTOR,), slack_id="U0PER"),
        "sven": a_person(store, "Sven Dal"),
        "rita": a_person(store, "Rita Moe", roles=(Role.ADMIN,)),
    }


def _posts(store: Store, ids: dict[str, int], now: datetime) -> dict[str, int]:
    ada, bo, mona = ids["ada"], ids["bo"], ids["mona"]
    post_list = a_list(store, ada, bo, mona)
    slow = a_list(store, ada, address="slow@lists.example.org", grace_seconds=120)
    news = a_list(store, bo, address="news@lists.example.org")
    shut = a_list(store, address="shut@lists.example.org")
    store.run_sync(lists.set_policy, shut, ("join=approve",), by=None, now=now)
    store.run_sync(deliveries.set_mode, news, subscriptions.Mode.DAILY, by=bo, now=now)
    store.run_sync(deliveries.pause, post_list, until=FRIDAY, by=bo, now=now)
    a_post(store, news, a_mail("mona.vik@example.org", subject="Later"), now=now)
    store.run_sync(digests.make_due, now=now + timedelta(days=2))
    held = a_post(store, post_list, a_mail(subject="Held"), now=now)
    back = a_post(store, post_list, a_mail(subject="Back"), now=now)
    store.run_sync(moderation.discard, back, by=mona, now=now)
    out = a_post(store, post_list, a_mail("mona.vik@example.org", subject="Out"), now=now)
    ended = a_post(store, post_list, a_mail("mona.vik@example.org", subject="Ended"), now=now)
    leaving = a_post(store, slow, a_mail(subject="Leaving"), now=now)
    store.run_sync(moderation.accept, leaving, by=mona, now=now)
    store.run_sync(closures.close, _thread(store, ended), by=mona, now=now)
    return {
        "post_list": post_list,
        "news": news,
        "shut": shut,
        "held": held,
        "back": back,
        "out": out,
        "leaving": leaving,
        "over": _post_beyond_the_quota(store, ada, now),
        "thread": _thread(store, out),
        "ended": _thread(store, ended),
        "digest": _newest(store, Digest),
    }


def _post_beyond_the_quota(store: Store, author: int, now: datetime) -> int:
    full = a_list(store, author, address="full@lists.example.org")
    changes = ("newcomer_posts=0", "posts_per_member_per_week=1", "threads_per_day=99")
    store.run_sync(lists.set_policy, full, changes, by=None, now=now)
    a_post(store, full, a_mail(subject="First"), now=now)
    return a_post(store, full, a_mail(subject="Over"), now=now)


def _thread(store: Store, post_id: int) -> int:
    return store.read_sync(lambda session: session.get_one(Post, post_id).thread_id or 0)


def _meetings(store: Store, ids: dict[str, int], now: datetime) -> dict[str, int]:
    ada, bo, kari = ids["ada"], ids["bo"], ids["kari"]
    coffee = a_meetup(store, bo, topic="Coffee", now=now)
    store.run_sync(meetups.join, coffee, by=ada, now=now)
    seminar = a_gathering(store, kari, title="Taken", now=now)
    store.run_sync(gatherings.register, seminar, by=ada, now=now)
    draft = store.run_sync(
        announcements.draft,
        title_en="News",
        body_en="One.",
        title_nb="Nytt",
        body_nb="En.",
        audience=Audience.POSTDOCS,
        by=kari,
        now=now,
    )
    return {
        "lunch": a_meetup(store, bo, topic="Lunch", now=now),
        "coffee": coffee,
        "mine": a_meetup(store, ada, topic="Mine", now=now),
        "gathering": a_gathering(store, kari, now=now),
        "taken": seminar,
        "draft": draft.id,
    }


def _mentoring(store: Store, ids: dict[str, int], now: datetime) -> dict[str, int]:
    begin = expectations.begin
    by, per = ids["kari"], ids["per"]
    pair = store.run_sync(begin, postdoc_id=ids["ada"], mentor_id=per, by=by, now=now).id
    other = store.run_sync(begin, postdoc_id=ids["bo"], mentor_id=per, by=by, now=now).id
    times = [FRIDAY + timedelta(days=days) for days in (3, 4, 5)]
    store.run_sync(
        meetings.offer, pair, time_1=times[0], time_2=times[1], time_3=times[2], by=per, now=now
    )
    slots = store.read_sync(meetings.offered, pair)
    booked = store.run_sync(meetings.book, other, starts_at=FRIDAY, by=per, now=now)
    return {"pair": pair, "slot": slots[0].id, "meeting": booked.id}


def _addresses(store: Store, ids: dict[str, int], now: datetime) -> dict[str, int]:
    ada, bo = ids["ada"], ids["bo"]

    def doubt(session: Session) -> int:
        query = select(Address).where(Address.person_id == bo, Address.is_primary)
        address = session.scalars(query).one()
        suppressions.probe(session, address, Bounce(status="5.1.1", diagnostic="no"), now=now)
        return address.id

    def stay(session: Session) -> None:
        session.get_one(Person, bo).ends_on = date(2027, 2, 10)

    store.run_sync(address_requests.ask, 0, email="ada@home.example", by=ada, now=now)
    first = notices(store, "address_request.confirm")[-1].object_id
    store.run_sync(address_requests.confirm, first, by=ada, now=now)
    store.run_sync(join_requests.ask_as_member, ids["shut"], by=ids["sven"], now=now)
    declined = _newest(store, join_requests.JoinRequest)
    store.run_sync(admissions.decline, declined, by=ids["mona"], now=now)
    store.run_sync(join_requests.ask_as_member, ids["shut"], by=bo, now=now)
    store.run_sync(ways.mute, Category.GATHERING, by=bo, now=now)
    addresses = store.read_sync(address_requests.of_person, ada)
    store.run_sync(stay)
    return {
        "home": next(one.address_id for one in addresses if not one.is_primary),
        "dubious": store.run_sync(doubt),
        "declined": declined,
        "join_request": _newest(store, join_requests.JoinRequest),
    }


def _newest(store: Store, model: type[Digest] | type[join_requests.JoinRequest]) -> int:
    newest = select(model.id).order_by(model.id.desc()).limit(1)
    return store.read_sync(lambda session: session.scalar(newest)) or 0
