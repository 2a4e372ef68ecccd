import csv

import pytest

from community.roster_lines import cells_of, decoded, is_workbook


@pytest.mark.parametrize(
    ("text", "first", "number"),
    [
        ("email,fields\na@b.no,1.2;1.3;1.4\n", ["email", "fields"], 1),
        ("sep=;\nEmail;Navn\n", ["Email", "Navn"], 2),
        ("Postdocs, spring, all faculties\n\nNavn;E-post\n", ["Navn", "E-post"], 3),
        ('"E-post";"Navn"\n', ["E-post", "Navn"], 1),
        ("Telefon;Navn\n", ["Telefon", "Navn"], 1),
        ("\n\nada@example.org\n", ["ada@example.org"], 3),
    ],
)
def test_cells_of_begins_with_the_line_that_names_the_columns(
    text: str, first: list[str], number: int
) -> None:
    assert next(cells_of(text)) == (number, first)


def test_cells_of_counts_lines_behind_a_title_and_a_cell_of_two_lines() -> None:
    text = 'Title\nemail;name\na@b.no;"A\nB"\n\nc@d.no;C\n'

    assert [number for number, _ in cells_of(text)] == [2, 3, 6]


def test_cells_of_nothing_is_nothing() -> None:
    assert [list(cells_of(text)) for text in ("", "\n", "sep=;\n")] == [[], [], []]


def test_cells_of_refuses_what_is_no_csv() -> None:
    with pytest.raises(csv.Error):
        list(cells_of('email,name\na@b.no,"A" B\n'))


def test_decoded_and_is_workbook_look_at_how_a_file_begins() -> None:
    assert decoded("Bjørn".encode("utf-8-sig")) == ("Bjørn", None)
    assert decoded("Bjørn".encode("utf-16")) == ("Bjørn", "UTF-16")
    assert decoded("Bjørn".encode("cp1252")) == ("Bjørn", "Windows-1252")
    assert [is_workbook(raw) for raw in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1", b"PK,", b"")] == [
        *(True, True, False, False)
    ]
