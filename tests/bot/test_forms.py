"""What coordinators make: gatherings, announcements with their preview, pairs."""

from datetime import UTC, datetime

import pytest

from community import announcements, gathering_cards, mentoring
from community.people import Role
from sandbox.blockkit import view_problems
from sandbox.records import Member, View
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import a_coordinator, a_person, told

pytestmark = pytest.mark.anyio

STARTS = int(datetime(2027, 2, 10, 11, 0, tzinfo=UTC).timestamp())

GATHERING: dict[str, str | int] = {
    "title": "Kick-off",
    "place": "Room 1",
    "starts_at": STARTS,
    "capacity": "20",
}


@pytest.fixture
def kari(stage: Stage) -> Member:
    member = stage.workspace.add_member("kari", "Kari Berg", "kari.berg@example.org")
    a_coordinator(stage.store, slack_id=member.id)
    return member


async def form(stage: Stage, member: Member, typed: str) -> View:
    reply = await stage.workspace.command(member.id, "/postdoc", typed)
    assert reply.modal is not None
    assert view_problems(reply.modal.body) == []
    return reply.modal


async def test_gathering_is_published_and_its_people_are_told(stage: Stage, kari: Member) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store, slack_id=ada.id)
    view = await form(stage, kari, "gathering")

    filled = await stage.workspace.fill(kari.id, view, GATHERING)
    await stage.deliver()
    message = stage.workspace.messages(ada.id)[0]
    await stage.workspace.press(ada.id, message, "gathering.register")
    mine = await stage.workspace.command(ada.id, "/postdoc", "gatherings")

    assert filled.view is not None
    assert words(filled.view)[:2] == ["Published. The invitations are on their way.", "Kick-off"]
    assert told(stage.store, "gathering.publish") == [(person, "slack")]
    assert labels(mine.messages[-1]) == ["Release my place"]
    now = stage.clock.now()
    cards = await stage.store.read(gathering_cards.upcoming, reader_id=person, now=now)
    assert [(card.title, card.taken, card.capacity) for card in cards] == [("Kick-off", 1, 20)]


async def test_announcement_is_previewed_and_scheduled(stage: Stage, kari: Member) -> None:
    a_person(stage.store)
    a_person(stage.store, "Bo Li", language="nb")
    view = await form(stage, kari, "announce")
    given = {"title_en": "News", "body_en": "One.\n\nTwo.", "audience": "postdocs"}

    preview = (await stage.workspace.fill(kari.id, view, given)).view
    assert preview is not None
    assert preview.title == "Preview"
    assert "1 person reads this in English" in words(preview)
    assert [one for one in words(preview) if one in ("News", "One.", "Two.")] == [
        "News",
        "One.",
        "Two.",
    ]
    refused = await stage.workspace.fill(kari.id, preview, {"send_at": STARTS})
    assert "Norwegian" in refused.errors["send_at"]


async def test_announcement_is_scheduled_when_everybody_can_read_it(
    stage: Stage, kari: Member
) -> None:
    a_person(stage.store)
    view = await form(stage, kari, "announce")
    given = {"title_en": "News", "body_en": "One.", "audience": "postdocs"}
    preview = (await stage.workspace.fill(kari.id, view, given)).view
    assert preview is not None

    filled = await stage.workspace.fill(kari.id, preview, {"send_at": STARTS})

    assert filled.view is not None
    assert words(filled.view)[0] == (
        "Scheduled: it goes out Wed 10 Feb, 12:00, once, to everybody it is for."
    )
    cards = await stage.store.read(announcements.recent)
    assert [card.state for card in cards] == ["scheduled"]


async def test_a_draft_is_found_again_and_can_be_cancelled(stage: Stage, kari: Member) -> None:
    a_person(stage.store)
    view = await form(stage, kari, "announce")
    given = {"title_en": "News", "body_en": "One.", "audience": "postdocs"}
    await stage.workspace.fill(kari.id, view, given)
    await stage.workspace.close(kari.id, all_of_them=True)

    drafts = await stage.workspace.command(kari.id, "/postdoc", "announcements")
    message = drafts.messages[-1]
    assert labels(message)[:2] == ["Preview and schedule", "Cancel the announcement"]
    again = await stage.workspace.press(kari.id, message, "announcement.schedule")
    assert again.modal is not None
    assert again.modal.title == "Preview"
    await stage.workspace.press(kari.id, message, "announcement.cancel")

    assert words(message)[0] == "✓ Cancelled. Nobody gets it."
    cards = await stage.store.read(announcements.recent)
    assert [card.state for card in cards] == ["cancelled"]


async def test_a_title_without_a_text_is_refused_beside_the_form(
    stage: Stage, kari: Member
) -> None:
    view = await form(stage, kari, "announce")

    filled = await stage.workspace.fill(kari.id, view, {"title_en": "News"})

    assert list(filled.errors.values()) == [
        "A title and a text go together: write both, or neither, in each language."
    ]


async def test_pair_is_made_and_its_steps_go_on_in_slack(stage: Stage, kari: Member) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    postdoc = a_person(stage.store, slack_id=ada.id)
    mentor = a_person(stage.store, "Per Lund", roles=(Role.MENTOR,))
    view = await form(stage, kari, "pair")

    given = {"postdoc_id": str(postdoc), "mentor_id": str(mentor)}
    filled = await stage.workspace.fill(kari.id, view, given)
    assert filled.view is not None
    assert words(filled.view) == [
        "Ada Holm and Per Lund are a pair. Both hear of it in working hours."
    ]

    mine = await stage.workspace.command(ada.id, "/postdoc", "mentor")
    message = mine.messages[-1]
    assert words(message)[1:3] == [
        "Per Lund",
        "Your mentor\nNext: find a time for your first meeting.",
    ]
    booking = await stage.workspace.press(ada.id, message, "mentorship.book")
    assert booking.modal is not None
    booked = await stage.workspace.fill(ada.id, booking.modal, {"starts_at": STARTS})
    assert booked.view is not None

    again = await stage.workspace.command(ada.id, "/postdoc", "mentor")
    assert words(again.messages[-1])[2] == "Your mentor\nWed 10 Feb, 12:00–13:00"
    pairs = await stage.store.read(mentoring.of_person, mentor)
    assert [pair.postdoc_name for pair in pairs] == ["Ada Holm"]


async def test_pair_cannot_be_made_when_there_is_nobody(stage: Stage, kari: Member) -> None:
    reply = await stage.workspace.command(kari.id, "/postdoc", "pair")

    assert reply.modal is not None
    assert words(reply.modal) == ["There are no postdocs or no mentors yet."]


async def test_the_form_checks_the_right_when_it_is_sent(stage: Stage, kari: Member) -> None:
    view = await form(stage, kari, "gathering")
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store, slack_id=ada.id)
    view.user = ada.id

    filled = await stage.workspace.fill(ada.id, view, GATHERING)

    assert filled.errors == {"title": "Only a coordinator can do this. Ask one of them."}
