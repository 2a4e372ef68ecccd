"""A notice as a mail: the same notice is always the same mail, with its links and its entry."""

from datetime import datetime, timedelta

import pytest

from community import meetups
from community.store import Store
from letters import kinds
from letters.actions import button
from letters.letter import Letter
from mailing import letter as letters
from mailing.letter import Link
from mailing.notices import MailSender
from mailing.outgoing import Relay
from tests.builders import a_house, a_meetup, a_person, a_reader, notices
from tests.mailing.relay_double import RelayDouble

pytestmark = pytest.mark.anyio

FROM = "samband@lists.example.org"


@pytest.fixture
def ada(store: Store) -> int:
    return a_person(store, fields=("1.3",))


def _written(store: Store, kind: str) -> tuple[MailSender, bytes]:
    notice = notices(store, kind)[0]
    written = store.read_sync(kinds.write, notice, house=a_house())
    assert written is not None
    sender = MailSender(Relay("smtp://127.0.0.1:1"), a_house(), mail_from=FROM)
    return sender, letters.letter(sender.mail(notice, *written))


def test_the_same_notice_is_the_same_bytes_whenever_it_is_sent(
    store: Store, now: datetime, ada: int
) -> None:
    a_meetup(store, ada, now=now)

    first, again = (_written(store, "meetup.invite")[1] for _ in range(2))

    assert first == again
    message_id = letters.message_id(notices(store)[0].key, "lists.example.org")
    assert f"Message-ID: {message_id}\r\n".encode() in first


def test_another_notice_is_another_mail(store: Store, now: datetime, ada: int) -> None:
    siv = a_person(store, "Siv Lie", fields=("1.3",))
    for moment in (now, now + timedelta(days=1)):
        a_meetup(store, ada, topic="Lunch", now=moment)
    keys = [notice.key for notice in notices(store) if notice.person_id in (ada, siv)]

    ids = {letters.message_id(key, "lists.example.org") for key in keys}

    assert len(ids) == len(keys) == 4


def test_a_letter_becomes_a_mail_with_its_links_and_its_way_out(
    store: Store, now: datetime, ada: int
) -> None:
    a_meetup(store, ada, now=now)
    notice, to, house = notices(store)[0], a_reader(store, ada), a_house()
    join, mute = (button("en", f"meetup.{verb}", 1) for verb in ("join", "mute"))
    said = Letter(
        language="nb",
        subject="Lunsj",
        paragraphs=("Hei.",),
        facts=(("Hvor", "Hangaren"),),
        quote="Sitat",
        buttons=(join,),
        why="Derfor.",
        stop=mute,
        reply_to="bo.li@example.org",
    )

    mail = MailSender(Relay("smtp://127.0.0.1:1"), house, mail_from=FROM).mail(notice, to, said)

    assert (mail.to_name, mail.to_address) == ("Ada Holm", "ada.holm@example.org")
    assert (mail.from_name, mail.from_address) == ("Samband", FROM)
    assert (mail.reply_to, mail.subject, mail.language) == ("bo.li@example.org", "Lunsj", "nb")
    assert (mail.paragraphs, mail.facts, mail.quote) == (
        ("Hei.",),
        (("Hvor", "Hangaren"),),
        "Sitat",
    )
    assert mail.links == (Link(label=join.label, url=house.link(join, to), style=join.style),)
    assert mail.stop == Link(label=mute.label, url=house.link(mute, to), style=mute.style)
    assert (mail.calendar, mail.date) == (None, notice.due_at)


def test_an_invitation_and_its_cancellation_carry_their_method(
    store: Store, now: datetime, ada: int
) -> None:
    bo = a_person(store, "Bo Li")
    meetup = a_meetup(store, ada, now=now)
    store.run_sync(meetups.join, meetup, by=bo, now=now)
    assert b"method=REQUEST" in _written(store, "meetup.invite")[1]

    store.run_sync(meetups.cancel, meetup, by=ada, now=now)
    assert b"method=CANCEL" in _written(store, "meetup.cancel")[1]


async def test_a_letter_goes_out_with_the_null_sender(
    store: Store, now: datetime, ada: int
) -> None:
    a_meetup(store, ada, now=now)
    notice = notices(store)[0]
    written = store.read_sync(kinds.write, notice, house=a_house())
    assert written is not None
    double = RelayDouble()
    async with double.running() as url:
        relay = Relay(url)
        answer = await MailSender(relay, a_house(), mail_from=FROM).send(notice, *written)
        await relay.aclose()

    assert answer == "250 2.0.0 queued as 17"
    assert [to for to, _ in double.taken] == ["<ada.holm@example.org>"]
    assert notice.sent_to == "ada.holm@example.org"
    assert [line[:11] for line in double.said[0] if line.startswith("MAIL")] == ["MAIL FROM:<"]
    assert "MAIL FROM:<>" in double.said[0][1]
