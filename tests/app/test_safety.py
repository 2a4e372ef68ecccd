import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from structlog.testing import capture_logs

import migrations
from app.safety import NotSafe, freeze_if_restored, insist_on_honest_commits, sole_process
from community import freezes, marks, outbox
from community.outbox import Channel, Notice
from community.store import Store
from sandbox.jumping import StillClock
from scheduler.delivery import Deliverer
from tests import builders

ELSEWHERE = """
import sys
from app.safety import sole_process
with sole_process(sys.argv[1]):
    print("serving", flush=True)
    sys.stdin.read()
"""


def serve_elsewhere(url: str) -> "subprocess.Popen[str]":
    """Start another process that serves, and wait until it does."""
    other = subprocess.Popen(  # noqa: S603 -- our own interpreter and code
        [sys.executable, "-c", ELSEWHERE, url],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=migrations.SCRIPTS.parent,
    )
    assert other.stdout is not None
    assert other.stdout.readline() == "serving\n"
    return other


def test_u4_a_second_process_on_the_same_file_is_refused_in_one_line(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'samband.db'}"

    with serve_elsewhere(url) as other:
        with pytest.raises(NotSafe) as refused, sole_process(url):
            pass
        other.kill()

    assert str(refused.value) == (
        f"Another process already serves {tmp_path / 'samband.db'}. Stop it first, or use "
        "PostgreSQL, on which any number may serve."
    )


def test_u4_the_place_is_free_again_when_the_process_was_killed(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'samband.db'}"
    with serve_elsewhere(url) as other:
        other.kill()

    with sole_process(url):
        served = True

    assert served


def test_any_number_may_serve_one_postgres() -> None:
    url = "postgresql://samband@127.0.0.1/samband"

    with sole_process(url), sole_process(url):
        served = True

    assert served


def test_u4_a_database_that_may_lose_commits_is_refused(database_url: str) -> None:
    if database_url.startswith("sqlite"):
        insist_on_honest_commits(database_url)
        return

    # The PostgreSQL of the tests runs without fsync, on purpose.
    with pytest.raises(NotSafe, match=r"in a power cut \(fsync=off\); samband doctor"):
        insist_on_honest_commits(database_url)


async def _taken_out(store: Store, now: datetime) -> int:
    """Send what is due by mail, as a worker does; return how many notices went."""

    async def send(notice: Notice) -> str:
        return "250"

    worker = Deliverer(
        store,
        StillClock(now),
        send,
        claim=partial(outbox.claim_notices, channel=Channel.MAIL),
        settle=outbox.settle_notices,
        name="test",
    )
    return await worker.drain()


@pytest.mark.anyio
async def test_u3_a_restored_backup_sends_nothing_until_a_human_releases_it(
    tmp_path: Path, now: datetime
) -> None:
    file, backup = tmp_path / "samband.db", tmp_path / "backup.db"
    url = f"sqlite:///{file}"
    migrations.upgrade(url)
    store = Store(url)
    freeze_if_restored(store, now=now)
    person = builders.a_person(store)
    store.run_sync(outbox.put, "test.say", 1, person, now=now)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(backup)) as target:
        source.backup(target)
    sent = [await _taken_out(store, now)]
    store.close()

    shutil.copyfile(backup, file)
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)
    restored = Store(url)
    freeze_if_restored(restored, now=now)
    sent.append(await _taken_out(restored, now))
    restored.run_sync(freezes.release, by="kari", now=now)
    freeze_if_restored(restored, now=now)
    sent.append(await _taken_out(restored, now))
    restored.close()

    assert sent == [1, 0, 1]


@pytest.mark.anyio
async def test_u3_a_backup_on_a_new_machine_is_frozen_and_a_moved_folder_is_not(
    tmp_path: Path, now: datetime
) -> None:
    old, moved, restored = (tmp_path / name for name in ("old", "moved", "restored"))
    for folder in (old, restored):
        folder.mkdir()
    migrations.upgrade(f"sqlite:///{old / 'samband.db'}")
    store = Store(f"sqlite:///{old / 'samband.db'}")
    freeze_if_restored(store, now=now)
    store.run_sync(outbox.put, "test.say", 1, builders.a_person(store), now=now)
    await _taken_out(store, now)
    store.close()
    shutil.copytree(old, moved)
    shutil.copyfile(old / "samband.db", restored / "samband.db")

    found = {}
    for folder in (moved, restored):
        again = Store(f"sqlite:///{folder / 'samband.db'}")
        freeze_if_restored(again, now=now)
        freeze_if_restored(again, now=now)
        frozen = again.read_sync(freezes.current)
        found[folder.name] = frozen and frozen.why
        again.close()

    assert found == {"moved": None, "restored": freezes.UNKNOWN_PLACE}


def test_u3_a_mark_that_is_not_ours_is_refused_in_one_line(store: Store, now: datetime) -> None:
    path = marks.file_of(store.url)
    if path is None:
        freeze_if_restored(store, now=now)
        return
    path.mkdir()

    with pytest.raises(NotSafe, match=r"samband.db.mark cannot be read and written: Is a direct"):
        freeze_if_restored(store, now=now)


def test_u3_the_log_says_at_each_start_that_it_is_frozen(store: Store, now: datetime) -> None:
    store.run_sync(freezes.freeze, why=freezes.ASKED, now=now)

    with capture_logs() as lines:
        freeze_if_restored(store, now=now)

    assert [(line["event"], line["why"]) for line in lines] == [("outbox.frozen", "asked")]
