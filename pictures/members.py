"""What a member does in chat on most days, and how newcomers, guests and strangers are met."""

from typing import Final

from bot.blocks.home_next import ALL
from community import joining
from pictures.shots import AMARA, MICHAEL, WEI, Make, Scene, Shot, home, shown, typed
from sandbox.records import Message, View
from tests.builders import a_person
from tests.stories.town import Town

NORA, GUEST, EVE = "nora.body@elsewhere.example", "guest@elsewhere.example", "eve.nord@example.org"
LOCALES: Final = {"en": "en-GB", "nb": "nb-NO"}
POST: Final = {
    "text": "Dear all,\n\ntwo of us meet on Fridays and read each other's drafts.\n\nAmara",
    "topic": "question",
}


def _language(town: Town) -> str:
    return town.demo.parts.settings.default_language


async def _looked(town: Town) -> View:
    reply = await town.command(AMARA, "post Reading drafts together")
    assert reply.modal is not None  # noqa: S101 - it opens one
    assert await town.fill(AMARA, reply.modal, **POST) == {}  # noqa: S101 - filled in well
    looked = town.workspace.modal(town.slack(AMARA))
    assert looked is not None  # noqa: S101 - what will become of it
    return looked


async def _preview(town: Town) -> Shot:
    return Shot(AMARA, await _looked(town))


async def _sent(town: Town) -> Shot:
    assert await town.fill(AMARA, await _looked(town)) == {}  # noqa: S101 - filled in well
    return Shot(AMARA, town.workspace.modal(town.slack(AMARA)))


async def _quoted(town: Town) -> Shot:
    [channel] = [one for one in town.workspace.memory.channels.values() if one.kind == "public"]
    [message] = town.workspace.messages(channel.id)
    return shown(WEI, await town.workspace.shortcut(town.slack(WEI), "post.quote", message=message))


def _section(email: str, noun: str) -> Make:
    """Open one of the lists behind the buttons of Home."""

    async def make(town: Town) -> Shot:
        user = town.slack(email)
        await town.workspace.open_home(user)
        tab = town.workspace.home(user)
        assert tab is not None  # noqa: S101 - published
        return shown(email, await town.press(email, tab, ALL, value=noun))

    return make


def _form(email: str, words: str, action: str) -> Make:
    """Type a word and press a button of the answer, which opens a form."""

    async def make(town: Town) -> Shot:
        reply = await town.command(email, words)
        return shown(email, await town.press(email, reply.messages[-1], action))

    return make


def _unknown(email: str, name: str, *, is_guest: bool) -> Make:
    async def make(town: Town) -> Shot:
        if email not in {each.email for each in town.workspace.memory.members.values()}:
            town.workspace.add_member(
                name.split()[0].lower(),
                name,
                email,
                locale=LOCALES[_language(town)],
                is_restricted=is_guest,
            )
        return await home(email)(town)

    return make


async def _arrived(town: Town) -> Shot:
    store = town.demo.parts.store
    eve = a_person(store, "Eve Nord", language=_language(town))
    await store.run(joining.join, 1, by=eve, now=town.now)
    await town.settle()
    member = town.workspace.add_member("eve", "Eve Nord", EVE, locale=LOCALES[_language(town)])
    await town.workspace.join_team(member.id)
    await town.settle()
    return Shot(EVE, _hello(town))


async def _answered(town: Town) -> Shot:
    spoken = {"en": "onboarding.english", "nb": "onboarding.norwegian"}[_language(town)]
    await town.press(EVE, _hello(town), spoken)
    user = town.slack(EVE)
    await town.workspace.press(user, _hello(town), "onboarding.field", selected="2.5")
    await town.settle()
    await town.press(EVE, _hello(town), "onboarding.digest")
    return Shot(EVE, _hello(town))


def _hello(town: Town) -> Message:
    return town.told(EVE)[0]


POSTS: Final = (
    Scene(name="post-preview", words="A post, before it is sent.", make=_preview),
    Scene(name="post-sent", words="It is sent, and can be taken back.", make=_sent),
    Scene(name="post-quoted", words="“Send this to the list” on a message.", make=_quoted),
    Scene(name="whois", words="`/postdoc whois amara`", make=typed(WEI, "whois amara")),
    Scene(name="people", words="`/postdoc people physics`", make=typed(WEI, "people physics")),
)
HOMES: Final = (
    Scene(name="home-lists", words="All lists.", make=_section(WEI, "mailing_list")),
    Scene(name="home-meetups", words="All meetups.", make=_section(AMARA, "meetup")),
    Scene(name="home-gatherings", words="All gatherings.", make=_section(WEI, "gathering")),
    Scene(name="home-mentorship", words="My mentor pairs.", make=_section(WEI, "mentorship")),
    Scene(name="home-messages", words="What we tell you.", make=_section(WEI, "person")),
    Scene(name="home-due", words="What is due.", make=_section(MICHAEL, "due")),
    Scene(
        name="quiet-hours",
        words="Quiet hours and working days.",
        make=_form(WEI, "messages", "person.choose_hours"),
    ),
    Scene(
        name="introduce",
        words="What others see of me.",
        make=_form(WEI, "people", "person.introduce"),
    ),
)
ARRIVALS: Final = (
    Scene(name="onboarding", words="A newcomer is greeted.", make=_arrived),
    Scene(name="onboarding-done", words="All is answered.", make=_answered),
    Scene(
        name="home-stranger",
        words="Home of whoever is not known yet.",
        make=_unknown(NORA, "Nora Body", is_guest=False),
    ),
    Scene(
        name="home-guest",
        words="Home of a guest.",
        make=_unknown(GUEST, "Gus Guest", is_guest=True),
    ),
)
