"""How a digest reads."""

from datetime import datetime, timedelta

import pytest

from community import digests, moderation
from community.calendar import Calendar
from community.store import Store
from letters.letter import Button, Entry, Letter
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, letter


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


def _queue(store: Store, list_id: int, now: datetime, *subjects: str) -> None:
    mona = a_moderator(store)
    for n, subject in enumerate(subjects):
        mail = a_mail(subject=subject, text=f"About {subject}.")
        post = a_post(store, list_id, mail, now=now + timedelta(hours=n))
        store.run_sync(moderation.digest, post, by=mona, now=now)


def _make(store: Store, now: datetime) -> int:
    today = Calendar().local(now).date()
    return store.run_sync(digests.make_due, today=today, now=now)


def test_publish_brings_the_posts_in_order_of_arrival(
    store: Store, now: datetime, ada: int
) -> None:
    list_id = a_list(store, ada)
    _queue(store, list_id, now, "Lunch", "Call")

    made = _make(store, now)

    assert made == 1
    assert letter(store, "digest.publish", ada) == Letter(
        language="en",
        subject="[postdocs] digest 1: Lunch · Call",
        paragraphs=("2 posts, collected for you.",),
        entries=(
            Entry(
                title="Lunch",
                byline="ada.holm@example.org, Mon 1 Feb, 10:00",
                text="About Lunch.",
            ),
            Entry(
                title="Call",
                byline="ada.holm@example.org, Mon 1 Feb, 11:00",
                text="About Call.",
            ),
        ),
        why="You get this because you are on postdocs@lists.example.org.",
        stop=Button(label="Leave the list", action="mailing_list.leave", object_id=list_id),
    )


def test_publish_says_one_post_and_counts_the_digests(
    store: Store, now: datetime, ada: int
) -> None:
    list_id = a_list(store, ada)
    _queue(store, list_id, now, "Lunch")
    _make(store, now)
    again = _make(store, now)
    a_person(store, "Siv Lie", language="nb")

    found = letter(store, "digest.publish", ada)

    assert again == 0
    assert found is not None
    assert found.paragraphs == ("1 post, collected for you.",)
