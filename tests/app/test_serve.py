"""`samband serve` as a process of its own: it starts, answers, stops, and survives being killed."""

import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import migrations
from community import outbox
from community.outbox import Delivery
from community.people import Address
from community.store import Session, Store
from proofs.ports import free_port
from tests import postgres
from tests.app.processes import WAIT_SECONDS, environment, samband
from tests.app.slow_relay import slow_relay
from tests.builders import a_list, a_mail, a_meetup, a_moderator, a_person, a_post, planned

LANES = 5
#: The real time at which the processes run is later than this, and no notice five days old.
THEN = datetime(2020, 1, 6, 9, tzinfo=UTC)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'samband.db'}"


def _greeting(port: int) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=WAIT_SECONDS) as line:
        return line.recv(200).decode()


def _is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_serve_is_ready_answers_at_every_door_and_stops_cleanly(
    tmp_path: Path, sqlite_url: str
) -> None:
    with samband("serve", database_url=sqlite_url, folder=tmp_path) as service:
        service.until("service.ready")

        assert [service.get(page) for page in ("/healthz", "/readyz")] == [200, 200]
        assert _greeting(service.lmtp).startswith("220 lists.example.org ")
        second = subprocess.run(
            [sys.executable, "-m", "app", "serve"],
            cwd=tmp_path,
            env=environment(sqlite_url, web=free_port(), lmtp=free_port()),
            capture_output=True,
            text=True,
            check=False,
        )
        code = service.stop()

    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr == (
        f"Another process already serves {tmp_path / 'samband.db'}. Stop it first, or use "
        "PostgreSQL, on which any number may serve.\n"
    )
    assert code == 0
    assert len(service.events("service.without_chat")) == 1
    # All that lives as long as the service is no longer looked through for garbage.
    assert int(str(service.events("service.ready")[0]["spared"])) > 50_000
    assert service.events("service.ready")[0]["roles"] == ["bot", "clock", "mail", "web", "worker"]
    assert len(service.events("service.stopped")) == 1
    assert "Traceback" not in "\n".join(service.lines)


def test_serve_runs_the_roles_that_are_asked_for(tmp_path: Path, sqlite_url: str) -> None:
    arguments = ("serve", "--roles", "web, clock")
    with samband(*arguments, database_url=sqlite_url, folder=tmp_path) as service:
        service.until("service.ready")

        assert service.get("/healthz") == 200
        assert not _is_open(service.lmtp)
        assert service.stop(signal.SIGINT) == 0


def test_serve_says_in_a_line_that_a_port_is_taken(tmp_path: Path, sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "app", "serve"],
            cwd=tmp_path,
            env=environment(sqlite_url, web=free_port(), lmtp=port),
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("A port is taken: ")
    assert "Traceback" not in done.stdout + done.stderr


def _furnished(url: str, readers: int) -> None:
    """Bring the database to the newest schema, with a post on its way to so many readers."""
    migrations.upgrade(url)
    store = Store(url)
    a_moderator(store)
    people = [a_person(store, f"Reader {n}") for n in range(readers)]
    list_id = a_list(store, *people)
    a_post(store, list_id, a_mail("mona.vik@example.org"), now=datetime.now(UTC))  # noqa: TID251 - the processes read the real clock
    store.close()


def _unsettled(url: str) -> int:
    store = Store(url)

    def unsettled(session: Session) -> int:
        return session.query(Delivery).filter(Delivery.state != "done").count()

    count = store.read_sync(unsettled)
    store.close()
    return count


def test_killed_within_a_fan_out_nobody_is_lost_and_few_get_it_twice(
    tmp_path: Path, sqlite_url: str
) -> None:
    """Kill -9 in the middle: what was taken but not written down yet comes again, no more."""
    readers = 200
    _furnished(sqlite_url, readers)
    arguments = ("serve", "--roles", "worker")
    with slow_relay() as relay:
        to_relay = {"SAMBAND_SMTP_RELAY": f"smtp://127.0.0.1:{relay.port}?starttls=never"}
        for until in (60, 120):
            with samband(
                *arguments, database_url=sqlite_url, folder=tmp_path, **to_relay
            ) as service:
                relay.wait_for(until)
                assert service.stop(signal.SIGKILL) == -signal.SIGKILL
        with samband(*arguments, database_url=sqlite_url, folder=tmp_path, **to_relay) as service:
            while _unsettled(sqlite_url):
                relay.wait_a_moment()
            assert service.stop() == 0
        taken = dict(relay.taken)

    assert len(taken) == readers
    twice = sum(taken.values()) - readers
    assert 0 <= twice <= 2 * LANES


def test_two_processes_on_one_postgres_do_each_step_and_send_each_notice_once(
    tmp_path: Path, postgres_server: postgres.Postgres
) -> None:
    name = postgres_server.create()
    url = postgres_server.url(name)
    migrations.upgrade(url)
    store = Store(url)
    hosts = [a_person(store, f"Host {n}") for n in range(20)]
    for host in hosts:
        a_meetup(store, host, starts_at=THEN, now=THEN.replace(year=2019))
    store.run_sync(lambda session: session.query(outbox.Notice).delete())
    now = datetime.now(UTC)  # noqa: TID251 - the processes read the real clock
    for n in range(5):
        store.run_sync(outbox.put, "person.welcome", n, *hosts, now=now)
    everybody = [host for host in hosts for _ in range(5)]

    with slow_relay(pause=0.02) as relay:
        more = {"SAMBAND_SMTP_RELAY": f"smtp://127.0.0.1:{relay.port}?starttls=never"}
        with (
            samband(module="tests.app.worker", database_url=url, folder=tmp_path, **more) as one,
            samband(module="tests.app.worker", database_url=url, folder=tmp_path, **more) as two,
        ):
            for service in (one, two):
                service.until("service.ready")
            relay.wait_for(len(hosts))
            while _waiting(store):
                relay.wait_a_moment()
            assert [one.stop(), two.stop()] == [0, 0]
        emails = store.read_sync(lambda session: [row.email for row in session.query(Address)])
        taken = dict(relay.taken)

    assert taken == dict.fromkeys(emails, 5)
    assert len(everybody) == sum(taken.values())
    assert {(step.state, step.attempts) for step in planned(store)} == {("done", 1)}
    store.close()
    postgres_server.drop(name)


def _waiting(store: Store) -> int:
    def count(session: Session) -> int:
        return session.query(outbox.Notice).filter(outbox.Notice.state == "due").count()

    return store.read_sync(count) + sum(step.state == "due" for step in planned(store))
