"""The policy of a list: read as it is written, refused with what is possible, and each key read."""

from dataclasses import fields, replace
from datetime import datetime

import pytest

from community import arrivals, bans, joining, lists, moderation
from community.attachments import Attached
from community.cases import Proof
from community.errors import Refusal
from community.people import Role
from community.policies import Policy
from community.posts import Post
from community.received import Received
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post

POLICY = Policy()


def test_changed_reads_every_key() -> None:
    wanted = Policy(
        newcomer_posts=0,
        threads_per_day=1,
        mails_per_member_per_week=2,
        posts_per_member_per_week=3,
        banned="discard",
        replies_per_member_per_week=6,
        replies_to_all=7,
        hours_to_all=8,
        nonmembers="reject",
        hold_hours=10_000,
        hold_outcome="return",
        unproved="accept",
        join="approve",
        guests="accept",
        guests_write="hold",
        mentors_write="reject",
        keep_days=1,
        keep_refused_days=2,
        monthly_letter="off",
        emergency="on",
        max_kilobytes=0,
        attachment_kilobytes=1,
        refused_attachments="exe",
        most_recipients=0,
        unaddressed="return",
        no_subject="hold",
        topics="hold",
        moderators_channel="C0123456789",
        administrivia="post",
        suspect_headers="X-Spam: yes",
        thanks="list",
        quoted_lines=0,
        lists_at_once=0,
        repeats=0,
        grace_seconds=0,
        from_munging="never",
        reply_to="list",
        copies="together",
        recipients_per_mail=500,
        footer="nb",
        footer_words="Ikke mer = mindre støy",
    )
    changes = [f" {field.name} = {getattr(wanted, field.name)} " for field in fields(Policy)]

    changed = POLICY.changed(changes)

    assert changed == wanted
    assert changed.differences() == wanted.values()
    assert changed.changed(["threads_per_day=4"]).differences() == {
        key: value for key, value in wanted.values().items() if key != "threads_per_day"
    }
    assert POLICY.differences() == {}


