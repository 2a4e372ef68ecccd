import json
from datetime import datetime, timedelta

from community import bounces, shared_returns, suppressions
from community.causes import Report
from community.people import Address
from community.store import Session, Store
from tests.app.conftest import Command
from tests.builders import a_list, a_mail, a_moderator, a_person, a_post, deliveries

GONE = Report(action="failed", status="5.1.1", diagnostic="550 5.1.1 User unknown")
UNREADABLE = Report(action="", status="", diagnostic="")


def a_suppressed_address(store: Store, now: datetime) -> int:
    """Have Ada's address suppressed for what came back of a post; return the address."""
    ada, mona = a_person(store), a_moderator(store)
    post = a_post(store, a_list(store, ada, mona), a_mail("mona.vik@example.org"), now=now)
    for delivery in deliveries(store, post):
        report = GONE if delivery.person_id == ada else UNREADABLE
        store.run_sync(bounces.receive, delivery.id, report, now=now)

    def act(session: Session) -> int:
        address = session.query(Address).filter_by(person_id=ada).one()
        bounce = bounces.Bounce(status="5.1.1", diagnostic="550 5.1.1 User unknown")
        suppressions.probe(session, address, bounce, now=now)
        return address.id

    address_id = store.run_sync(act)
    [card] = store.read_sync(suppressions.in_doubt, reader_id=None)
    store.run_sync(suppressions.come_back, card.suppression_id, GONE, now=now)
    return address_id


def test_bounces_shows_whom_mail_does_not_reach_why_and_since_when(
    command: Command, store: Store, now: datetime
) -> None:
    a_suppressed_address(store, now)

    lines = [" ".join(line.split()) for line in command("bounces").output.splitlines()]

    assert lines[:2] == [
        "Address State Since Reason",
        "Ada Holm <ada.holm@example.org> gets no mail Mon 1 Feb, 10:00 550 5.1.1 User unknown",
    ]
    assert lines[2:5] == [
        "List Reason In 30 days",
        "postdocs@lists.example.org no such address 1",
        "postdocs@lists.example.org nobody can read it 1",
    ]
    assert lines[5] == "When Post Address Reason Words"
    assert "Mon 1 Feb, 10:00 1 mona.vik@example.org nobody can read it" in lines[6:]


def test_bounces_counts_what_came_back_of_shared_mails(
    command: Command, store: Store, now: datetime
) -> None:
    postdocs = a_list(store)
    for days in (0, 0, 31):
        at = now - timedelta(days=days)
        store.run_sync(shared_returns.receive, postdocs, now=at)

    lines = [" ".join(line.split()) for line in command("bounces").output.splitlines()]

    assert lines == ["List Nobody knows whose, in 30 days", "postdocs@lists.example.org 2"]


def test_bounces_speaks_json(command: Command, store: Store, now: datetime) -> None:
    a_suppressed_address(store, now)

    shown = json.loads(command("bounces", "--json").output)

    assert [card["state"] for card in shown["addresses"]] == ["suppressed"]
    assert sorted(count["cause"] for count in shown["lists"]) == ["gone", "unknown"]
    assert sorted(report["cause"] for report in shown["reports"]) == ["gone", "unknown"]


def test_bounces_says_so_when_nothing_came_back(command: Command) -> None:
    assert command("bounces").output == "Nothing has come back.\n"


def test_restore_puts_an_address_back(command: Command, store: Store, now: datetime) -> None:
    a_suppressed_address(store, now)

    done = command("bounces", "restore", "Ada.Holm@example.org")

    assert done.output == "Mail goes to ada.holm@example.org again.\n"
    assert store.read_sync(suppressions.in_doubt, reader_id=None) == []


def test_restore_refuses_an_address_that_nobody_has(command: Command) -> None:
    done = command("bounces", "restore", "nobody@example.org")

    assert done.exit_code == 1
    assert "Nobody has the address nobody@example.org." in done.output


def test_show_of_a_person_says_that_mail_comes_back(
    command: Command, store: Store, now: datetime
) -> None:
    a_suppressed_address(store, now)

    lines = [
        " ".join(line.split())
        for line in command("people", "show", "ada.holm@example.org").output.splitlines()
    ]

    assert (
        "Mail comes back ada.holm@example.org · gets no mail · Mon 1 Feb, 10:00 · "
        "550 5.1.1 User unknown" in lines
    )
