"""A policy rehearsed on the posts of a list: the same policy changes nothing, another says what."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from community import digests, edits, lists, moderation, rehearsed_posts, steps
from community.attachments import Attached
from community.cases import Decision
from community.policies import Policy
from community.posts import Post
from community.rehearsed_posts import Comparison
from community.steps import Step
from community.store import Session, Store
from scheduler.jobs import STEPS
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

#: Monday 1 March 2027, 8:00 in Oslo.
START = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
DAY, HOUR, WEEKS = timedelta(days=1), timedelta(hours=1), timedelta(days=18)
ACCEPT = Decision.ACCEPT


def compared(
    store: Store, list_id: int, *changes: str, now: datetime, days: int = 90
) -> Comparison:
    """Rehearse the list's policy with changes."""

    def ask(session: Session) -> Comparison:
        policy = session.get_one(lists.MailingList, list_id).policy.changed(changes)
        return rehearsed_posts.compare(session, list_id, policy, now=now, days=days)

    return store.read_sync(ask)


def lived(store: Store, seed: int) -> int:
    """Let a list live for some weeks under its rules; return it.

    Threads, answers, a machine, an outsider and newcomers, of whose first posts some are accepted,
    some returned, some left to time; a digest every day.
    """
    chance = random.Random(seed)  # noqa: S311 - no secret
    people = [a_person(store, f"Ada Holm {n}", email=f"ada{n}@example.org") for n in range(6)]
    mona = a_moderator(store)
    list_id = a_list(store, *people, grace_seconds=60)
    store.run_sync(
        lists.set_policy,
        list_id,
        ["threads_per_day=2", "mails_per_member_per_week=9", "posts_per_member_per_week=3"],
        by=None,
        now=START,
    )
    begun: list[str] = []
    hours, number = Hours(store), 0
    for day in range(WEEKS.days):
        midnight = START + day * DAY
        for minute in sorted(chance.sample(range(0, 14 * 60), chance.randrange(6))):
            now = midnight + timedelta(minutes=minute, seconds=15)
            number += 1
            hours.pass_until(now)
            sender = chance.choice([*(f"ada{n}@example.org" for n in range(6)), "eve@example.net"])
            answers = (chance.choice(begun),) if begun and chance.random() < 0.5 else ()
            mail = a_mail(
                sender,
                subject=f"Mail {number}",
                answers=answers,
                is_automatic=chance.random() < 0.1,
            )
            post_id = a_post(store, list_id, mail, now=now)
            begun.append(mail.message_id)
            _decide(store, post_id, chance, by=mona, now=now + timedelta(seconds=30))
    hours.pass_until(START + WEEKS)
    return list_id


def _decide(store: Store, post_id: int, chance: random.Random, *, by: int, now: datetime) -> None:
    state = store.read_sync(lambda session: session.get_one(Post, post_id).state)
    what = chance.choice(["accept", "return", "wait", "digest"])
    if state != "held" or what == "wait":
        return
    if what == "return":
        store.run_sync(moderation.send_back, post_id, by=by, now=now, reason="No.")
    else:
        act = moderation.accept if what == "accept" else moderation.digest
        store.run_sync(act, post_id, by=by, now=now)


class Hours:
    """The time of the list: what is due happens when it is due."""

    def __init__(self, store: Store) -> None:
        self.store, self.digest_at = store, digests.next_daily(store.calendar, START)

    def pass_until(self, moment: datetime) -> None:
        """Release, publish and expire what is due until then, in order."""
        while (step := self._next_step(moment)) or self.digest_at <= moment:
            if step and step[1] < self.digest_at:
                self.store.run_sync(steps.take, STEPS, step[0], now=step[1])
                continue
            self.store.run_sync(digests.make_due, now=self.digest_at)
            self.digest_at = digests.next_daily(self.store.calendar, self.digest_at)

    def _next_step(self, until: datetime) -> tuple[int, datetime] | None:
        step_id = self.store.read_sync(steps.first_due, now=until)
        if step_id is None:
            return None
        due_at = self.store.read_sync(lambda session: session.get_one(Step, step_id).due_at)
        return step_id, due_at


@pytest.mark.parametrize("seed", range(2))
def test_the_policy_that_was_in_force_changes_nothing(store: Store, seed: int) -> None:
    list_id, end = lived(store, seed), START + WEEKS

    found = compared(store, list_id, now=end)

    assert found.changes == ()
    assert found.was == found.would
    assert {Decision.ACCEPT, Decision.DIGEST, Decision.HOLD} < set(found.was.decisions)


def test_the_counts_of_the_first_days_know_the_week_before_them(store: Store) -> None:
    list_id = lived(store, 7)

    assert compared(store, list_id, now=START + WEEKS, days=9).changes == ()


