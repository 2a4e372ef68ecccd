"""R13: a real Postfix before the LMTP door and behind the sender: its queue is empty in the end.

What it was answered is read from its log; what became of it from our rows, and from a relay double
to which it sends what goes to members.
"""

import os
import smtplib
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from bench import mails, town
from community import lists, subscriptions
from community.lists import MailingList
from community.posts import Post
from community.store import Session, Store
from proofs import accounts, house, journals, postfix, relaying
from proofs.house import House, Warm
from proofs.ports import free_port
from proofs.postfix import Postfix, Report
from tests.builders import EARLIER
from tests.conftest import forbidden, missing

#: On each database; every so many one goes to fifty lists, the others to a few.
MAILS, TO_MANY = 250, 50
#: How often the service is killed while mail comes in, and how often it is asked to end.
KILLS, STOPS = 4, 1
OPEN = [f"open-{number}@lists.example.org" for number in range(3)]
HELD = [f"held-{number}@lists.example.org" for number in range(3)]
UNKNOWN = [f"nobody-{number}@lists.example.org" for number in range(44)]

MEMBERS, POSTS = 60, 4


@pytest.fixture(autouse=True)
def _postfix() -> None:
    if not postfix.is_installed():
        missing(postfix.NO_POSTFIX)
    if os.geteuid() != 0:
        forbidden(postfix.NO_ROOT)


def test_r13_a1_a2_a4_what_postfix_hands_in_is_a_post_once_however_often_we_die(
    warm: Warm, database_url: str, tmp_path: Path
) -> None:
    sent = _letters(Random(13))  # noqa: S311 - who gets which, not a key
    with closing(Store(database_url)) as store, ExitStack() as on:
        _settle(store)
        relay_url = "smtp://127.0.0.1:9"  # nothing is sent here
        service = on.enter_context(
            house.standing(warm, database_url, folder=tmp_path, relay_url=relay_url)
        )
        service.roles = ("mail",)
        queue = on.enter_context(postfix.running(lmtp=service.lmtp))
        with _handing_in(queue, sent):
            _die_again_and_again(service, store)
        service.start()
        queue.wait_until_empty()
        tries = _settled(queue, sum(map(len, sent.values())))
        service.stop()
        posts = store.read_sync(_posts)

    final = [each for each in tries if each.status != "deferred"]
    assert {each.reply[:3] for each in final if each.status == "sent"} == {"250"}
    assert not [each.reply for each in tries if " 221 " in each.reply]
    assert Counter(each.recipient for each in final) == Counter(
        recipient for whom in sent.values() for recipient in whom
    )
    assert {each.recipient for each in final if each.status == "bounced"} == set(UNKNOWN)
    assert posts == Counter(
        (recipient, f"<{message_id}>", "held" if recipient in HELD else "released")
        for message_id, whom in sent.items()
        for recipient in whom
        if recipient not in UNKNOWN
    )


def test_r13_d1_each_member_has_each_post_once_by_way_of_postfix_both_ways(
    warm: Warm, database_url: str, tmp_path: Path
) -> None:
    with closing(Store(database_url)) as store, ExitStack() as on:
        town.populate(store, MEMBERS)
        sink = on.enter_context(relaying.running(tmp_path / "relay"))
        lmtp = free_port()
        queue = on.enter_context(postfix.running(lmtp=lmtp, others=f"smtp:[127.0.0.1]:{sink.port}"))
        service = on.enter_context(
            house.standing(warm, database_url, folder=tmp_path, relay_url=queue.url)
        )
        service.lmtp = lmtp
        service.start()
        with smtplib.SMTP("127.0.0.1", queue.port) as line:
            for number in range(POSTS):
                line.sendmail(mails.AUTHOR, [mails.LIST], mails.post(number))
        sink.wait_for(POSTS * MEMBERS)
        queue.wait_until_empty()
        journals.wait(lambda: not store.read_sync(accounts.waiting), "all was sent")
        service.stop()
        account = accounts.account(store, relay=sink.journal, acked=tmp_path / "acked")
        taken = Counter((each["message_id"], each["recipient"]) for each in sink.taken())

    assert account.is_sound, account
    assert taken == Counter(
        (f"{number:06d}.bench@d00.example.net", mails.member(member))
        for number in range(POSTS)
        for member in range(MEMBERS)
    )


def _letters(random: Random) -> dict[str, list[str]]:
    """Say which mail goes to whom: a few, or fifty; to lists of both kinds and to none."""
    everybody = [*OPEN, *HELD, *UNKNOWN]
    return {
        f"{number}.proof@d00.example.net": (
            everybody
            if number % TO_MANY == 0
            else random.sample([*OPEN, *HELD], random.randint(1, 3))
            + random.sample(UNKNOWN, random.randint(0, 1))
        )
        for number in range(MAILS)
    }


def _settle(store: Store) -> None:
    town.populate(store, 1)

    def put(session: Session) -> None:
        for address in (*OPEN, *HELD):
            made = lists.create(session, address, by=None, now=EARLIER)
            subscriptions.subscribe(session, made.id, [1], by=None, now=EARLIER)
            if address in OPEN:
                lists.set_policy(session, made.id, town.OPEN, by=None, now=EARLIER)

    store.run_sync(put)


@contextmanager
def _handing_in(queue: Postfix, sent: dict[str, list[str]]) -> Iterator[None]:
    def hand_in() -> None:
        with smtplib.SMTP("127.0.0.1", queue.port) as line:
            for message_id, whom in sent.items():
                head = f"Message-ID: <{message_id}>\r\nFrom: {mails.AUTHOR}\r\n"
                raw = f"{head}Subject: Hello\r\n\r\nHello.\r\n"
                line.sendmail(mails.AUTHOR, whom, raw)

    thread = threading.Thread(target=hand_in)
    thread.start()
    yield
    thread.join()


def _die_again_and_again(service: House, store: Store) -> None:
    """Be killed, or end, soon after another thirty posts have come in."""
    for end in [service.kill] * KILLS + [service.stop] * STOPS:
        wanted = store.read_sync(_count) + 30
        service.start()
        journals.wait(lambda n=wanted: store.read_sync(_count) >= n, "posts came in")  # type: ignore[misc]
        end()


def _settled(queue: Postfix, recipients: int) -> list[Report]:
    """Return what Postfix noted, when its log has the end of each recipient."""

    def tries() -> list[Report]:
        return [each for each in queue.reports() if each.by == "lmtp"]

    def are_all_noted() -> bool:
        return sum(each.status != "deferred" for each in tries()) >= recipients

    journals.wait(are_all_noted, "Postfix had noted every end")
    return tries()


def _count(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Post)) or 0


def _posts(session: Session) -> Counter[tuple[str, str, str]]:
    query = select(MailingList.address, Post.message_id, Post.state).join(
        MailingList, MailingList.id == Post.list_id
    )
    return Counter((address, its_id, state) for address, its_id, state in session.execute(query))
