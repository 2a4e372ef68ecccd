"""What moderators change of a held post before it goes out: its subject, and its thread's topic."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from community import channel_cards, journal, moderation, people, searches, topics
from community.errors import Refusal
from community.people import Role
from community.posts import Post, Thread
from community.topics import Topic

#: A longer subject than this says what belongs into the text.
LONGEST_SUBJECT = 200
#: What a moderator chooses for a post that has none of the topics.
NO_TOPIC = "none"


def edit(
    session: Session, post_id: int, *, by: int, now: datetime, subject: str, topic: str = ""
) -> Post:
    """Give a held post another subject or topic before it goes out; its bytes stay as they came.

    A thread that it begins has the new subject too. `topic` is a `Topic`, `NO_TOPIC`, or empty:
    then a label in the new subject counts.

    Raises:
        Refusal: not a moderator; it waits no longer; no subject, or one too long for a line; a
            topic for an answer.
    """
    people.require(session, by, Role.MODERATOR)
    post = moderation.for_update(session, post_id)
    if post.state != "held":
        raise moderation.already_decided(session, post)
    words = " ".join(subject.split())
    if not words or len(words) > LONGEST_SUBJECT or not words.isprintable():
        raise Refusal("A subject is one line of at most {most} signs.", most=LONGEST_SUBJECT)
    is_other = _set_topic(session, post, words, topic, by=by, now=now)
    if words == post.subject and not is_other:
        return post
    if words != post.subject:
        _set_subject(session, post, words)
    journal.write(session, "post", post_id, "edit", by=by, now=now)
    which = f"edit{journal.count(session, 'post', post_id, 'edit')}"
    channel_cards.renew(session, "post.hold", post_id, detail=which, now=now)
    return post


def _set_subject(session: Session, post: Post, words: str) -> None:
    same = (Thread.id == post.thread_id, Thread.subject == post.subject)
    session.execute(update(Thread).where(*same).values(subject=words))
    post.came_as = post.subject if post.came_as is None else post.came_as
    post.subject = words
    session.flush()
    searches.index_again(session, [post.id])


def _set_topic(
    session: Session, post: Post, words: str, topic: str, *, by: int, now: datetime
) -> bool:
    """Give the thread that a post begins its topic: what is chosen, else what its subject says.

    Returns whether it is another than before.
    """
    thread = session.get_one(Thread, post.thread_id)
    is_chosen = topic not in ("", thread.topic or NO_TOPIC)
    if is_chosen and topic not in (NO_TOPIC, *Topic):
        raise Refusal("There is no such topic.")
    if is_chosen and post.is_reply:
        raise Refusal("An answer has the topic of its thread.")
    wanted = topic.replace(NO_TOPIC, "") if is_chosen else topics.read(words) or thread.topic
    if wanted == thread.topic or post.is_reply:
        return False
    old, thread.topic = thread.topic, wanted
    journal.write(session, "thread", thread.id, "topic", by=by, now=now, old=old, new=wanted)
    return True


def before(session: Session, post_id: int, *, by: int) -> dict[str, str]:
    """Return what stands in the form of `edit` beforehand."""
    post = session.get(Post, post_id)
    if post is None:
        return {}
    topic = session.get_one(Thread, post.thread_id).topic
    return {"subject": post.subject, "topic": topic or NO_TOPIC}
