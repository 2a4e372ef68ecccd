"""Who gets a post at once, who in a digest and who not at all: every choice, by value."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import event, select

from community import deliveries, lists, subscriptions, threads
from community.deliveries import Format
from community.errors import Refusal
from community.fanouts import DigestEntry
from community.people import Address
from community.posts import Post
from community.store import Session, Store
from community.subscriptions import Mode
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post
from tests.builders import deliveries as sent

MODES = tuple(Mode)


class Town:
    """A list with one reader for each mode, and a moderator who writes what goes out at once."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.readers = {mode: a_person(store, f"Reader {mode.title()}") for mode in MODES}
        self.mona = a_moderator(store)
        self.list_id = a_list(store, *self.readers.values())
        for mode, person_id in self.readers.items():
            store.run_sync(deliveries.set_mode, self.list_id, mode, by=person_id, now=now)

    def write(
        self,
        subject: str = "Lunch",
        *,
        sender: str = "mona.vik@example.org",
        to: tuple[str, ...] = (),
        answers: int | None = None,
    ) -> int:
        """Receive a post that goes out at once."""
        mail = a_mail(sender, subject=subject, answers=self._id_of(answers))
        made = {**mail.__dict__, "to_addresses": to}
        post_id = a_post(self.store, self.list_id, type(mail)(**made), now=self.now)
        assert self.post(post_id).state == "released", self.post(post_id).rule
        return post_id

    def post(self, post_id: int) -> Post:
        return self.store.read_sync(lambda session: session.get_one(Post, post_id))

    def _id_of(self, post_id: int | None) -> tuple[str, ...]:
        return () if post_id is None else (self.post(post_id).message_id,)

    def got(self, post_id: int) -> tuple[set[str], set[str]]:
        """Say who gets the post at once and who in a digest, by mode."""
        names = {person_id: mode.value for mode, person_id in self.readers.items()}

        def entries(session: Session) -> list[int]:
            query = select(DigestEntry.person_id).where(DigestEntry.post_id == post_id)
            return list(session.scalars(query))

        at_once = {names[row.person_id] for row in sent(self.store, post_id)}
        return at_once, {names[person_id] for person_id in self.store.read_sync(entries)}


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    made = Town(store, now)
    quiet = ["newcomer_posts=0", "threads_per_day=99", "mails_per_member_per_week=999"]
    store.run_sync(lists.set_policy, made.list_id, quiet, by=None, now=now)
    store.run_sync(subscriptions.subscribe, made.list_id, [made.mona], by=None, now=now)
    store.run_sync(deliveries.set_mode, made.list_id, Mode.NONE, by=made.mona, now=now)
    return made


def test_each_comes_at_once_and_digest_readers_get_it_later(town: Town) -> None:
    assert town.got(town.write()) == ({"each"}, {"daily", "weekly"})


def test_nothing_comes_in_a_pause_and_it_ends_by_itself(town: Town) -> None:
    for person_id in town.readers.values():
        town.store.run_sync(
            deliveries.pause,
            town.list_id,
            until=town.now + timedelta(days=7),
            by=person_id,
            now=town.now,
        )

    in_pause = town.write("In the pause")
    town.now += timedelta(days=7)
    after = town.write("After it")

    assert (town.got(in_pause), town.got(after)) == (
        (set(), set()),
        ({"each"}, {"daily", "weekly"}),
    )


def test_who_follows_a_thread_gets_it_at_once_unless_they_want_no_mail(town: Town) -> None:
    first = town.write()
    for person_id in town.readers.values():
        thread_id = town.post(first).thread_id
        town.store.run_sync(threads.follow, thread_id, by=person_id, now=town.now)

    answer = town.write("Re: Lunch", answers=first)

    assert town.got(answer) == ({"each", "daily", "weekly", "followed"}, set())


def test_who_mutes_a_thread_gets_it_neither_at_once_nor_in_a_digest(town: Town) -> None:
    first = town.write()
    for person_id in town.readers.values():
        thread_id = town.post(first).thread_id
        town.store.run_sync(threads.mute, thread_id, by=person_id, now=town.now)

    assert town.got(town.write("Re: Lunch", answers=first)) == (set(), set())
    assert town.got(town.write("Another")) == ({"each"}, {"daily", "weekly"})


def test_who_writes_in_a_thread_follows_it_until_they_mute_it(town: Town) -> None:
    mine = town.write("Mine", sender="reader.followed@example.org")
    answer = town.write("Re: Mine", answers=mine)
    thread_id = town.post(mine).thread_id
    town.store.run_sync(threads.mute, thread_id, by=town.readers[Mode.FOLLOWED], now=town.now)
    late = town.write("Re: Re: Mine", answers=mine)

    assert town.got(mine) == ({"each", "followed"}, {"daily", "weekly"})
    assert town.got(answer) == ({"each", "followed"}, {"daily", "weekly"})
    assert town.got(late) == ({"each"}, {"daily", "weekly"})


@pytest.mark.parametrize("mode", [Mode.EACH, Mode.DAILY])
def test_own_posts_come_back_or_not_as_chosen(town: Town, mode: Mode) -> None:
    sender = f"reader.{mode.value}@example.org"
    before = town.got(town.write("Before", sender=sender))
    town.store.run_sync(
        deliveries.set_mail,
        digest_format=Format.HTML,
        gets_own=False,
        gets_second=False,
        by=town.readers[mode],
        now=town.now,
    )

    after = town.got(town.write("After", sender=sender))

    everybody = {"each"} | {"daily", "weekly"}
    assert before[0] | before[1] == everybody
    assert after[0] | after[1] == everybody - {mode.value}


