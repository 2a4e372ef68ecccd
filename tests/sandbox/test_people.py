"""The sample community: who there is, and who the bot has met."""

from community.fields import FIELDS
from community.roster_files import read
from sandbox import people
from sandbox.workspace import Workspace


def test_there_are_30_postdocs_12_mentors_and_who_looks_after_them() -> None:
    roles = [row["roles"] for row in people.rows()]

    assert sum("member" in each for each in roles) == 30
    assert sum("mentor" in each for each in roles) == 12
    assert sum("moderator" in each for each in roles) == 2
    assert sum("coordinator" in each for each in roles) == 2


def test_they_come_from_all_six_areas_and_speak_both_languages() -> None:
    rows = people.rows()
    codes = {code for row in rows for code in row["fields"].split(";") if code}

    assert codes <= set(FIELDS)
    assert {code[0] for code in codes} == set("123456")
    assert {row["language"] for row in rows} == {"en", "nb"}
    assert {row["email"].rpartition("@")[2] for row in rows} == {"example.org"}
    assert len({row["email"] for row in rows}) == len(rows)


def test_all_but_mentors_move_in_once(workspace: Workspace) -> None:
    for _ in range(2):
        people.move_in(workspace)

    emails = sorted(member.email for member in workspace.memory.members.values() if member.email)
    assert emails == sorted(row["email"] for row in people.rows() if "mentor" not in row["roles"])


def test_the_roster_names_the_slack_ids_of_those_who_have_met_the_bot(
    workspace: Workspace,
) -> None:
    people.move_in(workspace)

    reading = read(people.roster(workspace))

    linked = {row.email for row in reading.rows if row.slack_id}
    everybody = {row["email"] for row in people.rows()}
    mentors = {row["email"] for row in people.rows() if "mentor" in row["roles"]}
    assert linked == everybody - mentors - set(people.UNMET)
    assert reading.problems == ()


def test_the_cast_says_who_is_what(workspace: Workspace) -> None:
    people.move_in(workspace)

    cast = {person.email: person for person in people.cast(workspace)}

    assert len(cast) == len(people.rows())
    wei = cast["wei.zhang@example.org"]
    assert (wei.name, wei.role) == ("Wei Zhang", "postdoc")
    assert wei.slack_id in workspace.memory.members
    assert cast["sigrid.moen@example.org"].slack_id is None
