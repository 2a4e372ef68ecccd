"""What others of the community see of a person, as that person chose; and finding people by it.

Without a choice others see a member's name and fields. Department, language, address and a line of
one's own are shown only by who wants that; mentors are found only when they have agreed. Guests,
alumni and strangers see nobody.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Final

from sqlalchemy import Exists, ForeignKey, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from community import journal, people
from community.errors import Refusal
from community.fields import FIELDS, nearness, related
from community.people import Address, Person, PersonField, PersonRole, Role
from community.store import Base

MOST_SIGNS: Final = 200
PAGE: Final = 8
MOST_FOUND: Final = 5
#: So many names are looked through for those that were meant, or perhaps meant.
MOST_NAMES: Final = 5000


class Introduction(Base):
    """What one person shows; a row only for who has chosen."""

    __tablename__ = "introduction"

    person_id: Mapped[int] = mapped_column(
        ForeignKey("person.id", ondelete="CASCADE"), primary_key=True
    )
    #: Others find this person.
    is_listed: Mapped[bool]
    shows_department: Mapped[bool]
    shows_language: Mapped[bool]
    shows_email: Mapped[bool]
    #: A line of their own, such as what others may ask about.
    about: Mapped[str]


@dataclass(frozen=True, kw_only=True)
class PersonCard:
    """A person as others see them; what is not shown is empty."""

    person_id: int
    name: str
    fields: tuple[str, ...]
    department: str
    language: str
    email: str
    about: str
    is_mentor: bool
    slack_id: str | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """Whom a name may mean; `near` has names when it means nobody."""

    cards: tuple[PersonCard, ...]
    near: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class PeoplePage:
    """Some of the people of a field and the related ones, the nearest first."""

    fields: tuple[str, ...]
    cards: tuple[PersonCard, ...]
    count: int
    number: int

    @property
    def has_more(self) -> bool:
        """Say whether there is a page after this one."""
        return self.number * PAGE < self.count


def find(session: Session, words: str, *, by: int) -> Found:
    """Return the people whose names have all these words, exact ones first.

    Raises:
        Refusal: not for guests and strangers; nothing to look for.
    """
    people.require(session, by, *people.INSIDE)
    wanted = words.replace("@", " ").split()[:5]
    if not wanted:
        raise Refusal("Type a name, such as /postdoc whois ada.")
    named = _visible().where(*(_has(word) for word in wanted))
    # All, however many: “li” is in hundreds of names, and meant is whoever is called so.
    by_name = named.order_by(Person.name, Person.id).limit(MOST_NAMES)
    rows = sorted(session.execute(by_name), key=lambda row: _rank(row.name, wanted))
    if rows:
        return Found(cards=_cards(session, [row.id for row in rows[:MOST_FOUND]]))
    everybody = _visible().order_by(Person.name, Person.id).limit(MOST_NAMES)
    names = [row.name for row in session.execute(everybody)]
    return Found(cards=(), near=_near(wanted, names))


def by_slack(session: Session, slack_id: str, *, by: int) -> Found:
    """Return the person behind a Slack user, if others may see them.

    Raises:
        Refusal: not for guests and strangers.
    """
    people.require(session, by, *people.INSIDE)
    ids = [row.id for row in session.execute(_visible().where(Person.slack_id == slack_id))]
    return Found(cards=_cards(session, ids))


def of_fields(session: Session, codes: Sequence[str], *, number: int = 1, by: int) -> PeoplePage:
    """Return a page of the people of these fields and the related ones, the nearest first.

    Without codes, of the asking person's own fields; everybody for a person who has none.

    Raises:
        Refusal: not for guests and strangers.
    """
    people.require(session, by, *people.INSIDE)
    known = tuple(code for code in codes if code in FIELDS) or people.fields(session, by)
    theirs = _by_nearness(known) if known else _visible().order_by(Person.name, Person.id)
    everybody = theirs.order_by(None).subquery()
    count = session.scalar(select(func.count()).select_from(everybody)) or 0
    page = max(1, number)
    rows = session.execute(theirs.offset((page - 1) * PAGE).limit(PAGE)).all()
    cards = _cards(session, [row.id for row in rows])
    return PeoplePage(fields=known, cards=cards, count=count, number=page)


def _by_nearness(codes: tuple[str, ...]) -> Select[int, str]:
    near = related(codes)
    how_near = case({code: nearness(codes, (code,)) for code in near}, value=PersonField.code)
    ranked = (
        select(PersonField.person_id.label("id"), func.max(how_near).label("near"))
        .where(PersonField.code.in_(near))
        .group_by(PersonField.person_id)
        .subquery()
    )
    theirs = _visible().join(ranked, ranked.c.id == Person.id)
    return theirs.order_by(ranked.c.near.desc(), Person.name, Person.id)


def of_person(session: Session, person_id: int) -> Introduction:
    """Return what a person has chosen to show, or what is shown without a choice."""
    chosen = session.get(Introduction, person_id)
    if chosen is not None:
        return chosen
    return Introduction(
        person_id=person_id,
        is_listed=Role.MEMBER in people.roles(session, person_id),
        shows_department=False,
        shows_language=False,
        shows_email=False,
        about="",
    )


def introduce(  # noqa: PLR0913 - what an introduction is made of
    session: Session,
    *,
    is_listed: bool,
    shows_department: bool,
    shows_language: bool,
    shows_email: bool,
    about: str,
    by: int,
    now: datetime,
) -> Introduction:
    """Choose what others see of the acting person.

    Raises:
        Refusal: not for guests; the line is too long.
    """
    people.require(session, by, *people.INSIDE)
    line = " ".join("".join(sign if sign.isprintable() else " " for sign in about).split())
    if len(line) > MOST_SIGNS:
        raise Refusal("Write at most {most} characters about yourself.", most=MOST_SIGNS)
    mine = session.get(Introduction, by) or Introduction(person_id=by)
    mine.is_listed, mine.about = is_listed, line
    mine.shows_department, mine.shows_language = shows_department, shows_language
    mine.shows_email = shows_email
    session.add(mine)
    journal.write(session, "person", by, "introduce", by=by, now=now)
    return mine


def _visible() -> Select[int, str]:
    """Select id and name of everybody whom others may see."""
    mine = Introduction.person_id == Person.id
    has_chosen = and_(_has_role(Role.MEMBER, Role.MENTOR), Introduction.is_listed)
    is_member = and_(_has_role(Role.MEMBER), Introduction.person_id.is_(None))
    query = select(Person.id, Person.name).outerjoin(Introduction, mine)
    return query.where(Person.state == "active", or_(has_chosen, is_member))


def _has_role(*wanted: Role) -> Exists:
    return exists().where(
        PersonRole.person_id == Person.id, PersonRole.role.in_([role.value for role in wanted])
    )


def _has(word: str) -> ColumnElement[bool]:
    # SQLite's LIKE knows no case of letters beyond ASCII: æ, ø and å come in both.
    forms = {word, word.lower(), word.capitalize(), word.upper()}
    return or_(*(Person.name.icontains(form, autoescape=True) for form in sorted(forms)))


def _rank(name: str, wanted: Sequence[str]) -> tuple[int, str]:
    parts = name.casefold().split()
    exact = sum(word.casefold() in parts for word in wanted)
    begun = sum(any(part.startswith(word.casefold()) for part in parts) for word in wanted)
    return -2 * exact - begun, name


def _near(wanted: Sequence[str], names: Iterable[str]) -> tuple[str, ...]:
    """Return names of which the first word may have meant a part, letters and accents aside."""
    by_part: dict[str, list[str]] = {}
    for name in names:
        for part in name.split():
            by_part.setdefault(part.casefold(), []).append(name)
    close = get_close_matches(wanted[0].casefold(), by_part, n=3, cutoff=0.7)
    return tuple(dict.fromkeys(name for part in close for name in by_part[part]))[:3]


def _cards(session: Session, ids: Sequence[int]) -> tuple[PersonCard, ...]:
    """Return the cards of these people, in this order."""
    fields = people.fields_of(session, ids)
    is_mentor = _has_role(Role.MENTOR)
    query = (
        select(Person, Introduction, Address.email, is_mentor)
        .join(Address, and_(Address.person_id == Person.id, Address.is_primary))
        .outerjoin(Introduction, Introduction.person_id == Person.id)
        .where(Person.id.in_(ids))
    )
    found: Mapping[int, PersonCard] = {
        person.id: _card(person, shown, email, fields[person.id], is_mentor=mentors)
        for person, shown, email, mentors in session.execute(query)
    }
    return tuple(found[each] for each in ids)


def _card(
    person: Person,
    shown: Introduction | None,
    email: str,
    codes: tuple[str, ...],
    *,
    is_mentor: bool,
) -> PersonCard:
    places = dict.fromkeys(filter(None, (person.department, person.faculty, person.campus)))
    return PersonCard(
        person_id=person.id,
        name=person.name,
        fields=codes,
        department=", ".join(places) if shown is not None and shown.shows_department else "",
        language=person.language if shown is not None and shown.shows_language else "",
        email=email if shown is not None and shown.shows_email else "",
        about=shown.about if shown is not None else "",
        is_mentor=is_mentor,
        slack_id=person.slack_id,
    )
