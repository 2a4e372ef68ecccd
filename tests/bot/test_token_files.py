"""The file of a token that expires: whole or not changed at all, and for its owner alone."""

import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.token_files import AHEAD, Pair, TokenFile


def pair(now: datetime, number: int = 1) -> Pair:
    return Pair(
        token=f"xoxe.xoxb-{number}",
        refresh_token=f"xoxe-{number}",
        expires_at=now + timedelta(hours=12),
        begun_with="aa",
    )


def test_a_saved_pair_is_read_again_and_nobody_elses_business(
    tmp_path: Path, now: datetime
) -> None:
    file = TokenFile(tmp_path / "token.json")
    before = file.read()

    for number in (1, 2):
        with file.locked(), file.replacing() as save:
            save(pair(now, number))

    assert (before, file.read()) == (None, pair(now, 2))
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["token.json", "token.json.lock"]
    assert "xoxe" not in repr(pair(now))


def test_what_is_not_saved_leaves_the_old_pair(tmp_path: Path, now: datetime) -> None:
    file = TokenFile(tmp_path / "token.json")
    (tmp_path / "token.json.draft").write_text("of a process that was killed")
    with file.locked(), file.replacing() as save:
        save(pair(now))

    with pytest.raises(LookupError), file.locked(), file.replacing():
        raise LookupError

    assert file.read() == pair(now)
    assert not (tmp_path / "token.json.draft").exists()


@pytest.mark.parametrize(
    "text",
    [
        "xoxe-canary",
        '["xoxe-canary"]',
        '{"token": "xoxe-canary"}',
        '{"token": "xoxe-canary", "refresh_token": "b", "expires_at": 17}',
        '{"token": "xoxe-canary", "refresh_token": "b", "expires_at": "2027-02-01T09:00:00"}',
    ],
)
def test_something_else_is_named_without_its_words(tmp_path: Path, text: str) -> None:
    path = tmp_path / "token.json"
    path.write_text(text)

    with pytest.raises(ValueError, match="there is no token, refresh_token and") as wrong:
        TokenFile(path).read()

    assert "canary" not in str(wrong.value)


def test_a_pair_is_due_an_hour_before_it_expires(now: datetime) -> None:
    one = pair(now)

    assert not one.is_due(one.expires_at - AHEAD - timedelta(seconds=1))
    assert one.is_due(one.expires_at - AHEAD)
