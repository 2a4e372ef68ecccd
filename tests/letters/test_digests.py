"""How a digest reads, and what an answer to one gets back that fits no post of it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import deliveries, digests, issues, moderation, subscriptions
from community.attachments import Attached
from community.calendar import Calendar
from community.deliveries import Format
from community.posts import Post, Thread
from community.store import Session, Store
from community.subscriptions import Mode
from community.tokens import Right
from community.topics import Topic
from letters.letter import Button, Letter
from tests.builders import (
    a_house,
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    letter,
    notices,
    receive,
)


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    return a_list(store, ada)


def _queue(store: Store, list_id: int, now: datetime, *subjects: str, text: str = "") -> list[int]:
    mona = a_moderator(store, f"Mona {list_id} {subjects[0][:9]}")
    made = []
    for n, subject in enumerate(subjects):
        mail = a_mail(subject=subject, text=text or f"About {subject}.")
        post = a_post(store, list_id, mail, now=now + timedelta(hours=n))
        store.run_sync(moderation.digest, post, by=mona, now=now)
        made.append(post)
    return made


def _make(store: Store, now: datetime) -> int:
    return store.run_sync(digests.make_due, now=now)


def _digest(store: Store, person_id: int) -> Letter:
    found = letter(store, "digest.publish", person_id)
    assert found is not None
    assert found.contents is not None
    return found


def test_a_digest_names_its_threads_and_says_how_to_have_it_otherwise(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _queue(store, list_id, now, "Lunch", "Call")

    assert _make(store, now) == 1

    found = _digest(store, ada)
    assert (found.subject, found.paragraphs, found.why) == (
        "[postdocs] Digest 1: Lunch, Call",
        ("2 posts, collected for you.",),
        "You get this because you are on postdocs@lists.example.org.",
    )
    assert [(button.action, button.object_id) for button in found.buttons] == [
        ("mailing_list.each", list_id),
        ("mailing_list.weekly", list_id),
        ("mailing_list.pause", list_id),
    ]
    assert found.stop == Button(
        label="Leave the list", action="mailing_list.leave", object_id=list_id
    )
    assert found.reply_to == "postdocs@lists.example.org"


def test_who_has_left_while_their_digest_waited_gets_none(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _queue(store, list_id, now, "Lunch")
    _make(store, now)

    store.run_sync(subscriptions.leave, list_id, by=ada, now=now)

    assert letter(store, "digest.publish", ada) is None


def test_a_post_names_what_came_with_it_but_no_picture_of_a_signature(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    brought = (
        Attached(name="call.pdf", content_type="application/pdf", size_bytes=12_000),
        Attached(name="image001.png", content_type="image/png", size_bytes=900),
        Attached(name="smime.p7s", content_type="application/pkcs7-signature", size_bytes=900),
    )
    mona = a_moderator(store, "Mona")
    for subject, attachments in (("Call", brought), ("Logo", brought[1:])):
        mail = replace(a_mail(subject=subject), attachments=attachments)
        post = a_post(store, list_id, mail, now=now)
        store.run_sync(moderation.digest, post, by=mona, now=now)
    _make(store, now)

    contents = _digest(store, ada).contents

    assert contents is not None
    assert [post.files for post in contents.posts] == ["Attachments: call.pdf (12 kB)", ""]


def test_a_post_in_it_has_its_page_and_an_answer_that_finds_the_thread(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    [post_id] = _queue(store, list_id, now, "Lunch & more", text="Yes.\n\n> Where?\n-- \nAda")
    _make(store, now)

    contents = _digest(store, ada).contents

    assert contents is not None
    [post] = contents.posts
    mail_id = a_mail(subject="Lunch & more", text="Yes.\n\n> Where?\n-- \nAda").message_id
    assert (post.subject, post.author, post.text) == (
        "Lunch & more",
        "ada.holm@example.org",
        "Yes.",
    )
    assert post.files == ""
    assert post.at == Calendar().local(now)
    assert post.page_url == f"https://samband.example.org/posts/{post_id}"
    assert post.reply_url == (
        "mailto:postdocs@lists.example.org?subject=Re%3A%20Lunch%20%26%20more"
        f"&In-Reply-To={mail_id.replace('@', '%40')}"
    )
    assert (post.is_cut, post.source) == (False, None)
    [thread] = contents.lists[0].threads
    rights = [a_house().tokens.right(url.split("/")[-2]) for _, url in thread.links]
    assert [label for label, _ in thread.links] == ["Follow the thread", "Mute the thread"]
    assert rights == [Right("thread.follow", 1, ada), Right("thread.mute", 1, ada)]


def test_a_long_post_goes_on_on_its_page(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _queue(store, list_id, now, "Long", text="x" * 6_001)
    _make(store, now)

    contents = _digest(store, ada).contents

    assert contents is not None
    assert (contents.posts[0].is_cut, contents.posts[0].text) == (True, "x" * 6_000 + "…")


def test_a_digest_of_mails_brings_them_as_they_came(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    store.run_sync(
        deliveries.set_mail,
        digest_format=Format.MIME,
        gets_own=True,
        gets_second=False,
        by=ada,
        now=now,
    )
    _queue(store, list_id, now, "Lunch")
    _make(store, now)

    contents = _digest(store, ada).contents

    assert contents is not None
    assert contents.format is Format.MIME
    assert contents.posts[0].source == a_mail(subject="Lunch", text="About Lunch.").raw


def test_one_digest_brings_several_lists_and_can_stop_them_all(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    lab = a_list(store, ada, address="lab@lists.example.org")
    _queue(store, list_id, now, "Here")
    _queue(store, lab, now, "There")

    assert _make(store, now) == 1

    found = _digest(store, ada)
    assert found.contents is not None
    assert found.subject == "[lab, postdocs] Digest 1: There, Here"
    assert [part.name for part in found.contents.lists] == ["lab", "postdocs"]
    assert found.buttons == ()
    assert found.stop == Button(label="Leave these lists", action="digest.leave", object_id=1)
    store.run_sync(issues.leave, 1, by=ada, now=now)
    assert store.read_sync(subscriptions.of_person, ada) == []


def test_a_weekly_digest_offers_the_daily_one(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    store.run_sync(deliveries.set_mode, list_id, Mode.WEEKLY, by=ada, now=now)
    _queue(store, list_id, now, "Lunch")
    assert _make(store, now) == 0
    today = Calendar().local(now).date()
    store.run_sync(digests.make_weekly, since=today, until=today, now=now)

    assert [button.action for button in _digest(store, ada).buttons] == [
        "mailing_list.each",
        "mailing_list.digest",
        "mailing_list.pause",
    ]


def test_long_subjects_are_cut_in_the_subject_of_the_digest(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _queue(store, list_id, now, "A" * 50, "B" * 50, "C")
    _make(store, now)

    assert _digest(store, ada).subject == f"[postdocs] Digest 1: {'A' * 50}, …"


def test_a_topic_that_a_moderator_chose_stands_before_the_thread(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    made = _queue(store, list_id, now, "A vacancy", "[job] Another", "Lunch")

    def choose(session: Session) -> None:
        for post_id in made[:2]:
            thread_id = session.get_one(Post, post_id).thread_id
            session.get_one(Thread, thread_id).topic = Topic.JOB.value

    store.run_sync(choose)
    _make(store, now)

    found = _digest(store, ada)
    assert found.contents is not None
    assert found.subject == "[postdocs] Digest 1: [job] A vacancy, [job] Another, Lunch"
    names = [thread.subject for thread in found.contents.lists[0].threads]
    assert names == ["[job] A vacancy", "[job] Another", "Lunch"]


def test_it_speaks_its_readers_language(store: Store, now: datetime) -> None:
    siv = a_person(store, "Siv Lie", language="nb")
    a_person(store)
    list_id = a_list(store, siv)
    _queue(store, list_id, now, "Lunsj")
    _make(store, now)

    found = _digest(store, siv)

    assert (found.language, found.subject) == ("nb", "[postdocs] Oppsamling 1: Lunsj")
    assert found.paragraphs == ("1 innlegg, samlet for deg.",)


def test_an_answer_that_fits_no_post_goes_back_with_words(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _queue(store, list_id, now, "Lunch", "Call")
    _make(store, now)
    mail = a_mail(subject="Re: [postdocs] Digest 1: Lunch, Call", text="Good idea!")

    post = store.run_sync(receive, list_id, mail, now=now)

    assert (post.state, post.rule) == ("returned", "digest_reply")
    assert [(n.person_id, n.channel) for n in notices(store, "digest.return")] == [(ada, "mail")]
    back = letter(store, "digest.return", ada)
    assert back is not None
    assert back.subject == "Your answer has not gone out: Re: [postdocs] Digest 1: Lunch, Call"
    assert back.quote == "Good idea!"
    assert back.facts == (("List", "postdocs@lists.example.org"),)


def test_an_empty_post_is_said_to_be_empty(
    store: Store, now: datetime, ada: int, list_id: int
) -> None:
    _queue(store, list_id, now, "Seminar is moved", text=" ")
    _make(store, now)

    contents = _digest(store, ada).contents

    assert contents is not None
    assert [post.text for post in contents.posts] == ["(no text)"]