def test_a_stricter_policy_says_which_posts_would_have_gone_to_the_digest(store: Store) -> None:
    ada = a_person(store)
    list_id = a_list(store, ada)
    first = a_post(store, list_id, a_mail(subject="One"), now=START)
    store.run_sync(moderation.accept, first, by=a_moderator(store), now=START)
    a_post(store, list_id, a_mail(subject="Two"), now=START + HOUR)
    third = a_post(store, list_id, a_mail(subject="Three"), now=START + 2 * HOUR)

    found = compared(store, list_id, "threads_per_day=2", now=START + DAY)

    assert found.would.decisions == {Decision.HOLD: 1, Decision.ACCEPT: 1, Decision.DIGEST: 1}
    [change] = found.changes
    assert (change.post_id, change.subject, change.came_at) == (third, "Three", START + 2 * HOUR)
    assert (change.was, change.would, change.rule) == (ACCEPT, Decision.DIGEST, "budget")


def test_what_a_moderator_returned_stays_off_the_list_where_it_would_be_held_again(
    store: Store,
) -> None:
    list_id = a_list(store, a_person(store))
    first = a_post(store, list_id, a_mail(subject="One"), now=START)
    store.run_sync(moderation.send_back, first, by=a_moderator(store), now=START, reason="No.")

    same = compared(store, list_id, now=START + DAY)
    open_to_all = compared(store, list_id, "newcomer_posts=0", now=START + DAY)

    assert (same.would.weeks[-1].kept_off, same.would.weeks[-1].at_once) == (1, 0)
    assert (open_to_all.would.weeks[-1].kept_off, open_to_all.would.weeks[-1].at_once) == (0, 1)


def test_the_kinds_of_files_that_came_with_posts_are_known(store: Store) -> None:
    list_id = a_list(store, a_person(store))
    pdf, other = (Attached(name=name, content_type="", size_bytes=9) for name in ("a.PDF", "b"))
    plain, both = a_mail(subject="One"), replace(a_mail(subject="Two"), attachments=(other, pdf))
    first = a_post(store, list_id, plain, now=START)
    second = a_post(store, list_id, both, now=START + HOUR)
    stricter = ("newcomer_posts=0", "refused_attachments=pdf zip")

    found = compared(store, list_id, *stricter, now=START + DAY)

    would = [(each.post_id, each.rule) for each in found.changes]
    assert would == [(first, "accepted"), (second, "attachment_type")]


def test_a_list_that_wants_topics_would_have_held_what_says_none(store: Store) -> None:
    list_id, mona = a_list(store, a_person(store)), a_moderator(store)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=START)
    plain, marked = a_mail(subject="One"), a_mail(subject="[Jobb] To")
    answer = a_mail(subject="Re: One", answers=(plain.message_id,))
    first, *_ = [a_post(store, list_id, each, now=START) for each in (plain, marked, answer)]
    store.run_sync(lists.set_policy, list_id, ["emergency=on"], by=None, now=START)
    edited = a_post(store, list_id, a_mail(subject="Three"), now=START + HOUR)
    store.run_sync(edits.edit, edited, by=mona, now=START + HOUR, subject="[event] Three")

    held = compared(store, list_id, "topics=hold", "emergency=off", now=START + DAY)
    asked = compared(store, list_id, "topics=ask", "emergency=off", now=START + DAY)

    assert [(each.post_id, each.rule) for each in held.changes] == [(first, "topic")]
    assert held.would.decisions == {Decision.HOLD: 2, ACCEPT: 2}
    assert [each.post_id for each in asked.changes] == [edited]


def test_thanks_that_went_to_one_person_are_counted_as_such(store: Store) -> None:
    list_id = a_list(store, a_person(store), a_person(store, "Bo", email="bo@example.org"))
    asked = a_mail(subject="One")
    a_post(store, list_id, asked, now=START)
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=START)
    thanks = replace(a_mail("bo@example.org", answers=(asked.message_id,)), text="Thanks!")
    a_post(store, list_id, thanks, now=START + HOUR)

    same = compared(store, list_id, now=START + DAY)
    to_all = compared(store, list_id, "thanks=list", now=START + DAY)

    assert same.was.decisions == {Decision.HOLD: 1, Decision.FORWARD: 1}
    last = to_all.changes[-1]
    assert (last.was, last.would) == (Decision.FORWARD, ACCEPT)


def test_of_a_busy_list_only_the_last_days_are_looked_at(store: Store) -> None:
    list_id = a_list(store, a_person(store))
    for day in range(6):
        a_post(store, list_id, a_mail(subject=f"Mail {day}"), now=START + day * DAY)

    def ask(session: Session, most: int) -> Comparison:
        policy, now = Policy(newcomer_posts=0), START + 5 * DAY + HOUR
        return rehearsed_posts.of_late(session, list_id, policy, now=now, most=most)

    found = [store.read_sync(ask, most) for most in (6, 5, 3, 1)]

    assert [(each.days, each.would.mails) for each in found] == [(90, 6), (5, 5), (3, 3), (1, 1)]


def test_a_list_without_posts_has_nothing_to_compare(store: Store, now: datetime) -> None:
    found = compared(store, a_list(store), now=now)

    assert (found.was.mails, found.changes, found.would.without) == (0, (), 0.0)
