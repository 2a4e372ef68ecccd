"""Writing to a list from chat: looked at first, sent once, taken back; and answering a thread."""

import pytest

from community import moderation, threads
from community.posts import Post
from community.store import Session
from sandbox.blockkit import view_problems
from sandbox.records import Member, View
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import EARLIER, a_list, a_mail, a_moderator, a_person, a_post, a_reader

pytestmark = pytest.mark.anyio


def a_writer(stage: Stage, *, grace_seconds: int = 120) -> tuple[Member, int, int]:
    """Let Ada be on a list, with a post of hers that a moderator has accepted, and Bo too."""
    member = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    ada = a_person(stage.store, slack_id=member.id, fields=("1.3",))
    here = a_list(stage.store, ada, a_person(stage.store, "Bo Li"), grace_seconds=grace_seconds)
    post = a_post(stage.store, here, a_mail(subject="First words"))
    stage.store.run_sync(moderation.accept, post, by=a_moderator(stage.store), now=EARLIER)
    return member, ada, here


def posts(session: Session) -> list[Post]:
    return list(session.query(Post).order_by(Post.id))


async def looked_at(stage: Stage, member: Member, form: View, **typed: str) -> View:
    filled = await stage.workspace.fill(member.id, form, dict(typed))
    assert (filled.errors, filled.trouble) == ({}, None)
    assert filled.view is not None
    assert view_problems(filled.view.body) == []
    return filled.view


async def test_a_post_is_looked_at_sent_once_and_taken_back(stage: Stage) -> None:
    member, _, _ = a_writer(stage)

    opened = await stage.workspace.command(member.id, "/postdoc", "post Lunch on Friday")
    assert opened.modal is not None
    assert words(opened.modal)[0].startswith("postdocs@lists.example.org · 3 of 4 new threads")
    view = await looked_at(
        stage, member, opened.modal, text="At <!channel>? 🥪", reach="mine", topic="social"
    )

    said = words(view)
    assert said[0] == "What happens with it"
    assert said[1].splitlines() == [
        "It goes out in 2 minutes; until then you can take it back.",
        "1 person gets it as a mail.",
        "Only people of these fields and related ones: Physical sciences.",
    ]
    assert "[postdocs] [social] Lunch on Friday" in said
    assert "From Ada Holm <ada.holm@example.org> to postdocs+physics@lists.example.org" in said
    assert "At <!channel>? 🥪" in said
    done = await stage.workspace.fill(member.id, view, {})
    assert done.view is not None
    assert words(done.view)[0].startswith("Sent. It goes out at 10:02.")
    assert await stage.deliver() == 1
    card = stage.workspace.messages(stage.workspace.direct(member.id).id)[-1]
    assert words(card)[0] == "On its way at 10:02: [social] Lunch on Friday"

    back = await stage.workspace.press(member.id, card, "post.withdraw")

    assert "✓ Withdrawn. Nobody gets it." in words(back.messages[0])
    kept = stage.store.read_sync(posts)
    assert [(post.subject, post.state, post.door) for post in kept] == [
        ("First words", "releasing", "mail"),
        ("[social] Lunch on Friday", "withdrawn", "slack"),
    ]


async def test_what_was_changed_after_the_look_is_looked_at_again(stage: Stage) -> None:
    member, _, _ = a_writer(stage)
    opened = await stage.workspace.command(member.id, "/postdoc", "innlegg")
    assert opened.modal is not None
    view = await looked_at(stage, member, opened.modal, subject="Lunch", text="At noon?")

    changed = await looked_at(stage, member, view, text="At one?")

    assert words(changed)[0] == "You have changed it. Look once more."
    assert "At one?" in words(changed)
    assert len(stage.store.read_sync(posts)) == 1
    await stage.workspace.fill(member.id, changed, {})
    assert [post.text for post in stage.store.read_sync(posts)][1:] == ["At one?"]


async def test_what_would_come_back_cannot_be_sent(stage: Stage) -> None:
    member, _, _ = a_writer(stage)
    opened = await stage.workspace.shortcut(member.id, "post.compose")
    assert opened.modal is not None

    view = await looked_at(stage, member, opened.modal, subject="unsubscribe", text="unsubscribe")

    assert words(view)[1].splitlines()[:2] == [
        "It does not go to the list as it is.",
        "It asks to leave the list, or for help.",
    ]
    assert view.body["callback_id"] == "post.compose"


async def test_who_is_on_no_list_is_told_so(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)

    reply = await stage.workspace.command(ada.id, "/postdoc", "post")

    assert reply.modal is None
    assert words(reply.messages[0])[0].startswith("You are on no list that you may write to.")


async def test_threads_are_followed_muted_and_answered(stage: Stage) -> None:
    member, ada, _ = a_writer(stage, grace_seconds=0)

    listed = await stage.workspace.command(member.id, "/postdoc", "tråder")
    assert words(listed.messages[0])[:2] == ["Threads", "First words"]
    assert labels(listed.messages[0])[:4] == [
        "Read",
        "Answer",
        "Follow the thread",
        "Mute the thread",
    ]
    muted = await stage.workspace.press(member.id, listed.messages[0], "thread.mute")
    assert words(muted.messages[0])[0] == "✓ Muted. No more posts of this thread come."
    form = await stage.workspace.press(member.id, muted.messages[0], "thread.answer")
    assert form.modal is not None
    view = await looked_at(stage, member, form.modal, text="And cake")
    await stage.workspace.fill(member.id, view, {})

    first, answer = stage.store.read_sync(posts)
    assert (answer.subject, answer.thread_id, answer.is_reply) == (
        "Re: First words",
        first.thread_id,
        True,
    )
    reader = a_reader(stage.store, ada)
    shown = stage.store.read_sync(threads.shown, first.thread_id, reader=reader)
    assert shown.follows is False


async def test_a_message_becomes_a_quote_or_a_meetup(stage: Stage) -> None:
    member, _, _ = a_writer(stage)
    bo = stage.workspace.add_member("bo", "Bo Lien", "bo.lien@example.org")
    talk = stage.workspace.add_channel("talk", members=[bo.id], private=True)
    stage.workspace.say(bo.id, talk.id, "@ada cake &\n<!channel> coffee?")
    message = stage.workspace.messages(talk.id)[-1]

    opened = await stage.workspace.shortcut(member.id, "post.quote", message=message)
    proposed = await stage.workspace.shortcut(member.id, "meetup.quote", message=message)

    assert opened.modal is not None
    assert words(opened.modal)[0] == (
        "These are the words of Bo Lien, from a private conversation. Ask before you send them to "
        "a list, and leave out what is not for everybody."
    )
    assert opened.modal.blocks[-1]["element"]["initial_value"] == (
        "Bo Lien wrote in Slack:\n\n> @Ada Holm cake &\n> <!channel> coffee?"
    )
    assert proposed.modal is not None
    assert proposed.modal.blocks[0]["element"]["initial_value"] == (
        "@Ada Holm cake & <!channel> coffee?"
    )
