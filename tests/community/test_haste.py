"""Who lets posts in faster than a person reads is told of, once, and not held up."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from community import bulks, haste, journal, moderation
from community.cases import Decision
from community.people import Role
from community.posts import Post
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, letter, told


def _posts(store: Store, count: int, now: datetime) -> list[int]:
    list_id = a_list(store, a_person(store))
    mails = [a_mail("eve@elsewhere.example", subject=f"Offer {n}") for n in range(count)]
    return [a_post(store, list_id, mail, now=now) for mail in mails]


def test_the_twenty_first_acceptance_of_a_minute_tells_the_administrators_once(
    store: Store, now: datetime
) -> None:
    mona, jon = a_moderator(store), a_moderator(store, "Jon Vik")
    rita = a_person(store, "Rita Moe", roles=(Role.ADMIN,))
    nils = a_person(store, "Nils Moe", roles=(Role.ADMIN,), language="nb")
    posts = _posts(store, haste.MOST + 5, now)

    store.run_sync(moderation.accept, posts[0], by=jon, now=now)
    store.run_sync(moderation.discard, posts[1], by=mona, now=now)
    store.run_sync(moderation.accept, posts[2], by=mona, now=now - haste.MINUTE)
    store.run_sync(bulks.decide, posts[3:23], Decision.ACCEPT, by=mona, now=now)
    assert told(store, haste.ALERT) == []
    for post in posts[23:]:
        store.run_sync(moderation.accept, post, by=mona, now=now + timedelta(seconds=9))

    assert told(store, haste.ALERT) == [(rita, "mail"), (nils, "mail")]
    states = select(Post.state, func.count()).group_by(Post.state)
    found = store.read_sync(lambda session: dict(session.execute(states).all()))
    assert found == {"released": 24, "discarded": 1}
    events = [entry.event for entry in store.read_sync(journal.of, "person", mona)]
    assert events.count("person.alert") == 1
    said, sagt = letter(store, haste.ALERT, rita), letter(store, haste.ALERT, nils)
    assert said is not None
    assert sagt is not None
    assert said.subject == "Mona Vik accepts posts very fast"
    assert sagt.subject == "Mona Vik godtar innlegg svært raskt"
