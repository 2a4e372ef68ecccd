"""Every notice that an act can put has words, and says why it came."""

import ast
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import community
from community import announcements, gatherings, meetups
from community.audiences import Audience
from community.errors import Refusal
from community.outbox import Notice
from community.people import Role
from community.store import Store
from letters import kinds, together
from letters.actions import ACTIONS
from letters.kinds import KINDS
from tests.builders import (
    NEXT_WEEK,
    a_coordinator,
    a_house,
    a_list,
    a_mail,
    a_meetup,
    a_moderator,
    a_person,
    a_post,
    notices,
)

PUT = {"put", "put_to_all", "put_instead", "tell_all", "tell_each"}
#: What people are told once about what they have done themselves; there is nothing to stop.
ANSWERS = {
    *("post.wait", "post.digest", "post.return", "gathering.uninvite", "gathering.cancel"),
    *("meetup.cancel", "digest.return", "post.turn_back", "post.forward", "post.pass_on"),
}


def _kinds_put() -> Iterator[str]:
    """Find the kinds that acts name in their calls of the outbox."""
    for path in Path(community.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                is_put = node.func.attr in PUT and len(node.args) > 1
                if is_put and isinstance(node.args[1], ast.Constant):
                    yield str(node.args[1].value)


def test_every_kind_that_is_put_has_words() -> None:
    assert set(_kinds_put()) - set(KINDS) == set()


def _everything(store: Store, now: datetime) -> None:
    """Have the community say all it says about posts, meetups, gatherings and announcements."""
    a_moderator(store, slack_id="U1")
    kari = a_coordinator(store)
    ada = a_person(store, "Ada Holm", fields=("1.3",))
    bo = a_person(store, "Bo Li", fields=("1.3",), language="nb", slack_id="U2")
    a_person(store, "Per Foss", roles=(Role.MENTOR,), language="nb")
    a_post(store, a_list(store, ada), a_mail(), now=now)
    left, meetup = a_meetup(store, ada), a_meetup(store, ada)
    for act in (meetups.join, meetups.leave):
        store.run_sync(act, left, by=bo, now=now)
    store.run_sync(meetups.join, meetup, by=bo, now=now)
    gathering, called_off = (
        store.run_sync(
            gatherings.publish,
            title="Seminar",
            place="Hangaren",
            starts_at=NEXT_WEEK,
            minutes=60,
            capacity=5,
            audience=Audience.ALL,
            by=kari,
            now=now,
        ).id
        for _ in range(2)
    )
    for person in (ada, bo):
        store.run_sync(gatherings.register, gathering, by=person, now=now)
    store.run_sync(gatherings.remind, gathering, detail="3d", due_at=now, now=now)
    store.run_sync(gatherings.release, gathering, by=bo, now=now)
    store.run_sync(gatherings.register, called_off, by=bo, now=now)
    store.run_sync(gatherings.cancel, called_off, by=kari, now=now)
    words = {"title_en": "Call", "body_en": "Apply.", "title_nb": "Utlysning", "body_nb": "Søk."}
    draft = store.run_sync(announcements.draft, **words, audience=Audience.ALL, by=kari, now=now)
    store.run_sync(announcements.schedule, draft.id, send_at=NEXT_WEEK, by=kari, now=now)
    store.run_sync(announcements.send_now, draft.id, by=kari, now=now)


def test_every_letter_says_why_it_came_what_to_do_and_how_to_stop(
    store: Store, now: datetime
) -> None:
    _everything(store, now)
    spoken, one_by_one = set(), {}

    for notice in notices(store):
        written = store.read_sync(kinds.write, notice, house=a_house())
        if written is None:
            continue
        reader, letter = one_by_one[notice.id] = written
        spoken.add(notice.kind)
        assert reader.person_id == notice.person_id
        assert letter.language == reader.language
        assert letter.why
        assert letter.subject
        actions = {button.action for button in letter.buttons}
        actions |= {letter.stop.action} if letter.stop else set()
        assert actions <= set(ACTIONS)
        assert actions or notice.kind in ANSWERS, notice.kind

    assert spoken == {
        *("post.hold", "post.wait"),
        *("meetup.propose", "meetup.invite", "meetup.uninvite", "meetup.join", "meetup.leave"),
        *("gathering.publish", "gathering.invite", "gathering.uninvite", "gathering.remind"),
        *("gathering.cancel", "announcement.send"),
    }
    assert store.read_sync(together.write, notices(store), house=a_house()) == one_by_one


def test_a_link_of_a_letter_is_the_page_of_its_action(store: Store, now: datetime) -> None:
    _everything(store, now)
    house = a_house()
    [notice] = [n for n in notices(store, "gathering.remind") if n.channel == "mail"]
    written = store.read_sync(kinds.write, notice, house=house)
    assert written is not None
    reader, letter = written

    link = house.link(letter.buttons[0], reader)

    start, _, rest = link.partition("/gatherings/")
    token, _, verb = rest.partition("/")
    assert (start, verb) == ("https://samband.example.org", "release")
    right = house.tokens.right(token)
    assert (right.action, right.object_id, right.person_id) == (
        "gathering.release",
        notice.object_id,
        reader.person_id,
    )


def test_write_is_refused_when_the_reader_is_gone(store: Store, now: datetime) -> None:
    notice = Notice(kind="meetup.propose", object_id=1, person_id=999, detail="", due_at=now)

    with pytest.raises(Refusal, match="We do not know you"):
        store.read_sync(kinds.write, notice, house=a_house())
