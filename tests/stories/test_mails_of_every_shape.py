"""R22: mails of every shape take the whole way: in, held, on a card, accepted, out, read by all.

Each is found again by its subject, and stands in the archive's file as it came.

Four hundred samples (`tests/mailing/corpus`), a hundred a day. Each author's domain has signed; the
list sets no footer, so that the signature is whole in every copy, as dkimpy sees it.
"""

import asyncio
import html
import io
import shutil
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import dkim
import pytest
from sqlalchemy import select

from bot.blocks import posts as blocks
from community import (
    deliveries,
    holds,
    lists,
    moderation,
    old_mails,
    people,
    searches,
    stems,
    subscriptions,
)
from community.outbox import Delivery, Notice
from community.posts import Post, PostSource
from community.queries import MOST_TERMS, Query
from community.store import Session
from community.subscriptions import Mode
from mailing import compose, headers, mboxes
from sandbox import blockkit
from tests import builders
from tests.mailing import corpus, judge
from tests.mailing.corpus.sample import LIST, Sample
from tests.stories import town as towns
from tests.stories.town import Town

pytestmark = pytest.mark.anyio

A_DAY = 105
LINES = 4
MOST_BYTES = 50_000_000
AMARA, PRIYA, ELENA = (
    f"{name}@example.org" for name in ("amara.okafor", "priya.raman", "elena.petrova")
)
SIGNER = judge.a_signer(domain="example.org")
POLICY = (
    *("newcomer_posts=10000", "footer=off", "from_munging=never", "grace_seconds=0"),
    *("threads_per_day=10000", "mails_per_member_per_week=10000"),
    "posts_per_member_per_week=10000",
)
WRITTEN = frozenset(
    {"subject", "message-id", "archived-at", "precedence", "list-id", "list-post", "list-help"}
    | {"list-owner", "list-archive", "list-unsubscribe", "list-unsubscribe-post"}
)


@pytest.fixture
async def town(sqlite_template: Path, tmp_path: Path, now: datetime) -> AsyncIterator[Town]:
    """Build the town on SQLite, with a list for the corpus: one reads each mail, one the digest."""
    path = shutil.copyfile(sqlite_template, tmp_path / "samband.db")
    async with towns.standing(f"sqlite:///{path}", now) as town:
        store = town.demo.parts.store
        made = await store.run(lists.create, LIST, by=None, now=now)
        await store.run(lists.set_policy, made.id, POLICY, by=None, now=now)
        readers = [await store.read(people.by_email, each) for each in (PRIYA, ELENA)]
        ids = [reader.id for reader in readers if reader]
        await store.run(subscriptions.subscribe, made.id, ids, by=None, now=now)
        await store.run(deliveries.set_mode, made.id, Mode.DAILY, by=ids[1], now=now)
        yield town


def _signed(raw: bytes) -> bytes:
    """Sign as the author's own server does, leaving out what a list may change."""
    key = judge.pem().encode()
    relaxed = (b"relaxed", b"relaxed")
    mark: bytes = dkim.sign(
        raw, b"s1", b"example.org", key, canonicalize=relaxed, include_headers=[b"from"]
    )
    return mark + raw


async def test_r22_a6_a_mail_of_every_shape_takes_the_whole_way(town: Town) -> None:
    store = town.demo.parts.store
    samples = corpus.samples()
    raws = {sample.name: _signed(sample.raw) for sample in samples}
    for start in range(0, len(samples), A_DAY):
        some = samples[start : start + A_DAY]
        replies = await _hand_in(town, some, raws)
        assert replies == dict.fromkeys(replies, "250 2.0.0 Taken")
        posts = await store.read(_posts, {raws[each.name]: each.name for each in some})
        assert {name: state for name, (_, state) in posts.items()} == {
            each.name: each.ends for each in some
        }
        held = {each.name: posts[each.name][0] for each in some if each.ends == "held"}

        assert await _cards(town, held) == {}
        for post_id in held.values():
            moderator = await store.read(people.by_email, AMARA)
            assert moderator is not None
            await store.run(moderation.accept, post_id, by=moderator.id, now=town.now)
        await town.settle()
        copies = _copies(town)
        assert {
            each.name: _changed(raws[each.name], copies[posts[each.name][0]])
            for each in some
            if each.ends == "held"
        } == {name: set() for name in held}
        await _sign_in(town, AMARA)
        assert await _pages(town, [each for each in some if each.ends == "held"], held) == {}
        assert await store.read(_unfound, held, now=town.now) == {}

        await town.wait_until(town.now + timedelta(days=1))
        digests = [mail.text for mail in town.mails(ELENA, "[corpus] ")]
        assert [
            each.name for each in some if each.ends == "held" and each.words not in digests[-1]
        ] == []
    assert await store.read(_stuck) == []
    out = [raws[each.name] for each in samples if each.ends == "held"]
    assert sorted(await store.read(_exported)) == sorted(out)


