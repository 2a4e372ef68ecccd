from datetime import datetime

from sqlalchemy import select

from community import meetups, moderation, privacy, tables, ways
from community.cases import Decision
from community.people import Address, Category, Role
from community.privacy import Export
from community.store import Session, Store
from tests.builders import a_list, a_mail, a_meetup, a_moderator, a_person, a_post


def export(store: Store, person_id: int) -> dict[str, list[dict[str, object]]]:
    """Export somebody, by table."""
    found: Export = store.read_sync(privacy.export, person_id)
    return {rows.table: [dict(row) for row in rows.rows] for rows in found.tables}


def test_export_has_the_person_and_all_that_hangs_on_it(store: Store, now: datetime) -> None:
    ada = a_person(store, slack_id="U1AA", fields=("1.2", "2.2"))
    bo = a_person(store, "Bo Li", fields=("1.2",))
    a_list(store, ada, bo)
    store.run_sync(ways.mute, Category.MEETUP, by=ada, now=now)
    a_meetup(store, bo, topic="Tea")
    meetup = a_meetup(store, ada)
    store.run_sync(meetups.join, meetup, by=bo, now=now)

    found = export(store, ada)

    assert [row["name"] for row in found["person"]] == ["Ada Holm"]
    assert [row["email"] for row in found["address"]] == ["ada.holm@example.org"]
    assert [row["code"] for row in found["person_field"]] == ["1.2", "2.2"]
    assert [row["role"] for row in found["person_role"]] == ["member"]
    assert found["category_choice"] == [
        {"person_id": ada, "category": "meetup", "way": "none", "since": now.isoformat()}
    ]
    assert len(found["subscription"]) == 1
    assert [row["topic"] for row in found["meetup"]] == ["Lunch"]
    assert [row["person_id"] for row in found["rsvp"]] == [ada]
    assert {row["person_id"] for row in found["notice"]} == {ada}
    assert "person.add" in [row["event"] for row in found["journal"]]


def test_export_has_posts_with_their_mails_as_text_or_base64(store: Store) -> None:
    ada = a_person(store)
    bo = a_person(store, "Bo Li")
    a_list_id = a_list(store, ada, bo)
    mail = a_mail(subject="Hei", text="Blåbær")
    text = a_post(store, a_list_id, mail)
    binary = a_mail(subject="Latin")
    latin = a_post(
        store, a_list_id, type(binary)(**{**vars(binary), "raw": b"From: ada\r\n\r\n\xe5"})
    )
    a_post(store, a_list_id, a_mail("bo.li@example.org"))

    found = export(store, ada)

    assert [row["id"] for row in found["post"]] == [text, latin]
    assert [(row["post_id"], row["raw"]) for row in found["post_source"]] == [
        (text, {"as": "text", "content": mail.raw.decode()}),
        (latin, {"as": "base64", "content": "RnJvbTogYWRhDQoNCuU="}),
    ]


def test_export_has_posts_from_before_the_address_was_known(store: Store) -> None:
    ada = a_person(store)
    list_id = a_list(store, ada)
    early = a_post(store, list_id, a_mail("ada@home.example.org"))

    def know(session: Session) -> None:
        session.add(Address(person_id=ada, email="ada@home.example.org", is_primary=False))

    store.run_sync(know)

    assert [row["id"] for row in export(store, ada)["post"]] == [early]


def test_export_of_a_moderator_has_decisions_but_nobody_elses_words(
    store: Store, now: datetime
) -> None:
    ada, mona = a_person(store), a_moderator(store)
    post = a_post(store, a_list(store, ada), a_mail())
    store.run_sync(moderation.decide, post, Decision.RETURN, by=mona, now=now, reason="Too long")

    found = export(store, mona)

    assert found["post_decision"] == [
        {
            "id": post,
            "state": "returned",
            "decided_at": now.isoformat(),
            "decided_by": mona,
            "reason": "Too long",
        }
    ]
    assert "post" not in found
    assert "post_source" not in found


def test_every_foreign_key_to_a_person_is_followed_by_export_and_by_deletion() -> None:
    keys = [(table, key) for table in tables.load() for key in privacy.keys_to(table, "person")]
    forgotten = [
        f"{table.name}.{key.parent.name}"
        for table, key in keys
        if key.parent.name not in str(select(table).where(privacy.tied(table, 1)).whereclause)
    ]
    undecided = [
        f"{table.name}.{key.parent.name}"
        for table, key in keys
        if key.ondelete not in ("CASCADE", "SET NULL")
    ]

    assert len(keys) >= 15
    assert forgotten == []
    assert undecided == []


def test_columns_that_name_a_person_have_a_foreign_key() -> None:
    wanted = ("person_id", "author_id", "host_id", "mentor_id", "postdoc_id", "coordinator_id")
    loose = [
        f"{table.name}.{column.name}"
        for table in tables.load()
        for column in table.columns
        if column.name in wanted and not column.foreign_keys
    ]

    assert loose == []


def test_roles_are_exported_for_everybody(store: Store) -> None:
    kari = a_person(store, "Kari Berg", roles=(Role.COORDINATOR, Role.MENTOR))

    assert [row["role"] for row in export(store, kari)["person_role"]] == ["coordinator", "mentor"]
