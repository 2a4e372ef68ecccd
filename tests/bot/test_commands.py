"""What people type, and what they see."""

from datetime import UTC, datetime

import pytest

from bot import typed
from bot.commands import COMMANDS
from community import moderation, ways
from community.people import Role
from sandbox.blockkit import problems
from tests.bot.conftest import Stage
from tests.bot.reading import labels, words
from tests.builders import (
    EARLIER,
    a_coordinator,
    a_list,
    a_mail,
    a_meetup,
    a_moderator,
    a_person,
    a_post,
    a_reader,
)

pytestmark = pytest.mark.anyio


async def test_help_lists_what_a_member_can_type(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)

    reply = await stage.workspace.command(ada.id, "/postdoc", "")

    said = words(reply.messages[0])
    assert said[said.index("Meetups") + 1 :][:2] == [
        "*/postdoc meetup*",
        "Propose a meetup to people of your own and related fields; a form opens. Or in one line: "
        "Lunch | Hangaren | 2027-02-03 12:00",
    ]
    assert "For moderators" not in said
    assert "*/postdoc held*" not in said
    assert reply.messages[0].only_for == ada.id


async def test_help_lists_everything_for_an_admin_in_norwegian(stage: Stage) -> None:
    liv = stage.workspace.add_member("liv", "Liv Dahl", "liv.dahl@example.org")
    a_person(stage.store, "Liv Dahl", roles=(Role.ADMIN,), language="nb")

    reply = await stage.workspace.command(liv.id, "/postdoc", "hjelp")

    typed = [line for line in words(reply.messages[0]) if line.startswith("*/postdoc")]
    assert typed[:3] == [
        "*/postdoc innlegg*",
        "*/postdoc tråder*",
        "*/postdoc lister digest postdocs*",
    ]
    assert len(typed) == len(labels(reply.messages[0])) == len(COMMANDS) - 1
    assert problems(reply.messages[0].blocks, "message") == []


