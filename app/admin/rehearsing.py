"""What a policy would have done: `samband list policy … --rehearse` before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

from app.admin.desk import Desk
from app.admin.output import as_json, table, tell
from community import lists, rehearsed_posts
from community.errors import N_
from community.rehearsals import Rehearsal
from community.rehearsed_posts import Comparison
from community.store import Session
from letters import rehearsals as words
from texts import say, say_many

#: So many posts that would have fared otherwise are shown; the others are counted.
MOST_SHOWN: Final = 20


def rehearse(at: Desk, address: str, changes: Sequence[str], *, is_json: bool) -> None:
    """Show what a policy with these changes would have done to the last posts of a list."""

    def ask(session: Session) -> Comparison:
        a_list = lists.by_address(session, address)
        policy = a_list.policy.changed(changes)
        return rehearsed_posts.compare(session, a_list.id, policy, now=at.now)

    found = at.store.read_sync(ask)
    if is_json:
        as_json(
            {
                "days": found.days,
                "was": plain(found.was),
                "would": plain(found.would),
                "changes": [asdict(change) for change in found.changes],
            }
        )
    elif not found.would.mails:
        tell(say(at.language, "No post came in the last {days:day|days}.", days=found.days))
    else:
        _show(at, found)


def plain(found: Rehearsal) -> Mapping[str, object]:
    """Return a rehearsal for a program to read."""
    return {
        **asdict(found),
        "mails_per_member_per_week": round(found.under, 2),
        "mails_per_member_per_week_without_rules": round(found.without, 2),
    }


def _show(at: Desk, found: Comparison) -> None:
    tongue = at.language
    tell(
        say(tongue, "The last {days:day|days}, had these rules been in force.", days=found.days),
        words.headline(tongue, found.would),
        "",
    )
    titles = ("", say(tongue, "As it was"), say(tongue, "With these rules"))
    table(titles, words.fared(tongue, found.was, found.would))
    tell("", words.without(tongue, found.would), "")
    _show_changes(at, found)
    tell(*(say(tongue, each) for each in words.ASSUMED))
    tell(say(tongue, "Nothing was changed."))


def _show_changes(at: Desk, found: Comparison) -> None:
    tongue, count = at.language, len(found.changes)
    if not count:
        tell(say(tongue, "Every post would have fared as it did."), "")
        return
    tell(
        say_many(
            tongue,
            "{n} post would have fared otherwise.",
            "{n} posts would have fared otherwise.",
            count,
        )
    )
    titles = (N_("Post"), N_("Came"), N_("As it was"), N_("With these rules"), N_("Subject"))
    rows = [
        (
            str(change.post_id),
            at.moment(change.came_at),
            say(tongue, words.FATES[change.was]),
            say(tongue, words.FATES[change.would]),
            change.subject or say(tongue, "(no subject)"),
        )
        for change in found.changes[-MOST_SHOWN:]
    ]
    table([say(tongue, title) for title in titles], rows)
    if count > MOST_SHOWN:
        tell(say(tongue, "These are the last {most}.", most=MOST_SHOWN))
    tell("")
