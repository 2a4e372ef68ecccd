"""A picture of a rehearsal: how many mails each member gets a week, with and without the rules.

A few lines of SVG of our own. On a page it takes the colours of the page; as a file it brings them
along, for light and for dark.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from math import ceil
from typing import Final

from community.rehearsals import Rehearsal
from texts import N_, Language, day, number, say

HEIGHT: Final = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 44, 8, 56, 34
#: More weeks than this are drawn several to a bar.
MOST_BARS: Final = 120

#: What is drawn, how it is called, and in which colour.
WITHOUT: Final = (N_("without rules"), "var(--line)")
AT_ONCE: Final = (N_("at once"), "var(--accent)")
DIGESTS: Final = (N_("digests"), "var(--sun)")
#: The colours where no page gives them; the same as those of `samband.css`.
_STYLE: Final = (
    "<style>svg{--paper:#f6f5f0;--ink:#1b292e;--soft:#53626a;--line:#c9c6b8;--accent:#0b5d66;"
    "--sun:#d98a1f;background:var(--paper)}@media(prefers-color-scheme:dark){svg{--paper:#11181b;"
    "--ink:#e7eded;--soft:#a5b4b9;--line:#46565e;--accent:#7accd2;--sun:#f4b860}}</style>"
)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """On what it is drawn, in units of the picture."""

    width: int
    most_labels: int
    #: Where the first word on the colours begins, and how wide one sign is there.
    legend_at: int
    sign: int


FILE: Final = Sheet(width=720, most_labels=5, legend_at=_LEFT, sign=8)
#: Small enough that its words can be read on a phone.
PAGE: Final = Sheet(width=400, most_labels=3, legend_at=_RIGHT, sign=7)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar: a week, or the average week of several."""

    begins_on: date
    without: float
    at_once: float
    digests: float

    @property
    def height(self) -> float:
        """Return how high it reaches, with or without rules."""
        return max(self.without, self.at_once + self.digests)


def draw(tongue: Language, found: Rehearsal, *, is_file: bool = False) -> str:
    """Draw the weeks of a rehearsal; `is_file` when it is to stand alone."""
    sheet = FILE if is_file else PAGE
    bars = _bars(found)
    top = _round_up(max(bar.height for bar in bars))
    title = say(tongue, "Mails a week for each member")
    under, without = (number(tongue, round(each, 1)) for each in (found.under, found.without))
    sums = say(
        tongue,
        "On average {under} with the rules, {without} without.",
        under=under,
        without=without,
    )
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {sheet.width} {HEIGHT}" role="img" '
        f'class="picture" font-family="sans-serif" font-size="13" fill="var(--ink)" '
        f'aria-label="{escape(f"{title}. {sums}")}">',
        _STYLE if is_file else "",
        f'<text x="{sheet.legend_at}" y="18" font-weight="600">{escape(title)}</text>',
        *_legend(tongue, sheet),
        *_grid(tongue, sheet, top),
        *_drawn(bars, sheet, top),
        *_labels(tongue, sheet, bars),
        "</svg>",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _bars(found: Rehearsal) -> list[Bar]:
    size = ceil(len(found.weeks) / MOST_BARS)
    members = max(found.members, 1)
    groups = [found.weeks[n : n + size] for n in range(0, len(found.weeks), size)]
    return [
        Bar(
            begins_on=group[0].begins_on,
            without=sum(week.mails for week in group) / len(group),
            at_once=sum(week.at_once + week.contained_copies / members for week in group)
            / len(group),
            digests=sum(week.digests for week in group) / len(group),
        )
        for group in groups
    ]


def _round_up(most: float) -> float:
    """Return the end of an axis that reaches at least so far: 1, 2, 4, 10, 20, 40, ..."""
    end = 1.0
    while end < most:
        end *= 2.5 if f"{end:.0f}"[0] == "4" else 2
    return end


def _legend(tongue: Language, sheet: Sheet) -> Iterable[str]:
    at = sheet.legend_at
    for words, colour in (AT_ONCE, DIGESTS, WITHOUT):
        said = escape(say(tongue, words))
        yield f'<rect x="{at}" y="30" width="12" height="12" rx="2" fill="{colour}"/>'
        yield f'<text x="{at + 18}" y="41">{said}</text>'
        at += 42 + sheet.sign * len(said)


def _grid(tongue: Language, sheet: Sheet, top: float) -> Iterable[str]:
    for share in (0.0, 0.5, 1.0):
        y = _y(share)
        yield (
            f'<path d="M{_LEFT} {y:.1f}H{sheet.width - _RIGHT}" stroke="var(--soft)" '
            f'stroke-width="{1 if share == 0 else 0.4}"/>'
        )
        label = number(tongue, top * share)
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{label}</text>'


def _drawn(bars: Sequence[Bar], sheet: Sheet, top: float) -> Iterable[str]:
    step = (sheet.width - _LEFT - _RIGHT) / len(bars)
    wide = min(step * 0.84, 48)
    for place, bar in enumerate(bars):
        x = _LEFT + place * step + (step - wide) / 2
        yield _rect(x, wide, 0, bar.without / top, colour=WITHOUT[1])
        # Narrower, so that what would have been without the rules stands behind it.
        inner, inset = wide * 0.6, wide * 0.2
        yield _rect(x + inset, inner, 0, bar.at_once / top, colour=AT_ONCE[1])
        end = (bar.at_once + bar.digests) / top
        yield _rect(x + inset, inner, bar.at_once / top, end, colour=DIGESTS[1])


def _rect(x: float, width: float, low: float, high: float, *, colour: str) -> str:
    if high <= low:
        return ""
    return (
        f'<rect x="{x:.1f}" y="{_y(high):.1f}" width="{width:.1f}" '
        f'height="{_y(low) - _y(high):.1f}" fill="{colour}"/>'
    )


def _y(share: float) -> float:
    return HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM)


def _labels(tongue: Language, sheet: Sheet, bars: Sequence[Bar]) -> Iterable[str]:
    step = (sheet.width - _LEFT - _RIGHT) / len(bars)
    for place in range(0, len(bars), ceil(len(bars) / sheet.most_labels)):
        words = escape(day(tongue, bars[place].begins_on, year=True).partition(" ")[2])
        x = min(_LEFT + (place + 0.5) * step, sheet.width - _RIGHT - 36)
        yield f'<text x="{x:.1f}" y="{HEIGHT - 12}" text-anchor="middle">{words}</text>'
