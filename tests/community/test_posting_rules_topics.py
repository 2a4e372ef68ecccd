"""The rule about topics: what it holds, and how it prints itself."""

from dataclasses import replace

import pytest

from community import topics
from community.cases import Author, Case, PostFacts, Traffic
from community.policies import Policy
from community.posting_rules import ACCEPTED, decide, laws

POST = PostFacts(
    is_unreadable=False,
    is_loop=False,
    is_automatic=False,
    from_addresses=("ada@example.org",),
    is_reply=False,
    has_topic=False,
)
MEMBER = Author(is_subscriber=True, is_moderator=False, accepted_posts=3)


@pytest.mark.parametrize(
    ("post", "author", "wanted", "rule"),
    [
        (POST, MEMBER, "hold", "topic"),
        (POST, MEMBER, "ask", ACCEPTED),
        (POST, MEMBER, "off", ACCEPTED),
        (replace(POST, has_topic=True), MEMBER, "hold", ACCEPTED),
        (replace(POST, is_reply=True), MEMBER, "hold", ACCEPTED),
        (replace(POST, has_subject=False), MEMBER, "hold", "subject"),
        (POST, replace(MEMBER, is_moderator=True), "hold", ACCEPTED),
    ],
)
def test_a_new_thread_without_a_topic_waits_where_the_list_wants_one(
    post: PostFacts, author: Author, wanted: str, rule: str
) -> None:
    traffic = Traffic(threads_today=0, mails_this_week=0)

    case = Case(post=post, policy=Policy(topics=wanted), author=author, traffic=traffic)

    assert decide(case).rule == rule


def test_the_rules_page_says_what_is_asked_and_always_how_to_say_it() -> None:
    off, ask, hold = (laws(Policy(topics=each)) for each in ("off", "ask", "hold"))

    assert off[-1] == ask[-1] == hold[-1] == topics.LAW
    assert set(ask) - set(off) == {
        "Begin the subject of a new thread with its topic, such as [job]."
    }
    assert set(hold) - set(off) == {
        "A new thread whose subject does not begin with a topic, such as [job], waits for a "
        "moderator."
    }
