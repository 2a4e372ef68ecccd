"""The page of who waits to join: paged, by list, decided one by one or together."""

from sqlalchemy import event

from community import join_cards, join_requests, subscriptions
from tests import builders
from tests.community.test_join_requests import asked, whose
from tests.web.conftest import House, sent

PATH = "/join-requests"


def waits(house: House, list_id: int, email: str) -> int:
    """Have somebody from outside ask, and confirm it; return their question."""
    now = house.clock.now()
    request_id = asked(house.store, list_id, email, now=now)
    by = whose(house.store, request_id)
    house.store.run_sync(join_requests.confirm, request_id, by=by, now=now)
    return request_id


def test_moderators_see_who_waits_and_decide_together(house: House) -> None:
    store, list_id = house.store, builders.a_list(house.store)
    other = builders.a_list(store, address="choir@lists.example.org")
    first, second = (waits(house, list_id, f"{each}@nord.example") for each in ("eve", "ivar"))
    third = waits(house, other, "ola@nord.example")
    mona = house.signed_in(house.people["mona"])

    page, narrowed = mona.get(PATH).text, mona.get(f"{PATH}?list=choir@lists.example.org").text
    status, there = sent(
        house, "mona", PATH, decision="decline", reason="Only staff.",
        **{f"request-{first}": "1", f"request-{third}": "1"},
    )  # fmt: skip
    again = sent(house, "mona", PATH, decision="accept", **{f"request-{first}": "1"})
    accepted = sent(house, "mona", f"/join_requests/{second}/accept", back=f"{PATH}?list=x")

    assert all(each in page for each in ("eve@nord.example", "ivar@nord.example", "Eve Nord"))
    assert ("ola@" in narrowed, "eve@" in narrowed) == (True, False)
    assert (status, there) == (303, f"{PATH}?decided=2")
    assert again == (303, f"{PATH}?late=1")
    assert accepted == (303, f"{PATH}?list=x&done=join_request.accept")
    assert "2 people have been answered." in mona.get(there).text
    assert builders.told(store, "join_request.decline") == [
        (whose(store, first), "mail"),
        (whose(store, third), "mail"),
    ]
    assert store.read_sync(subscriptions.is_subscriber, list_id, whose(store, second))
    assert "Nobody waits." in mona.get(PATH).text


def test_page_is_for_moderators_and_marks_are_needed(sqlite_house: House) -> None:
    builders.a_list(sqlite_house.store)

    assert sqlite_house.signed_in(sqlite_house.people["ada"]).get(PATH).status_code == 403
    assert sent(sqlite_house, "mona", PATH, decision="accept")[0] == 409
    assert sent(sqlite_house, "mona", PATH, decision="perhaps")[0] == 409


def test_queue_first_page_and_docket_lead_to_it(sqlite_house: House) -> None:
    waits(sqlite_house, builders.a_list(sqlite_house.store), "eve@nord.example")
    mona = sqlite_house.signed_in(sqlite_house.people["mona"])

    assert all("1 person waits to join a list." in mona.get(path).text for path in ("/", "/held"))
    assert "waits to join" not in sqlite_house.signed_in(sqlite_house.people["ada"]).get("/").text


def test_a_page_has_some_of_them_for_the_same_questions(house: House) -> None:
    list_id = builders.a_list(house.store)
    for n in range(3):
        waits(house, list_id, f"e{n}@nord.example")
    statements: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(house.store._reader, "before_cursor_execute", note)
    pages = []
    for after, limit in ((0, 1), (0, 2), (2, 2)):
        statements.clear()
        page = house.store.read_sync(join_cards.page, after=after, limit=limit)
        pages.append(([card.email[:2] for card in page.cards], page.after, page.count))
        assert len([each for each in statements if each.startswith("SELECT")]) == 2

    assert pages == [(["e0"], 1, 3), (["e0", "e1"], 2, 3), (["e2"], None, 3)]
