"""Reads a day as people write it in a mail, in both languages. Pure: it knows no today."""

import re
from datetime import date
from typing import Final

#: The beginnings of their names, in English and Norwegian.
_MONTHS: Final = {
    **{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6, "jul": 7, "aug": 8},
    **{"sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "des": 12},
}
_MONTH: Final = rf"(?P<name>(?:{'|'.join(_MONTHS)})[a-z]{{0,7}})\.?"
_DAY: Final = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?(?!\d)"
#: Two signs are a year only where they stand close, `3.12.27`: else they may be an hour.
_YEAR: Final = r"(?:,?\s*(?P<year>\d{4})(?!\d)|(?!\.?,?\s*\d))"
_FORMS: Final = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?<!\d)(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)",
        r"(?<!\d)(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<short>\d{2})(?!\d)",
        rf"(?<![\d.])(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})(?!\d)\.?{_YEAR}",
        rf"(?<!\d){_DAY}\.?\s*(?:of\s+)?{_MONTH}{_YEAR}",
        rf"(?<![\d.]\s)\b{_MONTH}\s*{_DAY}{_YEAR}",
    )
)
#: For a day of which no year is said: it has a 29 February.
_LEAP: Final = 2000


def read(text: str) -> str:
    """Return the day that is named: `2027-12-03`, or `12-03` where no year is; else nothing."""
    matches = (form.search(text) for form in _FORMS)
    match = next(filter(None, matches), None)
    if match is None:
        return ""
    said = match.groupdict()
    month = int(said["month"]) if "month" in said else _MONTHS[said["name"][:3].lower()]
    short = said.get("short")
    year = 2000 + int(short) if short else int(said["year"] or 0)
    try:
        day = date(year or _LEAP, month, int(said["day"]))
    except ValueError:
        return ""
    return day.isoformat() if year else f"{day:%m-%d}"
