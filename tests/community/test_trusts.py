"""How far a list trusts somebody on it, and what comes of it."""

from datetime import datetime

import pytest

from community import journal, trusts
from community.cases import Trust
from community.errors import Refusal
from community.posts import Post
from community.store import Store
from community.subscriptions import Subscription
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post


@pytest.mark.parametrize(
    ("trusted", "state", "rule"),
    [
        (Trust.USUAL, "held", "newcomer"),
        (Trust.TRUSTED, "released", "accepted"),
        (Trust.HOLD, "held", "member"),
    ],
)
def test_a_moderator_decides_about_all_posts_of_a_person(
    store: Store, now: datetime, trusted: Trust, state: str, rule: str
) -> None:
    ada, mona = a_person(store), a_moderator(store)
    list_id = a_list(store, ada)
    store.run_sync(trusts.trust, list_id, ada, trusted, by=mona, now=now)

    post_id = a_post(store, list_id, a_mail(), now=now)

    post = store.read_sync(lambda session: session.get_one(Post, post_id))
    assert (post.state, post.rule) == (state, rule)


def test_who_may_only_read_is_told_so_by_their_mail_server(store: Store, now: datetime) -> None:
    ada, mona = a_person(store), a_moderator(store)
    list_id = a_list(store, ada)

    store.run_sync(trusts.trust, list_id, ada, "reject", by=mona, now=now)

    with pytest.raises(Refusal, match=r"may read .* but not write"):
        a_post(store, list_id, a_mail(), now=now)


def test_the_same_again_is_written_down_once(store: Store, now: datetime) -> None:
    ada, mona = a_person(store), a_moderator(store)
    list_id = a_list(store, ada)

    for trusted in ("hold", "hold", "usual"):
        store.run_sync(trusts.trust, list_id, ada, trusted, by=mona, now=now)

    place = store.read_sync(lambda session: session.get_one(Subscription, (list_id, ada)))
    entries = store.read_sync(journal.of, "subscription", ada)
    assert place.trust == "usual"
    assert [(each.old, each.new, each.person_id) for each in entries] == [
        ("usual", "hold", mona),
        ("hold", "usual", mona),
    ]


def test_trust_is_refused_with_words(store: Store, now: datetime) -> None:
    ada, bo, mona = a_person(store), a_person(store, "Bo Li"), a_moderator(store)
    list_id = a_list(store, ada)

    for person, trusted, by, words in (
        (ada, "hold", bo, "Only a moderator"),
        (ada, "much", mona, "Trust can be: usual, trusted, hold, reject."),
        (bo, "hold", mona, "not on the list"),
    ):
        with pytest.raises(Refusal, match=words):
            store.run_sync(trusts.trust, list_id, person, trusted, by=by, now=now)