def test_who_has_it_directly_by_any_address_does_not_get_it_again(town: Town) -> None:
    def add_address(session: Session) -> None:
        person_id = town.readers[Mode.EACH]
        session.add(Address(person_id=person_id, email="each@home.example", is_primary=False))

    town.store.run_sync(add_address)

    direct = town.write(to=("Each@Home.example", "reader.weekly@example.org", "x@else.example"))

    assert town.got(direct) == (set(), {"daily"})


def test_who_wants_the_second_copy_gets_it(town: Town) -> None:
    town.store.run_sync(
        deliveries.set_mail,
        digest_format=Format.HTML,
        gets_own=True,
        gets_second=True,
        by=town.readers[Mode.EACH],
        now=town.now,
    )

    direct = town.write(to=("reader.each@example.org", "reader.daily@example.org"))

    assert town.got(direct) == ({"each"}, {"weekly"})


def test_a_person_with_several_addresses_gets_one_copy(town: Town) -> None:
    def add_addresses(session: Session) -> None:
        for n in range(3):
            person_id = town.readers[Mode.EACH]
            session.add(Address(person_id=person_id, email=f"{n}@home.example", is_primary=False))

    town.store.run_sync(add_addresses)

    assert [row.email for row in sent(town.store, town.write())] == ["reader.each@example.org"]


@pytest.mark.parametrize("more", [0, 40])
def test_a_fan_out_takes_the_same_few_statements_for_any_size(
    town: Town, more: int, request: pytest.FixtureRequest
) -> None:
    people = [a_person(town.store, f"Further {n}") for n in range(more)]
    town.store.run_sync(subscriptions.subscribe, town.list_id, people, by=None, now=town.now)
    statements: list[str] = []
    engine = town.store._writer  # the only way to count what a store says to its database

    def count(_c: object, _cu: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    request.addfinalizer(lambda: event.remove(engine, "before_cursor_execute", count))
    post_id = a_post(town.store, town.list_id, a_mail("mona.vik@example.org"), now=town.now)

    inserts = [one for one in statements if "SELECT" in one and one.startswith("INSERT INTO d")]
    assert [one.split()[2] for one in inserts] == ["delivery", "digest_entry"]
    assert len(sent(town.store, post_id)) == more + 1
    assert len(statements) < 40


def _lines(town: Town, post_id: int) -> set[str]:
    """Say who gets only a line about a post, by mode."""
    names = {person_id: mode.value for mode, person_id in town.readers.items()}

    def entries(session: Session) -> list[int]:
        query = select(DigestEntry.person_id).where(
            DigestEntry.post_id == post_id, DigestEntry.is_line
        )
        return list(session.scalars(query))

    return {names[person_id] for person_id in town.store.read_sync(entries)}


def test_beyond_so_many_answers_a_thread_stays_among_those_in_it(town: Town) -> None:
    policy = ["replies_to_all=1"]
    town.store.run_sync(lists.set_policy, town.list_id, policy, by=None, now=town.now)
    first = town.write()
    to_all = town.write("Re: Lunch", answers=first, sender="reader.each@example.org")
    contained = town.write("Re: Re: Lunch", answers=first, sender="reader.daily@example.org")

    assert (town.got(to_all), _lines(town, to_all)) == (({"each"}, {"daily", "weekly"}), set())
    # Who writes in the thread gets it as ever: at once, or the whole post in the digest.
    assert town.got(contained) == ({"each"}, {"daily", "weekly"})
    assert _lines(town, contained) == {"weekly"}
    assert (town.post(to_all).is_contained, town.post(contained).is_contained) == (False, True)


def test_who_follows_a_contained_thread_gets_it_and_who_muted_it_not_even_a_line(
    town: Town,
) -> None:
    policy = ["replies_to_all=0"]
    town.store.run_sync(lists.set_policy, town.list_id, policy, by=None, now=town.now)
    first = town.write()
    thread_id = town.post(first).thread_id
    for mode in (Mode.WEEKLY, Mode.FOLLOWED):
        town.store.run_sync(threads.follow, thread_id, by=town.readers[mode], now=town.now)
    town.store.run_sync(threads.mute, thread_id, by=town.readers[Mode.DAILY], now=town.now)

    answer = town.write("Re: Lunch", answers=first)

    assert town.got(first) == ({"each"}, {"daily", "weekly"})
    assert town.got(answer) == ({"weekly", "followed"}, {"each"})
    assert _lines(town, answer) == {"each"}


def test_a_thread_becomes_quiet_by_its_age_and_a_moderator_opens_it_again(town: Town) -> None:
    first = town.write()
    town.now += timedelta(hours=72)
    late = town.write("Re: Lunch", answers=first, sender="reader.none@example.org")
    own = town.write("Re: Lunch, moved", answers=first)
    thread_id = town.post(first).thread_id
    town.store.run_sync(threads.open_to_all, thread_id, by=town.mona, now=town.now)
    opened = town.write("Re: Lunch again", answers=first)
    town.store.run_sync(threads.contain, thread_id, by=town.mona, now=town.now)
    calmed = town.write("Re: Lunch at last", answers=first)

    assert (town.got(late), _lines(town, late)) == (
        (set(), {"each", "daily", "weekly"}),
        {"each", "daily", "weekly"},
    )
    assert (town.got(own), _lines(town, own)) == (({"each"}, {"daily", "weekly"}), set())
    assert (town.got(opened), _lines(town, opened)) == (({"each"}, {"daily", "weekly"}), set())
    assert _lines(town, calmed) == {"each", "daily", "weekly"}


def test_only_a_moderator_says_how_far_a_thread_reaches(town: Town) -> None:
    thread_id = town.post(town.write()).thread_id

    for act in (threads.open_to_all, threads.contain):
        with pytest.raises(Refusal, match="Only a moderator"):
            town.store.run_sync(act, thread_id, by=town.readers[Mode.EACH], now=town.now)
