from datetime import date

import pytest

from community.errors import Refusal
from community.roster_cells import name_of, value_of


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("email", " Ada.Holm@Example.org ", "ada.holm@example.org"),
        ("name", "Ada   Holm", "Ada Holm"),
        ("name", "'=Ada", "=Ada"),
        ("roles", "mentor; medlem", ("member", "mentor")),
        ("roles", ";", None),
        ("fields", "1.2;Mathematics", ("1.2", "1.1")),
        ("fields", "-", ()),
        ("campus", "-", ""),
        ("language", "Bokmål", "nb"),
        ("ends_on", "31.12.28", date(2028, 12, 31)),
        ("ends_on", "-", ""),
        ("slack_id", "-", ""),
        ("supervisor_email", "-", ""),
    ],
)
def test_value_of_reads_each_column_in_its_own_way(column: str, cell: str, value: object) -> None:
    assert value_of(column, cell) == value


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("name", "-", "The name is missing."),
        ("campus", "x" * 201, "The campus is longer than 200 characters."),
        ("campus", "x\u202ey", "The campus has characters in it that cannot be seen."),
        ("ends_on", "30.2.2028", "“30.2.2028” is not a day. Write 2027-02-28 or 28.2.2027."),
        ("language", "fr", "“fr” is no language of ours. Write en or nb."),
        ("slack_id", "ada", "“ada” is not the id of a Slack user, such as U012AB3CD."),
    ],
)
def test_value_of_says_what_is_wrong_with_a_cell(column: str, cell: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        value_of(column, cell)

    assert str(refused.value) == words


def test_name_of_takes_a_name_and_nothing_else() -> None:
    assert name_of(" Ada\tHolm ") == "Ada Holm"
    with pytest.raises(Refusal, match="The name is missing"):
        name_of("  ")
