"""Beyond the quota: the digest by itself, or related fields at once, or a moderator."""

from datetime import datetime

import pytest

from community import digests, lists, moderation, overflows, subscriptions
from community.errors import Refusal
from community.meters import of_list
from community.posts import Post, Thread
from community.store import Session, Store
from tests.builders import (
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    letter,
    planned,
    told,
)

#: Physics; chemistry is related, law is not.
PHYSICS, CHEMISTRY, LAW = "1.3", "1.4", "5.5"


class Town:
    """Ada has begun as many threads as go out at once, and then one more."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.ada = a_person(store, fields=(PHYSICS,))
        self.chemist = a_person(store, "Chem Ist", fields=(CHEMISTRY,))
        self.lawyer = a_person(store, "Law Yer", fields=(LAW,))
        self.mona = a_moderator(store)
        self.list_id = a_list(store, self.ada, self.chemist, self.lawyer)
        self.set("newcomer_posts=0", "posts_per_member_per_week=1", "threads_per_day=99")
        self.first = a_post(store, self.list_id, a_mail(subject="First"), now=now)
        self.post_id = a_post(store, self.list_id, a_mail(subject="Second"), now=now)

    def set(self, *changes: str) -> None:
        self.store.run_sync(lists.set_policy, self.list_id, changes, by=None, now=self.now)

    def post(self, post_id: int) -> Post:
        return self.store.read_sync(lambda session: session.get_one(Post, post_id))

    def choose(self, verb: str, *, by: int | None = None) -> None:
        act = {"narrow": overflows.narrow, "ask": overflows.ask}[verb]
        self.store.run_sync(act, self.post_id, by=by or self.ada, now=self.now)


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    return Town(store, now)


def test_the_author_hears_the_count_and_what_can_be_chosen(town: Town) -> None:
    found = letter(town.store, "post.digest", town.ada)

    assert found is not None
    assert found.paragraphs[0] == (
        "You have begun 1 thread in the last seven days; 1 go out at once."
    )
    assert [button.action for button in found.buttons] == ["post.narrow", "post.ask"]


def test_who_has_no_field_is_offered_a_moderator_alone(town: Town) -> None:
    a_post(town.store, town.list_id, a_mail("law.yer@example.org"), now=town.now)
    lawyer = a_person(town.store, "No Field")
    town.store.run_sync(subscriptions.subscribe, town.list_id, [lawyer], by=None, now=town.now)
    for subject in ("One", "Two"):
        mail = a_mail("no.field@example.org", subject=subject)
        last = a_post(town.store, town.list_id, mail, now=town.now)

    found = letter(town.store, "post.digest", lawyer)

    assert found is not None
    assert [button.action for button in found.buttons] == ["post.ask"]
    with pytest.raises(Refusal, match="No field of research"):
        town.store.run_sync(overflows.narrow, last, by=lawyer, now=town.now)


def test_to_related_fields_it_goes_at_once_and_to_nobody_else_later(town: Town) -> None:
    town.choose("narrow")

    assert town.post(town.post_id).state == "released"
    got = {row.person_id for row in deliveries(town.store, town.post_id)}
    assert got == {town.ada, town.chemist}
    assert town.store.run_sync(digests.make_due, now=town.now) == 0


def test_its_author_hears_to_whom_it_goes_and_can_still_withdraw_it(town: Town) -> None:
    town.set("grace_seconds=120")
    town.choose("narrow")

    found = letter(town.store, "post.accept", town.ada)

    assert found is not None
    assert found.paragraphs[0] == (
        "Your post goes out at 10:02 to people of these fields and related ones, and to nobody "
        "else: Physical sciences."
    )
    assert [button.action for button in found.buttons] == ["post.withdraw"]


def test_answers_to_it_stay_in_its_fields_and_cost_the_others_nothing(town: Town) -> None:
    before = town.store.read_sync(of_list, town.list_id, now=town.now)
    town.choose("narrow")
    first = town.post(town.post_id)

    mail = a_mail("chem.ist@example.org", subject="Re: Second", answers=(first.message_id,))
    answer = a_post(town.store, town.list_id, mail, now=town.now)

    assert {row.person_id for row in deliveries(town.store, answer)} == {town.ada, town.chemist}
    assert town.post(answer).fields == PHYSICS
    assert town.store.read_sync(of_list, town.list_id, now=town.now) == before


def test_an_answer_that_is_narrowed_leaves_its_thread_to_all(town: Town) -> None:
    town.set("replies_per_member_per_week=0", "posts_per_member_per_week=9")
    first = town.post(town.first)
    mail = a_mail(subject="Re: First", answers=(first.message_id,))
    town.post_id = a_post(town.store, town.list_id, mail, now=town.now)
    town.choose("narrow")

    def fields(session: Session) -> str:
        return session.get_one(Thread, first.thread_id).fields

    assert {row.person_id for row in deliveries(town.store, town.post_id)} == {
        town.ada,
        town.chemist,
    }
    assert town.store.read_sync(fields) == ""


def test_a_moderator_is_asked_and_the_author_told_until_when(town: Town) -> None:
    town.choose("ask")

    post = town.post(town.post_id)
    assert (post.state, post.rule) == ("held", "quota")
    assert post.deadline_at is not None
    assert [step.object_id for step in planned(town.store, "post.expire")] == [post.id]
    assert planned(town.store, "mailing_list.ask") != []
    assert told(town.store, "post.wait") == [(town.ada, "mail")]

    town.store.run_sync(moderation.accept, post.id, by=town.mona, now=town.now)
    assert len(deliveries(town.store, post.id)) == 3


@pytest.mark.parametrize("verb", ["narrow", "ask"])
def test_one_choice_of_the_author_and_nobody_elses(town: Town, verb: str) -> None:
    with pytest.raises(Refusal, match="There is no post"):
        town.choose(verb, by=town.lawyer)
    town.choose("ask")
    town.store.run_sync(moderation.digest, town.post_id, by=town.mona, now=town.now)

    with pytest.raises(Refusal, match="already been settled"):
        town.choose(verb)
    assert town.store.read_sync(overflows.card, town.post_id).verbs == ()


def test_a_full_list_carries_it_in_the_digest_all_the_same(town: Town) -> None:
    town.set("mails_per_member_per_week=1")

    with pytest.raises(Refusal, match="It stays in the digest"):
        town.choose("narrow")

    assert town.post(town.post_id).state == "queued"
