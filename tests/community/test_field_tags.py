"""Tags of fields: every field has its own, in both languages, and who mistypes is helped."""

from dataclasses import replace
from datetime import datetime

import pytest

from community import field_tags, holds, lists, overflows
from community.field_tags import TAGS, codes, names, near
from community.fields import AREAS, FIELDS, spoken
from community.policies import Policy
from community.posting_rules import laws
from community.posts import Post, Thread
from community.store import Session, Store
from letters.posts import about
from tests.builders import (
    a_list,
    a_mail,
    a_moderator,
    a_person,
    a_post,
    deliveries,
    letter,
)

PHYSICS, CHEMISTRY, LAW = "1.3", "1.4", "5.5"


def test_every_field_and_area_has_tags_and_no_two_share_one() -> None:
    assert set(TAGS) == set(AREAS) | set(FIELDS)
    plain = [tag.replace("-", "") for tags in TAGS.values() for tag in tags]
    assert len(plain) == len(set(plain))


@pytest.mark.parametrize("code", FIELDS)
def test_a_field_is_found_by_its_number_and_by_each_of_its_tags(code: str) -> None:
    assert {codes(tag) for tag in (code, *TAGS[code])} == {(code,)}


@pytest.mark.parametrize(
    ("tag", "found"),
    [
        ("Physics", (PHYSICS,)),
        ("FYSIKK", (PHYSICS,)),
        ("computerscience", ("1.2",)),
        ("computer_science", ("1.2",)),
        ("språk", ("6.2",)),
        ("sprak", ("6.2",)),
        ("physics+jus", (PHYSICS, LAW)),
        ("jus+fysikk+physics", (PHYSICS, LAW)),
        ("humaniora", ("6.1", "6.2", "6.3", "6.4", "6.5")),
        ("", ()),
        ("+", ()),
        ("physics+", ()),
        ("physics+alchemy", ()),
        ("alchemy", ()),
        ("1.8", ()),
        ("physics" * 1000, ()),
    ],
)
def test_a_tag_names_fields_or_nothing(tag: str, found: tuple[str, ...]) -> None:
    assert codes(tag) == found


@pytest.mark.parametrize(
    ("tag", "likeliest"),
    [
        ("physic", "physics"),
        ("chemestry", "chemistry"),
        ("physics+psycology", "psychology"),
        ("okonomii", "okonomi"),
    ],
)
def test_a_mistyped_tag_brings_the_one_that_was_meant_first(tag: str, likeliest: str) -> None:
    assert near(tag)[0] == likeliest


def test_what_is_like_no_tag_brings_none() -> None:
    assert near("xqzw") == near("") == ()


@pytest.mark.parametrize("language", ["en", "nb"])
def test_the_tags_that_are_shown_can_be_sent_and_are_understood(language: str) -> None:
    shown = names(language)

    assert len(shown) == len(TAGS)
    assert all(tag.isascii() and codes(tag) for _, tag in shown)
    assert ("Fysikk", "fysikk") in names("nb")
    assert ("Languages and literature", "languages") in names("en")
    assert ("Språk og litteratur", "sprak") in names("nb")


def test_fields_are_spoken_by_name_and_a_whole_area_by_its_own() -> None:
    assert spoken((PHYSICS, LAW), "nb") == "Fysikk; Rettsvitenskap"
    assert spoken((*codes("humanities"), PHYSICS), "en") == (
        "Humanities and the arts; Physical sciences"
    )
    assert spoken((), "en") == ""


def test_how_to_write_to_some_fields_is_told_with_the_laws() -> None:
    assert field_tags.LAW in laws(Policy())
    assert all(codes(tag) for tag in ("physics", "chemistry"))  # which it names


