"""The words of the daily digest."""

from textwrap import shorten

from community.digests import Issue
from community.people import Reader
from letters.actions import button
from letters.letter import Entry, House, Letter, language
from texts import moment, say, say_many

#: Characters of the subject that say what is in it.
TITLES = 80


def publish(issue: Issue, to: Reader, house: House) -> Letter:
    """Bring the posts of one digest in order of arrival."""
    tongue = language(to)
    name = issue.list_address.partition("@")[0]
    entries = tuple(
        Entry(
            title=post.subject,
            byline=f"{post.from_name or post.from_email}, "
            + moment(tongue, house.local(post.received_at)),
            text=post.text,
        )
        for post in issue.posts
    )
    return Letter(
        language=tongue,
        subject=say(
            tongue,
            "[{name}] digest {number}: {titles}",
            name=name,
            number=str(issue.number),
            titles=shorten(" · ".join(entry.title for entry in entries), TITLES, placeholder=" …"),
        ),
        paragraphs=(
            say_many(
                tongue,
                "{n} post, collected for you.",
                "{n} posts, collected for you.",
                len(entries),
            ),
        ),
        entries=entries,
        why=say(tongue, "You get this because you are on {list}.", list=issue.list_address),
        stop=button(tongue, "mailing_list.leave", issue.list_id),
    )
