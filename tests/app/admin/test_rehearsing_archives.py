"""`samband list rehearse`: an archive before the rules of a list."""

import json
from pathlib import Path

from bench.rehearsing import archive
from community.store import Store
from tests.app.conftest import Command
from tests.builders import a_list

ADDRESS = "postdocs@lists.example.org"


def an_archive(folder: Path) -> Path:
    """Write an archive of 300 mails over ten years."""
    path = folder / "old.mbox"
    with path.open("wb") as file:
        archive(file, mails=300)
    return path


def test_an_archive_goes_before_the_rules_and_leaves_a_picture(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store)
    path, picture = an_archive(tmp_path), tmp_path / "weeks.svg"

    result = command("list", "rehearse", ADDRESS, "--mbox", str(path), "--picture", str(picture))

    assert result.exit_code == 0
    lines = [" ".join(line.split()) for line in result.stdout.splitlines()]
    assert lines[0] == "From Wed 4 Jan 2017 to Tue 22 Dec 2026; 51 people are on the list."
    assert lines[1].startswith("Of 300 posts, 0 would have gone to the digest and ")
    assert lines[-1] == "The picture is in weeks.svg."
    assert picture.read_text("utf-8").startswith("<svg ")


def test_the_policy_comes_from_the_list_a_file_and_the_command(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store)
    rules = tmp_path / "rules.conf"
    rules.write_text("threads_per_day = 0 # all into the digest\nnewcomer_posts = 1\n")
    given = ("--policy", str(rules), "--set", "newcomer_posts=0", "--members", "60", "--json")

    result = command("list", "rehearse", ADDRESS, "--mbox", str(an_archive(tmp_path)), *given)

    found = json.loads(result.stdout)
    assert found["members"] == 60
    assert set(found["decisions"]) == {"accept", "digest", "discard"}
    assert sum(found["decisions"].values()) == found["mails"] == 300
    assert found["rules"][0][0] == "budget"


def test_what_is_no_archive_is_refused_in_words(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store)
    path = tmp_path / "letter.eml"
    path.write_text("Subject: one mail\n\nHello\n")

    result = command("list", "rehearse", ADDRESS, "--mbox", str(path))

    assert result.exit_code == 1
    assert result.stderr.endswith(
        "letter.eml is no archive in mbox format: it does not begin with “From ”.\n"
    )


def test_an_archive_without_dates_has_nothing_to_rehearse(
    command: Command, store: Store, tmp_path: Path
) -> None:
    a_list(store)
    path = tmp_path / "undated.mbox"
    path.write_text("From nobody\nSubject: one mail\n\nHello\n")

    result = command("list", "rehearse", ADDRESS, "--mbox", str(path))

    assert result.exit_code == 1
    assert result.stderr.endswith("There is no mail with a date in undated.mbox.\n")
