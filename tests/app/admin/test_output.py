import click
import pytest
from click.testing import CliRunner

from app.admin.output import as_json, printable, table


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bjørn – “ok”, 東京", "Bjørn – “ok”, 東京"),
        ("\x1b[2Jgone", "\\x1b[2Jgone"),
        ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
        ("\x9b31m", "\\x9b31m"),
        ("abc\u202etxt.exe", "abc\\u202etxt.exe"),
        ("a\u2028b", "a\\u2028b"),
        ("a\u00a0b", "a\u00a0b"),
    ],
)
def test_printable_writes_out_what_a_terminal_would_obey(text: str, shown: str) -> None:
    assert printable(text) == shown


def written(rows: list[tuple[str, str]]) -> str:
    @click.command()
    def command() -> None:
        table(("Name", "Why"), rows)

    return CliRunner().invoke(command).output


def test_table_is_in_columns_also_with_wide_letters() -> None:
    rows = [("東京", "far"), ("Bo", "near"), ("e\u0301", "accent")]

    assert written(rows) == "Name  Why\n東京  far\nBo    near\ne\u0301     accent\n"


def test_table_cuts_long_cells_but_the_last() -> None:
    first, last = written([("a" * 70, "b" * 70)]).splitlines()[1].split("  ")

    assert first == "a" * 59 + "…"
    assert last == "b" * 70


def test_table_escapes_what_comes_from_outside() -> None:
    assert "\x1b" not in written([("\x1b[1A", "\x1b[1A")])


def test_json_is_pure_ascii() -> None:
    @click.command()
    def command() -> None:
        as_json({"name": "Bjørn \x1b \u202e \x9b"})

    assert CliRunner().invoke(command).output == (
        '{\n  "name": "Bj\\u00f8rn \\u001b \\u202e \\u009b"\n}\n'
    )