KEYS = ", ".join(field.name for field in fields(Policy))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("colour=red", f"There is no setting “colour”. There is: {KEYS}."),
        ("", f"There is no setting “”. There is: {KEYS}."),
        (
            "nonmembers=accept",
            "nonmembers can be: hold, reject, forward. “accept” is none of them.",
        ),
        ("hold_outcome", "hold_outcome can be: digest, accept, return, discard. “” is none of "),
        *(
            (
                f"hold_hours={wrong}",
                "hold_hours takes a whole number from 0 to 10000, such as hold_hours=3. "
                f"“{wrong}” is none.",
            )
            for wrong in ("", "-1", "1.5", "10001", "²", "٣", "many", "9" * 5000)
        ),
        *(
            (
                f"recipients_per_mail={wrong}",
                "recipients_per_mail takes a whole number from 2 to 500, such as "
                f"recipients_per_mail=3. “{wrong}” is none.",
            )
            for wrong in ("1", "501")
        ),
        *(
            (f"footer_words={wrong}", "footer_words takes one line of at most 200 signs.")
            for wrong in ("x" * 201, "a\nb", "a\x00b")
        ),
    ],
)
def test_changed_refuses_with_what_is_possible(change: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        POLICY.changed(["threads_per_day=2", change])

    assert str(refused.value).startswith(words)


#: What matters only when copies are made: test_splicing.py, test_fanout.py, test_footers.py.
READ_BY_MAIL = {"from_munging", "reply_to", "copies", "recipients_per_mail"}
READ_BY_MAIL |= {"footer", "footer_words"}
#: What matters only to who joins (test_joining.py), and to what is kept (test_retention.py).
READ_ELSEWHERE = {"join", "guests", "guests_write", "keep_days"}
READ_ELSEWHERE |= {"keep_refused_days", "monthly_letter", "moderators_channel"}


_TWO_LISTS = ("postdocs@lists.example.org", "mentors@lists.example.org")
_MANY = ("postdocs@lists.example.org", "eve@elsewhere.example")


def _with_file(name: str, size: int) -> Received:
    file = Attached(name=name, content_type="application/pdf", size_bytes=size)
    return replace(a_mail(), attachments=(file,))


def _answer(text: str) -> Received:
    return a_mail(subject="Re: Lunch", text=text, answers=("<first>",))


def test_every_key_of_the_policy_changes_what_becomes_of_a_post(
    store: Store, now: datetime
) -> None:
    """Ask of each key whether some mail fares otherwise; a setting that nothing reads is a lie."""
    list_id = a_list(store, a_person(store))
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0"], by=None, now=now)
    a_moderator(store)
    first = a_post(store, list_id, a_mail("mona.vik@example.org", text="Lunch? " * 9), now=now)
    message_id = store.read_sync(lambda session: session.get_one(Post, first).message_id)
    answer = a_mail(text="Yes", answers=(message_id,))
    effects = {
        "newcomer_posts": ("newcomer_posts=1", a_mail()),
        "threads_per_day": ("threads_per_day=0", a_mail()),
        "mails_per_member_per_week": ("mails_per_member_per_week=0", a_mail()),
        "posts_per_member_per_week": ("posts_per_member_per_week=0", a_mail()),
        "banned": ("banned=discard", a_mail("mal@banned.example")),
        "replies_per_member_per_week": ("replies_per_member_per_week=0", answer),
        "replies_to_all": ("replies_to_all=0", answer),
        "hours_to_all": ("hours_to_all=0", answer),
        "nonmembers": ("nonmembers=reject", a_mail("eve@elsewhere.example")),
        "mentors_write": ("mentors_write=hold", a_mail("nils.aas@example.org")),
        "hold_hours": ("hold_hours=1", a_mail("eve@elsewhere.example")),
        "hold_outcome": ("hold_outcome=discard", a_mail("eve@elsewhere.example")),
        "emergency": ("emergency=on", a_mail()),
        "max_kilobytes": ("max_kilobytes=1", replace(a_mail(), raw=b"x" * 1_001)),
        "attachment_kilobytes": ("attachment_kilobytes=1", _with_file("a.pdf", 1_001)),
        "refused_attachments": ("refused_attachments=pdf", _with_file("a.PDF", 1)),
        "most_recipients": ("most_recipients=1", replace(a_mail(), to_addresses=_MANY)),
        "unaddressed": ("unaddressed=hold", replace(a_mail(), to_addresses=())),
        "no_subject": ("no_subject=accept", a_mail(subject="")),
        "administrivia": ("administrivia=post", a_mail(subject="unsubscribe", text="")),
        "suspect_headers": ("suspect_headers=Subject: lun*", a_mail()),
        "topics": ("topics=hold", a_mail()),
        "thanks": ("thanks=list", _answer("Thanks!")),
        "quoted_lines": ("quoted_lines=1", _answer("> a\n> b\n> c\n> d\n> e\nI see.")),
        "lists_at_once": ("lists_at_once=1", replace(a_mail(), to_addresses=_TWO_LISTS)),
        "repeats": ("repeats=1", a_mail(text="Lunch? " * 9)),
        "unproved": ("unproved=accept", replace(a_mail(), proof=Proof.NONE)),
        "grace_seconds": ("grace_seconds=1", a_mail()),
    }

    def outcome(change: str, mail: Received) -> tuple[object, ...]:
        def tried(session: Session) -> tuple[object, ...]:
            lists.set_policy(session, list_id, [change], by=None, now=now)
            try:
                post = arrivals.receive(session, list_id, mail, now=now)
            except Refusal as refusal:
                session.rollback()
                return (refusal.message,)
            before = (post.state, post.deadline_at)
            if post.state == "held":
                moderation.expire(session, post.id, detail="", due_at=now, now=now)
            found = (*before, post.state, post.is_contained)
            session.rollback()
            return found

        return store.run_sync(tried)

    store.run_sync(bans.ban, "@banned.example", list_id=list_id, by=None, now=now)
    a_list(store, address="mentors@lists.example.org")
    for who, role in (("Bo Li", Role.MEMBER), ("Nils Aas", Role.MENTOR)):
        person_id = a_person(store, who, roles=(role,))
        store.run_sync(joining.join, list_id, by=person_id, now=now)
    a_post(store, list_id, replace(a_mail("bo.li@example.org"), message_id="<first>"), now=now)
    usual = Policy(newcomer_posts=0, grace_seconds=0).values()
    assert set(effects) == set(usual) - READ_BY_MAIL - READ_ELSEWHERE
    for key, (change, mail) in effects.items():
        assert outcome(change, mail) != outcome(f"{key}={usual[key]}", mail), key
