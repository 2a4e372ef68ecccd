"""What cannot be said is left out of many letters; that all say the same is in test_kinds."""

from datetime import datetime

from sqlalchemy import event

from community.outbox import Notice
from community.store import Session, Store
from letters import together
from tests.builders import a_house, a_list, a_mail, a_person, a_post


def a_notice(number: int, kind: str, object_id: int, person_id: int, *, now: datetime) -> Notice:
    about = {"object_id": object_id, "person_id": person_id, "detail": "", "channel": "mail"}
    return Notice(id=number, kind=kind, due_at=now, **about)


def test_what_is_gone_is_left_out_and_the_others_have_their_letters(
    store: Store, now: datetime
) -> None:
    ada, bo = a_person(store, fields=("1.3", "1.1")), a_person(store, "Bo Li", language="nb")
    post = a_post(store, a_list(store, ada), a_mail(), now=now)
    wanted = [
        a_notice(1, "post.wait", post, ada, now=now),
        a_notice(2, "post.wait", post + 9, ada, now=now),
        a_notice(3, "post.wait", post, 999, now=now),
        a_notice(4, "gathering.remind", 999, ada, now=now),
        a_notice(5, "gathering.remind", 999, bo, now=now),
        a_notice(6, "announcement.send", 999, ada, now=now),
        a_notice(7, "announcement.send", 999, bo, now=now),
        a_notice(8, "post.wait", post, bo, now=now),
    ]

    written = store.read_sync(together.write, wanted, house=a_house())

    assert {number: reader.name for number, (reader, _) in written.items()} == {
        1: "Ada Holm",
        8: "Bo Li",
    }
    assert [letter.language for _, letter in written.values()] == ["en", "nb"]
    assert written[1][0].fields == ("1.3", "1.1")


def test_many_letters_ask_no_more_than_two(store: Store, now: datetime) -> None:
    ada = a_person(store)
    list_id = a_list(store, ada)
    posts = [a_post(store, list_id, a_mail(subject=f"Lunch {n}"), now=now) for n in range(6)]
    wanted = [a_notice(n, "post.wait", post, ada, now=now) for n, post in enumerate(posts)]
    seen = list[object]()

    def count(session: Session, few: list[Notice]) -> int:
        connection = session.connection()
        event.listen(connection, "before_cursor_execute", lambda *call: seen.append(call[2]))
        before = len(seen)
        assert len(together.write(session, few, house=a_house())) == len(few)
        return len(seen) - before

    assert store.read_sync(count, wanted) == store.read_sync(count, wanted[:2]) == 2
