"""What machines ask."""

from datetime import timedelta

from prometheus_client import CollectorRegistry, Counter
from starlette.testclient import TestClient

from community import freezes
from community.conservation import Flaw
from tests import builders
from tests.web.conftest import House
from web.app import build

LOCAL = "http://127.0.0.1:8000"


def test_healthz_says_that_the_process_lives(sqlite_house: House) -> None:
    answer = sqlite_house.browser().get("/healthz", headers={"Host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_readyz_says_which_part_is_not_ready(house: House) -> None:
    async def behind() -> str:
        return "run samband db upgrade"

    async def broken() -> str:
        raise OSError("a secret")

    ready = house.browser().get("/readyz")
    app = build(
        house.store,
        builders.a_house(),
        house.clock,
        checks=(("migrations", behind), ("relay", broken)),
    )
    not_ready = TestClient(app, base_url=LOCAL).get("/readyz")

    assert (ready.status_code, ready.text) == (200, "ready\n")
    assert (not_ready.status_code, not_ready.text) == (
        503,
        "migrations: run samband db upgrade\nrelay: does not answer\n",
    )


def test_metrics_count_what_waits_and_how_late_it_is(house: House) -> None:
    registry = CollectorRegistry()
    Counter("samband_pages", "Pages shown.", registry=registry).inc()
    builders.a_meetup(house.store, house.people["ada"], now=house.clock.now())
    house.clock.later(timedelta(minutes=2))
    flaw = Flaw(name="post.missing", count=2, ids="1, 2", since=house.clock.now())
    house.store.run_sync(lambda session: session.add(flaw))
    app = build(house.store, builders.a_house(), house.clock, registry=registry)

    lines = TestClient(app, base_url=LOCAL).get("/metrics").text.splitlines()

    assert {
        "samband_pages_total 1.0",
        'samband_rows{state="due",table="notice"} 4.0',
        'samband_rows{state="failed",table="notice"} 0.0',
        'samband_rows{state="due",table="step"} 1.0',
        'samband_rows{state="held",table="post"} 0.0',
        'samband_late_seconds{table="notice"} 120.0',
        'samband_late_seconds{table="step"} 0.0',
        'samband_flaws{check="post.missing"} 2.0',
        "samband_outbox_frozen 0.0",
    } <= set(lines)


def test_metrics_are_not_given_out_under_the_public_name(sqlite_house: House) -> None:
    assert sqlite_house.browser().get("/metrics").status_code == 404


def test_u3_metrics_say_that_the_outbox_is_frozen(house: House) -> None:
    house.store.run_sync(freezes.freeze, why=freezes.ASKED, now=house.clock.now())
    app = build(house.store, builders.a_house(), house.clock)

    lines = TestClient(app, base_url=LOCAL).get("/metrics").text.splitlines()

    assert "samband_outbox_frozen 1.0" in lines
