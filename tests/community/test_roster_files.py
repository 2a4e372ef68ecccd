from datetime import date

import pytest

from community.errors import Refusal
from community.roster_columns import COLUMNS
from community.roster_files import Problem, Row, emails_in, read, read_bytes

HEADER = ",".join(COLUMNS)


def lines_of(text: str) -> list[tuple[int, str]]:
    """Give the lines that are wrong, with the English words."""
    return [(line, message.format(**facts)) for line, message, facts in read(text).problems]


def test_read_gives_every_column_of_a_person() -> None:
    text = (
        f"{HEADER}\nAda.Holm@Example.org, Ada  Holm ,mentor; member,1.2;Mathematics,IMF,IE,"
        "Gløshaugen,nb,2027-01-04,31.12.2028,U012AB3CD,Boss@example.org\n"
    )

    reading = read(text)

    assert reading.problems == ()
    assert reading.missing == ()
    assert reading.rows == (
        Row(
            line=2,
            email="ada.holm@example.org",
            name="Ada Holm",
            roles=("member", "mentor"),
            fields=("1.2", "1.1"),
            department="IMF",
            faculty="IE",
            campus="Gløshaugen",
            language="nb",
            starts_on=date(2027, 1, 4),
            ends_on=date(2028, 12, 31),
            slack_id="U012AB3CD",
            supervisor_email="boss@example.org",
        ),
    )


def test_read_knows_columns_and_languages_by_the_words_of_an_office() -> None:
    text = "E-post;Navn;Rolle;Språk;Slutt dato\nada@example.org;Ada Holm;member;Norsk;31.12.2028\n"

    reading = read(text)

    assert reading.problems == ()
    assert reading.rows == (
        Row(
            line=2,
            email="ada@example.org",
            name="Ada Holm",
            roles=("member",),
            language="nb",
            ends_on=date(2028, 12, 31),
        ),
    )


def test_read_takes_titles_halves_of_names_roles_and_days_as_an_office_writes_them() -> None:
    text = (
        "Postdoktorer ved NTNU, høsten 2026;;;;\n;;;;\nFornavn;Etternavn;E-post;Rolle;Sluttdato;\n"
        "Ada;Holm;ada@example.org;Postdoktor;31.12.28;\n"
        "Åse;Bø;ase@example.org;mentor, koordinator\n"
    )

    reading = read(text)

    assert reading.problems == ()
    assert [(row.line, row.name, row.roles, row.ends_on) for row in reading.rows] == [
        (4, "Ada Holm", ("member",), date(2028, 12, 31)),
        (5, "Åse Bø", ("mentor", "coordinator"), None),
    ]


def test_read_bytes_says_how_to_save_a_workbook() -> None:
    problems = read_bytes(b"PK\x03\x04\x14\x00\x06\x00").problems

    words = (
        "This is a workbook, not a CSV file. Save it as “CSV UTF-8” in Excel, and use that file."
    )
    assert problems == (Problem(1, words, {}),)
    with pytest.raises(Refusal, match="workbook"):
        emails_in(b"\xd0\xcf\x11\xe0")


def test_read_says_nothing_where_the_file_says_nothing() -> None:
    reading = read("name,email,campus\nAda Holm,ada@example.org,\n")

    assert reading.rows == (Row(line=2, email="ada@example.org", name="Ada Holm"),)
    assert reading.missing == tuple(
        column for column in COLUMNS if column not in ("name", "email", "campus")
    )


def test_read_empties_what_a_hyphen_stands_for() -> None:
    header = "email,name,fields,department,ends_on,slack_id,supervisor_email"

    (row,) = read(f"{header}\nada@example.org,Ada Holm,-,-,-,-,-\n").rows

    assert (row.fields, row.department, row.ends_on) == ((), "", "")
    assert (row.slack_id, row.supervisor_email) == ("", "")


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        ("\ufeffemail;name;roles\r\nase@example.org;Åse Bø;member\r\n".encode(), None),
        ("email;name;roles\r\nase@example.org;Åse Bø;member\r\n".encode("cp1252"), "Windows-1252"),
        ("email\tname\troles\r\nase@example.org\tÅse Bø\tmember\r\n".encode("utf-16"), "UTF-16"),
        ("sep=;\r\nemail;name;roles\r\nase@example.org;Åse Bø;member\r\n".encode(), None),
        ('email;name;roles\r\nase@example.org;Åse Bø;"member; "\r\n'.encode(), None),
    ],
)
def test_read_bytes_takes_what_offices_save(raw: bytes, encoding: str | None) -> None:
    reading = read_bytes(raw)

    assert reading.problems == ()
    assert [(row.name, row.roles) for row in reading.rows] == [("Åse Bø", ("member",))]
    assert reading.encoding == encoding


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ("ada,Ada", "“ada” is no e-mail address. Check it."),
        ("a@b@example.org,Ada", "“a@b@example.org” is no e-mail address. Check it."),
        ("ada@localhost,Ada", "“ada@localhost” is no e-mail address. Check it."),
        ("ada@example.org,", "The name is missing."),
        ("ada@example.org,-", "The name is missing."),
        (",Ada", "The email is missing."),
        ("ada@example.org,Ada\u202eHolm", "The name has characters in it that cannot be seen."),
        (f"ada@example.org,{'A' * 201}", "The name is longer than 200 characters."),
        (
            "ada@example.org,Ada,boss",
            "There is no role “boss”. "
            "There is: member, alumnus, guest, mentor, moderator, coordinator, admin.",
        ),
        (
            "ada@example.org,Ada,,Alchemy",
            "Alchemy is not a field of research. Write a code such as 1.2, or a field’s full name.",
        ),
        ("ada@example.org,Ada,,,,,,fr", "“fr” is no language of ours. Write en or nb."),
        (
            "ada@example.org,Ada,,,,,,,30.2.2027",
            "“30.2.2027” is not a day. Write 2027-02-28 or 28.2.2027.",
        ),
        (
            "ada@example.org,Ada,,,,,,,2027-02-01,2027-01-31",
            "The stay ends (2027-01-31) before it starts (2027-02-01).",
        ),
        (
            "ada@example.org,Ada,,,,,,,,,ada",
            "“ada” is not the id of a Slack user, such as U012AB3CD.",
        ),
        ("ada@example.org,Ada,,,,,,,,,,boss", "“boss” is no e-mail address. Check it."),
        (
            "ada@example.org,Ada,,,,,,,,,,,more",
            "There are 13 cells for 12 columns. "
            "Put a cell with a separator in it in quotation marks.",
        ),
    ],
)
def test_read_names_the_line_and_what_is_wrong(cells: str, words: str) -> None:
    text = f"{HEADER}\nok@example.org,Oda\n\n{cells}\n"

    assert lines_of(text) == [(4, words)]


