"""Walks the mails of `mails/rules/`: each is named by a rule and by what becomes of it.

`size.returned.eml` is returned by the rule `size`; `size.released.eml` comes as near to it as a
mail can, and goes out.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from community import bans, closures, lists, trusts
from community.cases import Trust
from community.people import Role
from community.policies import Policy
from community.posting_rules import ACCEPTED, BY_NAME
from community.posts import Post
from community.store import Session, Store
from mailing.listener import Envelope
from mailing.parser import Parser
from mailing.proving import Vouching
from mailing.reception import REFUSED, Reception
from mailing.replies import TAKEN
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post
from tests.mailing.mails import FOLDER, mail
from tests.mailing.test_reception import reception

pytestmark = pytest.mark.anyio

LIST = "postdocs@lists.example.org"
NAMES = tuple(sorted(path.stem for path in (FOLDER / "rules").glob("*.eml")))
#: What came twice already, in these words.
SAID = "Who comes along to the museum in the old town on Thursday?"
#: A list on which nothing happens but what the mail is about.
USUAL = {
    "grace_seconds": 0,
    "newcomer_posts": 0,
    "threads_per_day": 99,
    "mails_per_member_per_week": 999,
    "posts_per_member_per_week": 99,
    "replies_per_member_per_week": 99,
    "repeats": 0,
}
#: What the list's policy is for the mails of a rule, or for one of them.
POLICIES: dict[str, dict[str, str | int]] = {
    "nonmember.refused": {"nonmembers": "reject"},
    "nonmember.forwarded": {"nonmembers": "forward"},
    "mentor": {"mentors_write": "reject"},
    "mentor.held": {"mentors_write": "hold"},
    "newcomer": {"newcomer_posts": 1},
    "emergency.held": {"emergency": "on"},
    "size": {"max_kilobytes": 1},
    "attachment_size": {"attachment_kilobytes": 1},
    "recipients": {"most_recipients": 2},
    "unaddressed": {"unaddressed": "hold"},
    "unaddressed.returned": {"unaddressed": "return"},
    "subject.held": {"no_subject": "hold"},
    "topic": {"topics": "hold"},
    "quoting": {"quoted_lines": 3},
    "crosspost": {"lists_at_once": 1},
    "repeated": {"repeats": 2},
    "quota": {"posts_per_member_per_week": 0},
    "budget": {"threads_per_day": 0},
}


@dataclass
class Town:
    """A list with everybody about whom a rule has something to say."""

    store: Store
    now: datetime
    list_id: int

    def settle(self, name: str) -> None:
        """Give the list the policy for one mail, and no other."""
        rule = name.partition(".")[0]
        changes = {**USUAL, **POLICIES.get(rule, {}), **POLICIES.get(name, {})}

        def act(session: Session) -> None:
            a_list = session.get_one(lists.MailingList, self.list_id)
            a_list.policy_changes = replace(Policy(), **changes).differences()  # type: ignore[arg-type]  # keys of Policy

        self.store.run_sync(act)

    def fate(self, name: str) -> tuple[str, str]:
        """Say what has become of a mail and by which rule; `none` if nothing of it is kept."""

        def of(session: Session) -> tuple[str, str]:
            wanted = select(Post).where(Post.message_id == f"<{name}@example.org>")
            post = session.scalars(wanted).one_or_none()
            return ("none", "") if post is None else (post.state, post.rule)

        return self.store.read_sync(of)


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    names = ("Ada Holm", "Bo Lie", "Nina Aas", "Hege Li", "Rolf Eng", "Tor Moe")
    ada, bo, nina, hege, rolf, tor = (a_person(store, name) for name in names)
    mona = a_moderator(store)
    nils = a_person(store, "Nils Dahl", roles=(Role.MENTOR,))
    mia = a_person(store, "Mia Ruud", roles=(Role.MENTOR, Role.MEMBER))
    made = Town(store, now, a_list(store, ada, bo, nina, hege, rolf, tor, nils, mia))
    a_list(store, ada, address="lab@lists.example.org")
    for person, trust in ((hege, Trust.HOLD), (rolf, Trust.REJECT), (tor, Trust.TRUSTED)):
        store.run_sync(trusts.trust, made.list_id, person, trust.value, by=mona, now=now)
    store.run_sync(bans.ban, "@banned.example", list_id=made.list_id, by=mona, now=now)
    made.settle("")
    for number, text in enumerate((*[SAID] * 2, f"{SAID} By train.")):
        said = a_mail("bo.lie@example.org", subject=f"Trip {number}", text=text)
        a_post(store, made.list_id, said, now=now)
    for name in ("opening", "closed"):
        first = a_mail("bo.lie@example.org", subject=name.title(), text=f"About {name}.")
        first = replace(first, message_id=f"<{name}@example.org>")
        post_id = a_post(store, made.list_id, first, now=now)
    thread_id = store.read_sync(lambda session: session.get_one(Post, post_id).thread_id)
    store.run_sync(closures.close, thread_id, by=mona, now=now)
    return made


async def test_each_mail_fares_as_its_name_says(town: Town) -> None:
    parser = Parser()
    behind = reception(town.store, town.now, parser, Vouching(authserv_id="mx.example.org"))
    fates, replies, expected_replies = {}, {}, {}
    for name in NAMES:
        rule, _, state = name.partition(".")
        town.settle(name)
        replies[name] = await _take(behind, name)
        refusal = BY_NAME[rule].refusal.format(address=LIST)
        refused = replace(REFUSED, text=REFUSED.text + refusal)
        expected_replies[name] = refused if state == "refused" else TAKEN
        fates[name] = town.fate(name)
    await parser.aclose()

    assert fates == {name: _expected(name) for name in NAMES}
    assert replies == expected_replies


def test_each_rule_has_a_mail_that_it_stops_and_one_that_it_lets_pass() -> None:
    found = [Path(name).stem for name in NAMES]

    assert set(found) == set(BY_NAME)
    assert [rule for rule in BY_NAME if f"{rule}.released" not in NAMES] == []
    assert [rule for rule in BY_NAME if found.count(rule) < 2] == []


async def _take(behind: Reception, name: str) -> object:
    raw = mail(f"rules/{name}.eml")
    sender = raw.partition(b"From: ")[2].partition(b"\n")[0].partition(b"<")[2].partition(b">")[0]
    return await behind.take(Envelope(sender=sender.decode(), recipient=LIST, raw=raw))


def _expected(name: str) -> tuple[str, str]:
    rule, _, state = name.partition(".")
    if state == "refused":
        return "none", ""
    return state, ACCEPTED if state == "released" else rule