async def _hand_in(town: Town, some: list[Sample], raws: dict[str, bytes]) -> dict[str, str]:
    turns = asyncio.Semaphore(LINES)

    async def one(sample: Sample) -> str:
        async with turns:
            return await town.hand_in(sample.sender, raws[sample.name], to=LIST)

    replies = await asyncio.gather(*(one(sample) for sample in some))
    await town.settle()
    return {sample.name: reply for sample, reply in zip(some, replies, strict=True)}


def _posts(session: Session, names: dict[bytes, str]) -> dict[str, tuple[int, str]]:
    """Find the posts by the very bytes that came (A6)."""
    query = select(Post.id, Post.state, PostSource.raw).join(PostSource)
    return {names[raw]: (id_, state) for id_, state, raw in session.execute(query) if raw in names}


async def _cards(town: Town, held: dict[str, int]) -> dict[str, list[str]]:
    """Say what Slack would refuse about the card of each."""
    store, house = town.demo.parts.store, builders.a_house()
    amara = await store.read(people.by_email, AMARA)
    assert amara is not None
    reader = await store.read(people.reader, amara.id)
    wrong = {}
    for name, post_id in held.items():
        card = blocks.card(await store.read(holds.card, post_id), reader, house)
        if problems := blockkit.problems(card, "message"):
            wrong[name] = problems
    return wrong


def _copies(town: Town) -> dict[int, bytes]:
    """Find the copies that one reader has, by their posts."""
    found = {}
    for mail in town.sink.mails(PRIYA):
        place = headers.part(mail.raw).first("archived-at") or b""
        if b"/posts/" in place:
            found[int(place.rpartition(b"/")[2].strip(b"> "))] = mail.raw
    return found


def _changed(raw: bytes, copy: bytes) -> set[str]:
    """Say what is not as it was, beyond what is documented (A6)."""
    before, after = headers.part(raw), headers.part(copy)
    lost = {field.raw for field in before.fields} - {field.raw for field in after.fields}
    added = {field.raw for field in after.fields} - {field.raw for field in before.fields}
    wrong = {field.name for field in after.fields if field.raw in added} - WRITTEN
    wrong |= {
        field.name
        for field in before.fields
        if field.raw in lost
        and field.name not in (*compose.REMOVED, "subject")
        and not field.name.startswith(("list-", "x-envelope"))
    }
    if after.body != before.body:
        wrong.add("the body")
    if judge.verdicts(copy, SIGNER) != [True]:
        wrong.add("the author's signature")
    return wrong


async def _pages(town: Town, some: list[Sample], held: dict[str, int]) -> dict[str, int]:
    """Open the place of each in the archive; say where that fails or says something else."""
    site = town.demo.parts.settings.public_url
    wrong = {}
    for sample in some:
        page = await town.web.get(f"{site}/posts/{held[sample.name]}", follow_redirects=True)
        if page.status_code != 200 or sample.words not in html.unescape(page.text):
            wrong[sample.name] = page.status_code
    return wrong


def _unfound(session: Session, held: dict[str, int], *, now: datetime) -> dict[str, str]:
    """Name those that the search does not find by the words of their subject."""
    unfound = {}
    for name, post_id in held.items():
        subject = session.get_one(Post, post_id).subject
        words = list(dict.fromkeys(stems.of(subject)))[:MOST_TERMS]
        query = Query(phrases=tuple((word,) for word in words))
        hits = searches.find(session, query, reader=None, now=now).hits
        if words and post_id not in {hit.post_id for hit in hits}:
            unfound[name] = subject
    return unfound


def _exported(session: Session) -> list[bytes]:
    """Write the list's archive into a file, and return the mails that are read from it."""
    list_id, file = lists.by_address(session, LIST).id, io.BytesIO()
    for kept in old_mails.after(session, list_id, 0, most=1_000):
        mboxes.write(file, kept.raw, sender=kept.sender, at=kept.at)
    file.seek(0)
    return [mail.raw for mail in mboxes.read(file, most_bytes=MOST_BYTES)]


async def _sign_in(town: Town, who: str) -> None:
    site = town.demo.parts.settings.public_url
    await town.web.post(f"{site}/sign-in", data={"email": who})
    await town.settle()
    await town.click(town.link(town.mails(who)[-1], "open"))


def _stuck(session: Session) -> list[str]:
    """Name what was not sent at the first try."""
    deliveries = select(Delivery).where(Delivery.attempts > 1)
    notices = select(Notice).where(Notice.attempts > 1)
    return [
        *(f"delivery {each.id}: {each.state}" for each in session.scalars(deliveries)),
        *(
            f"{each.kind} by {each.channel}: {each.state}, {each.doubts} in doubt"
            for each in session.scalars(notices)
        ),
    ]
