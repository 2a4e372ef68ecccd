"""A small community whose pages are photographed: a list in use, posts that wait, a newcomer."""

from dataclasses import replace
from datetime import datetime, timedelta

from community import joining, moderation, people
from community.store import Store
from tests import builders
from tests.web.conftest import a_village
from texts import Language

LUNCH = builders.a_mail(
    subject="Lunch for newcomers on Thursday?",
    text="Dear all,\n\nI started in January and know nobody yet. Lunch on Thursday at noon?\n\nAda",
)
#: What waits: from whom and where, with which words, since how many hours.
WAITING = (
    (
        "Dag Solli",
        "example.org",
        "Room for writing, Tuesdays",
        "Hangaren is free from nine to twelve. Who comes?",
        5,
    ),
    (
        "Cleo Marin",
        "example.org",
        "[funding] Call for 12 postdocs",
        "The call closes on 1 March; I have the forms.",
        3,
    ),
    ("Kine Dahl", "elsewhere.example", "Room to let", "Two rooms near the campus, from March.", 2),
)


def settled(store: Store, language: Language, now: datetime) -> dict[str, int]:
    """Let people of every role use a list for a while; return their ids by first name."""
    village = a_village(store)
    for person in village.values():
        store.run_sync(people.set_language, language, by=person, now=now)
    ada, mona = village["ada"], village["mona"]
    list_id = builders.a_list(store, ada, *(village[name] for name in ("bo", "cleo", "dag")))
    lunch = replace(LUNCH, from_name="Ada Holm")
    first = builders.a_post(store, list_id, lunch, now=now - timedelta(hours=8))
    store.run_sync(moderation.accept, first, by=mona, now=now - timedelta(hours=7))
    for name, domain, subject, words, hours in WAITING:
        sender = f"{name.lower().replace(' ', '.')}@{domain}"
        mail = builders.a_mail(sender, subject=subject, text=words)
        named = replace(mail, from_name=name)
        builders.a_post(store, list_id, named, now=now - timedelta(hours=hours))
    eve = builders.a_person(store, "Eve Nord", language=language)
    store.run_sync(joining.join, list_id, by=eve, now=now)
    return village
