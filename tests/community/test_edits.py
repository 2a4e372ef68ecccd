"""What moderators do about the subject and the topic of a post before it goes out."""

from datetime import datetime

import pytest

from community import edits, journal, lists, moderation
from community.errors import Refusal
from community.posts import Post, Thread
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, notices


class Queue:
    """A list whose posts all wait, and a moderator."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.mona = a_moderator(store)
        self.list_id = a_list(store, a_person(store))
        store.run_sync(lists.set_policy, self.list_id, ["emergency=on"], by=None, now=now)

    def write(self, subject: str, *, answers: int | None = None) -> int:
        """Receive a post, which waits."""
        ids = () if answers is None else (self.post(answers).message_id,)
        return a_post(self.store, self.list_id, a_mail(subject=subject, answers=ids), now=self.now)

    def edit(self, post_id: int, subject: str, topic: str = "") -> tuple[str, str]:
        """Edit a post; return the subject and the topic of its thread."""
        words = {"subject": subject, "topic": topic}
        self.store.run_sync(edits.edit, post_id, by=self.mona, now=self.now, **words)
        return self.thread(post_id)

    def post(self, post_id: int) -> Post:
        return self.store.read_sync(lambda session: session.get_one(Post, post_id))

    def thread(self, post_id: int) -> tuple[str, str]:
        thread_id = self.post(post_id).thread_id
        found = self.store.read_sync(lambda session: session.get_one(Thread, thread_id))
        return found.subject, found.topic


@pytest.fixture
def queue(store: Store, now: datetime) -> Queue:
    return Queue(store, now)


def test_a_topic_is_chosen_or_read_from_the_new_subject(queue: Queue) -> None:
    post = queue.write("A position")

    assert queue.store.read_sync(edits.before, post, by=1) == {
        "subject": "A position",
        "topic": "none",
    }
    assert queue.edit(post, "A position", "job") == ("A position", "job")
    assert queue.edit(post, "A position", "job") == ("A position", "job")
    assert queue.edit(post, "Money") == ("Money", "job")
    assert queue.edit(post, "[midler] Money", "job") == ("[midler] Money", "funding")
    assert queue.edit(post, "[funding] Money", "social") == ("[funding] Money", "social")
    assert queue.edit(post, "Money", "none") == ("Money", "")
    assert queue.post(post).came_as == "A position"
    changes = queue.store.read_sync(journal.of, "thread", queue.post(post).thread_id)
    assert [(each.old, each.new, each.person_id) for each in changes] == [
        ("", "job", queue.mona),
        ("job", "funding", queue.mona),
        ("funding", "social", queue.mona),
        ("social", "", queue.mona),
    ]
    entries = queue.store.read_sync(journal.of, "post", post)
    assert [each.event for each in entries].count("post.edit") == 5


def test_an_answer_keeps_the_topic_of_its_thread_and_no_other_is_taken(queue: Queue) -> None:
    opening = queue.write("[job] A position")
    answer = queue.write("Re: [job] A position", answers=opening)

    assert queue.edit(answer, "Re: [event] A seminar") == ("[job] A position", "job")
    assert queue.edit(answer, "Re: a position", "job") == ("[job] A position", "job")
    with pytest.raises(Refusal, match="An answer has the topic of its thread"):
        queue.edit(answer, "Re: a seminar", "event")
    with pytest.raises(Refusal, match="There is no such topic"):
        queue.edit(opening, "[job] A position", "nonsense")


def test_what_has_gone_out_keeps_its_topic(queue: Queue) -> None:
    post = queue.write("A position")
    queue.store.run_sync(moderation.accept, post, by=queue.mona, now=queue.now)

    with pytest.raises(Refusal, match="Mona Vik has already accepted this post"):
        queue.edit(post, "A position", "job")

    assert queue.thread(post) == ("A position", "")


def test_a_second_other_edit_in_the_same_second_is_seen_in_slack_too(queue: Queue) -> None:
    a_moderator(queue.store, "Nils Moe", slack_id="U2")
    post = queue.write("A position")

    for subject in ("One", "Two", "Two", "One"):
        queue.edit(post, subject)

    told = [n.detail for n in notices(queue.store, "post.hold") if n.replaces_id is not None]
    assert sorted(told) == ["edit1", "edit2", "edit3"]
