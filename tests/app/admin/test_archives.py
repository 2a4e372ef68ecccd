"""The archive of a list as a file, out and in."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.reading import moment_of
from community import old_mails, threads
from community.store import Store
from tests import builders
from tests.app.conftest import Command

LIST = "postdocs@lists.example.org"
MBOX = (
    b"""From ada.holm@example.org Thu Jan  2 09:00:00 2020
From: Ada Holm <ada.holm@example.org>
Subject: Seminar
Message-ID: <1@example.org>
Date: Thu, 2 Jan 2020 10:00:00 +0100

Who comes?

From bo at example.net  Fri Jan  3 09:00:00 2020
From: bo at example.net (Bo)
Subject: Re: Seminar
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>
Date: Fri, 3 Jan 1980 10:00:00 +0100

>From the start: I do.

From x Sat Jan  4 09:00:00 2020
Content-Type: multipart/mixed; boundary=b

"""
    + b"--b\n\nx\n" * 600
)


@pytest.fixture
def mbox(tmp_path: Path) -> Path:
    path = tmp_path / "old.mbox"
    path.write_bytes(MBOX)
    return path


def test_mbox_goes_in_once_and_comes_out_again(
    command: Command, store: Store, mbox: Path, tmp_path: Path
) -> None:
    ada = builders.a_person(store)
    list_id = builders.a_list(store, ada)

    first = command("list", "import-mbox", LIST, str(mbox))
    again = command("list", "import-mbox", LIST, str(mbox))
    out = command("list", "export-mbox", LIST, str(tmp_path / "out.mbox"))
    late = command("list", "export-mbox", LIST, str(tmp_path / "late"), "--since", "2020-01-03")

    tail = "there already: {}, not readable and left out: 1."
    assert [run.output.splitlines()[-1] for run in (first, again)] == [
        "New: 2, " + tail.format(0),
        "New: 0, " + tail.format(2),
    ]
    shown = store.read_sync(threads.shown, 1, reader=builders.a_reader(store, ada))
    assert [(post.text, post.at) for post in shown.posts] == [
        ("Who comes?", datetime(2020, 1, 2, 9, tzinfo=UTC)),
        ("From the start: I do.", datetime(2020, 1, 3, 9, tzinfo=UTC)),
    ]
    assert out.output.splitlines()[-1] == "2 posts written."
    assert (tmp_path / "out.mbox").read_bytes().startswith(MBOX[: MBOX.index(b"From bo")])
    assert b">From the start: I do.\n" in (tmp_path / "out.mbox").read_bytes()
    assert late.output.splitlines()[-1] == "1 post written."
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".part") == []
    assert store.read_sync(old_mails.count, list_id) == 2


def test_what_is_no_archive_is_refused(command: Command, store: Store, tmp_path: Path) -> None:
    builders.a_list(store)
    (tmp_path / "roster.csv").write_text("email,name\n")

    result = command("list", "import-mbox", LIST, str(tmp_path / "roster.csv"))

    assert (result.exit_code, result.stderr) == (
        1,
        "roster.csv is no archive in mbox format: it does not begin with “From ”.\n",
    )


def test_list_that_is_not_there_is_refused(command: Command, mbox: Path) -> None:
    for verb in ("import-mbox", "export-mbox"):
        assert command("list", verb, "no@lists.example.org", str(mbox)).exit_code == 1


NOW = datetime(2027, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("said", "came", "when"),
    [
        (NOW - DAY, NOW - 2 * DAY, NOW - DAY),
        (NOW - 9 * DAY, NOW - 2 * DAY, NOW - 2 * DAY),
        (NOW + DAY, NOW - 2 * DAY, NOW - 2 * DAY),
        (NOW - 9 * DAY, NOW + DAY, NOW - 9 * DAY),
        (None, NOW - DAY, NOW - DAY),
        (NOW - DAY, None, NOW - DAY),
        (None, None, NOW),
        (NOW + DAY, NOW + DAY, NOW),
    ],
)
def test_moment_of_an_old_mail(
    said: datetime | None, came: datetime | None, when: datetime
) -> None:
    assert moment_of(said=said, came=came, now=NOW) == when
