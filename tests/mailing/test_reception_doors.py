"""Our addresses at the door: which are known, what becomes of a mail, and what the reply says."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.message import EmailMessage

import pytest

from community import gathering_cards, lists, meetups, shared_returns, sources
from community.bounces import Bounce
from community.posts import Post
from community.store import Session, Store
from community.tokens import Tokens
from mailing import replies
from mailing.listener import Envelope, Listener
from mailing.parser import Parser
from mailing.proving import Vouching
from mailing.reception import Reception
from mailing.replies import Reply
from sandbox.jumping import StillClock
from tests.builders import (
    a_coordinator,
    a_gathering,
    a_list,
    a_mail,
    a_meetup,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    notices,
)
from tests.mailing.conversation import Client, connected

pytestmark = pytest.mark.anyio

TOKENS = Tokens("a key for tests")
DOMAIN = "lists.example.org"
LIST = f"postdocs@{DOMAIN}"


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store)


@pytest.fixture
def list_id(store: Store, ada: int) -> int:
    return a_list(store, ada)


def _reception(store: Store, now: datetime, parser: Parser, language: str = "en") -> Reception:
    return Reception(
        store,
        StillClock(now),
        TOKENS,
        parser,
        domain=DOMAIN,
        language=language,  # type: ignore[arg-type]  # one of the two
        vouching=Vouching(authserv_id="mx.example.org"),
    )


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    """Give what reads mails, in children that end with the test."""
    made = Parser()
    yield made
    await made.aclose()


@pytest.fixture
def reception(store: Store, now: datetime, list_id: int, parser: Parser) -> Reception:
    return _reception(store, now, parser)


@pytest.fixture
async def client(reception: Reception) -> AsyncIterator[Client]:
    """Give a client of the real listener, past its greeting and LHLO."""
    listener = Listener(reception.take, reception.knows, hostname=DOMAIN, max_bytes=100_000)
    async with listener.listening("127.0.0.1", 0) as port, connected(port) as client:
        await client.send(b"LHLO mx.example.org\r\n")
        while not (await client.line()).startswith("250 "):
            pass
        yield client


def _post(store: Store) -> Post | None:
    return store.read_sync(lambda session: session.get(Post, 1))


def _raw(**fields: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "Ada Holm <ada.holm@example.org>", "<1@example.org>"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Shall we?")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def _envelope(to: str, raw: bytes, sender: str = "ada.holm@example.org") -> Envelope:
    return Envelope(sender=sender, recipient=to, raw=raw)


@pytest.mark.parametrize(
    ("recipient", "reply"),
    [
        (LIST, None),
        ("PostDocs@LISTS.Example.ORG", None),
        (f"postdocs+physics@{DOMAIN}", None),
        (f"PostDocs+Physics+kjemi@{DOMAIN}", None),
        (f"postdocs+språk@{DOMAIN}", None),
        (f"postdocs+physic@{DOMAIN}", replies.unknown_field(("physics",))),
        (f"postdocs+physics+x@{DOMAIN}", replies.unknown_field(())),
        (f"postdocs+@{DOMAIN}", replies.unknown_field(())),
        (f"nobody+physics@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"postdocs-bounces+{TOKENS.stamp('bounce', 1)}@{DOMAIN}", None),
        (f"POSTDOCS-BOUNCES+{TOKENS.stamp('bounce', 1).upper()}@{DOMAIN}", None),
        (f"reply+{TOKENS.stamp('reply', 1)}@{DOMAIN}", None),
        (f"nobody@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        ("postdocs@elsewhere.example", replies.UNKNOWN_ADDRESS),
        (f"postdocs-bounces@{DOMAIN}", None),
        (f"POSTDOCS-Bounces@{DOMAIN}", None),
        (f"nobody-bounces@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"postdocs-owner@{DOMAIN}", None),
        (f"postdocs-nothing@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"postdocs-bounces+1-{'0' * 32}@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"postdocs-bounces+{TOKENS.stamp('reply', 1)}@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"reply+{TOKENS.stamp('bounce', 1)}@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"reply+{Tokens('other').stamp('reply', 1)}@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"reply@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        (f"reply+²@{DOMAIN}", replies.UNKNOWN_ADDRESS),
        ("no address", replies.MALFORMED_ADDRESS),
        ("", replies.MALFORMED_ADDRESS),
    ],
)
async def test_knows_our_addresses_and_no_others(
    reception: Reception, recipient: str, reply: Reply | None
) -> None:
    assert await reception.knows(recipient) == reply


async def test_an_unknown_address_is_refused_at_rcpt(client: Client) -> None:
    await client.play(
        f"""
        C: MAIL FROM:<ada.holm@example.org>
        S: 250 2.1.0 Ok
        C: RCPT TO:<nobody@{DOMAIN}>
        S: 550 5.1.1 No such address here
        C: RCPT TO:<{LIST}>
        S: 250 2.1.5 Ok
        """
    )


async def test_b1_a_report_about_a_mail_that_many_shared_is_counted_for_its_list(
    reception: Reception, store: Store, now: datetime, ada: int
) -> None:
    to = f"postdocs-bounces@{DOMAIN}"

    for sender in ("", "", "ada.holm@example.org"):  # a person's mail is no report
        assert await reception.take(_envelope(to, _raw(), sender)) == replies.TAKEN
    assert await reception.take_together([_envelope(to, _raw(), "")]) == replies.TAKEN

    [tally] = store.read_sync(shared_returns.tallies, since=now.date())
    assert (tally.list_address, tally.count) == (LIST, 3)
    assert _post(store) is None


async def test_a_mail_becomes_a_post_with_its_facts(
    reception: Reception, store: Store, ada: int
) -> None:
    raw = _raw(Subject="Lunch?", In_Reply_To="<0@example.org>")

    assert await reception.take(_envelope(f"postdocs+physics@{DOMAIN}", raw)) == replies.TAKEN

    post = _post(store)
    assert post is not None
    assert post.fields == "1.3"
    assert (post.state, post.author_id, post.sender) == ("held", ada, "ada.holm@example.org")
    assert (post.subject, post.text, post.from_name) == ("Lunch?", "Shall we?", "Ada Holm")
    assert post.message_id == "<1@example.org>"
    assert store.read_sync(sources.source, 1).raw == raw


async def test_an_answer_finds_its_thread_by_references(reception: Reception, store: Store) -> None:
    await reception.take(_envelope(LIST, _raw(Subject="Lunch?")))
    answer = _raw(Subject="Re: Lunch?", References="<1@example.org> <gone@example.org>")
    await reception.take(_envelope(LIST, answer.replace(b"<1@example.org>\r\nS", b"<2@x>\r\nS")))

    def threads(session: Session) -> list[int]:
        return [session.get_one(Post, post).thread_id for post in (1, 2)]

    assert store.read_sync(threads) == [1, 1]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            "550 5.7.1 Only people on the list postdocs@lists.example.org may post to it. Ask to "
            "join, or write to a member.",
        ),
        ("nb", "550 5.7.1 Bare de som star pa listen postdocs@lists.example.org"),
    ],
)
async def test_a_refusal_gives_its_words_in_the_reply(
    store: Store, now: datetime, list_id: int, parser: Parser, language: str, words: str
) -> None:
    store.run_sync(lists.set_policy, list_id, ["nonmembers=reject"], by=None, now=now)
    stranger = _raw(Subject="Buy").replace(b"ada.holm@", b"eve@")

    reply = await _reception(store, now, parser, language).take(_envelope(LIST, stranger))

    assert reply.line().startswith(words)
    assert _post(store) is None


async def test_a_list_taken_away_since_rcpt_is_unknown(reception: Reception) -> None:
    gone = _envelope(f"gone@{DOMAIN}", _raw())

    assert await reception.take(gone) == replies.UNKNOWN_ADDRESS


REPORT = (
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    b"--b\r\n\r\nIt did not work.\r\n"
    b"--b\r\nContent-Type: message/delivery-status\r\n\r\n"
    b"Reporting-MTA: dns; mx.example.org\r\n\r\n"
    b"Final-Recipient: rfc822; ada.holm@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    b"Diagnostic-Code: smtp; 550 no such user\r\n--b--\r\n"
)


def _delivery(store: Store, now: datetime, list_id: int) -> int:
    a_moderator(store)
    return deliveries(store, a_post(store, list_id, a_mail("mona.vik@example.org"), now=now))[0].id


@pytest.mark.parametrize(
    ("raw", "sender", "kept"),
    [
        (REPORT, "", ("failed", "5.1.1", "550 no such user")),
        (REPORT, "mailer-daemon@x.example", ("failed", "5.1.1", "550 no such user")),
        (b"Subject: Undeliverable\r\n\r\nSorry.\r\n", "", ("", "", "")),
        (b"Subject: Hello\r\n\r\nI write to you.\r\n", "ada.holm@example.org", None),
    ],
)
async def test_a_bounce_is_kept_beside_its_delivery(
    reception: Reception,
    store: Store,
    now: datetime,
    list_id: int,
    raw: bytes,
    sender: str,
    kept: tuple[str, str, str] | None,
) -> None:
    delivery = _delivery(store, now, list_id)
    to = f"postdocs-bounces+{TOKENS.stamp('bounce', delivery)}@{DOMAIN}"

    assert await reception.take(_envelope(to, raw, sender)) == replies.TAKEN

    def read(session: Session) -> tuple[str, str, str, bytes] | None:
        bounce = session.get(Bounce, delivery)
        if bounce is None:
            return None
        return bounce.action, bounce.status, bounce.diagnostic, bounce.raw

    assert store.read_sync(read) == (None if kept is None else (*kept, raw))


def _calendar_answer(uid: str, partstat: str, **fields: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "somebody.else@example.org", "Answer"
    for name, value in fields.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("")
    entry = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nATTENDEE;PARTSTAT={partstat}:mailto:somebody.else@example.org\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    mail.add_alternative(entry.encode(), "text", "calendar", params={"method": "REPLY"})
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


async def test_a_calendars_answer_changes_the_word_of_who_owns_the_address(
    reception: Reception, store: Store, ada: int
) -> None:
    bo = a_person(store, "Bo Li")
    meetup = a_meetup(store, ada)
    gathering = a_gathering(store, a_coordinator(store))
    to = f"reply+{TOKENS.stamp('reply', bo)}@{DOMAIN}"

    async def answer(uid: str, partstat: str) -> tuple[tuple[str, ...], bool]:
        raw = _calendar_answer(f"{uid}@{DOMAIN}", partstat)
        assert await reception.take(_envelope(to, raw)) == replies.TAKEN
        card = store.read_sync(gathering_cards.card, gathering, reader_id=bo)
        return store.read_sync(meetups.card, meetup, reader_id=bo).going, card.am_registered

    with_bo, without = ("Ada Holm", "Bo Li"), ("Ada Holm",)
    assert await answer(f"meetup-{meetup}", "ACCEPTED") == (with_bo, False)
    assert await answer(f"gathering-{gathering}", "ACCEPTED") == (with_bo, True)
    assert await answer(f"gathering-{gathering}", "TENTATIVE") == (with_bo, True)
    assert await answer(f"meetup-{meetup}", "DELEGATED") == (with_bo, True)
    assert await answer(f"meetup-{meetup}", "DECLINED") == (without, True)
    assert await answer(f"gathering-{gathering}", "DECLINED") == (without, False)
    assert await answer("meetup-4711", "ACCEPTED") == (without, False)
    assert await answer("meetup-²", "DECLINED") == (without, False)


async def test_free_text_to_a_reply_address_is_refused_with_words(
    reception: Reception, store: Store, ada: int
) -> None:
    to = f"reply+{TOKENS.stamp('reply', ada)}@{DOMAIN}"

    reply = await reception.take(_envelope(to, _raw(Subject="Re: Lunch")))

    assert reply.line() == (
        "550 5.7.1 This address reads answers from calendars only. Please write to the person."
    )
    assert (_post(store), notices(store)) == (None, [])


@pytest.mark.parametrize(
    ("raw", "sender"),
    [
        (_raw(Subject="Automatic reply: Lunch"), "ada.holm@example.org"),
        (_raw(Auto_Submitted="auto-replied"), "ada.holm@example.org"),
        (_raw(Subject="Re: Lunch"), ""),
    ],
)
async def test_an_automatic_answer_to_a_reply_address_is_dropped(
    reception: Reception, store: Store, ada: int, raw: bytes, sender: str
) -> None:
    to = f"reply+{TOKENS.stamp('reply', ada)}@{DOMAIN}"

    assert await reception.take(_envelope(to, raw, sender)) == replies.TAKEN
    assert (_post(store), notices(store)) == (None, [])


async def test_a_fault_of_the_store_is_temporary_and_says_nothing(
    empty_database_url: str, now: datetime, parser: Parser, caplog: pytest.LogCaptureFixture
) -> None:
    store = Store(empty_database_url)  # without its tables: every question and act fails
    reception = _reception(store, now, parser)
    listener = Listener(reception.take, lambda _: _known(), hostname=DOMAIN, max_bytes=100_000)
    fault = "451 4.3.0 Something broke here, try again later"
    async with listener.listening("127.0.0.1", 0) as port, connected(port) as client:
        await client.send(b"LHLO mx.example.org\r\n")
        while not (await client.line()).startswith("250 "):
            pass
        await client.play(
            f"""
            C: MAIL FROM:<ada.holm@example.org>
            S: 250 2.1.0 Ok
            C: RCPT TO:<{LIST}>
            S: 250 2.1.5 Ok
            C: DATA
            S: 354 End the mail with <CR><LF>.<CR><LF>
            """
        )
        await client.send(_raw() + b".\r\n")
        await client.play(f"S: {fault}\nC: NOOP\nS: 250 2.0.0 Ok")
    store.close()

    assert [record.levelname for record in caplog.records] == ["ERROR"]


async def _known() -> Reply | None:
    return None


async def test_the_same_mail_is_one_post_however_often_it_comes(
    reception: Reception, store: Store, now: datetime, parser: Parser
) -> None:
    raw = _raw(Subject="Lunch?")
    again = b"Received: from a by b; later\r\n" + raw
    for each in (raw, again, raw):
        assert await reception.take(_envelope(LIST, each)) == replies.TAKEN

    assert store.read_sync(lambda session: session.get(Post, 2)) is None
    later = _reception(store, now + timedelta(days=3), parser)
    assert await later.take(_envelope(LIST, raw.replace(b"Shall", b"Will"))) == replies.TAKEN
    assert store.read_sync(lambda session: session.get(Post, 2)) is not None
