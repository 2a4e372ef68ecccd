"""An answer to a digest goes where it belongs, or back to its author."""

from datetime import datetime, timedelta

import pytest

from community import deliveries, digests, lists
from community.posts import Post
from community.store import Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_person, a_post, receive

ADA = "ada.holm@example.org"
BO = "bo.li@example.org"


@pytest.fixture
def list_id(store: Store) -> int:
    return a_list(store, a_person(store), a_person(store, "Bo Li"))


def _digested(store: Store, list_id: int, now: datetime, *subjects: str) -> dict[str, Post]:
    """Have Ada read these posts of Bo in her digest 1."""
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    store.run_sync(deliveries.set_mode, list_id, Mode.DAILY, by=1, now=now)
    ids = [a_post(store, list_id, a_mail(BO, subject=subject), now=now) for subject in subjects]
    store.run_sync(digests.make_due, now=now)
    found = store.read_sync(lambda session: [session.get_one(Post, post_id) for post_id in ids])
    return {post.subject: post for post in found}


def _answer(
    store: Store,
    list_id: int,
    now: datetime,
    subject: str,
    *,
    answers: tuple[str, ...] = (),
    sender: str = ADA,
    text: str = "Shall we have lunch?",
) -> Post:
    mail = a_mail(sender, subject=subject, answers=answers, text=text)
    return store.run_sync(receive, list_id, mail, now=now)


DIGEST = "<digest.1.1@lists.example.org>"


def test_an_answer_to_a_post_is_that_posts(store: Store, now: datetime, list_id: int) -> None:
    there = _digested(store, list_id, now, "Lunch", "Call")

    post = _answer(store, list_id, now, "Re: x", answers=(there["Call"].message_id,))

    assert (post.state, post.thread_id) == ("released", there["Call"].thread_id)


@pytest.mark.parametrize("subject", ["Re: Call", "SV: [postdocs] Call", "AW: Re:  call"])
def test_an_answer_to_a_digest_finds_its_thread_by_its_subject(
    store: Store, now: datetime, list_id: int, subject: str
) -> None:
    there = _digested(store, list_id, now, "Lunch", "Call")

    post = _answer(store, list_id, now, subject, answers=(DIGEST,))

    assert (post.state, post.thread_id) == ("released", there["Call"].thread_id)


@pytest.mark.parametrize(
    ("subject", "answers"),
    [
        ("Re: [postdocs] Digest 1: Lunch", (DIGEST,)),
        ("Re: [postdocs] Digest 1: Lunch", ()),
        ("SV: [postdocs] Oppsamling 1: Lunch", ()),
        ("Thanks!", (DIGEST,)),
    ],
)
def test_an_answer_to_a_digest_of_one_thread_belongs_to_it(
    store: Store, now: datetime, list_id: int, subject: str, answers: tuple[str, ...]
) -> None:
    there = _digested(store, list_id, now, "Lunch")

    post = _answer(store, list_id, now, subject, answers=answers)

    assert (post.state, post.thread_id) == ("released", there["Lunch"].thread_id)


def test_of_two_digests_that_are_answered_the_nearest_counts(
    store: Store, now: datetime, list_id: int
) -> None:
    first = _digested(store, list_id, now, "Lunch")["Lunch"]
    second = _digested(store, list_id, now + timedelta(days=1), "Call")["Call"]
    both = (DIGEST, "<digest.1.2@lists.example.org>")

    threads = [
        _answer(store, list_id, now + timedelta(days=2), f"Thanks {n}", answers=answers).thread_id
        for n, answers in enumerate((both, both[::-1]))
    ]

    assert threads == [first.thread_id, second.thread_id]


def test_an_answer_by_the_link_of_an_entry_needs_no_header(
    store: Store, now: datetime, list_id: int
) -> None:
    there = _digested(store, list_id, now, "Lunch", "Call")

    post = _answer(store, list_id, now, "Re: Lunch")

    assert post.thread_id == there["Lunch"].thread_id


@pytest.mark.parametrize(
    ("quoted", "thread"),
    [
        ("> Emne: Call\n> Hello", "Call"),
        ("> > Message-ID: {id}", "Call"),
        ("> Call\n> Bo Li · 4 Jan", "Call"),
        ("> Subject: Re: [postdocs] Call", "Call"),
        ("> * Lunch\n> * Call\n> Subject: Call", None),
        ("> Shall we have lunch?", None),
    ],
)
def test_an_answer_to_a_digest_finds_the_only_thread_whose_head_it_quotes(
    store: Store, now: datetime, list_id: int, quoted: str, thread: str | None
) -> None:
    there = _digested(store, list_id, now, "Lunch", "Call")

    post = _answer(
        store,
        list_id,
        now,
        "Re: x",
        answers=(DIGEST,),
        text=quoted.format(id=there["Call"].message_id),
    )

    assert (post.thread_id == there["Call"].thread_id) == (thread is not None)
    assert (post.state == "released") == (thread is not None)


@pytest.mark.parametrize(
    ("subject", "named", "came_as"),
    [
        ("Re: [postdocs] Digest 1: Lunch", "Re: Lunch", "Re: [postdocs] Digest 1: Lunch"),
        ("SV: Lunch", "SV: Lunch", None),
    ],
)
def test_an_answer_named_after_its_digest_is_named_after_what_it_answers(
    store: Store, now: datetime, list_id: int, subject: str, named: str, came_as: str | None
) -> None:
    _digested(store, list_id, now, "Lunch")

    post = _answer(store, list_id, now, subject, answers=(DIGEST,))

    assert (post.subject, post.came_as) == (named, came_as)


def test_an_answer_goes_to_the_list_of_its_entry(store: Store, now: datetime, list_id: int) -> None:
    lab = a_list(store, 1, 2, address="lab@lists.example.org")
    there = _digested(store, list_id, now, "Lunch")
    store.run_sync(lists.set_policy, lab, ["newcomer_posts=0"], by=None, now=now)

    post = _answer(store, lab, now, "Re: Lunch", answers=(DIGEST,))

    assert (post.list_id, post.thread_id) == (list_id, there["Lunch"].thread_id)


@pytest.mark.parametrize("answers", [(DIGEST,), ()])
def test_an_answer_that_fits_no_entry_is_returned_and_makes_no_thread_to_see(
    store: Store, now: datetime, list_id: int, answers: tuple[str, ...]
) -> None:
    _digested(store, list_id, now, "Lunch", "Call")

    post = _answer(store, list_id, now, "Re: [postdocs] Digest 1: Lunch, Call", answers=answers)

    assert (post.state, post.rule, post.released_at) == ("returned", "digest_reply", None)


@pytest.mark.parametrize(
    ("subject", "sender"),
    [
        ("Lunch", ADA),  # no answer: somebody else's lunch
        ("Re: Reading", BO),  # who has read no digest
        ("Re: Dinner", ADA),
        ("[postdocs] Digest 1 of proteins", ADA),
        ("Re: [postdocs] Digest 7", ADA),
    ],
)
def test_every_other_mail_begins_a_thread(
    store: Store, now: datetime, list_id: int, subject: str, sender: str
) -> None:
    there = _digested(store, list_id, now, "Lunch", "Call")

    post = _answer(store, list_id, now, subject, sender=sender)

    assert post.state == "released"
    assert post.thread_id not in {each.thread_id for each in there.values()}
