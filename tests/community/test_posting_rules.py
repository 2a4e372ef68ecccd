"""The posting rules one by one, their order, and the policy that tunes them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.cases import Author, Case, Decision, PostFacts, Proof, StrayWish, Traffic, Verdict
from community.policies import CHOICES, Policy
from community.posting_rules import ACCEPTED, RULES, decide, laws
from texts import say

POST = PostFacts(
    is_unreadable=False,
    is_loop=False,
    is_automatic=False,
    from_addresses=("ada@example.org",),
    is_reply=False,
)
POLICY = Policy()
MEMBER = Author(is_subscriber=True, is_moderator=False, accepted_posts=3)
STRANGER = Author(is_subscriber=False, is_moderator=False, accepted_posts=0)
MODERATOR = Author(is_subscriber=False, is_moderator=True, accepted_posts=0, threads_this_week=99)
QUIET = Traffic(threads_today=0, mails_this_week=0)


def _case(post: PostFacts, policy: Policy, author: Author, traffic: Traffic) -> Case:
    return Case(post=post, policy=policy, author=author, traffic=traffic)


def _verdict(
    post: PostFacts = POST,
    author: Author = MEMBER,
    traffic: Traffic = QUIET,
    **changes: str | int,
) -> tuple[str, str]:
    policy = replace(POLICY, **changes)  # type: ignore[arg-type]  # keys of Policy
    verdict = decide(_case(post, policy, author, traffic))
    return verdict.rule, verdict.decision


def test_what_no_rule_speaks_about_is_accepted() -> None:
    assert decide(_case(POST, POLICY, MEMBER, QUIET)) == Verdict(
        decision=Decision.ACCEPT, rule=ACCEPTED
    )


@pytest.mark.parametrize(
    ("fact", "rule", "decision"),
    [
        ({"is_unreadable": True}, "unreadable", "quarantine"),
        ({"is_loop": True}, "loop", "discard"),
        ({"is_automatic": True}, "automatic", "discard"),
        ({"from_addresses": ()}, "sender", "hold"),
        ({"from_addresses": ("ada@example.org", "bo@example.org")}, "sender", "hold"),
    ],
)
def test_a_rule_about_the_post_speaks_of_everybodys_posts(
    fact: dict[str, object], rule: str, decision: str
) -> None:
    post = replace(POST, **fact)  # type: ignore[arg-type]  # keys of PostFacts

    assert _verdict(post) == (rule, decision)
    assert _verdict(post, author=STRANGER) == (rule, decision)
    assert _verdict(post, author=MODERATOR) == (rule, decision)


def test_a_stranger_is_held_or_rejected_as_the_list_likes() -> None:
    assert _verdict(author=STRANGER) == ("nonmember", "hold")
    assert _verdict(author=STRANGER, nonmembers="reject") == ("nonmember", "reject")
    assert _verdict(author=replace(STRANGER, accepted_posts=9)) == ("nonmember", "hold")


def test_a_newcomer_is_held_until_so_many_posts_have_gone_out() -> None:
    first, second = replace(MEMBER, accepted_posts=0), replace(MEMBER, accepted_posts=1)

    assert _verdict(author=first) == ("newcomer", "hold")
    assert _verdict(author=second) == (ACCEPTED, "accept")
    assert _verdict(author=second, newcomer_posts=2) == ("newcomer", "hold")
    assert _verdict(author=first, newcomer_posts=0) == (ACCEPTED, "accept")


def test_an_eager_member_goes_into_the_digest_beyond_the_quota() -> None:
    fifth, sixth = replace(MEMBER, threads_this_week=4), replace(MEMBER, threads_this_week=5)

    assert _verdict(author=fifth) == (ACCEPTED, "accept")
    assert _verdict(author=sixth) == ("quota", "digest")
    assert _verdict(author=sixth, posts_per_member_per_week=6) == (ACCEPTED, "accept")


def test_answers_have_a_quota_of_their_own() -> None:
    answer, eager = replace(POST, is_reply=True), replace(MEMBER, threads_this_week=99)
    talkative = replace(MEMBER, replies_this_week=20)

    assert _verdict(answer, author=eager) == (ACCEPTED, "accept")
    assert _verdict(answer, author=replace(talkative, replies_this_week=19)) == (ACCEPTED, "accept")
    assert _verdict(answer, author=talkative) == ("quota", "digest")
    assert _verdict(answer, author=talkative, replies_per_member_per_week=21)[0] == ACCEPTED
    assert _verdict(author=talkative) == (ACCEPTED, "accept")
    assert _verdict(answer, author=replace(MODERATOR, replies_this_week=99))[0] == ACCEPTED


def test_new_threads_beyond_the_days_budget_go_into_the_digest_and_answers_do_not() -> None:
    full = Traffic(threads_today=4, mails_this_week=4)

    assert _verdict(traffic=replace(full, threads_today=3)) == (ACCEPTED, "accept")
    assert _verdict(traffic=full) == ("budget", "digest")
    assert _verdict(replace(POST, is_reply=True), traffic=full) == (ACCEPTED, "accept")
    assert _verdict(traffic=full, threads_per_day=5) == (ACCEPTED, "accept")


def test_mails_beyond_the_weeks_budget_go_into_the_digest_answers_too() -> None:
    full = Traffic(threads_today=0, mails_this_week=10)

    assert _verdict(traffic=replace(full, mails_this_week=9)) == (ACCEPTED, "accept")
    assert _verdict(traffic=full) == ("budget", "digest")
    assert _verdict(replace(POST, is_reply=True), traffic=full) == ("budget", "digest")
    assert _verdict(traffic=full, mails_per_member_per_week=11) == (ACCEPTED, "accept")


def test_a_contained_answer_is_no_mail_to_all_and_no_budget_keeps_it_back() -> None:
    answer = replace(POST, is_reply=True, is_contained=True)

    assert _verdict(answer, traffic=Traffic(threads_today=9, mails_this_week=99))[0] == ACCEPTED


def test_a_moderator_is_no_stranger_no_newcomer_and_not_eager_but_keeps_to_the_budget() -> None:
    full = Traffic(threads_today=4, mails_this_week=4)

    assert _verdict(author=MODERATOR, nonmembers="reject") == (ACCEPTED, "accept")
    assert _verdict(author=MODERATOR, traffic=full) == ("budget", "digest")


some_post = st.builds(
    PostFacts,
    proof=st.sampled_from(Proof),
    is_unreadable=st.booleans(),
    is_loop=st.booleans(),
    is_automatic=st.booleans(),
    from_addresses=st.sampled_from([(), ("a@b.no",), ("a@b.no", "c@d.no")]),
    is_reply=st.booleans(),
    is_contained=st.booleans(),
)
some_count = st.integers(0, 12)
some_author = st.builds(
    Author,
    is_subscriber=st.booleans(),
    is_moderator=st.booleans(),
    accepted_posts=some_count,
    threads_this_week=some_count,
    replies_this_week=some_count,
)
some_traffic = st.builds(Traffic, threads_today=some_count, mails_this_week=some_count)
some_policy = st.builds(
    Policy,
    newcomer_posts=some_count,
    threads_per_day=some_count,
    mails_per_member_per_week=some_count,
    posts_per_member_per_week=some_count,
    nonmembers=st.sampled_from(CHOICES["nonmembers"]),
)


@given(some_post, some_policy, some_author, some_traffic)
def test_the_first_rule_that_speaks_wins(
    post: PostFacts, policy: Policy, author: Author, traffic: Traffic
) -> None:
    verdict = decide(_case(post, policy, author, traffic))

    names = [rule.name for rule in RULES]
    said = [rule.decide(_case(post, policy, author, traffic)) for rule in RULES]
    before = said[: names.index(verdict.rule)] if verdict.rule != ACCEPTED else said
    assert set(before) <= {None}
    if verdict.rule != ACCEPTED:
        assert said[names.index(verdict.rule)] is verdict.decision


@given(some_post, some_policy, some_author, some_traffic)
def test_nothing_goes_out_at_once_that_is_unsafe_or_beyond_the_budget(
    post: PostFacts, policy: Policy, author: Author, traffic: Traffic
) -> None:
    if decide(_case(post, policy, author, traffic)).decision is Decision.ACCEPT:
        assert {post.is_unreadable, post.is_loop, post.is_automatic} == {False}
        assert len(post.from_addresses) == 1
        assert author.is_subscriber or author.is_moderator
        assert policy.unproved == "accept" or post.proof in (Proof.PASS, Proof.UNKNOWN)
        assert post.is_contained or traffic.mails_this_week < policy.mails_per_member_per_week
        assert post.is_reply or traffic.threads_today < policy.threads_per_day


def test_every_rule_has_its_own_name_and_a_reason() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.because for rule in RULES)


def test_every_law_and_reason_can_be_filled_from_the_policy() -> None:
    filled = [
        say("en", text, **POLICY.values()) for rule in RULES for text in (rule.law, rule.because)
    ]

    beyond = "Beyond 5 new threads and 20 answers a week by one person"
    assert f"{beyond}, the rest go into the next digest." in filled
    assert not any("{" in text for text in filled)


@pytest.mark.parametrize(
    ("proof", "unproved", "rule"),
    [
        (Proof.PASS, "hold", "accepted"),
        (Proof.UNKNOWN, "hold", "accepted"),
        (Proof.NONE, "hold", "unproved"),
        (Proof.FAIL, "hold", "unproved"),
        (Proof.NONE, "accept", "accepted"),
        (Proof.FAIL, "accept", "accepted"),
    ],
)
def test_unproved_holds_what_was_looked_at_and_is_not_proved(
    proof: Proof, unproved: str, rule: str
) -> None:
    post = replace(POST, proof=proof)
    author = Author(is_subscriber=True, is_moderator=True, accepted_posts=9)
    traffic = Traffic(threads_today=0, mails_this_week=0)

    verdict = decide(_case(post, replace(POLICY, unproved=unproved), author, traffic))

    assert (verdict.rule, verdict.decision == "hold") == (rule, rule == "unproved")


def test_members_share_a_mail_only_where_the_list_wants_it() -> None:
    assert POLICY.together == 1
    assert POLICY.changed(["recipients_per_mail=20"]).together == 1
    assert POLICY.changed(["copies=together"]).together == 50
    assert POLICY.changed(["copies=together", "recipients_per_mail=20"]).together == 20


@pytest.mark.parametrize(
    ("facts", "changes", "rule", "decision"),
    [
        ({}, {"emergency": "on"}, "emergency", "hold"),
        ({"size_bytes": 2_000_001}, {}, "size", "return"),
        ({"size_bytes": 2_000_000}, {}, ACCEPTED, "accept"),
        ({"size_bytes": 2_000_001}, {"max_kilobytes": 0}, ACCEPTED, "accept"),
        ({"file_endings": ("pdf", "exe")}, {}, "attachment_type", "return"),
        ({"file_endings": ("pdf", "")}, {}, ACCEPTED, "accept"),
        ({"largest_file_bytes": 1_000_001}, {}, "attachment_size", "return"),
        ({"largest_file_bytes": 1_000_000}, {}, ACCEPTED, "accept"),
        ({"recipients": 11}, {}, "recipients", "hold"),
        ({"recipients": 10}, {}, ACCEPTED, "accept"),
        ({"lists": 0}, {"unaddressed": "hold"}, "unaddressed", "hold"),
        ({"lists": 0}, {}, ACCEPTED, "accept"),
        ({"has_subject": False}, {}, "subject", "return"),
        ({"has_subject": False}, {"no_subject": "hold"}, "subject", "hold"),
        ({"has_subject": False, "is_reply": True}, {}, ACCEPTED, "accept"),
        ({"wish": StrayWish.LEAVE}, {}, "administrivia", "return"),
        ({"wish": StrayWish.LEAVE}, {"emergency": "on"}, "administrivia", "return"),
        ({"wish": StrayWish.LEAVE}, {"administrivia": "post"}, ACCEPTED, "accept"),
        ({"is_suspect": True}, {}, "suspect", "hold"),
        ({"is_reply": True, "is_thanks": True}, {}, "thanks", "forward"),
        ({"is_reply": True, "is_thanks": True}, {"thanks": "list"}, ACCEPTED, "accept"),
        ({"quoted_lines": 101, "own_lines": 25}, {}, "quoting", "return"),
        ({"quoted_lines": 101, "own_lines": 26}, {}, ACCEPTED, "accept"),
        ({"quoted_lines": 100}, {}, ACCEPTED, "accept"),
        ({"lists": 4}, {}, "crosspost", "hold"),
        ({"lists": 3}, {}, ACCEPTED, "accept"),
        ({"is_reply": True, "is_closed": True}, {}, "closed", "return"),
    ],
)
def test_a_rule_speaks_of_what_it_is_about_and_no_sooner(
    facts: dict[str, object], changes: dict[str, str | int], rule: str, decision: str
) -> None:
    post = replace(POST, **facts)  # type: ignore[arg-type]  # keys of PostFacts

    policy = replace(POLICY, **changes)  # type: ignore[arg-type]  # keys of Policy
    verdict = decide(_case(post, policy, MEMBER, QUIET))

    assert (verdict.rule, verdict.decision) == (rule, decision)


def test_a_strangers_wish_is_refused_and_never_held() -> None:
    post = replace(POST, wish=StrayWish.JOIN)

    assert _verdict(post, author=STRANGER) == ("nonmember", "reject")
    assert _verdict(post, author=STRANGER, nonmembers="forward") == ("nonmember", "reject")
    assert _verdict(author=STRANGER, nonmembers="forward") == ("nonmember", "forward")


def test_only_laws_in_force_are_printed() -> None:
    usual = laws(POLICY)
    strict = replace(POLICY, emergency="on", unaddressed="hold", nonmembers="reject")

    assert "Posts by people who are not on the list wait for a moderator." in usual
    assert not any("For the time being" in law or "To or Cc" in law for law in usual)
    assert "Posts by people who are not on the list are refused." in laws(strict)
    assert "For the time being every post waits for a moderator." in laws(strict)
    assert len(laws(replace(POLICY, max_kilobytes=0))) == len(usual) - 1


def test_the_rules_stand_in_the_order_in_which_they_are_asked() -> None:
    assert [rule.name for rule in RULES][:10] == [
        *("unreadable", "sender", "loop", "automatic", "banned", "unproved", "nonmember"),
        *("member", "mentor", "newcomer"),
    ]
    assert [rule.name for rule in RULES][-2:] == ["quota", "budget"]
