"""Days as people write them in a mail."""

import pytest

from mailing import named_days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2027-08-16", "2027-08-16"),
        ("16.8.2027", "2027-08-16"),
        ("16. 8. 2027", "2027-08-16"),
        ("16.8.27", "2027-08-16"),
        ("3 Dec", "12-03"),
        ("3. desember", "12-03"),
        ("3. des. 2027", "2027-12-03"),
        ("the 3rd of December, 2027", "2027-12-03"),
        ("Dec 3", "12-03"),
        ("December 3rd, 2027", "2027-12-03"),
        ("17. mai", "05-17"),
        ("3.12", "12-03"),
        ("3.12.", "12-03"),
        ("29 Feb", "02-29"),
        ("29.2.2027", ""),
        ("31 April", ""),
        ("December 2027", ""),
        ("3.12.20277", ""),
        ("3 Dec 12:00", ""),
        ("3.12. 09:00", ""),
        ("3 Dec, at noon", "12-03"),
        ("3/12", ""),
        ("two weeks", ""),
        ("", ""),
    ],
)
def test_a_day_is_read_with_its_year_or_without(text: str, day: str) -> None:
    assert named_days.read(text) == day
