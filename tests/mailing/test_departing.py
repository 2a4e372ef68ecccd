from dataclasses import replace
from datetime import datetime

import pytest

from community import lists, sources
from community.received import Received
from community.store import Store
from mailing import headers
from mailing.departing import Departing, Departures
from mailing.dmarc import Dmarc
from sandbox.jumping import StillClock
from tests.builders import EARLIER, a_house, a_list, a_mail, a_person, a_post

pytestmark = pytest.mark.anyio

STRICT = "ada@strict.example"
LIST = "postdocs@lists.example.org"


class Domains:
    """Domains whose mail is to be refused if it cannot prove who sent it."""

    def __init__(self, *strict: str) -> None:
        self.strict, self.asked = set(strict), 0

    async def texts(self, name: str) -> list[str]:
        self.asked += 1
        return ["v=DMARC1; p=reject"] if name.removeprefix("_dmarc.") in self.strict else []


def departures(store: Store, domains: Domains, now: datetime) -> Departures:
    dmarc = Dmarc(domains.texts, StillClock(now))
    return Departures(store, a_house(), dmarc, own_domains=("example.org",))


def written_by(store: Store, email: str, *policy: str) -> int:
    list_id = a_list(store, a_person(store, email=email))
    store.run_sync(lists.set_policy, list_id, ["newcomer_posts=0", *policy], by=None, now=EARLIER)
    return a_post(store, list_id, a_mail(email))


def fields(departing: Departing) -> dict[str, bytes]:
    return {field.name: field.value for field in headers.part(departing.mail.head).fields}


async def test_a_post_from_a_strict_domain_leaves_in_the_lists_name(
    store: Store, now: datetime
) -> None:
    post = written_by(store, STRICT)

    departing = await departures(store, Domains("strict.example"), now).prepare(post)

    assert fields(departing)["from"] == b'"ada via postdocs" <postdocs@lists.example.org>'
    assert fields(departing)["reply-to"] == b"<ada@strict.example>"


@pytest.mark.parametrize("email", ["ada@mild.example", "ada@example.org"])
async def test_a_post_from_any_other_domain_keeps_its_author(
    store: Store, now: datetime, email: str
) -> None:
    post = written_by(store, email)

    departing = await departures(store, Domains("strict.example", "example.org"), now).prepare(post)

    assert fields(departing)["from"] == email.encode()
    assert "reply-to" not in fields(departing)


async def test_d2_a_repeat_has_the_same_bytes_whatever_the_domain_and_the_list_say_by_then(
    store: Store, now: datetime
) -> None:
    post, domains = written_by(store, STRICT), Domains("strict.example")
    first = await departures(store, domains, now).prepare(post)

    domains.strict.clear()
    list_id = store.read_sync(lambda session: lists.by_address(session, LIST).id)
    await store.run(lists.set_policy, list_id, ["from_munging=never"], by=None, now=now)
    again = await departures(store, domains, now).prepare(post)

    assert again == first
    assert domains.asked == 1


async def test_a6_the_bytes_kept_are_the_bytes_received(store: Store, now: datetime) -> None:
    post = written_by(store, STRICT, "from_munging=always", "footer=off")
    mail: Received = a_mail(STRICT)

    departing = await departures(store, Domains(), now).prepare(post)

    assert (await store.read(sources.source, post)).raw == mail.raw
    assert departing.mail.body == mail.raw.partition(b"\r\n\r\n")[2]


BELOW = (
    b"\r\n-- \r\nThis came because you are on postdocs@lists.example.org.\r\n"
    b"Reply: to the author alone. Reply all: to the whole list.\r\n"
    b"Digest instead, pause, mute this thread, or leave:\r\n"
    b"https://samband.example.org/posts/1/choices\r\n"
)
SIGNED = b"DKIM-Signature: v=1; h=from:subject; bh=x; b=y\r\n"


def signed(email: str, subject: str) -> Received:
    """Give a mail that its author's domain has signed."""
    mail = a_mail(email, subject=subject)
    return replace(mail, raw=SIGNED + mail.raw)


async def test_a_list_that_wants_it_has_a_footer_below_each_post(
    store: Store, now: datetime
) -> None:
    post = written_by(store, "ada@mild.example", "footer=en")

    departing = await departures(store, Domains(), now).prepare(post)

    came = a_mail("ada@mild.example").raw.partition(b"\r\n\r\n")[2]
    assert departing.mail.body == came + BELOW


async def test_what_the_list_itself_writes_says_that_its_coordinators_are_answered(
    store: Store, now: datetime
) -> None:
    list_id = a_list(store)
    store.run_sync(lists.set_policy, list_id, ["footer=en"], by=None, now=EARLIER)

    departing = await departures(store, Domains(), now).prepare(
        a_post(store, list_id, a_mail(LIST))
    )

    assert (
        b"\r\nReply: to the coordinators. Reply all: to the whole list.\r\n" in departing.mail.body
    )


async def test_d2_the_footer_of_a_repeat_is_that_of_the_first_copy(
    store: Store, now: datetime
) -> None:
    post = written_by(store, "ada@mild.example", "footer=en")
    first = await departures(store, Domains(), now).prepare(post)

    list_id = store.read_sync(lambda session: lists.by_address(session, LIST).id)
    changes = ["footer=nb", "footer_words=Hei"]
    await store.run(lists.set_policy, list_id, changes, by=None, now=now)

    assert await departures(store, Domains(), now).prepare(post) == first


@pytest.mark.parametrize(
    ("email", "subject", "has_footer"),
    [
        ("ada@mild.example", "Lunch", True),
        ("ada@mild.example", "[postdocs] Lunch", False),
        (STRICT, "[postdocs] Lunch", True),
    ],
    ids=["its subject is changed", "its signature holds", "the list stands in From"],
)
async def test_a_signature_that_holds_is_not_broken_by_a_footer(
    store: Store, now: datetime, email: str, subject: str, has_footer: bool
) -> None:
    list_id = a_list(store, a_person(store, email=email))
    policy = ["newcomer_posts=0", "footer=en"]
    store.run_sync(lists.set_policy, list_id, policy, by=None, now=EARLIER)
    post = a_post(store, list_id, signed(email, subject))

    departing = await departures(store, Domains("strict.example"), now).prepare(post)

    assert departing.mail.body.endswith(BELOW) is has_footer
