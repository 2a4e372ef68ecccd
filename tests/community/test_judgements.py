"""What the rules said is kept with the post, and does not change with the policy."""

from datetime import datetime

from community import judgements, lists
from community.cases import Decision
from community.judgements import Tried
from community.posting_rules import RULES
from community.posts import Post
from community.store import Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post


def _judgement(store: Store, post_id: int) -> judgements.Judgement:
    post = store.read_sync(lambda session: session.get_one(Post, post_id))
    found = judgements.read(post.judgement)
    assert found is not None
    return found


def test_a_post_keeps_which_rules_were_asked_and_what_each_said(
    store: Store, now: datetime
) -> None:
    list_id = a_list(store, a_person(store))

    kept = _judgement(store, a_post(store, list_id, a_mail(), now=now))

    names = [rule.name for rule in RULES]
    silent = names[: names.index("newcomer")]
    assert kept.tried == (
        *(Tried(rule=name, decision=None) for name in silent),
        Tried(rule="newcomer", decision=Decision.HOLD),
    )
    assert (kept.rule, kept.decision) == ("newcomer", Decision.HOLD)
    assert kept.seen == {
        "size_bytes": len(a_mail().raw),
        "largest_file_bytes": 0,
        "recipients": 1,
        "lists": 1,
        "repeats": 0,
        "has_subject": True,
        "has_topic": False,
        "is_suspect": False,
        "is_thanks": False,
        "own_lines": 1,
        "quoted_lines": 0,
        "is_closed": False,
        "is_unreadable": False,
        "is_loop": False,
        "is_automatic": False,
        "is_subscriber": True,
        "trust": "usual",
        "is_moderator": False,
        "is_banned": False,
        "is_mentor": False,
        "accepted_posts": 0,
        "threads_this_week": 0,
        "replies_this_week": 0,
        "is_reply": False,
        "is_contained": False,
        "proof": "unknown",
        "threads_today": 0,
        "mails_this_week": 0,
    }


def test_what_was_true_then_stays_when_the_policy_changes(store: Store, now: datetime) -> None:
    mona = a_moderator(store)
    list_id = a_list(store, mona)
    post_id = a_post(store, list_id, a_mail("mona.vik@example.org"), now=now)

    store.run_sync(lists.set_policy, list_id, ["threads_per_day=0"], by=None, now=now)

    kept = _judgement(store, post_id)
    assert (kept.rule, kept.decision) == ("accepted", Decision.ACCEPT)
    assert [each.rule for each in kept.tried] == [*(rule.name for rule in RULES), "accepted"]
    assert kept.policy["threads_per_day"] == 4


def test_a_post_from_before_has_no_judgement() -> None:
    assert judgements.read({}) is None
