"""By which way each kind of message comes, and what that makes of notices."""

from datetime import datetime

import pytest
from sqlalchemy import select

from community import journal, lifecycle, linking, outbox, ways
from community.errors import Refusal
from community.outbox import Notice
from community.people import Address, Category, Person
from community.store import Session, Store
from community.ways import Way
from tests.builders import a_person

MEETUP, ANNOUNCEMENT = Category.MEETUP, Category.ANNOUNCEMENT


def told(store: Store, kind: str) -> dict[int, list[str]]:
    query = select(Notice.person_id, Notice.channel).where(Notice.kind == kind)
    found: dict[int, list[str]] = {}
    rows = store.read_sync(lambda session: session.execute(query.order_by(Notice.channel)).all())
    for person, channel in rows:
        found.setdefault(person, []).append(channel)
    return found


def test_a_notice_goes_the_way_that_was_chosen(store: Store, now: datetime) -> None:
    chosen = {way: a_person(store, f"P {way}", slack_id=f"U{way}") for way in Way}
    for way, person in chosen.items():
        for category in (MEETUP, ANNOUNCEMENT):
            store.run_sync(ways.choose, category, way, by=person, now=now)
    unchosen, by_mail = a_person(store, "U N", slack_id="U0"), a_person(store, "M A")
    gone = a_person(store, "G O", slack_id="U9")
    store.run_sync(ways.choose, MEETUP, Way.SLACK, by=gone, now=now)
    store.run_sync(linking.unlink, "U9", now=now)

    for kind in ("meetup.propose", "meetup.join", "announcement.send"):
        for _ in range(2):
            store.run_sync(outbox.put_to_all, kind, 1, select(Person.id), now=now)

    one_copy = {
        chosen[Way.SLACK]: ["slack"],
        chosen[Way.MAIL]: ["mail"],
        chosen[Way.BOTH]: ["mail", "slack"],
        by_mail: ["mail"],
        gone: ["mail"],
    }
    assert told(store, "meetup.propose") == one_copy | {unchosen: ["slack"]}
    belongs_to_mine = {unchosen: ["slack"], chosen[Way.NONE]: ["slack"]}
    assert told(store, "meetup.join") == one_copy | belongs_to_mine
    assert told(store, "announcement.send") == one_copy | {unchosen: ["mail"]}


def test_whom_mail_does_not_reach_hears_in_slack(store: Store, now: datetime) -> None:
    ada, bo = a_person(store, slack_id="U1"), a_person(store, "Bo Li")

    def suppress(session: Session) -> None:
        for address in session.scalars(select(Address)):
            lifecycle.advance(session, address, "probe", by=None, now=now)
            lifecycle.advance(session, address, "suppress", by=None, now=now)

    for way in (Way.MAIL, Way.BOTH):
        store.run_sync(ways.choose, MEETUP, way, by=ada, now=now)
        store.run_sync(suppress) if way is Way.MAIL else None
        store.run_sync(outbox.put, "meetup.propose", 1, ada, bo, detail=way, now=now)

    assert told(store, "meetup.propose") == {ada: ["slack", "slack"]}


def test_what_slack_refuses_comes_by_mail_once(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")
    store.run_sync(ways.choose, MEETUP, Way.BOTH, by=ada, now=now)
    store.run_sync(outbox.put, "meetup.join", 1, ada, now=now)

    store.run_sync(outbox.put, "meetup.join", 1, ada, channel=outbox.Channel.MAIL, now=now)

    assert told(store, "meetup.join") == {ada: ["mail", "slack"]}


def test_mute_stops_a_kind_once_and_unmute_lets_it_come_again(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1")

    for act in (ways.mute, ways.unmute):
        for _ in range(2):
            store.run_sync(act, MEETUP, by=ada, now=now)
    for way in (Way.MAIL, Way.NONE, Way.BOTH):
        store.run_sync(ways.choose, MEETUP, way, by=ada, now=now)

    entries = store.read_sync(journal.of, "person", ada)
    assert [(entry.event, entry.old, entry.new) for entry in entries][-5:] == [
        ("person.mute", None, "meetup:none"),
        ("person.unmute", "meetup", None),
        ("person.choose_way", None, "meetup:mail"),
        ("person.mute", "mail", "meetup:none"),
        ("person.unmute", "none", "meetup:both"),
    ]
    assert store.read_sync(ways.of_person, ada) == {
        MEETUP: Way.BOTH,
        Category.MENTORSHIP: Way.SLACK,
        Category.GATHERING: Way.SLACK,
        ANNOUNCEMENT: Way.MAIL,
    }


def test_choose_refuses_slack_to_who_is_not_there(store: Store, now: datetime) -> None:
    ada = a_person(store)

    with pytest.raises(Refusal, match="We do not know you in Slack yet"):
        store.run_sync(ways.choose, MEETUP, Way.BOTH, by=ada, now=now)
    assert store.read_sync(ways.of_person, ada)[MEETUP] is Way.MAIL
