"""What the rules say to mentors on a list that lets them read, or wait."""

from dataclasses import replace

import pytest

from community.cases import Author, Case, PostFacts, StrayWish, Traffic, Trust
from community.policies import Policy
from community.posting_rules import ACCEPTED, decide, laws

NILS = Author(is_subscriber=True, is_moderator=False, accepted_posts=9, is_mentor=True)
POST = PostFacts(
    is_unreadable=False,
    is_loop=False,
    is_automatic=False,
    from_addresses=("nils@example.org",),
    is_reply=False,
)


def _verdict(policy: Policy, author: Author = NILS, post: PostFacts = POST) -> tuple[str, str]:
    none = Traffic(threads_today=0, mails_this_week=0)
    found = decide(Case(post=post, policy=policy, author=author, traffic=none))
    return found.rule, found.decision.value


@pytest.mark.parametrize(
    ("mentors_write", "verdict", "law"),
    [
        ("usual", (ACCEPTED, "accept"), ()),
        ("hold", ("mentor", "hold"), ("Posts by mentors wait for a moderator.",)),
        ("reject", ("mentor", "reject"), ("Mentors read the list, and do not write to it.",)),
    ],
)
def test_mentors_write_wait_or_read_as_the_list_has_it_and_its_rules_say(
    mentors_write: str, verdict: tuple[str, str], law: tuple[str, ...]
) -> None:
    policy = Policy(mentors_write=mentors_write)

    assert _verdict(policy) == verdict
    assert _verdict(policy, replace(NILS, is_mentor=False)) == (ACCEPTED, "accept")
    assert tuple(each for each in laws(policy) if "entors" in each) == law


def test_whom_moderators_trust_writes_and_who_wants_to_leave_is_answered() -> None:
    policy = Policy(mentors_write="reject")
    leaves = replace(POST, wish=StrayWish.LEAVE)

    assert _verdict(policy, replace(NILS, trust=Trust.TRUSTED))[0] == ACCEPTED
    assert _verdict(policy, post=leaves)[0] == "administrivia"
