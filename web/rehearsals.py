"""What a policy would have done with the last posts of a list, as a page shows it. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from community.rehearsed_posts import DAYS, MOST_AT_ONCE, Change, Comparison
from letters import rehearsals as words
from letters import week_pictures
from texts import Language, say, say_many

#: So many posts that would have fared otherwise are named, the last ones.
MOST_NAMED: Final = 10


@dataclass(frozen=True, kw_only=True)
class Differing:
    """A post that would have fared otherwise."""

    post_id: int
    #: Empty if it has none, or it is not for this reader.
    subject: str
    was: str
    would: str


@dataclass(frozen=True, kw_only=True)
class RehearsalPage:
    """A rehearsal in words, figures and a picture."""

    title: str
    headline: str
    #: Words, as it was, and as it would have been.
    rows: Sequence[tuple[str, ...]] = ()
    without: str = ""
    #: SVG of our own.
    picture: str = ""
    changed: str = ""
    #: The newest first.
    named: Sequence[Differing] = ()
    notes: Sequence[str] = ()


def shown(tongue: Language, found: Comparison, *, reads_all: bool) -> RehearsalPage:
    """Say and draw what a policy would have done; `reads_all`: to who moderates."""
    title = say(tongue, "The last {days:day|days}, had these rules been in force.", days=found.days)
    if not found.would.mails:
        nothing = say(tongue, "No post came in the last {days:day|days}.", days=found.days)
        return RehearsalPage(title=title, headline=nothing)
    changed = say_many(
        tongue,
        "{n} post would have fared otherwise.",
        "{n} posts would have fared otherwise.",
        len(found.changes),
    )
    return RehearsalPage(
        title=title,
        headline=words.headline(tongue, found.would),
        rows=words.fared(tongue, found.was, found.would),
        without=words.without(tongue, found.would),
        picture=week_pictures.draw(tongue, found.would),
        changed=changed if found.changes else say(tongue, "Every post would have fared as it did."),
        named=[
            _named(tongue, change, reads=reads_all or change.is_out)
            for change in found.changes[: -MOST_NAMED - 1 : -1]
        ],
        notes=[*_span(tongue, found), *(say(tongue, each) for each in words.ASSUMED)],
    )


def _named(tongue: Language, change: Change, *, reads: bool) -> Differing:
    return Differing(
        post_id=change.post_id,
        subject=change.subject if reads else "",
        was=say(tongue, words.FATES[change.was]),
        would=say(tongue, words.FATES[change.would]),
    )


def _span(tongue: Language, found: Comparison) -> list[str]:
    if found.days == DAYS:
        return []
    return [
        say(
            tongue,
            "So many posts came that only the last {most} or so were looked at.",
            most=MOST_AT_ONCE,
        )
    ]