def test_read_names_everything_that_is_wrong_with_a_line() -> None:
    assert lines_of("email,name,language\nada,,fr\n") == [
        (2, "“ada” is no e-mail address. Check it."),
        (2, "“fr” is no language of ours. Write en or nb."),
        (2, "The name is missing."),
    ]


def test_read_counts_lines_as_an_editor_does_when_a_cell_has_several() -> None:
    text = 'email,name,department\nada@example.org,Ada,"two\nlines"\nbad,Bo,\n'

    assert lines_of(text) == [(4, "“bad” is no e-mail address. Check it.")]


def test_read_names_both_lines_of_somebody_who_is_there_twice() -> None:
    text = "email,name,slack_id\nada@example.org,Ada,U1AA\nADA@example.org,Ada,\nbo@x.no,Bo,U1AA\n"

    assert lines_of(text) == [
        (3, "ada@example.org is on line 2 already."),
        (4, "U1AA is on line 2 already."),
    ]


def test_columns_that_are_ignored_are_as_if_they_were_not_there() -> None:
    text = "Tlf;email;Stillingskode ;name\n123;ada@example.org;1352;Ada\n;bo@example.org\n"

    reading = read_bytes(text.encode(), ignored=("tlf", "stillingskode"))

    assert [(row.email, row.name) for row in reading.rows] == [("ada@example.org", "Ada")]
    assert [problem.line for problem in reading.problems] == [3]  # it has no name


def test_read_refuses_columns_that_it_does_not_know() -> None:
    known = ", ".join(COLUMNS)

    assert lines_of("tlf,name,Navn\n12345678,Ada,\n") == [
        (
            1,
            f"There is no column “tlf”. There is: {known}. Import without it: --ignore COLUMN, "
            "once for each.",
        ),
        (1, "The column “name” is there twice."),
        (1, "The column “email” is missing. The first line names the columns."),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [(1, "The column “email, name” is missing. The first line names the columns.")]),
        ("email,name\n", [(1, "There is nobody in the file.")]),
        ("email,name\n\n\n", [(1, "There is nobody in the file.")]),
    ],
)
def test_read_refuses_a_file_without_people(text: str, expected: list[tuple[int, str]]) -> None:
    assert lines_of(text) == expected


@pytest.mark.parametrize(
    "text", ['email,name\nada@example.org,"Ada\n', '"', "email,name\na@b.no,\x00"]
)
def test_read_names_where_a_file_stops_being_csv(text: str) -> None:
    reading = read(text)

    assert reading.rows == ()
    assert len(reading.problems) == 1


def test_read_bytes_never_raises_on_garbage() -> None:
    reading = read_bytes(bytes(range(256)) * 40)

    assert reading.rows == ()
    assert all(isinstance(problem, Problem) for problem in reading.problems)
    assert reading.problems


@pytest.mark.parametrize(
    "raw",
    [
        b"a@example.org\nB@example.org\n",
        b"\xef\xbb\xbfa@example.org;\r\n\r\nb@example.org;x\r\n",
        b"name,email\nA,a@example.org\nB,b@example.org\n",
        "Email\tÅr\na@example.org\t1\nb@example.org\n".encode("utf-16"),
    ],
)
def test_emails_in_takes_a_column_or_one_a_line(raw: bytes) -> None:
    assert emails_in(raw) == ("a@example.org", "b@example.org")


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "There is nobody in the file."),
        (b"email\n", "There is nobody in the file."),
        (b"name,email\nA\n", "\u201c{email}\u201d is no e-mail address. Check it."),
        (b"a@example.org\nnobody\n", "\u201c{email}\u201d is no e-mail address. Check it."),
        (b'a@example.org\n"b', "The file is no CSV: {reason}."),
    ],
)
def test_emails_in_refuses_anything_else(raw: bytes, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        emails_in(raw)

    assert refused.value.message == words
