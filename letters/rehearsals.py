"""The words for a rehearsal: what rules did or would have done, for commands and pages."""

from collections.abc import Mapping
from typing import Final

from community.cases import Decision
from community.rehearsals import Rehearsal
from letters.fates import QUESTIONS
from texts import N_, Language, number, say, say_many

#: What would have become of how many, in the order in which people ask.
FARED: Final[Mapping[str, tuple[Decision, ...]]] = {
    N_("Sent to all at once"): (Decision.ACCEPT,),
    N_("Moved into the digest"): (Decision.DIGEST,),
    N_("Held for a moderator"): (Decision.HOLD, Decision.QUARANTINE),
    N_("Returned or refused"): (Decision.RETURN, Decision.REJECT),
    N_("Sent on to whom it concerns alone"): (Decision.FORWARD,),
    N_("Discarded"): (Decision.DISCARD,),
}
#: One word for what became of a post, or would have.
FATES: Final[Mapping[Decision, str]] = {
    Decision.ACCEPT: N_("sent at once"),
    Decision.DIGEST: N_("in the digest"),
    Decision.HOLD: N_("held"),
    Decision.QUARANTINE: N_("put aside"),
    Decision.RETURN: N_("returned"),
    Decision.REJECT: N_("refused"),
    Decision.FORWARD: N_("sent on"),
    Decision.DISCARD: N_("discarded"),
}
#: What no rehearsal can know, said with each.
_ASSUMED: Final = (
    N_("Everybody is taken to get posts as they come. Who has chosen a digest gets fewer mails."),
    N_("A held post is taken to be let in at once, unless a moderator decided otherwise then."),
)
#: What it cannot know of posts that came here.
ASSUMED: Final = (
    *_ASSUMED,
    N_("What was refused then was not kept, and is not counted."),
    N_("Suspect headers are those that were looked for then."),
)
#: What it cannot know of an archive.
ASSUMED_OF_ARCHIVE: Final = (
    *_ASSUMED,
    N_("Nobody knows who was on the list: whoever wrote is taken to have been, and as a newcomer."),
    N_("Nor who moderated, who was banned, which threads were closed, or what could be proved."),
    N_("Which other lists of yours a mail went to is not known; its own, where its mails name it."),
)


def headline(tongue: Language, found: Rehearsal) -> str:
    """Say in one sentence what the rules would have moved and held."""
    count = say_many(tongue, "{n} post", "{n} posts", found.mails)
    return say(
        tongue,
        "Of {posts}, {digest} would have gone to the digest and {held} would have been held.",
        posts=count,
        digest=_sum(found, Decision.DIGEST),
        held=_sum(found, Decision.HOLD, Decision.QUARANTINE),
    )


def fared(tongue: Language, *columns: Rehearsal) -> list[tuple[str, ...]]:
    """Return how many fared how, a row each and a column for each rehearsal; empty rows left out.

    The last row says what that leaves each member, the sum that all this is about.
    """
    rows = []
    for words, decisions in FARED.items():
        counts = [_sum(each, *decisions) for each in columns]
        if decisions == (Decision.ACCEPT,):
            counts = [count - each.contained for count, each in zip(counts, columns, strict=True)]
        if any(counts):
            rows.append((say(tongue, words), *(number(tongue, count) for count in counts)))
    stayed = [each.contained for each in columns]
    if any(stayed):
        words = say(tongue, "Sent to those in the thread; a line in the digest for others")
        rows.insert(1, (words, *(number(tongue, count) for count in stayed)))
    mails = (rate(tongue, each.under) for each in columns)
    return [*rows, (say(tongue, "Mails a week for each member, digests among them"), *mails)]


def rate(tongue: Language, count: float) -> str:
    """Write a number of mails a week, with one decimal."""
    return number(tongue, round(count, 1))


def without(tongue: Language, found: Rehearsal) -> str:
    """Say what it would be without any rules."""
    mails = round(found.without, 1)
    return say(tongue, "Without any rules it would be {n:mail|mails} a week.", n=mails)


def spoke(tongue: Language, found: Rehearsal) -> list[tuple[str, int]]:
    """Return which rules spoke and how often."""
    return [
        (say(tongue, QUESTIONS[rule]) if rule in QUESTIONS else rule, count)
        for rule, count in found.rules
    ]


def _sum(found: Rehearsal, *decisions: Decision) -> int:
    return sum(found.decisions.get(each, 0) for each in decisions)
