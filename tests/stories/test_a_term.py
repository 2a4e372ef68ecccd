"""A term on a list, rehearsed: sixty people, fourteen weeks; the figures of docs/quiet.md."""

from pathlib import Path

from community import rehearsals
from community.calendar import Calendar
from community.cases import Author, Decision, PostFacts
from community.policies import Policy
from community.rehearsals import Rehearsal
from community.replays import Mail
from letters import week_pictures
from tests.stories.terms import PEOPLE, Draft, the_term


def mails() -> list[Mail]:
    """Return the term as the rules see it."""
    drafts = the_term()
    threads = {name: n for n, name in enumerate(dict.fromkeys(each.thread for each in drafts))}
    return [_mail(n, draft, threads[draft.thread]) for n, draft in enumerate(drafts)]


def _mail(number: int, draft: Draft, thread: int) -> Mail:
    return Mail(
        number=number,
        came_at=draft.at,
        thread=thread,
        writer=draft.writer,
        post=PostFacts(
            is_unreadable=False,
            is_loop=False,
            is_automatic=draft.is_absence,
            from_addresses=(f"{draft.writer}@example.org",),
            is_reply=draft.is_reply,
        ),
        author=Author(is_subscriber=True, is_moderator=False, accepted_posts=0),
    )


def rehearsed() -> Rehearsal:
    """Rehearse the usual rules on the term."""
    found = rehearsals.of_mails(mails(), Policy(), Calendar(), members=PEOPLE)
    assert found is not None
    return found


def test_the_usual_rules_keep_a_lively_term_quiet_and_lose_nothing() -> None:
    found = rehearsed()

    assert sum(found.decisions.values()) == found.mails
    kept_off = sum(week.kept_off for week in found.weeks)
    assert kept_off == found.decisions[Decision.DISCARD]  # absence notes, nothing else
    assert found.mails == 540
    assert found.decisions == {
        Decision.ACCEPT: 106,
        Decision.HOLD: 55,
        Decision.DIGEST: 359,
        Decision.DISCARD: 20,
    }
    assert (found.contained, round(found.without, 1), round(found.under, 1)) == (26, 39.7, 15.0)
    # A member has at most a digest a day, however much is written.
    assert max(week.digests for week in found.weeks) <= 7
    assert max(week.mails for week in found.weeks) == 53


def test_the_picture_of_the_term_is_as_it_was_drawn() -> None:
    drawn = week_pictures.draw("en", rehearsed(), is_file=True)

    assert Path("docs/pictures/quiet.svg").read_text("utf-8") == drawn