async def test_words_of_the_mails_open_what_they_mean_in_chat_too(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_list(stage.store, a_person(stage.store))
    meant = {
        "Mailing lists": ("unsubscribe", "meld ut", "bli med", "pause postdocs", "oppsamling av"),
        "What we tell you": ("innstillinger", "settings", "quiet hours"),
    }

    for title, words_typed in meant.items():
        replies = [await stage.workspace.command(ada.id, "/postdoc", each) for each in words_typed]
        assert {words(reply.messages[-1])[0] for reply in replies} == {title}


async def test_nonsense_is_answered_with_the_nearest_words_as_buttons(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    near = {
        "langauge nb": ["Language", "Show everything"],
        "xyzzy": ["Show everything"],
        "<!channel> <@U1|ada>": ["Show everything"],
        "meetpu": ["Propose a meetup", "Meetups", "Show everything"],
    }

    replies = [await stage.workspace.command(ada.id, "/postdoc", typed) for typed in near]

    assert ["means nothing here" in words(one.messages[-1])[0] for one in replies] == [True] * 4
    assert [labels(one.messages[-1]) for one in replies] == list(near.values())
    pressed = await stage.workspace.press(
        ada.id, replies[-1].messages[-1], "command.run.meetup", value="meetup"
    )
    assert pressed.modal is not None
    assert pressed.modal.body["callback_id"] == "meetup.propose"


def test_a_slip_in_any_word_finds_the_command_that_was_meant() -> None:
    words = {
        each: word for word, command in COMMANDS.items() for each in (word, *command.also) if each
    }
    long = [word for word in words if len(word) >= 4]

    lost = []
    for word in long:
        middle = len(word) // 2
        swapped = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
        for slip in (word[:middle] + word[middle + 1 :], swapped, word + word[-1]):
            meant = {words[each] for each in typed.near(slip, list(words))}
            if slip not in words and words[word] not in meant:
                lost.append((slip, word))

    assert lost == []


async def test_meetup_typed_in_one_line_is_proposed(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)

    reply = await stage.workspace.command(
        ada.id, "/postdoc", "meetup Lunch & talk | Hangaren | 2027-02-03 12:00"
    )
    seen = await stage.workspace.command(ada.id, "/postdoc", "meetups")

    assert words(reply.messages[0])[0].startswith("✓ Proposed.")
    said = words(seen.messages[-1])
    assert "Lunch & talk" in said
    assert "Wed 3 Feb, 12:00–13:00\nHangaren\nAda Holm (1/5)" in said


async def test_meetup_with_a_moment_that_is_none_is_refused(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)

    reply = await stage.workspace.command(ada.id, "/postdoc", "meetup Lunch | Here | 2027-02-31")

    assert words(reply.messages[0]) == [
        "“2027-02-31” is no day and time. Write it like 2027-02-03 12:00."
    ]


async def test_meetup_without_more_words_opens_the_form(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store, fields=("1.2",))
    starts = int(datetime(2027, 2, 3, 11, 0, tzinfo=UTC).timestamp())

    await stage.workspace.command(ada.id, "/postdoc", "treff Coffee")
    form = stage.workspace.modal(ada.id)
    assert form is not None
    refused = await stage.workspace.fill(
        ada.id, form, {"place": "Hangaren", "starts_at": 1_700_000_000}
    )
    filled = await stage.workspace.fill(ada.id, form, {"starts_at": starts, "minutes": "90"})

    assert refused.errors == {"starts_at": "That time is over. Choose one that is still to come."}
    assert filled.view is not None
    assert words(filled.view)[0].startswith("Proposed.")
    reply = await stage.workspace.command(ada.id, "/postdoc", "meetups")
    assert "Wed 3 Feb, 12:00–13:30\nHangaren\nAda Holm (1/5)" in words(reply.messages[-1])


async def test_lists_are_joined_and_left(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    a_list(stage.store)

    joined = await stage.workspace.command(ada.id, "/postdoc", "list join postdocs")
    assert words(joined.messages[0])[0] == "✓ You are on the list."

    left = await stage.workspace.press(ada.id, joined.messages[0], "mailing_list.leave")
    wrong = await stage.workspace.command(ada.id, "/postdoc", "lists join staff")

    assert words(left.messages[0])[0].startswith("✓ You are off the list.")
    assert "postdocs@lists.example.org\nYou are not on it." in words(left.messages[0])
    assert words(wrong.messages[0]) == ["There is no list “staff”. There is: postdocs."]


async def test_rules_are_printed_from_the_policy(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)
    a_list(stage.store)

    reply = await stage.workspace.command(ada.id, "/postdoc", "rules")

    said = words(reply.messages[0])
    assert said[:2] == ["Posting rules", "postdocs@lists.example.org"]
    assert "• The first posts of a newcomer (1) wait for a moderator." in said[2].splitlines()
    assert said[3].startswith("4 of 4 new threads left today")


async def test_language_changes_at_once(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store)

    await stage.workspace.command(ada.id, "/postdoc", "language norsk")
    assert a_reader(stage.store, person).language == "nb"

    asked = await stage.workspace.command(ada.id, "/postdoc", "language")
    await stage.workspace.press(ada.id, asked.messages[0], "person.speak", selected="en")
    assert a_reader(stage.store, person).language == "en"

    wrong = await stage.workspace.command(ada.id, "/postdoc", "language fr")
    assert words(wrong.messages[0]) == ["Type “en” for English or “nb” for bokmål."]


async def test_messages_come_as_chosen(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person = a_person(stage.store)

    def ways_of() -> list[str]:
        return list(stage.store.read_sync(ways.of_person, person).values())

    typed = await stage.workspace.command(ada.id, "/postdoc", "stop meetups")
    assert ways_of() == ["none", "slack", "slack", "mail"]
    stopped = "Stopped. You still hear of meetups that you host."
    assert words(typed.messages[0]).count(stopped) == 1

    menu = "person.choose_way"
    await stage.workspace.press(ada.id, typed.messages[0], menu, selected="meetup-both")
    shown = await stage.workspace.command(ada.id, "/postdoc", "meldinger")
    await stage.workspace.command(ada.id, "/postdoc", "stop gathering")
    await stage.workspace.command(ada.id, "/postdoc", "start gathering")
    wrong = await stage.workspace.command(ada.id, "/postdoc", "stop xyz")

    assert ways_of() == ["both", "slack", "slack", "mail"]
    assert "These come in Slack and by e-mail." in words(shown.messages[0])
    assert words(wrong.messages[0]) == [
        "“xyz” is none of: meetup, mentorship, gathering, announcement."
    ]


async def test_held_is_for_moderators(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)

    reply = await stage.workspace.command(ada.id, "/postdoc", "held")

    assert words(reply.messages[0]) == ["Only a moderator of the list can do this."]


async def test_held_shows_the_queue_and_a_press_shows_what_is_left(stage: Stage) -> None:
    mona = stage.workspace.add_member("mona", "Mona Vik", "mona.vik@example.org")
    a_moderator(stage.store)
    ada = a_person(stage.store)
    a_list(stage.store, ada)
    post = a_post(stage.store, a_list(stage.store, ada, address="b@lists.example.org"), a_mail())

    queue = await stage.workspace.command(mona.id, "/postdoc", "held")
    assert "Held: Lunch" in words(queue.messages[0])

    after = await stage.workspace.press(mona.id, queue.messages[0], "post.accept", value=str(post))

    assert words(after.messages[0]) == [
        "✓ Accepted. It is on its way to the list.",
        "Held posts",
        "No post waits for a moderator.",
    ]


@pytest.mark.parametrize("typed", ["gathering", "announce", "announcements", "pair", "due"])
async def test_what_coordinators_do_is_refused_to_others(stage: Stage, typed: str) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    a_person(stage.store)

    reply = await stage.workspace.command(ada.id, "/postdoc", typed)

    assert words(reply.messages[0]) == ["Only a coordinator can do this. Ask one of them."]
    assert reply.modal is None


async def test_due_tells_a_coordinator_what_comes_when_for_whom_and_why(stage: Stage) -> None:
    kari = stage.workspace.add_member("kari", "Kari Berg", "kari.berg@example.org")
    a_coordinator(stage.store)
    empty = await stage.workspace.command(kari.id, "/postdoc", "due")
    a_meetup(stage.store, a_person(stage.store))

    reply = await stage.workspace.command(kari.id, "/postdoc", "due")

    assert words(empty.messages[-1]) == ["What is due", "Nothing is due."]
    said = words(reply.messages[-1])
    assert said[0] == "What is due"
    assert said.count("Lunch") == 2
    assert "Mon 8 Feb, 13:00\nThe meetup is over then." in said
    assert "meetup.end" not in str(reply.messages[-1].blocks)


async def test_empty_lists_say_so(stage: Stage) -> None:
    kari = stage.workspace.add_member("kari", "Kari Berg", "kari.berg@example.org")
    a_coordinator(stage.store)

    said = [
        words((await stage.workspace.command(kari.id, "/postdoc", typed)).messages[0])[1]
        for typed in ("meetups", "gatherings", "mentor", "lists", "announcements")
    ]

    assert said == [
        "No meetup is planned. Propose one: it takes half a minute.",
        "No gathering is planned at the moment. You will hear of the next.",
        "You are in no mentor pair at the moment. The coordinators make them.",
        "There is no mailing list yet.",
        "There is no announcement yet.",
    ]


async def test_search_shows_what_was_found_with_the_way_to_it(stage: Stage) -> None:
    ada = stage.workspace.add_member("ada", "Ada Holm", "ada.holm@example.org")
    person, mona = a_person(stage.store), a_moderator(stage.store)
    post = a_post(stage.store, a_list(stage.store, person), a_mail(text="<!channel> Cake at noon"))
    stage.store.run_sync(moderation.accept, post, by=mona, now=EARLIER)

    found = await stage.workspace.command(ada.id, "/postdoc", "søk cakes fra:ada")
    nothing = await stage.workspace.command(ada.id, "/postdoc", "search seminar")
    unasked = await stage.workspace.command(ada.id, "/postdoc", "search")

    section = found.messages[0].blocks[1]["elements"][0]["elements"]
    assert [piece.get("url", piece["text"]) for piece in section] == [
        f"{stage.house.public_url}/posts/{post}",
        "\n",
        "<!channel> ",
        "Cake",
        " at noon",
    ]
    assert problems(found.messages[0].blocks, "message") == []
    assert words(nothing.messages[0]) == ["Nothing was found. Fewer words find more."]
    assert unasked.modal is not None
    filled = await stage.workspace.fill(ada.id, unasked.modal, {"query": "cakes"})
    assert filled.view is not None
    assert words(filled.view)[:3] == [
        "What to look for",
        "Search: cakes",
        words(found.messages[0])[1],
    ]
