"""The ten points of the expectation meeting: the agenda that both get with the first nudge."""

from dataclasses import dataclass

from texts import N_


@dataclass(frozen=True)
class Point:
    """One thing to talk about in the first meeting."""

    title: str
    words: str


POINTS: tuple[Point, ...] = (
    Point(
        N_("Who we are"),
        N_("Five minutes each on the road here, and why this match interests us."),
    ),
    Point(
        N_("What should be different in a year?"),
        N_("One or two aims, and how we would notice."),
    ),
    Point(
        N_("In and out"),
        N_("Topics we want; topics that belong with supervisor, manager or HR."),
    ),
    Point(
        N_("Roles"),
        N_(
            "The postdoc owns the agenda; the mentor asks, shares, opens doors, and does not "
            "supervise the project."
        ),
    ),
    Point(
        N_("Rhythm"),
        N_("How many meetings, how long, where; put the next two in the calendar now."),
    ),
    Point(
        N_("Preparation"),
        N_("What is sent beforehand, when, and who notes what we agree."),
    ),
    Point(
        N_("Between meetings"),
        N_("Channel, expected answer time, notice for moving a meeting, quiet periods."),
    ),
    Point(
        N_("Trust"),
        N_(
            "What stays between us; what the programme sees (dates only); any conflict of interest."
        ),
    ),
    Point(
        N_("Honest talk"),
        N_(
            "How direct we want feedback, how to say it is not working, who can help; "
            "ending is fine."
        ),
    ),
    Point(
        N_("First step"),
        N_("One thing each before next time; a review after the third meeting."),
    ),
)
