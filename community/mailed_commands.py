"""What people ask a list by mail: to `-request`, `-join` and `-leave`. One table of acts by word.

The mail door has read the words (`mailing/commands.py`). Whatever changes something is done at once
only where it is proved who wrote; else the answer brings the button for it, for only the owner of
the address can press that. Whoever is not of the community gets a way to join, and nothing else.
"""

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final

from sqlalchemy.orm import Session

from community import (
    address_requests,
    deliveries,
    join_requests,
    outbox,
    people,
    rations,
    subscriptions,
    topic_choices,
)
from community.cases import Proof
from community.errors import Refusal
from community.join_requests import Applicant
from community.lists import MailingList
from community.outbox import Channel
from community.people import Person
from community.store import calendar_of
from community.subscriptions import Mode

#: What a notice's detail holds at most of a mail's fingerprint: enough to tell mails apart.
FINGERPRINT_SIGNS: Final = 16
KIND: Final = "mailing_list.answer"
_YEARLESS: Final = re.compile(r"\d\d-\d\d")
#: Within so many years every day comes; 1900 and 2100 have no 29 February.
_LEAP_YEARS: Final = 9


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What a mail asks for: a word of the table, what follows it, and the language of the word."""

    #: Empty where no word was understood.
    word: str
    value: str = ""
    #: The word that was perhaps meant, or empty.
    nearest: str = ""
    #: Empty where the words are the same in both languages.
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who wrote, as far as the mail tells."""

    email: str
    name: str
    proof: Proof
    #: Of the mail: the same mail is answered once.
    fingerprint: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What one person asked of one list, for the words of the answer."""

    mailing_list: MailingList
    email: str
    #: A word of `ACTS`, or one of `help`, `rules`, `settings`, `unknown`.
    word: str
    value: str
    #: It was not done, because it is not proved who wrote; the answer has the button.
    is_open: bool
    #: It could not be done: they are not on the list, or the words were no day or language.
    is_refused: bool
    chosen: deliveries.Chosen | None


Act = Callable[[Session, int, str, int, datetime], None]


def _mode(mode: Mode) -> Act:
    def act(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
        deliveries.set_mode(session, list_id, mode, by=by, now=now)

    return act


def _leave(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
    subscriptions.leave(session, list_id, by=by, now=now)


def _pause(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
    calendar = calendar_of(session)
    try:
        until = calendar.planned(day_meant(value, calendar.local(now).date()), time(0))
    except ValueError:
        raise Refusal("Say until which day, such as: pause 2027-08-16") from None
    deliveries.pause(session, list_id, until=until, by=by, now=now)


def day_meant(value: str, today: date) -> date:
    """Return the day that `2027-12-03` names, or the next that `12-03` does, today at the earliest.

    Raises:
        ValueError: it names none.
    """
    if not _YEARLESS.fullmatch(value):
        return date.fromisoformat(value)
    for year in range(today.year, today.year + _LEAP_YEARS):
        with suppress(ValueError):  # 29 February
            day = date.fromisoformat(f"{year}-{value}")
            if day >= today:
                return day
    raise ValueError(f"{value} is no day of the year")


def _resume(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
    deliveries.resume(session, list_id, by=by, now=now)


def _language(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
    people.set_language(session, value, by=by, now=now)


def _topic(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
    topic, _, mode = value.partition(" ")
    topic_choices.set_mode(session, list_id, topic=topic, mode=mode, by=by, now=now)


def _add_address(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
    address_requests.ask(session, 0, email=value, by=by, now=now)


def _remove_address(session: Session, list_id: int, value: str, by: int, now: datetime) -> None:
    address_requests.remove_named(session, value, of=by, by=by, now=now)


#: What changes something, by its word.
ACTS: Final[Mapping[str, Act]] = {
    "leave": _leave,
    "each": _mode(Mode.EACH),
    "digest": _mode(Mode.DAILY),
    "weekly": _mode(Mode.WEEKLY),
    "followed": _mode(Mode.FOLLOWED),
    "none": _mode(Mode.NONE),
    "topic": _topic,
    "pause": _pause,
    "resume": _resume,
    "language": _language,
    "add_address": _add_address,
    "remove_address": _remove_address,
}
#: What is only told.
TOLD: Final = ("help", "rules", "settings")
#: What concerns a person and no list; the addresses themselves stand in no notice.
OF_PERSON: Final = ("language", "add_address", "remove_address")
OF_ADDRESSES: Final = OF_PERSON[1:]


def obey(session: Session, list_id: int, wish: Wish, asker: Asker, *, now: datetime) -> None:
    """Do what a mail asks for, or answer how; the same mail again does nothing more."""
    person = people.by_email(session, asker.email)
    if asker.proof is Proof.FAIL and (person is None or wish.word not in ACTS):
        return  # whoever is named there has not written
    if wish.word == "join" or person is None:
        _ask_by_address(session, list_id, wish, asker, now=now)
        return
    detail = _done(session, list_id, wish, asker, person, now=now)
    limits = rations.PROVED if asker.proof is Proof.PASS else rations.UNPROVED
    matter = f"{wish.word or 'unknown'}:{list_id}"
    if not rations.take(session, asker.email, matter, limits=limits, now=now):
        return
    detail = f"{asker.fingerprint[:FINGERPRINT_SIGNS]} {detail}"
    mail = Channel.MAIL
    outbox.put(session, KIND, list_id, person.id, detail=detail, channel=mail, now=now)


def _done(
    session: Session, list_id: int, wish: Wish, asker: Asker, person: Person, *, now: datetime
) -> str:
    """Do it where it is proved who asks; return what the answer is about."""
    if not wish.word:
        return f"unknown {wish.nearest}"
    if wish.word in TOLD:
        return wish.word
    if wish.word not in ACTS:
        return "unknown "  # a yes to nothing: its question is not ours, or another's
    if asker.proof is not Proof.PASS:
        return f"open {wish.word} {'' if wish.word in OF_ADDRESSES else wish.value}"
    try:
        ACTS[wish.word](session, list_id, wish.value, person.id, now)
    except Refusal:
        return f"refused {wish.word}"
    return wish.word


def about(session: Session, list_id: int, person_id: int, detail: str, *, now: datetime) -> Asked:
    """Return what an answer is about, from the notice that carries it."""
    _, words = detail.split(" ", 1)
    is_open, is_refused = words.startswith("open "), words.startswith("refused ")
    words = words.removeprefix("open ").removeprefix("refused ")
    word, _, value = words.partition(" ")
    if word == "pause":
        value = _day_named(session, value.strip(), now=now)
    person = people.reader(session, person_id)
    return Asked(
        mailing_list=session.get_one(MailingList, list_id),
        email=person.email,
        word=word,
        value=value.strip(),
        is_open=is_open,
        is_refused=is_refused,
        chosen=deliveries.of_person(session, person_id, now=now).get(list_id),
    )


def _day_named(session: Session, value: str, *, now: datetime) -> str:
    """Return the day that a pause named, in full; empty where it named none."""
    with suppress(ValueError):
        return day_meant(value, calendar_of(session).local(now).date()).isoformat()
    return ""


def _ask_by_address(
    session: Session, list_id: int, wish: Wish, asker: Asker, *, now: datetime
) -> None:
    who = Applicant(
        email=asker.email,
        name=asker.name,
        language=wish.language,
        is_proved=asker.proof is Proof.PASS,
        leaves=wish.word == "leave",
    )
    join_requests.ask(session, list_id, who, now=now)
