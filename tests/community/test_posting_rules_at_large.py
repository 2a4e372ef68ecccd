"""What holds of the rules for any post, author, traffic and policy: order, an end, monotony."""

from dataclasses import fields, replace
from typing import Any, Final

from hypothesis import given
from hypothesis import strategies as st

from community.cases import Author, Case, Decision, PostFacts, Proof, StrayWish, Traffic, Trust
from community.policies import Policy
from community.posting_rules import ACCEPTED, BY_NAME, RULES, decide, laws
from texts import say

#: The keys that rules go by, each with its values from the loosest to the strictest.
FROM_LOOSE_TO_STRICT: Final[dict[str, tuple[Any, ...]]] = {
    "banned": ("reject", "discard"),
    "unproved": ("accept", "hold"),
    "nonmembers": ("hold", "forward", "reject"),
    "mentors_write": ("usual", "hold", "reject"),
    "newcomer_posts": (0, 1, 3, 9),
    "emergency": ("off", "on"),
    "max_kilobytes": (0, 9, 2, 1),
    "refused_attachments": ("", "exe", "exe docm"),
    "attachment_kilobytes": (0, 9, 2, 1),
    "most_recipients": (0, 9, 2, 1),
    "unaddressed": ("accept", "hold", "return"),
    "no_subject": ("accept", "hold", "return"),
    "topics": ("off", "ask", "hold"),
    "administrivia": ("post", "answer"),
    "thanks": ("list", "author"),
    "quoted_lines": (0, 9, 2, 1),
    "lists_at_once": (0, 9, 2, 1),
    "repeats": (0, 9, 2, 1),
    "posts_per_member_per_week": (9, 2, 1, 0),
    "replies_per_member_per_week": (9, 2, 1, 0),
    "threads_per_day": (9, 2, 1, 0),
    "mails_per_member_per_week": (9, 2, 1, 0),
}
#: How far a post comes by itself; whatever waits, goes back or elsewhere does not come to the list.
REACH: Final = {Decision.ACCEPT: 2, Decision.DIGEST: 1}

some_count = st.integers(0, 12)
some_octets = st.integers(0, 12_000)
some_post = st.builds(
    PostFacts,
    is_unreadable=st.booleans(),
    is_loop=st.booleans(),
    is_automatic=st.booleans(),
    from_addresses=st.sampled_from([("a@b.no",), ("a@b.no", "c@d.no"), ()]),
    is_reply=st.booleans(),
    is_contained=st.booleans(),
    proof=st.sampled_from(Proof),
    size_bytes=some_octets,
    file_endings=st.lists(st.sampled_from(["exe", "docm", "pdf", ""]), max_size=3).map(tuple),
    largest_file_bytes=some_octets,
    recipients=some_count,
    lists=some_count,
    has_subject=st.booleans(),
    has_topic=st.booleans(),
    wish=st.sampled_from(StrayWish),
    is_suspect=st.booleans(),
    is_thanks=st.booleans(),
    own_lines=some_count,
    quoted_lines=some_count,
    is_closed=st.booleans(),
)
PLAIN: Final = PostFacts(
    is_unreadable=False,
    is_loop=False,
    is_automatic=False,
    from_addresses=("a@b.no",),
    is_reply=False,
)
#: A post with which nothing is wrong but, now and then, one thing: the rules at the end speak too.
plain_post = st.fixed_dictionaries(
    {},
    optional={
        each: st.just(value)
        for each, value in {
            "is_reply": True,
            "is_contained": True,
            "proof": Proof.NONE,
            "size_bytes": 5_000,
            "file_endings": ("docm",),
            "largest_file_bytes": 5_000,
            "recipients": 5,
            "lists": 5,
            "has_subject": False,
            "has_topic": False,
            "wish": StrayWish.LEAVE,
            "is_thanks": True,
            "quoted_lines": 5,
        }.items()
    },
).map(lambda odd: replace(PLAIN, **odd))  # type: ignore[arg-type]  # fields of PostFacts
some_author = st.builds(
    Author,
    is_subscriber=st.booleans(),
    is_moderator=st.booleans(),
    accepted_posts=some_count,
    is_banned=st.booleans(),
    is_mentor=st.booleans(),
    trust=st.sampled_from([each.value for each in Trust]),
    threads_this_week=some_count,
    replies_this_week=some_count,
)
plain_author = st.builds(
    Author,
    is_subscriber=st.just(True),
    is_moderator=st.booleans(),
    accepted_posts=some_count,
    threads_this_week=some_count,
    replies_this_week=some_count,
)
some_traffic = st.builds(
    Traffic, threads_today=some_count, mails_this_week=some_count, repeats=some_count
)
some_places = st.fixed_dictionaries(
    {
        key: st.tuples(*[st.integers(0, len(values) - 1)] * 2).map(sorted)
        for key, values in FROM_LOOSE_TO_STRICT.items()
    }
)
posts_of_all_kinds = st.one_of(some_post, plain_post)
authors_of_all_kinds = st.one_of(some_author, plain_author)


def _policy(places: dict[str, list[int]], which: int) -> Policy:
    return Policy(**{key: FROM_LOOSE_TO_STRICT[key][two[which]] for key, two in places.items()})


@given(posts_of_all_kinds, some_places, authors_of_all_kinds, some_traffic)
def test_a_stricter_policy_never_lets_out_more(
    post: PostFacts, places: dict[str, list[int]], author: Author, traffic: Traffic
) -> None:
    loose, strict = (
        decide(Case(post=post, policy=_policy(places, which), author=author, traffic=traffic))
        for which in (0, 1)
    )

    assert REACH.get(strict.decision, 0) <= REACH.get(loose.decision, 0), (strict, loose)


@given(posts_of_all_kinds, some_places, authors_of_all_kinds, some_traffic)
def test_every_case_comes_to_an_end_and_each_rule_is_asked_in_turn(
    post: PostFacts, places: dict[str, list[int]], author: Author, traffic: Traffic
) -> None:
    case = Case(post=post, policy=_policy(places, 0), author=author, traffic=traffic)

    verdict = decide(case)

    names = [rule.name for rule in RULES]
    asked = names if verdict.rule == ACCEPTED else names[: names.index(verdict.rule)]
    assert verdict.silent == tuple(asked)
    assert [name for name in asked if BY_NAME[name].decide(case) is not None] == []
    spoke = BY_NAME.get(verdict.rule)
    assert verdict.decision is (spoke.decide(case) if spoke else Decision.ACCEPT)
    assert verdict == decide(case)


@given(posts_of_all_kinds, some_places, authors_of_all_kinds, some_traffic)
def test_nothing_of_somebody_who_is_banned_comes_to_the_list(
    post: PostFacts, places: dict[str, list[int]], author: Author, traffic: Traffic
) -> None:
    policy = _policy(places, 0)
    banned = replace(author, is_banned=True)

    verdict = decide(Case(post=post, policy=policy, author=banned, traffic=traffic))

    assert verdict.decision not in REACH


@given(some_places)
def test_the_rules_page_has_words_for_any_policy(places: dict[str, list[int]]) -> None:
    policy = _policy(places, 0)

    printed = [say("en", law, **policy.values()) for law in laws(policy)]

    assert [law for law in printed if not law or "{" in law] == []
    assert len(printed) == len(set(printed))


def test_every_key_that_a_rule_goes_by_is_tried_from_loose_to_strict() -> None:
    by_rules = {rule.key for rule in RULES if rule.key} - {"suspect_headers"}

    assert by_rules <= set(FROM_LOOSE_TO_STRICT) <= {each.name for each in fields(Policy)}
