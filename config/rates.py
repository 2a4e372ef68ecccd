"""Reads how fast mail may leave and over how many lines, as settings say it."""

import re

from config.parsing import domain

_RATE = re.compile(r"([0-9]{1,6})/(s|min|h)")
_SECONDS = {"s": 1, "min": 60, "h": 3600}
MOST_LINES = 500


def per_second(text: object) -> object:
    """Read `20/s`, `600/min` or `1000/h` as mails a second."""
    if not isinstance(text, str):
        return text
    found = _RATE.fullmatch(text.strip())
    if found is None or int(found[1]) == 0:
        raise ValueError("is not a rate such as 20/s, 600/min or 1000/h")
    return int(found[1]) / _SECONDS[found[2]]


def domain_rates(text: object) -> object:
    """Read `gmail.com=5/s, example.org=100/min` as mails a second by domain."""
    if not isinstance(text, str):
        return text
    rates = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, rate = part.partition("=")
        known = domain(name.strip())
        rates[known] = per_second(rate)
    return rates


def lines(text: object) -> object:
    """Read how many lines there may be to the relay: one at least for posts, one for letters."""
    if not isinstance(text, str):
        return text
    if not (text.strip().isascii() and text.strip().isdigit()):
        raise ValueError("is not a whole number of lines")
    if not 2 <= int(text) <= MOST_LINES:
        raise ValueError(f"is not between 2 and {MOST_LINES}")
    return int(text)
