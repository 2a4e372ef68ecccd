"""Mails to the addresses beside a list's own, from the envelope to what is said."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime

import pytest
from sqlalchemy import select

from community import address_requests, deliveries, lists, people, steps, subscriptions
from community.inquiries import Inquiry
from community.join_requests import JoinRequest
from community.people import Role
from community.store import Store
from community.subscriptions import Mode
from community.tokens import Tokens
from community.topic_choices import TopicMode
from community.topics import Topic
from letters.letter import Letter
from mailing import replies
from mailing.envelopes import Envelope
from mailing.parser import Parser
from mailing.proving import Vouching
from mailing.reception import Reception
from mailing.replies import TAKEN
from sandbox.jumping import StillClock
from scheduler.jobs import STEPS
from tests import builders

pytestmark = pytest.mark.anyio

ADA = "ada.holm@example.org"
EVE = "eve@elsewhere.example"
HOST = "mx.example.org"
TOKENS = Tokens("a key for tests")


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    made = Parser()
    yield made
    await made.aclose()


@pytest.fixture
def door(store: Store, now: datetime, parser: Parser) -> Reception:
    return Reception(
        store,
        StillClock(now),
        TOKENS,
        parser,
        domain="lists.example.org",
        language="en",
        vouching=Vouching(authserv_id=HOST),
    )


Write = Callable[..., Awaitable[replies.Reply]]


@pytest.fixture
def write(door: Reception, store: Store, now: datetime) -> Write:
    """Return how to write to an address of ours; what is due then is done."""

    async def send(
        to: str,
        subject: str = "",
        text: str = "",
        *,
        sender: str = ADA,
        proved: str = "pass",
        also: str = "",
    ) -> replies.Reply:
        stated = f"Authentication-Results: {HOST}; dmarc={proved} header.from={_domain(sender)}\r\n"
        raw = (
            f"{stated if proved else ''}{also}From: Eve Nord <{sender}>\r\nTo: {to}\r\n"
            f"Subject: {subject}\r\nMessage-ID: <{abs(hash((to, subject, text)))}@x.example>\r\n"
            f"\r\n{text}\r\n"
        )
        assert await door.knows(to) is None
        envelope = Envelope(sender=sender, recipient=to, raw=raw.encode())
        reply = await door.take(envelope)
        while (step_id := store.read_sync(steps.first_due, now=now)) is not None:
            store.run_sync(steps.take, STEPS, step_id, now=now)
        return reply

    return send


def _domain(address: str) -> str:
    return address.rpartition("@")[2]


def answered(store: Store, person_id: int) -> Letter:
    written = builders.letter(store, "mailing_list.answer", person_id)
    assert written is not None
    return written


def mode(store: Store, list_id: int, person_id: int, now: datetime) -> Mode:
    return store.read_sync(deliveries.of_person, person_id, now=now)[list_id].mode


@pytest.mark.parametrize("sub", ["join", "leave", "request", "owner", "subscribe", "unsubscribe"])
async def test_the_addresses_of_a_list_are_known_and_those_of_no_list_are_not(
    store: Store, door: Reception, sub: str
) -> None:
    builders.a_list(store)

    assert await door.knows(f"Postdocs-{sub}@lists.example.org") is None
    assert await door.knows(f"nolist-{sub}@lists.example.org") == replies.UNKNOWN_ADDRESS
    assert await door.knows(f"postdocs-{sub}@elsewhere.example") == replies.UNKNOWN_ADDRESS
    assert await door.knows(f"{sub}@lists.example.org") == replies.UNKNOWN_ADDRESS


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("digest daily", Mode.DAILY),
        ("oppsamling ukentlig", Mode.WEEKLY),
        ("only followed", Mode.FOLLOWED),
        ("no mail", Mode.NONE),
    ],
)
async def test_a_proved_mail_changes_how_posts_come(
    store: Store, now: datetime, write: Write, subject: str, expected: Mode
) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)

    assert await write("postdocs-request@lists.example.org", subject) == TAKEN

    assert mode(store, list_id, ada, now) is expected
    assert answered(store, ada).subject == "Done (postdocs@lists.example.org)"


@pytest.mark.parametrize("proved", ["", "none", "fail"])
async def test_an_unproved_mail_changes_nothing_and_brings_the_button(
    store: Store, write: Write, proved: str
) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)

    await write("postdocs-leave@lists.example.org", proved=proved)
    await write("postdocs-leave@lists.example.org", "again", proved=proved)

    assert store.read_sync(subscriptions.is_subscriber, list_id, ada)
    assert len(builders.notices(store, "mailing_list.answer")) == 1
    actions = [button.action for button in answered(store, ada).buttons]
    assert actions == ["mailing_list.leave", "mailing_list.digest"]


async def test_leaving_is_answered_once_and_offers_a_digest_instead(
    store: Store, write: Write
) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)

    await write("postdocs-leave@lists.example.org")
    await write("postdocs-leave@lists.example.org")

    assert not store.read_sync(subscriptions.is_subscriber, list_id, ada)
    said = answered(store, ada)
    assert said.subject == "You are off the list (postdocs@lists.example.org)"
    assert [one.action for one in said.buttons] == ["mailing_list.come_back", "mailing_list.join"]
    assert len(builders.notices(store, "mailing_list.answer")) == 1


async def test_a_pause_a_topic_and_a_language_are_taken_and_what_is_missing_is_said(
    store: Store, now: datetime, write: Write
) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)

    await write("postdocs-request@lists.example.org", "pause until 16.8.2027")
    await write("postdocs-request@lists.example.org", "tema jobb oppsamling")
    assert "Otherwise: Job: in a digest." in answered(store, ada).paragraphs[1]
    await write("postdocs-request@lists.example.org", "språk nb")
    chosen = store.read_sync(deliveries.of_person, ada, now=now)[list_id]
    assert chosen.paused_until is not None
    assert chosen.topics == {Topic.JOB: TopicMode.DIGEST}
    assert builders.a_house().local(chosen.paused_until).date() == date(2027, 8, 16)
    assert store.read_sync(people.reader, ada).language == "nb"

    await write("postdocs-request@lists.example.org", "pause til i morgen")
    said = answered(store, ada)
    assert said.subject == "Det lot seg ikke gjøre (postdocs@lists.example.org)"
    assert "pause til 16. august" in said.paragraphs[0]


@pytest.mark.parametrize(
    ("subject", "expected", "words"),
    [
        ("help", "What you can write", "digest weekly – one mail a week"),
        ("rules", "Posting rules", "new threads a day"),
        ("who am i", "Your settings", "/me"),
        ("unsubscrib", "We did not understand that", "Did you mean “unsubscribe”?"),
    ],
)
async def test_questions_are_answered(
    store: Store, write: Write, subject: str, expected: str, words: str
) -> None:
    ada = builders.a_person(store)
    builders.a_list(store, ada)

    await write("postdocs-request@lists.example.org", subject, proved="")

    said = answered(store, ada)
    assert said.subject == f"{expected} (postdocs@lists.example.org)"
    assert words in "\n".join(said.paragraphs)
    assert "For the time being" not in "\n".join(said.paragraphs)  # no emergency is declared
    assert [value for _, value in said.facts if ": " in value] == []  # one colon in a line


@pytest.mark.parametrize(
    "also",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <postdocs.lists.example.org>\r\n",
        "List-Id: <other.example.net>\r\n",
    ],
)
@pytest.mark.parametrize("sub", ["request", "join", "leave", "owner"])
async def test_machines_and_lists_are_never_answered(
    store: Store, write: Write, sub: str, also: str
) -> None:
    builders.a_list(store, builders.a_person(store))
    builders.a_coordinator(store)

    reply = await write(f"postdocs-{sub}@lists.example.org", "help", also=also)

    assert reply == TAKEN
    assert builders.notices(store) == []


async def test_nobody_is_answered_whose_domain_denies_the_mail(store: Store, write: Write) -> None:
    builders.a_list(store, builders.a_person(store))

    for sub in ("join", "leave", "request"):
        await write(f"postdocs-{sub}@lists.example.org", "help", sender=EVE, proved="fail")
    await write("postdocs-request@lists.example.org", "help", proved="fail")

    assert builders.notices(store) == []


async def test_a_mail_that_names_several_authors_is_refused(store: Store, write: Write) -> None:
    builders.a_list(store)

    reply = await write("postdocs-join@lists.example.org", also="From: Bo <bo@example.org>\r\n")

    assert reply.line() == "550 5.7.1 The mail does not say plainly who wrote it"


async def test_an_answer_about_a_question_that_has_gone_is_refused_with_a_word(
    door: Reception,
) -> None:
    to = f"confirm+{TOKENS.stamp('confirm', 99)}@lists.example.org"
    raw = f"From: {EVE}\r\nMessage-ID: <1@x.org>\r\n\r\nWho are you?\r\n".encode()

    reply = await door.take(Envelope(sender=EVE, recipient=to, raw=raw))

    assert reply.line() == "550 5.7.1 Nobody asks for this (any more)."


@pytest.mark.parametrize("text", ["yes", "Ja, takk!\n\n> Do you want to join?", "Hi\n\nconfirm"])
async def test_a_stranger_joins_by_mail_alone(store: Store, write: Write, text: str) -> None:
    list_id = builders.a_list(store)
    store.run_sync(lists.set_policy, list_id, ["guests=accept"], by=None, now=builders.EARLIER)

    await write("postdocs-join@lists.example.org", sender=EVE, proved="")
    [request] = store.read_sync(lambda session: list(session.scalars(select(JoinRequest))))
    assert request.person_id is not None
    asked = builders.letter(store, "join_request.confirm", request.person_id)
    assert asked is not None
    assert asked.reply_to is not None
    await write(asked.reply_to, "Re: Do you want to join?", text, sender=EVE, proved="")

    assert store.read_sync(subscriptions.is_subscriber, list_id, request.person_id)
    assert store.read_sync(people.roles, request.person_id) == frozenset({Role.GUEST})


async def test_other_answers_reach_people_and_are_no_yes(store: Store, write: Write) -> None:
    list_id, kari = builders.a_list(store), builders.a_coordinator(store)
    await write("postdocs-join@lists.example.org", sender=EVE, proved="")
    [request] = store.read_sync(lambda session: list(session.scalars(select(JoinRequest))))
    stamp = TOKENS.stamp("confirm", request.id)

    await write(f"confirm+{stamp}@lists.example.org", "Re: Who is this?", "Who?", sender=EVE)
    await write(f"confirm+{stamp}@lists.example.org", "Re: yes", "yes", sender=ADA)

    assert not store.read_sync(subscriptions.is_subscriber, list_id, request.person_id or 0)
    said = builders.letter(store, "inquiry.receive", kari)
    assert said is not None
    assert (said.quote, said.reply_to) == ("Who?", EVE)


async def test_a_token_may_stand_in_the_subject(store: Store, write: Write) -> None:
    list_id = builders.a_list(store)
    store.run_sync(lists.set_policy, list_id, ["guests=accept"], by=None, now=builders.EARLIER)
    await write("postdocs-join@lists.example.org", sender=EVE, proved="")
    [request] = store.read_sync(lambda session: list(session.scalars(select(JoinRequest))))
    right = f"confirm {TOKENS.stamp('confirm', request.id)}"

    await write("postdocs-request@lists.example.org", right[:-1] + "0", sender=EVE, proved="")
    await write("postdocs-request@lists.example.org", right, sender=EVE, proved="")

    assert store.read_sync(subscriptions.is_subscriber, list_id, request.person_id or 0)


@pytest.mark.parametrize(
    ("to", "reader"),
    [
        ("postdocs-owner@lists.example.org", "Kari Berg"),
        ("postmaster@lists.example.org", "Tor Ås"),
        ("Postmaster@lists.example.org", "Tor Ås"),
        ("abuse@lists.example.org", "Tor Ås"),
        ("samband@lists.example.org", "Tor Ås"),
    ],
)
async def test_mails_to_people_reach_them_whole(
    store: Store, write: Write, to: str, reader: str
) -> None:
    builders.a_list(store)
    whom = {
        "Kari Berg": builders.a_coordinator(store),
        "Tor Ås": builders.a_person(store, "Tor Ås", roles=(Role.ADMIN,), email="tor@example.org"),
    }

    for _ in range(2):
        assert await write(to, "A question", "Is lunch free?", sender=EVE, proved="") == TAKEN

    said = builders.letter(store, "inquiry.receive", whom[reader])
    assert said is not None
    assert (said.subject, said.quote, said.reply_to) == ("A question", "Is lunch free?", EVE)
    assert said.attached is not None
    assert b"Subject: A question\r\n" in said.attached
    assert len(builders.notices(store)) == 1


async def test_where_nobody_reads_a_mail_it_is_refused(store: Store, write: Write) -> None:
    builders.a_list(store)

    reply = await write("postdocs-owner@lists.example.org", "Hello", sender=EVE)

    assert reply.code == 550
    assert store.read_sync(lambda session: session.scalars(select(Inquiry)).all()) == []


async def test_one_address_cannot_flood_the_owners(store: Store, write: Write) -> None:
    builders.a_list(store)
    builders.a_coordinator(store)

    said = [
        (await write("postdocs-owner@lists.example.org", str(number), sender=EVE)).code
        for number in range(12)
    ]

    assert said == [250] * 10 + [550] * 2


async def test_addresses_are_added_and_taken_away_by_proved_mails(
    store: Store, write: Write
) -> None:
    ada = builders.a_person(store)
    builders.a_list(store, ada)
    request = "postdocs-request@lists.example.org"

    await write(request, "add address ada@home.example")
    question = builders.notices(store, "address_request.confirm")[-1].object_id
    added = answered(store, ada).paragraphs[0]
    store.run_sync(address_requests.confirm, question, by=ada, now=builders.EARLIER)
    await write(request, f"fjern adresse {ADA}", sender="ada@home.example")

    mine = [each.email for each in store.read_sync(address_requests.of_person, ada)]
    assert added.startswith("We have written to that address.")
    assert (mine, answered(store, ada).paragraphs[0]) == (["ada@home.example"], "Taken away.")
    await write(request, "fjern adresse x@home.example", "again", sender="ada@home.example")
    said = answered(store, ada)
    assert said.subject == "That could not be done (postdocs@lists.example.org)"
    assert "It must be yours" in said.paragraphs[1]


async def test_unproved_words_about_addresses_bring_no_address_back(
    store: Store, write: Write
) -> None:
    ada = builders.a_person(store)
    builders.a_list(store, ada)
    request = "postdocs-request@lists.example.org"

    await write(request, "add address eve@evil.example", proved="none")
    added = answered(store, ada)
    await write(request, f"remove address {ADA}", proved="none")
    removed = answered(store, ada)

    assert builders.notices(store, "address_request.confirm") == []
    assert [one.action for one in added.buttons] == ["person.add_address"]
    assert removed.buttons == ()
    assert removed.paragraphs[-1] == "Your addresses are here: https://samband.example.org/me"
    assert "evil" not in " ".join(each.detail for each in builders.notices(store))