class Town:
    """A physicist writes; a chemist is near, a lawyer is not."""

    def __init__(self, store: Store, now: datetime) -> None:
        self.store, self.now = store, now
        self.ada = a_person(store, fields=(PHYSICS,))
        self.chemist = a_person(store, "Chem Ist", fields=(CHEMISTRY,))
        self.lawyer = a_person(store, "Law Yer", fields=(LAW,))
        self.mona = a_moderator(store)
        self.list_id = a_list(store, self.ada, self.chemist, self.lawyer)
        self.change("newcomer_posts=0", "threads_per_day=9")

    def change(self, *changes: str) -> None:
        self.store.run_sync(lists.set_policy, self.list_id, changes, by=None, now=self.now)

    def write(
        self, subject: str, *tags: str, sender: str = "ada.holm", answers: tuple[str, ...] = ()
    ) -> int:
        mail = a_mail(f"{sender}@example.org", subject=subject, answers=answers)
        to = tuple(f"postdocs+{tag}@lists.example.org" for tag in tags)
        named = tuple(code for tag in tags for code in field_tags.codes(tag))
        mail = replace(mail, fields=named, to_addresses=to or mail.to_addresses)
        return a_post(self.store, self.list_id, mail, now=self.now)

    def post(self, post_id: int) -> Post:
        return self.store.read_sync(lambda session: session.get_one(Post, post_id))

    def got(self, post_id: int) -> set[int]:
        return {row.person_id for row in deliveries(self.store, post_id)}


@pytest.fixture
def town(store: Store, now: datetime) -> Town:
    return Town(store, now)


def test_a_post_to_a_field_reaches_it_and_what_is_related_and_nobody_else(town: Town) -> None:
    post = town.write("Cryostat", "physics")

    assert town.got(post) == {town.ada, town.chemist}
    assert town.got(town.write("Contracts", "law")) == {town.ada, town.lawyer}  # who wrote it


def test_answers_stay_in_the_fields_of_the_thread_wherever_they_are_sent(town: Town) -> None:
    first = town.post(town.write("Cryostat", "physics"))
    by_header = town.write("Re: Cryostat", sender="chem.ist", answers=(first.message_id,))
    by_subject = town.write("SV: cryostat", "law", sender="chem.ist")

    for answer in (by_header, by_subject):
        assert town.post(answer).thread_id == first.thread_id
        assert town.post(answer).fields == PHYSICS
        assert town.got(answer) == {town.ada, town.chemist}


def test_an_answer_to_a_field_alone_leaves_its_thread_to_all(town: Town) -> None:
    first = town.post(town.write("Cryostat"))
    narrow = town.write("Re: Cryostat", "chemistry", answers=(first.message_id,))
    wide = town.write("Re: Re: Cryostat", answers=(first.message_id,))

    def fields(session: Session) -> str:
        return session.get_one(Thread, first.thread_id).fields

    assert town.got(narrow) == {town.ada, town.chemist}
    assert town.got(wide) == {town.ada, town.chemist, town.lawyer}
    assert town.store.read_sync(fields) == ""


def test_what_is_written_to_the_list_itself_as_well_goes_to_all(town: Town) -> None:
    mail = replace(a_mail(), fields=(PHYSICS,))  # its To names the list
    post = a_post(town.store, town.list_id, mail, now=town.now)

    assert town.got(post) == {town.ada, town.chemist, town.lawyer}


def test_beyond_the_quota_it_goes_to_its_own_fields_and_not_to_its_authors(town: Town) -> None:
    town.change("posts_per_member_per_week=0")
    post = town.write("Contracts", "law")
    told = letter(town.store, "post.digest", town.ada)
    town.store.run_sync(overflows.narrow, post, by=town.ada, now=town.now)

    assert told is not None
    assert told.paragraphs[1] == (
        "People of these fields and related ones get it in the next digest: Law."
    )
    assert town.post(post).fields == LAW


def test_author_and_moderators_hear_for_whom_it_is(town: Town) -> None:
    town.change("grace_seconds=120")
    town.write("Cryostat", "physics", "humanities")
    author = letter(town.store, "post.accept", town.ada)
    town.change("emergency=on")
    held = town.store.read_sync(holds.card, town.write("Magnets", "physics"))

    assert author is not None
    assert author.paragraphs[0].endswith("nobody else: Humanities and the arts; Physical sciences.")
    assert ("For the fields", "Physical sciences") in about("en", held)
