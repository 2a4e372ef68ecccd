import subprocess
import sys
from pathlib import Path

import pytest

import migrations
from app.safety import NotSafe, insist_on_honest_commits, sole_process

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
