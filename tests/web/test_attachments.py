"""What came with posts, on pages and to be saved."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from community import dockets, moderation
from community.attachments import Attached
from tests import builders
from tests.web.conftest import House
from web.app import build
from web.attachments import disposition, file_name
from web.machines import Machines

FILES = (
    Attached(name="Program høst.pdf", content_type="application/pdf", size_bytes=1_234_567),
    Attached(name="\u202efdp.exe", content_type="text/html", size_bytes=640),
    Attached(name="", content_type="image/svg+xml", size_bytes=1_500),
)


async def taken(raw: bytes, number: int) -> bytes | None:
    """Stand in for the reader of mails."""
    return b"<script>alert(1)</script>" if number < 3 else None


def a_post(house: House) -> int:
    """Have Ada's first post wait, with three attachments."""
    machines = Machines(extract=taken)
    house.app = build(house.store, builders.a_house(), house.clock, machines=machines)
    list_id = builders.a_list(house.store, house.people["ada"], house.people["cleo"])
    mail = replace(builders.a_mail(), attachments=FILES)
    return builders.a_post(house.store, list_id, mail)


def browser(house: House, who: str) -> TestClient:
    return house.signed_in(house.people[who])


def test_attachment_is_given_to_be_saved_and_never_run(house: House) -> None:
    post = a_post(house)

    answers = [browser(house, "mona").get(f"/posts/{post}/attachments/{n}") for n in (1, 2, 3, 4)]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]
    names = ("content-type", "content-disposition", "content-security-policy",
             "x-content-type-options", "cache-control")  # fmt: skip
    assert [[answer.headers[name] for name in names] for answer in answers[:2]] == [
        [
            "application/pdf",
            "attachment; filename=\"Program h_st.pdf\"; filename*=UTF-8''Program%20h%C3%B8st.pdf",
            "default-src 'none'; sandbox",
            "nosniff",
            "no-store",
        ],
        [
            "application/octet-stream",
            "attachment; filename=\"fdp.exe\"; filename*=UTF-8''fdp.exe",
            "default-src 'none'; sandbox",
            "nosniff",
            "no-store",
        ],
    ]


def test_attachment_is_for_who_may_read_the_post(house: House) -> None:
    post = a_post(house)
    path = f"/posts/{post}/attachments/1"
    everybody = ("ada", "cleo", "bo", "kari", "mona", "rita")

    held = {who: browser(house, who).get(path).status_code for who in everybody}
    moderation_now = house.clock.now()
    house.store.run_sync(moderation.accept, post, by=house.people["mona"], now=moderation_now)
    out = {who: browser(house, who).get(path).status_code for who in everybody}

    assert held == {"ada": 200, "cleo": 404, "bo": 404, "kari": 404, "mona": 200, "rita": 200}
    assert out == {"ada": 200, "cleo": 200, "bo": 404, "kari": 404, "mona": 200, "rita": 200}
    assert house.browser().get(path).status_code == 303


@pytest.mark.parametrize("page", ["/threads/1", "/held", "/posts/1/fate"])
def test_attachments_are_named_on_pages(house: House, page: str) -> None:
    a_post(house)

    shown = browser(house, "mona").get(page).text

    assert '<a href="/posts/1/attachments/1"><bdi>Program høst.pdf</bdi></a>' in shown
    assert '<span class="meta">1.2 MB</span>' in shown
    assert '<bdi>fdp.exe</bdi></a> <span class="meta">640 bytes</span>' in shown
    assert '<bdi>Attachment 3</bdi></a> <span class="meta">2 kB</span>' in shown


def test_moderators_hear_what_came_with_a_post(house: House) -> None:
    a_post(house)

    now = house.clock.now()
    house.store.run_sync(dockets.ask, 1, detail="", due_at=now, now=now)
    letter = builders.letter(house.store, "docket.ask", house.people["mona"])

    assert letter is not None
    assert dict(letter.items[0].facts)["Attachments"] == (
        "Program høst.pdf (1.2 MB), \u202efdp.exe (640 bytes), Attachment 3 (2 kB)"
    )


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("a.pdf", "a.pdf"),
        ("..\\..\\boot.ini", "_.._boot.ini"),
        ("/etc/passwd", "_etc_passwd"),
        ('a"; filename=b', "a_; filename=b"),
        ("line\r\nSet-Cookie: x", "line Set-Cookie_ x"),
        ("...", "attachment-7"),
        ("x" * 300 + ".docx", "x" * 139 + ".docx"),
    ],
)
def test_name_of_a_saved_file_is_one_file_in_one_folder(name: str, safe: str) -> None:
    assert file_name(name, 7) == safe
    assert all(32 <= ord(sign) < 127 for sign in disposition(name, 7))
