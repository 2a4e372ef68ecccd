"""Who writes from outside and is passed on: told once who has the mail, if it is proved theirs."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from community import join_requests, lists, moderation, people, rations
from community.cases import Proof
from community.join_requests import REMEMBERED
from community.people import Person, Role
from community.received import Received
from community.store import Store
from tests import builders
from tests.community.test_join_requests import work

FINN = "finn@elsewhere.example"
DAY = timedelta(days=1)


def _mail(number: int = 0, **changes: object) -> Received:
    mail = builders.a_mail(FINN, subject=f"Vacancy {number}", text="We seek a postdoc.")
    return replace(mail, from_name="Finn Dal", proof=Proof.PASS, **changes)  # type: ignore[arg-type]  # fields of Received


@pytest.fixture
def list_id(store: Store, now: datetime) -> int:
    """Give a list that passes on what outsiders write, and somebody who looks after it."""
    builders.a_coordinator(store)
    return _forwarding(store, "postdocs@lists.example.org", now)


def _forwarding(store: Store, address: str, now: datetime) -> int:
    list_id = builders.a_list(store, address=address)
    store.run_sync(lists.set_policy, list_id, ["nonmembers=forward"], by=None, now=now)
    return list_id


def _write(store: Store, list_id: int, mail: Received, at: datetime) -> int:
    post_id = builders.a_post(store, list_id, mail, now=at)
    work(store, at)
    return post_id


def _about(store: Store) -> list[int]:
    return [notice.object_id for notice in builders.notices(store, "post.pass_on")]


def test_who_is_proved_hears_once_a_day_for_each_list_and_is_nobody_here(
    store: Store, now: datetime, list_id: int
) -> None:
    other = _forwarding(store, "lab@lists.example.org", now)

    first = _write(store, list_id, _mail(1, language="nb"), now)
    assert _write(store, list_id, _mail(1, language="nb"), now) == first
    _write(store, list_id, _mail(2), now + DAY / 2)
    there = _write(store, other, _mail(3), now + DAY / 2)
    later = _write(store, list_id, _mail(4), now + DAY)

    assert _about(store) == [first, there, later]
    assert store.read_sync(people.by_email, FINN) is None
    finn = builders.notices(store, "post.pass_on")[0].person_id
    person = store.read_sync(lambda session: session.get_one(Person, finn))
    assert (person.name, person.state, person.language) == ("Finn Dal", "asked", "nb")
    assert store.run_sync(join_requests.forget_old, now=now + REMEMBERED) == 1


@pytest.mark.parametrize("proof", [Proof.NONE, Proof.FAIL, Proof.UNKNOWN])
def test_who_is_not_proved_hears_nothing(
    store: Store, now: datetime, list_id: int, proof: Proof
) -> None:
    _write(store, list_id, replace(_mail(), proof=proof), now)

    assert builders.told(store, "post.forward") != []
    assert (_about(store), builders.planned(store)) == ([], [])


def test_what_a_list_sent_on_and_who_is_to_be_spared_get_no_answer(
    store: Store, now: datetime, list_id: int
) -> None:
    _write(store, list_id, _mail(1, list_ids=(99,)), now)
    store.run_sync(rations.spare, [FINN], now=now)
    _write(store, list_id, _mail(2), now)

    assert _about(store) == []


@pytest.fixture
def held(store: Store, now: datetime, list_id: int) -> tuple[int, int]:
    """Give a moderator, and what waits of an outsider who reads Norwegian."""
    store.run_sync(lists.set_policy, list_id, ["nonmembers=hold"], by=None, now=now)
    return builders.a_moderator(store), _write(store, list_id, _mail(1, language="nb"), now)


def _reports(store: Store) -> list[tuple[int, str]]:
    return [(each.object_id, each.detail) for each in builders.notices(store, "post.report")]


def test_who_waits_hears_once_a_day_and_what_was_decided_of_each(
    store: Store, now: datetime, list_id: int, held: tuple[int, int]
) -> None:
    mona, first = held
    second = _write(store, list_id, _mail(2), now)
    _write(store, list_id, replace(_mail(3), proof=Proof.NONE), now)
    _write(store, list_id, _mail(4, list_ids=(99,)), now)
    assert (_reports(store), _about(store)) == ([(first, "")], [])

    store.run_sync(moderation.accept, first, by=mona, now=now)
    store.run_sync(moderation.discard, second, by=mona, now=now)
    work(store, now)

    assert _reports(store) == [(first, ""), (first, "accept")]
    assert store.read_sync(people.by_email, FINN) is None


def test_what_is_taken_back_is_told_again_and_what_nobody_decides_goes_back(
    store: Store, now: datetime, held: tuple[int, int]
) -> None:
    mona, post_id = held
    store.run_sync(moderation.digest, post_id, by=mona, now=now)
    work(store, now)
    store.run_sync(moderation.reopen, post_id, by=mona, now=now)
    work(store, now)
    assert _reports(store) == [(post_id, ""), (post_id, "digest"), (post_id, "hold2")]
    later = now + DAY
    store.run_sync(moderation.expire, post_id, detail="", due_at=later, now=later)
    work(store, later)

    assert _reports(store)[3:] == [(post_id, "return2")]


def test_they_read_why_until_when_and_how_it_ended(
    store: Store, now: datetime, held: tuple[int, int]
) -> None:
    mona, post_id = held
    finn = builders.notices(store, "post.report")[0].person_id

    def found() -> tuple[str, ...]:
        letter = builders.letter(store, "post.report", finn)
        return () if letter is None else (letter.subject, *letter.paragraphs)

    waits = found()
    store.run_sync(moderation.accept, post_id, by=mona, now=now)
    out = found()

    assert waits == (
        "Innlegget ditt venter på en moderator: Vacancy 1",
        "Det kommer fra en adresse som ikke står på listen.",
        "Du trenger ikke å gjøre noe, og ikke å sende det på nytt. Du hører fra oss når det sendes "
        "ut, eller hvis det kommer tilbake til deg.",
        "Vil du være med på listen? Spør her: "
        "https://samband.example.org/lists/postdocs@lists.example.org/join",
    )
    assert out == (
        "Innlegget ditt sendes ut til listen: Vacancy 1",
        "En moderator har godkjent det, og det sendes ut til listen.",
        "Den som svarer, skriver til deg, med mindre de velger hele listen.",
    )


def test_what_nobody_coordinates_or_moderates_goes_to_who_runs_the_house(
    store: Store, now: datetime
) -> None:
    runs = builders.a_person(store, "Aud Lien", roles=(Role.ADMIN,))
    list_id = _forwarding(store, "postdocs@lists.example.org", now)

    _write(store, list_id, _mail(), now)

    assert builders.told(store, "post.forward") == [(runs, "mail")]


def test_it_says_who_has_the_mail_and_what_comes_next(
    store: Store, now: datetime, list_id: int
) -> None:
    _write(store, list_id, _mail(1), now)
    finn = builders.notices(store, "post.pass_on")[0].person_id

    def paragraphs() -> tuple[str, ...]:
        found = builders.letter(store, "post.pass_on", finn)
        assert found is not None
        assert found.subject == "Your mail is with the coordinators: Vacancy 1"
        return found.paragraphs

    assert paragraphs() == (
        "Only people on the list write to it, so your mail went to those who look after it, and "
        "to nobody else.",
        "They read it, and write to you if they have an answer. You need not send it again.",
        "Do you want to be on the list? Ask here: "
        "https://samband.example.org/lists/postdocs@lists.example.org/join",
    )
    store.run_sync(lists.set_policy, list_id, ["guests=reject"], by=None, now=now)
    assert paragraphs()[2] == (
        "Are you on the list with another address? Then write from that one."
    )
