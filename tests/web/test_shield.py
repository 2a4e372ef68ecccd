"""What stands before every page: hosts, sizes, headers, and answers to bugs."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from community.store import Store
from tests import builders
from tests.web.conftest import Clock, House
from web.app import build


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("samband.example.org", 200),
        ("Samband.Example.ORG:443", 200),
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("evil.example", 400),
        ("samband.example.org.evil.example", 400),
        ("", 400),
    ],
)
def test_page_is_given_out_under_our_names_only(
    sqlite_house: House, host: str, status: int
) -> None:
    assert sqlite_house.browser().get("/", headers={"Host": host}).status_code == status


@pytest.mark.parametrize("path", ["/", "/nowhere", "/static/samband.css", "/healthz", "/me"])
def test_every_answer_is_dressed(sqlite_house: House, path: str) -> None:
    headers = sqlite_house.browser().get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'; ")
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == (
        "public, max-age=86400" if path.startswith("/static/") else "no-store"
    )


def test_head_is_get_without_words(sqlite_house: House) -> None:
    answer = sqlite_house.browser().head("/")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


def test_what_no_database_can_look_for_is_not_looked_for(sqlite_house: House) -> None:
    builders.a_list(sqlite_house.store)
    join, coordinator = "/lists/postdocs@lists.example.org/join", sqlite_house.people["kari"]

    asked = {
        path: sqlite_house.browser().get(path).status_code
        for path in ("/lists/%00/rules", "/threads/" + "9" * 5000, f"{join}?language=%00")
    }
    given = [
        sqlite_house.browser().post(join, data=data).status_code
        for data in ({"email": "a@b.example", "name": "a\0b"}, {"\0": "x"})
    ]
    far = sqlite_house.signed_in(coordinator).get("/announcements/99999999999999999999")

    assert list(asked.values()) == [404, 404, 400]
    assert (given, far.status_code) == ([400, 400], 404)


@pytest.mark.parametrize("length", [None, "10", "99999999"])
def test_body_that_is_too_long_is_not_read(sqlite_house: House, length: str | None) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if length:
        headers["Content-Length"] = length
    body = b"email=" + b"x" * 300_000

    answer = sqlite_house.browser().post("/sign-in", content=body, headers=headers)

    assert answer.status_code == 413
    assert "That is too much" in answer.text


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"a=1&" * 100, "application/x-www-form-urlencoded"),
        (b"\xff\xfe=%zz", "application/x-www-form-urlencoded"),
    ],
)
def test_form_that_is_no_form_is_no_bug(sqlite_house: House, body: bytes, kind: str) -> None:
    answer = sqlite_house.browser().post("/sign-in", content=body, headers={"Content-Type": kind})

    assert answer.status_code in (400, 422)


def test_bug_is_answered_with_a_reference_in_both_languages_and_no_detail(
    sqlite_house: House,
) -> None:
    class Stopped(Clock):
        def now(self):  # type: ignore[no-untyped-def]  # what a bug looks like
            raise RuntimeError("a secret")

    app = build(sqlite_house.store, builders.a_house(), Stopped(sqlite_house.clock.at))
    sqlite_house.app = app

    with capture_logs() as logs:
        answer = sqlite_house.browser().get("/")

    reference = logs[0]["reference"]
    assert answer.status_code == 500
    assert answer.text.count(reference) == 2
    assert '<section lang="en"' in answer.text
    assert '<section lang="nb"' in answer.text
    assert "secret" not in answer.text
    assert (logs[0]["event"], logs[0]["error"]) == ("web.bug", "RuntimeError")
    assert "pages.py:" in logs[0]["at"]
    assert "secret" not in str(logs)


def test_a_database_that_is_away_is_said_to_be_so_and_is_no_bug(
    sqlite_house: House, tmp_path: Path
) -> None:
    away = Store(f"postgresql://nobody@/none?host={tmp_path}")
    sqlite_house.app = build(away, builders.a_house(), sqlite_house.clock)

    with capture_logs() as logs:
        answer = sqlite_house.browser().post("/sign-in", data={"email": "ada.holm@example.org"})
    away.close()

    assert answer.status_code == 503
    assert "Not just now" in answer.text
    assert "Ikke akkurat nå" in answer.text
    assert [line["event"] for line in logs] == ["web.database_away"]


def test_wrong_method_says_what_is_allowed(sqlite_house: House) -> None:
    answer = sqlite_house.browser().delete("/held")

    assert answer.status_code == 405
